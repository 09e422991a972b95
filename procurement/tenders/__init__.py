"""The call: one thing to be bought, drafted by one person, approved by another, then frozen."""
