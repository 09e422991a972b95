"""Pages about accounts and organisations, and what every request passes through."""
