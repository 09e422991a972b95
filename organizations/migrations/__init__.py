"""The one migration line of the app."""
