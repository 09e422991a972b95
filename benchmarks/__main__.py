"""`python3 manage.py bench faults|rush`: real servers in a folder of their own, thrown away."""

import argparse
import sys
import tempfile
from pathlib import Path

import django

from benchmarks.rig import Rig
from portal.embedded.session import Servers


def main() -> int:
    """Measure, and return the exit code: 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="manage.py bench", description=__doc__)
    parser.add_argument("what", choices=["faults", "rush"])
    parser.add_argument(
        "--trials", type=int, default=0, help="faults: how many (default: each once)"
    )
    parser.add_argument("--only", default="", help="faults: those with this word in their name")
    parser.add_argument("--short", action="store_true", help="less than a minute, for the tests")
    chosen = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    home.chmod(0o755)
    rig = Rig.prepare(home)
    try:
        django.setup()
        # what it measures is read when the settings are: addresses are in the environment now
        from benchmarks import showing  # noqa: PLC0415

        return showing.run(rig, chosen.what, chosen)
    finally:
        rig.stop()
        Servers(home).remove()


if __name__ == "__main__":
    sys.exit(main())
