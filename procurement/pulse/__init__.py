"""Whether the portal is alive: heartbeats of its processes, canaries, and the outages they show."""
