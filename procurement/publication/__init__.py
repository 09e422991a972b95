"""The public log: every notice is one entry, appended in the transaction of the act, never changed.

Beside it the catalogue: read models for lists, search and facets, written from entries.
"""
