"""Ways to reach people beside e-mail: one interface, a file by default, a provider plugged in."""
