"""Who is told of what was published: an outbox read from the log; and who could have known."""
