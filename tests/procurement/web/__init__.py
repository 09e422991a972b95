"""What the web draws, before any audience sees it."""
