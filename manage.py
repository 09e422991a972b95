#!/usr/bin/env python3
"""The portal's commands: `python3 manage.py up`, `… test`, `… help`."""

import os
import sys


def main() -> None:
    """Prepares what the command needs, then hands over to Django."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- says so, instead of a syntax error further on
        sys.exit(
            "Python 版本过低 Python 3.11 or newer is needed; this is {}.{}. "
            "Try: python3.11 manage.py …".format(*sys.version_info[:2])
        )
    from portal import bootstrap, environment

    environment.enter(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    with bootstrap.servers_for(sys.argv):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0 if sys.argv[1:2] == ["up"] else 130)
