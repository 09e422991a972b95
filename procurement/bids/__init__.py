"""Sealed offers: prepared, submitted, registered at the deadline, opened."""
