"""Sealed offers: prepared, submitted, replaced or withdrawn until the deadline; opened after it."""
