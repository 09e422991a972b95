"""The public log and the catalogue read from it."""
