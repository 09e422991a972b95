"""Programs that the portal hands out: they run without it."""
