#!/usr/bin/env python3
"""Check a published notice, or the receipt of a bid, against the public log.

    python3 verify_notice.py --portal https://PORTAL --notice 1284
    python3 verify_notice.py --portal https://PORTAL --notice 1284 --old-head kept.txt
    python3 verify_notice.py --portal https://PORTAL --receipt receipt.json --tender OCID
    python3 verify_notice.py --notice notice.json --proof notice.tlog-proof --key keys.txt

Needs nothing but Python 3.8 or later. Ends with 0 when everything fits, with 1 when something is
forged, with 2 when it could not be checked. It trusts the keys given with --key, and no one else:
without --key it takes the portal's own word for them, and says so.

Formats: Ed25519 (RFC 8032), Merkle trees (RFC 9162), signed notes, checkpoints, cosignatures and
tlog-proof (c2sp.org), canonical JSON (RFC 8785; receipts hold only texts and whole numbers).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Tuple  # noqa: UP035 Python 3.8

BEIJING = timezone(timedelta(hours=8))
LOG, WITNESS = 1, 4  # kinds of keys, as signed notes number them
MOST = 64 * 1024 * 1024  # bytes read from the portal at once
Point = Tuple[int, int, int, int]  # noqa: UP006 Python 3.8


class Verdict(Exception):
    """Why the check ends here: `status` 1 forged, 2 could not be checked."""

    def __init__(self, status: int, chinese: str, english: str) -> None:
        super().__init__(english)
        self.status, self.chinese, self.english = status, chinese, english


def forged(chinese: str, english: str) -> NoReturn:
    """End: something does not fit."""
    raise Verdict(1, chinese, english)


def unchecked(chinese: str, english: str) -> NoReturn:
    """End: something is wanting, nothing can be said."""
    raise Verdict(2, chinese, english)


# What could move the cursor, or turn the writing round: a portal must not repaint a verdict.
UNSEEN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")


def say(*lines: str) -> None:
    """Print a line in both languages, Chinese first."""
    print("\n        ".join(UNSEEN.sub(" ", line) for line in lines))


# --- Ed25519, RFC 8032 section 5.1: verification only, in plain integers ---------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add(p: Point, q: Point) -> Point:
    """Add two points of the curve, in extended coordinates."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(n: int, p: Point) -> Point:
    """Add a point to itself n times."""
    total = (0, 1, 1, 0)
    while n:
        total = add(total, p) if n & 1 else total
        p, n = add(p, p), n >> 1
    return total


def point(raw: bytes) -> Point | None:
    """Return the point that 32 bytes stand for; None when they stand for none."""
    number = int.from_bytes(raw, "little")
    y, odd = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def signed_by(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether an Ed25519 signature is of this message and this key."""
    a, s = point(key), int.from_bytes(signature[32:], "little")
    if a is None or len(key) != 32 or len(signature) != 64 or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    x, y, z, _ = add(multiply(s, BASE), multiply(L - h, a))
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return signature[:32] == (y | (x & 1) << 255).to_bytes(32, "little")


# --- The Merkle tree, RFC 9162 section 2.1 ---------------------------------------------------
def leaf(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash over two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(index: int, size: int, held: bytes, path: list[bytes]) -> bytes | None:
    """Return the root that a leaf's path leads to (2.1.3.2); None when its length is wrong."""
    fn, sn = index, size - 1
    for step in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            held = node(step, held)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            held = node(held, step)
        fn, sn = fn >> 1, sn >> 1
    return held if sn == 0 else None


def grew(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> bool:
    """Return whether the tree of size `new` only adds to the one of size `old` (2.1.4.2)."""
    if old == new or old == 0:
        return not path and (old == 0 or old_root == new_root)
    path = [old_root, *path] if old & (old - 1) == 0 else path
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    if not path:
        return False
    first = second = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node(step, first), node(step, second)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node(second, step)
        fn, sn = fn >> 1, sn >> 1
    return first == old_root and second == new_root and sn == 0


# --- Keys and signed heads -------------------------------------------------------------------
class Key(NamedTuple):
    """A public key: `name+id+base64(kind || 32 bytes)`."""

    name: str
    kind: int
    raw: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before its signatures."""
        text = self.name.encode() + b"\n" + bytes([self.kind]) + self.raw
        return hashlib.sha256(text).digest()[:4]


class Head(NamedTuple):
    """A signed head of a log: how long it is, its root, and who signed."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: list[tuple[str, bytes]]


def keys_in(text: str) -> list[Key]:
    """Return the keys in a text; one whose id is not its own is refused."""
    found = []
    for name, number, encoded in re.findall(r"(\S+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})", text):
        raw = base64.b64decode(encoded)
        key = Key(name, raw[0], raw[1:])
        if key.id.hex() != number:
            unchecked(f"公钥 {name} 抄错了", f"the key {name} is misspelt")
        found.append(key)
    return found


NOTE = re.compile(
    r"^(\S+)\n(\d+)\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*\n((?:\u2014 \S+ \S+(?:\n|$))+)",
    re.MULTILINE,
)


def heads_in(text: str) -> list[Head]:
    """Return the signed heads in a text: a file, or a mail that was kept, quoted or not."""
    lines = (re.sub(r"^(> ?)+", "", line).rstrip() for line in text.splitlines())
    found = []
    for match in NOTE.finditer("\n".join(lines)):
        origin, size, root, signatures = match.groups()
        said = match.group(0)[: -len(signatures) - 1]
        pairs = [line.split(" ")[1:] for line in signatures.splitlines()]
        signed = [(name, base64.b64decode(encoded)) for name, encoded in pairs]
        found.append(Head(origin, int(size), base64.b64decode(root), said, signed))
    return found


def check_head(head: Head, keys: dict[str, Key], log: str) -> None:
    """Check that a head is of this log and signed with its key."""
    key = keys.get(head.origin)
    if key is None or not head.origin.endswith("/log/" + log):
        forged(
            f"这是另一份日志的头：{head.origin}", f"this is a head of another log: {head.origin}"
        )
    mine = [raw[4:] for name, raw in head.signatures if name == key.name and raw[:4] == key.id]
    if not mine or not all(signed_by(key.raw, head.text.encode(), each) for each in mine):
        forged(
            "日志头的签名不对：不是这份日志的钥匙签的",
            "wrong signature: the head was not signed with the key of this log",
        )


def check_witnesses(head: Head, witnesses: list[Key], wanted: int) -> None:
    """Check the cosignatures under a head, tell them, and want at least so many."""
    seen = set()
    for name, raw in head.signatures:
        key = next((w for w in witnesses if w.name == name and w.id == raw[:4]), None)
        if key is None:
            continue
        at = int.from_bytes(raw[4:12], "big")
        text = f"cosignature/v1\ntime {at}\n{head.text}".encode()
        if not signed_by(key.raw, text, raw[12:]):
            forged(f"见证方 {name} 的签名不对", f"wrong cosignature of the witness {name}")
        when = datetime.fromtimestamp(at, BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        say(f"符合    见证方 {name} 在 {when} 见过", f"ok: the witness {name} saw it at {when}")
        seen.add(key.raw)
    if len(seen) < wanted:
        unchecked(
            f"只有 {len(seen)} 位见证方签了这个日志头，您要求 {wanted} 位；过几分钟再试",
            f"{len(seen)} witnesses signed this head, you want {wanted}; try in some minutes",
        )


# --- What is checked -------------------------------------------------------------------------
def read(path: str) -> bytes:
    """Return the bytes of a file."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        unchecked(f"打不开文件 {path}：{error}", f"cannot open the file {path}: {error}")


def fetch(portal: str | None, path: str, absent: tuple[str, str] = ("", "")) -> bytes:
    """Return the answer of the portal at a path; `absent` says what it means when it has none."""
    if not portal or not portal.startswith(("https://", "http://")):
        unchecked(f"请用 --portal 给出平台地址（{path}）", f"--portal ADDRESS wanted for {path}")
    try:
        with urllib.request.urlopen(portal.rstrip("/") + path, timeout=30) as answer:  # noqa: S310
            body: bytes = answer.read(MOST)
            return body
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(500).decode("utf-8", "replace").strip().replace("\n", " / ")
        if error.code == 404 and absent[0]:
            unchecked(*absent)
        unchecked(f"平台的回答（{path}）：{said}", f"the portal answered {error.code} to {path}")
    except OSError as error:
        unchecked(f"连不上平台：{error}", f"cannot reach the portal: {error}")


class Proof(NamedTuple):
    """A tlog-proof: where the entry stands and the path to the root; perhaps its leaf hash."""

    place: int
    path: list[bytes]
    head: Head
    extra: bytes


def proof_in(text: str) -> Proof:
    """Read a tlog-proof; what cannot be read cannot be checked."""
    top, _, rest = text.replace("\r\n", "\n").partition("\n\n")
    form = r"c2sp.org/tlog-proof@v1(?:\nextra (\S+))?\nindex (\d+)((?:\n\S{44})*)"
    match, heads = re.fullmatch(form, top), heads_in(rest)
    if match is None or not heads:
        unchecked("读不懂这份证明", "this proof cannot be read")
    extra, index, path = match.groups()
    hashes = [base64.b64decode(each) for each in path.split()]
    return Proof(int(index), hashes, heads[0], base64.b64decode(extra or ""))


def check_place(entry: bytes, proof: Proof, index: int | None, receipt: bool) -> None:
    """Check that an entry stands in the log where its proof, or the receipt, says."""
    head = proof.head
    leads_to = root_of(proof.place, head.size, leaf(entry), proof.path)
    if leads_to == head.root and index in (None, proof.place) and proof.place < head.size:
        place = f"第 {proof.place + 1} 号（共 {head.size} 条）", f"No. {proof.place + 1}"
        say(f"符合    在日志里：{place[0]}", f"ok: it is in the log, {place[1]} of {head.size}")
        return
    fits = root_of(proof.place, head.size, proof.extra, proof.path) == head.root
    if fits and index in (None, proof.place) and receipt:
        forged(
            "回执里写的位置被别的记录占了：请保留回执，它有平台的签名，可以作为证据",
            "another leaf took the place of the receipt: keep the receipt, its signature is proof",
        )
    if fits and index in (None, proof.place):
        forged(
            "公告被改过：日志里这个位置的内容不同", "the notice was changed: the log has another"
        )
    forged(
        "证明与这份内容和日志头对不上：内容改过，或者证明是别的记录的",
        "the proof does not fit: the content was changed, or the proof is of another entry",
    )


def check_history(now: Head, old: Head, proof: list[bytes]) -> None:
    """Check that of two heads of one log the longer only adds to the shorter."""
    low, high = sorted((old, now), key=lambda head: head.size)
    if low.size == high.size and low.root != high.root:
        forged(
            "历史被改写：同样多的记录，两个有签名的日志头却不同。请保留两个文件，它们就是证据",
            "history was rewritten: two signed heads of one size differ; keep both, they prove it",
        )
    if not grew(low.size, high.size, low.root, high.root, proof):
        forged(
            "历史被改写：现在的日志不是在您保存的日志头上只增不改得来的",
            "history was rewritten: the log of now does not only add to the head you kept",
        )
    say(
        f"符合    与您保存的日志头（{old.size} 条）一致，只增不改",
        f"ok: consistent with the head you kept ({old.size} entries); nothing was changed",
    )


def check_old(asked: argparse.Namespace, now: Head, keys: dict[str, Key], log: str) -> None:
    """Check the log against a head the reader kept: a file, a mail, or a printed line."""
    if asked.printed:
        size, short = asked.printed[0], re.sub(r"[^0-9a-f]", "", asked.printed[1].lower())
        text = fetch(asked.portal, f"/log/{log}/heads/{int(size)}").decode()
    else:
        text, short = read(asked.old_head).decode("utf-8-sig", "replace"), ""
    old = next(iter(sorted(heads_in(text), key=lambda head: head.origin != now.origin)), None)
    if old is None:
        unchecked("保存的文件里没有日志头", "there is no head in the file you kept")
    check_head(old, keys, log)
    if asked.printed and len(short) < 16:
        unchecked("请多抄几位根", "more digits of the printed root are wanted")
    if not old.root.hex().startswith(short):
        forged(
            "印在纸上的日志头与平台现在说的不同（请先看看有没有抄错）",
            "the printed head is not what the portal now says it was (is it spelt right?)",
        )
    if not asked.proof and now.size < old.size:
        forged(
            f"日志变短了：以前有 {old.size} 条，现在只有 {now.size} 条",
            f"the log shrank: it had {old.size} entries, and now has {now.size}",
        )
    low, high = sorted((old.size, now.size))
    path = []
    if 0 < low < high and asked.consistency:
        path = read(asked.consistency).decode().split()
    elif 0 < low < high:
        path = fetch(asked.portal, f"/log/{log}/consistency/{low}/{high}").decode().split()
    check_history(now, old, [base64.b64decode(each) for each in path])


def check_receipt(raw: bytes, tender: str | None, keys: dict[str, Key]) -> tuple[bytes, int]:
    """Check the signature on a receipt; return its entry in the log of receipts, and the place."""
    try:
        receipt: dict[str, Any] = json.loads(raw.decode("utf-8-sig"))
        core = {name: value for name, value in receipt.items() if name != "sig"}
        signature, log = base64.b64decode(receipt["sig"]), str(core["log"])
        index, known = core["index"], core["v"] == "yn-bid-receipt/1"
        known = known and type(index) is int
    except (ValueError, KeyError, TypeError, AttributeError):
        known = False
    if not known:
        unchecked("这不是投标回执", "this is not the receipt of a bid")
    if log not in keys:
        forged(f"这是另一个平台的回执：{log}", f"this is a receipt of another log: {log}")
    # Canonical JSON: texts and whole numbers alone, names in ASCII.
    said = json.dumps(core, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    key = keys.get(log.replace("/log/receipts", "/receipts"))
    if key is None or not signed_by(key.raw, b"yn-bid-receipt/1\n" + said, signature):
        forged(
            "回执的签名不对：内容改过，或者不是平台发的",
            "wrong signature: the receipt was altered, or the portal did not give it",
        )
    if tender and core.get("tender") != tender:
        forged(
            f"这是另一个项目的回执：{core.get('tender')}",
            f"this is a receipt of another tender: {core.get('tender')}",
        )
    say(
        f"符合    回执有平台的签名：{core.get('receipt')}，收到时间 {core.get('received_at')}",
        f"ok: the portal signed the receipt {core.get('receipt')}, {core.get('received_at')}",
    )
    return b"yn-bid-leaf/1\n" + hashlib.sha256(said).digest(), index


def known_keys(asked: argparse.Namespace) -> list[Key]:
    """Return the keys to trust: those given, else the portal's word for its own."""
    if asked.key:
        texts = [each if "+" in each else read(each).decode("utf-8-sig") for each in asked.key]
    else:
        texts = [fetch(asked.portal, "/log/keys").decode()]
        say(
            "注意    公钥取自平台自己；请与您从别处得到的公钥核对，下次用 --key 给出",
            "note: the keys are the portal's own word; compare them, next time give --key",
        )
    return [key for text in texts for key in keys_in(text)]


NOT_YET = (
    "还没有列入有签名的日志头：公告最迟 10 分钟；回执最迟一小时，截止时一定列入。请那时再来",
    "not yet under a signed head: wait 10 minutes for a notice, an hour for a receipt",
)


def name_notice(entry: bytes) -> None:
    """Tell which notice it is, as far as it says so."""
    try:
        said: dict[str, Any] = json.loads(entry)
        title = (said.get("notices") or [said])[0].get("title", "")
        say(f"公告    {said['id']} {title} {said['date']}")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        say(f"公告    {len(entry)} bytes")


def check(asked: argparse.Namespace) -> None:
    """Check what was asked for, step by step; raise a Verdict where it ends."""
    every = known_keys(asked)
    keys = {key.name: key for key in every if key.kind == LOG}
    log, index = ("receipts" if asked.receipt else "notices"), None
    if asked.receipt:
        entry, index = check_receipt(read(asked.receipt), asked.tender, keys)
    elif asked.notice and asked.notice.isdecimal():
        index = int(asked.notice) - 1
        entry = fetch(asked.portal, f"/log/notices/entries/{index}")
    elif asked.notice:
        entry = read(asked.notice)
    else:
        unchecked("请用 --notice 或 --receipt", "--notice or --receipt wanted")
    if asked.proof:
        text = read(asked.proof).decode("utf-8-sig", "replace")
    elif index is None:
        unchecked("请用 --proof 给出证明", "--proof wanted for a notice in a file")
    else:
        text = fetch(asked.portal, f"/log/{log}/proof/{index}", absent=NOT_YET).decode()
    proof = proof_in(text)
    check_head(proof.head, keys, log)
    root = proof.head.root.hex()[:32]
    say(f"符合    日志头有日志的签名，根 {root}", f"ok: the log signed the head, root {root}")
    check_place(entry, proof, index, bool(asked.receipt))
    if not asked.receipt:
        name_notice(entry)
    if asked.old_head or asked.printed:
        check_old(asked, proof.head, keys, log)
    check_witnesses(proof.head, [key for key in every if key.kind == WITNESS], asked.witnesses)


def arguments() -> argparse.ArgumentParser:
    """Return what can be asked."""
    asked = argparse.ArgumentParser(description="核对公告或回执 / check a notice or a receipt")
    asked.add_argument("--portal", help="平台地址 / address of the portal")
    asked.add_argument("--notice", help="公开记录编号，或文件 / its number in the log, or a file")
    asked.add_argument("--receipt", help="投标回执文件 / file of a receipt")
    asked.add_argument("--tender", help="回执应属于的项目 / the tender the receipt should be of")
    asked.add_argument("--proof", help="证明文件 / file of the proof (.tlog-proof)")
    asked.add_argument(
        "--key", action="append", help="公钥或文件 / a public key, or a file of keys"
    )
    asked.add_argument("--old-head", help="您保存的日志头或邮件 / a head, or a mail, you kept")
    asked.add_argument(
        "--printed", nargs=2, metavar=("SIZE", "ROOT"), help="纸上的日志头 / on paper"
    )
    asked.add_argument("--consistency", help="一致性证明文件 / file of the consistency proof")
    asked.add_argument("--witnesses", type=int, default=0, help="至少几个见证方 / at least so many")
    return asked


def main(given: list[str]) -> int:
    """Check, say the result in both languages, return the status to end with."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        check(arguments().parse_args(given))
    except Verdict as verdict:
        mark = ("不符合  ", "NO: ") if verdict.status == 1 else ("不能核对  ", "cannot check: ")
        say(mark[0] + verdict.chinese, mark[1] + verdict.english)
        return verdict.status
    except ValueError as error:
        say(f"不能核对  读不懂：{error}", f"cannot check: cannot be read: {error}")
        return 2
    say("结论：都符合。", "Result: everything fits.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
