"""Sealing and opening bids of several sizes, and in the browser where there is one.

    .venv/bin/python benchmarks/sealing.py [--rounds 9]

Milliseconds, the median of the rounds. Opening is the gate and two cards. No servers are needed.
"""

import argparse
import atexit
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIZES = (20_000, 300_000, 1_000_000, 10_000_000, 30_000_000)
IN_THE_BROWSER = """async ([place, manifest, code, size]) => {
  const content = new Uint8Array(size), began = performance.now();
  await Seal.seal(content, place, manifest, code);
  return performance.now() - began;
}"""


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    sys.path.insert(0, str(ROOT))
    from procurement.bids import sealing  # noqa: PLC0415
    from tests.procurement.bids import sets  # noqa: PLC0415

    held, code = sets.secrets(), "1" * 40
    here, browser = held.context(), _browser()

    def opening(envelope: bytes) -> bytes:
        header = sealing.read(envelope)
        part = sealing.gate_part(header, held.gate)
        cards = list(held.cards.items())[:2]
        shares = [sealing.share(header, member, key, held.keys) for member, key in cards]
        return sealing.open_payload(envelope, sealing.combine(header, part, shares, held.keys))

    sys.stdout.write("content        seal     open  browser\n")
    for size in SIZES:
        content = bytes(size)
        seal = partial(sealing.seal, content, here, held.keys, code=code)
        envelope = seal()
        sealed = [_timed(seal) for _ in range(rounds)]
        opened = [_timed(partial(opening, envelope)) for _ in range(rounds)]
        asked = [here.form(), held.keys.manifest().decode(), code, size]
        shown = [browser(asked) for _ in range(rounds)] if browser else []
        columns = [_median(times) for times in (sealed, opened, shown)]
        sys.stdout.write(f"{size:>10,} " + " ".join(columns) + "\n")


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _median(times: list[float]) -> str:
    return f"{statistics.median(times):8.1f}" if times else "       –"


def _browser() -> Callable[[list[object]], float] | None:
    """Return what seals in Chromium, or None where there is none."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not os.access(path, os.X_OK):
        return None
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    page = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]).new_page()
    page.goto((ROOT / "static" / "sealer" / "sealer.html").as_uri())
    return lambda asked: float(page.evaluate(IN_THE_BROWSER, asked))


if __name__ == "__main__":
    main()
