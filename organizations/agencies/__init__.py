"""Agencies: the offices that buy, at province, prefecture or county level."""
