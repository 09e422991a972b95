"""Questions in the enquiry window: answered to everyone at once, the asker unnamed."""
