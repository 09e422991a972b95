"""Notices of other media, imported: shown as history, no acts of this portal."""
