"""The province's edition of the book and the calendar years it counts with; never the bare files.

Ask `queries.current(at)`, or `queries.pinned(label, at)` for a tender that was published before.
"""
