"""The agency's pages, by role."""
