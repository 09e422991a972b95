"""Makers of the people and things that tests and demo data speak of."""
