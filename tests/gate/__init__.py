"""The time gate: a process of its own."""
