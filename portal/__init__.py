"""The composition root: settings, addresses, servers and the commands. Imported by none."""
