#!/usr/bin/env python3
"""Repeat the draw of a procurement by invitation, from its published data alone.

    python3 verify_draw.py record.json
    curl -s ADDRESS-OF-THE-RECORD | python3 verify_draw.py

Reads the record of a procurement, or its award, failure or cancellation release. Needs nothing
but Python 3.8 or later. Ends with 0 when everything follows, 1 when something does not, 2 when
there is nothing to check.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

ALGORITHM = "portal-draw-1"


class Check(NamedTuple):
    """What was checked, in both languages, and whether it holds."""

    holds: bool
    chinese: str
    english: str


def digest(text: str) -> str:
    """Return SHA-256 of a text in UTF-8, as small hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def releases(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the releases of a record package, a record, a release package or one release."""
    found: list[dict[str, Any]] = []
    for record in said.get("records", [said] if "compiledRelease" in said else []):
        found += record.get("releases", [])
    return found or said.get("releases", []) or [said]


def draw_of(release: dict[str, Any]) -> dict[str, Any]:
    """Return what a release says of the draw; nothing is an empty object."""
    draw: dict[str, Any] = release.get("tender", {}).get("invitationDraw", {})
    return draw


def checks(draw: dict[str, Any]) -> list[Check]:
    """Return what follows from the revealed values, step by step."""
    salt, seed, words, count = draw["salt"], draw["seed"], draw["words"], draw["count"]
    ids = sorted(member["id"] for member in draw["pool"])
    pool = digest("\n".join([salt, ALGORITHM, str(count), *ids]))
    final = digest(":".join([seed, *[digest(word) for word in words]]))
    result = sorted(ids, key=lambda each: digest(f"{final}:{each}"))[:count]
    return [
        Check(
            draw["algorithm"] == ALGORITHM,
            f"抽取方法是本程序认识的 {ALGORITHM}",
            f"the method of the draw is the one this program knows, {ALGORITHM}",
        ),
        Check(
            pool == draw["poolCommitment"],
            f"备选名单（{len(ids)} 家，抽 {count} 家）与它的承诺一致",
            f"the pool ({len(ids)} organisations, {count} drawn) is the one committed to",
        ),
        Check(
            digest(f"{salt}\n{seed}") == draw["seedCommitment"],
            "平台的随机数与它的承诺一致",
            "the portal's seed is the one committed to",
        ),
        Check(
            final == draw["finalSeed"],
            "最终随机数由平台的随机数和两位见证人的词算出",
            "the final seed follows from the portal's seed and the witnesses' words",
        ),
        Check(
            result == draw["drawn"],
            "按最终随机数重新抽取，结果一样",
            "drawn again with the final seed, the result is the same",
        ),
        Check(
            count >= 3 and len(set(ids)) >= 2 * count and len(words) >= 2,
            "至少抽 3 家，备选至少两倍，至少两位见证人",
            "at least 3 drawn, a pool of at least twice as many, at least two witnesses",
        ),
    ]


def additions(draw: dict[str, Any]) -> Check:
    """Return whether each organisation added by hand has a published reason."""
    added = draw.get("additions", [])
    return Check(
        all(each.get("reason") for each in added),
        f"人工增加 {len(added)} 家，都写明了理由",
        f"{len(added)} added by hand, each with a reason",
    )


def committed(draw: dict[str, Any], before: dict[str, Any]) -> Check:
    """Return whether the commitments were published before the draw, and are the same."""
    kept = ("poolCommitment", "seedCommitment", "dateCommitted")
    same = all(draw_of(before).get(name) == draw.get(name) for name in kept)
    published, drawn = (datetime.fromisoformat(d) for d in (before["date"], draw["dateDrawn"]))
    return Check(
        same and published < drawn,
        f"两个承诺在抽取之前已经公布（{before['id']}）",
        f"both commitments were published before the draw ({before['id']})",
    )


def say(chinese: str, english: str) -> None:
    """Print a line in both languages."""
    print(f"{chinese}\n        {english}")


def read(arguments: list[str]) -> list[dict[str, Any]]:
    """Return the releases in a file, or in what comes through standard input."""
    raw = Path(arguments[0]).read_bytes() if arguments else sys.stdin.buffer.read()
    return releases(json.loads(raw.decode("utf-8-sig")))


def main(arguments: list[str]) -> int:
    """Check what a file, or standard input, says; return the status to end with."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        published = read(arguments)
        opened = [draw_of(release) for release in published if "seed" in draw_of(release)]
        sealed = [release for release in published if "seedCommitment" in draw_of(release)]
        before = next((each for each in sealed if "seed" not in draw_of(each)), None)
        if opened:
            draw = opened[-1]
            found = [*checks(draw), additions(draw)]
            return told(draw, [*found, committed(draw, before)] if before else found, before)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        say(f"读不懂这份数据：{error!r}", f"Cannot read these data: {error!r}")
        return 2
    if sealed:
        say(
            "承诺已经公布；名单和随机数随结果公告公开，那时可以核对。",
            "Committed; pool and seed are published with the result and can be checked then.",
        )
    else:
        say("这份数据里没有抽取。", "There is no draw in these data.")
    return 2


def told(draw: dict[str, Any], found: list[Check], before: dict[str, Any] | None) -> int:
    """Say what was found and who was drawn; return the status to end with."""
    for check in found:
        verdict = ("符合    ", "ok: ") if check.holds else ("不符合  ", "NO: ")
        say(verdict[0] + check.chinese, verdict[1] + check.english)
    names = {each["id"]: each.get("name", "") for each in draw["pool"]}
    print("抽中的组织 / drawn")
    for number, each in enumerate(draw["drawn"], 1):
        print(f"  {number}. {each} {names.get(each, '')}")
    for each in draw.get("additions", []):
        print(f"  人工增加 / by hand: {each['id']} {each.get('name', '')}：{each.get('reason')}")
    if before is None:
        say(
            "这份数据里没有抽取前的承诺公告；要核对先后，请用这个项目的合并记录。",
            "The notice of the commitments is not in these data; use the record of the process.",
        )
    if all(check.holds for check in found):
        say("结论：抽取可以重做，结果一致。", "Result: repeated, and the same.")
        return 0
    say("结论：有不符合的地方，见上。", "Result: something does not follow, see above.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
