"""Changes of a published tender: a further notice that shows what changed."""
