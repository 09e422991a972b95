"""Commands about reference data and the rehearsal clock."""
