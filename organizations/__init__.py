"""Who there is: regions, organisations, people, roles; nothing about procurement."""
