"""A real browser against the running portal."""
