"""The decision: who is awarded each lot, and why."""
