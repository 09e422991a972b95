"""Everything that leaves, as its operator sees it: what went, what did not and why, once more."""
