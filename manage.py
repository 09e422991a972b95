#!/usr/bin/env python3
"""The portal's commands: `python3 manage.py up`, `… test`, `… help`."""

import os
import sys

from portal import bootstrap


def main() -> None:
    """Prepares what the command needs, then hands over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    with bootstrap.servers_for(sys.argv):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
