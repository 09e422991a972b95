"""A person's own pages, whatever their roles: what they watch, and what they were told."""
