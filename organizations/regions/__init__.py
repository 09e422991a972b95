"""Administrative divisions (GB/T 2260) of the province that the portal serves."""
