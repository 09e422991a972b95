"""The time gate: a process of its own that gives out its part of a bid's key, not before its time.

It holds one private key, in a folder that the website and its workers cannot read. It trusts
nobody: it reads the public log from its first entry, checks it against the signed heads and against
the last head it saw itself, takes the deadline and the closing register from there, and asks two
clocks. It has no Django, no network port and few lines, to be read whole: `following` reads the
log, `decision` says when, `key` opens, `store` reads and writes, `work` does one round, `__main__`
goes on doing so.
"""
