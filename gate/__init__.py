"""The time gate: a process of its own that gives out its part of a bid's key, not before its time.

It holds one private key, in a folder that the website and its workers cannot read. It trusts
nobody: it reads the deadline and the closing register in the public log, checks that a signed head
covers them, and asks two clocks. It has no Django, no network port and few lines, to be read whole:
`decision` says when, `store` reads and writes, `work` does one round, `__main__` goes on doing so.
"""
