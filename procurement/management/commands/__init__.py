"""Each command is an edge: it knows the time of day and calls the domain once."""
