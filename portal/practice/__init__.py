"""Practice: the pages of a rehearsal on which one takes a part and moves the clock."""
