"""Who there is: organisations, people, roles."""
