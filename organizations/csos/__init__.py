"""Civil-society organisations: type, legal form, host, whom and where they serve."""
