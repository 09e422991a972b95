"""Commands of the procurement app."""
