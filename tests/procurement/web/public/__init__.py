"""Pages that anyone reads without an account."""
