"""Tests of what leaves, as its operator sees it."""
