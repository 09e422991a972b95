"""The procurement, act by act, and its web."""
