"""The language of the public log: OCDS 1.1.5 fragments, packages and our own extension."""
