"""What is measured, each by a command that makes the figure anew."""
