"""What can go wrong on somebody's machine, said in one line with the way out."""


class Problem(SystemExit):
    """Ends the command with one clear line and exit code 1."""
