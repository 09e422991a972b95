#!/usr/bin/env python3
"""Check a published notice, or the receipt of a bid, against the public log.

    python3 verify_notice.py --portal https://PORTAL --notice 1284
    python3 verify_notice.py --portal https://PORTAL --notice 1284 --old-head kept.txt
    python3 verify_notice.py --portal https://PORTAL --receipt receipt.json --tender OCID
    python3 verify_notice.py --notice notice.json --proof notice.tlog-proof --key keys.txt

Needs nothing but Python 3.8 or later. Ends with 0 when everything fits, with 1 when something is
forged or a bid was dropped, with 2 when it could not be checked (yet: whether a bid counts is said
by the closing register, after the deadline). It trusts the keys given with --key, and no one else:
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
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Tuple  # noqa: UP035 Python 3.8

BEIJING = timezone(timedelta(hours=8))
LOG, WITNESS = 1, 4  # kinds of keys, as signed notes number them
MOST = 64 * 1024 * 1024  # bytes read from the portal at once
# What reading ends with where a text is not what it should be.
MISREAD = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
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
    is_asked = index in (None, proof.place)
    if leads_to == head.root and is_asked and proof.place < head.size:
        place = f"第 {proof.place + 1} 号（共 {head.size} 条）", f"No. {proof.place + 1}"
        say(f"符合    在日志里：{place[0]}", f"ok: it is in the log, {place[1]} of {head.size}")
        return
    fits = root_of(proof.place, head.size, proof.extra, proof.path) == head.root
    if fits and is_asked and receipt:
        forged(
            "回执里写的位置被别的记录占了：请保留回执，它有平台的签名，可以作为证据",
            "another leaf took the place of the receipt: keep the receipt, its signature is proof",
        )
    if fits and is_asked:
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


def newest_head(portal: str | None, keys: dict[str, Key]) -> Head:
    """Return the newest signed head of the log of notices."""
    found = heads_in(fetch(portal, "/log/notices/checkpoint", absent=NOT_YET).decode())
    if not found:
        unchecked("读不懂公告日志的头", "the head of the log of notices cannot be read")
    check_head(found[0], keys, "notices")
    return found[0]


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
    if asked.receipt and old.origin.endswith("/log/notices"):  # there the register stands
        log, now = "notices", newest_head(asked.portal, keys)
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


EVERYTHING_FITS = "结论：都符合。", "Result: everything fits."


class Receipt(NamedTuple):
    """A receipt whose signature is right."""

    core: dict[str, Any]
    entry: bytes  # in the log of receipts
    place: int
    received: datetime
    deadline: datetime
    supplier: str  # how the closing register names who bid: a digest, which the nonce opens


def receipt_in(raw: bytes) -> tuple[Receipt, bytes, bytes]:
    """Read a receipt; return it with what was signed and the signature, not checked yet."""
    try:
        given: dict[str, Any] = json.loads(raw.decode("utf-8-sig"))
        core = {name: value for name, value in given.items() if name != "sig"}
        signature = base64.b64decode(given["sig"])
        # Canonical JSON: texts and whole numbers alone, names in ASCII.
        text = json.dumps(core, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        said = text.encode()
        times = [moment(core[name]) for name in ("received_at", "deadline")]
        told = bytes.fromhex(core["nonce"]) + core["supplier"].encode()
        known = core["v"] == "yn-bid-receipt/1" and type(core["index"]) is int
    except MISREAD:
        known = False
    if not known:
        unchecked("这不是投标回执", "this is not the receipt of a bid")
    entry = b"yn-bid-leaf/1\n" + hashlib.sha256(said).digest()
    supplier = hashlib.sha256(told).hexdigest()
    return Receipt(core, entry, core["index"], times[0], times[1], supplier), said, signature


def moment(text: str) -> datetime:
    """Return an instant; one without its offset is refused."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def check_receipt(raw: bytes, tender: str | None, keys: dict[str, Key]) -> Receipt:
    """Check the signature on a receipt, and whose it is; return it."""
    receipt, said, signature = receipt_in(raw)
    core, log = receipt.core, str(receipt.core.get("log"))
    if log not in keys:
        forged(f"这是另一个平台的回执：{log}", f"this is a receipt of another log: {log}")
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
        f"符合    回执有平台的签名：{core.get('receipt')}，收到时间 {core['received_at']}",
        f"ok: the portal signed the receipt {core.get('receipt')}, {core['received_at']}",
    )
    return receipt


# --- What became of a bid: the closing register and the opening record -------------------------
KEEP = (
    "请保留这张回执并告诉审计机关：它有平台的签名，是证据",
    "keep this receipt and tell the audit office: it is signed proof",
)


def broken(chinese: str, english: str) -> NoReturn:
    """End: what the portal published breaks the promise of the receipt."""
    forged(f"{chinese}。{KEEP[0]}", f"{english}; {KEEP[1]}")


class Line(NamedTuple):
    """What the closing register says of one bid."""

    place: int  # of its receipt
    digest: str
    received: datetime
    status: str
    supplier: str
    ended_by: int | None  # the place of the receipt that withdrew or replaced it


class Register(NamedTuple):
    """A closing register: how long the log of receipts was, its root, a line for each bid."""

    size: int
    root: bytes
    lines: list[Line]


class Noticed(NamedTuple):
    """A notice that is proved to be in the log of notices."""

    place: int
    said: dict[str, Any]


def notices_of(portal: str | None, tender: str) -> dict[str, list[str]]:
    """Return the ids of the notices of a tender by their kind, as the portal tells them."""
    gone = f"平台说没有这个项目：{tender}。{KEEP[0]}", f"the portal denies the tender; {KEEP[1]}"
    text = fetch(portal, f"/records/{urllib.parse.quote(tender, safe='')}.json", absent=gone)
    found: dict[str, list[str]] = {}
    try:
        for release in json.loads(text)["records"][0]["releases"]:
            found.setdefault(str(release["notices"][0]["kind"]), []).append(str(release["id"]))
    except MISREAD:
        unchecked("读不懂项目的公开记录", "the record of the tender cannot be read")
    return found


def place_of(portal: str | None, held: bytes, size: int) -> int | None:
    """Look for a leaf among the tiles of the log of notices, the newest first."""
    for number in reversed(range(-(-size // 256))):
        width = min(256, size - number * 256)
        digits = str(number).zfill(-(-len(str(number)) // 3) * 3)
        path = re.sub(r"(\d{3})(?=\d)", r"x\1/", digits) + (f".p/{width}" if width < 256 else "")
        row = fetch(portal, f"/log/notices/tile/0/{path}")
        for place in range(width):
            if row[place * 32 : place * 32 + 32] == held:
                return number * 256 + place
    return None


def not_entered(entry: bytes) -> NoReturn:
    """End: a notice that the portal shows is not in the log of notices that it signed."""
    try:
        is_new = datetime.now(BEIJING) < moment(json.loads(entry)["date"]) + timedelta(hours=1)
    except MISREAD:
        is_new = False
    if is_new:
        unchecked(*NOT_YET)
    broken(
        "平台给出的这份公告不在有签名的公告日志里：内容被改过，或者日志一小时没有签名",
        "this notice is not in the signed log: it was changed, or no head was signed for an hour",
    )


class Asked(NamedTuple):
    """The notices of a tender as they are looked for: under one head, with the keys to trust."""

    by: argparse.Namespace
    every: list[Key]
    tender: str
    newest: Head


def check_notice(asked: Asked, name: str, kind: str) -> Noticed:
    """Check that a notice is in the signed log, of the tender and a kind; return what it says."""
    portal = asked.by.portal
    entry = fetch(portal, f"/releases/{urllib.parse.quote(name, safe='')}.json")
    name_notice(entry)
    index = place_of(portal, leaf(entry), asked.newest.size)
    if index is None:
        not_entered(entry)
    proof = proof_in(fetch(portal, f"/log/notices/proof/{index}").decode())
    check_head(proof.head, log_keys(asked.every), "notices")
    check_place(entry, proof, index, receipt=False)
    check_witnesses(proof.head, witness_keys(asked.every), asked.by.witnesses)
    try:
        said: dict[str, Any] = json.loads(entry)
    except MISREAD:
        unchecked("读不懂这份公告", "this notice cannot be read")
    try:
        fits = said["ocid"] == asked.tender and said["notices"][0]["kind"] == kind
    except MISREAD:
        fits = False
    if not fits:
        forged(
            f"日志里的这份公告不是项目 {asked.tender} 的",
            f"this notice is not of the tender {asked.tender}",
        )
    return Noticed(index, said)


def check_keys(asked: Asked, receipt: Receipt, found: dict[str, list[str]]) -> None:
    """Check that the bid was sealed to the keys its call states: with others it could be read."""
    call = check_notice(asked, found["tender"][0], "tender")
    try:
        stated = call.said["tender"]["sealing"]["keyset"]
    except MISREAD:
        stated = None
    if stated is None or receipt.core.get("keyset") != stated:
        broken(
            "这份投标封给了别的公钥，不是采购公告里的：有人可能在开标以前读到它",
            "the bid was sealed to other keys than its call states: somebody may have read it",
        )
    say("符合    封给了采购公告里的公钥", "ok: it was sealed to the keys that its call states")


def register_in(notice: Noticed) -> Register:
    """Read a closing register."""
    try:
        told = notice.said["tender"]["closingRegister"]
        lines = [
            Line(
                int(each["index"]),
                str(each["envelopeDigest"]),
                moment(each["receivedAt"]),
                str(each["status"]),
                str(each["supplierCommitment"]),
                None if each.get("endedBy") is None else int(each["endedBy"]),
            )
            for each in told.get("entries", [])
        ]
        return Register(int(told["receiptsLogSize"]), bytes.fromhex(told["receiptsLogRoot"]), lines)
    except MISREAD:
        unchecked("读不懂截标登记", "the closing register cannot be read")


def not_closed(receipt: Receipt, found: dict[str, list[str]]) -> NoReturn:
    """End: there is no closing register (yet)."""
    end = receipt.deadline.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    if "cancellation" in found:
        unchecked(
            "平台说这个项目已经终止，没有截标登记，也不开标",
            "the portal says that this tender was cancelled: no register, and no opening",
        )
    if datetime.now(BEIJING) < receipt.deadline:
        unchecked(
            f"到现在都符合。投标算不算数，看截止（{end}）以后公布的截标登记：请那时再核对一次",
            f"so far it fits. Whether the bid counts is said by the closing register, after the"
            f" deadline ({end}): check again then",
        )
    unchecked(
        f"已过截止时间（{end}），截标登记还没有公布：请看项目是否延期；一直不公布，{KEEP[0]}",
        f"the deadline ({end}) has passed, and the closing register is not published yet: was the"
        f" deadline moved? If it stays out, {KEEP[1]}",
    )


def check_closing(asked: argparse.Namespace, now: Head, told: Register, index: int) -> None:
    """Check that the register closed over the signed log of receipts, this receipt in it."""
    if index >= told.size:
        broken(
            "截标登记里的回执日志不包括这张回执的位置",
            "the log of receipts that the register names ends before the place of this receipt",
        )
    if told.size > now.size:
        unchecked(
            "截标登记所说的回执日志还没有签名的日志头：请过几分钟再试",
            "no signed head covers the log of receipts that the register names: try in minutes",
        )
    path: list[str] = []
    if told.size < now.size:
        between = f"/log/receipts/consistency/{told.size}/{now.size}"
        path = fetch(asked.portal, between).decode().split()
    hashes = [base64.b64decode(each) for each in path]
    if not grew(told.size, now.size, told.root, now.root, hashes):
        broken(
            "截标登记所说的回执日志，不是现在有签名的这一份",
            "the log of receipts that the register names is not the one that is signed",
        )
    say(
        f"符合    截标登记所说的回执日志（{told.size} 条）就是有签名的这一份，这张回执在里面",
        f"ok: the register closed over the signed log of receipts ({told.size}), this one in it",
    )


def check_line(receipt: Receipt, told: Register) -> Line:
    """Return the register's line of a bid, found by the place of its receipt."""
    mine = [each for each in told.lines if each.place == receipt.place]
    if not mine:
        broken(
            "截标登记里没有这张回执：您的投标被丢掉了",
            "the closing register does not list this receipt: your bid was dropped",
        )
    line, core = mine[0], receipt.core
    pairs = (
        (line.digest, core.get("envelope_sha256"), "密封件指纹", "the digest of the envelope"),
        (line.received, receipt.received, "收到时间", "the time it was received"),
        (line.supplier, receipt.supplier, "供应商", "the supplier"),
        (len(mine), 1, "行数", "the number of lines"),
    )
    for said, wanted, chinese, english in pairs:
        if said != wanted:
            broken(
                f"截标登记里这张回执的{chinese}不同",
                f"the closing register has another value for {english}",
            )
    return line


ENDED = {"replaced": ("替换", "replaced"), "withdrawn": ("撤回", "withdrawn")}


def check_ended(line: Line, told: Register) -> tuple[str, str]:
    """Check that a bid which does not count was ended by a receipt; return the conclusion."""
    if line.status not in ENDED:
        broken(
            f"截标登记里这份投标的状态不明：{line.status}",
            f"the register gives the bid an unknown status: {line.status}",
        )
    (chinese, english), by = ENDED[line.status], line.ended_by
    # What replaces a bid has a line of its own, and a later one; a withdrawal has a receipt alone.
    later = [each.received >= line.received for each in told.lines if each.place == by]
    fits = later == ([True] if line.status == "replaced" else [])
    if by is None or by == line.place or not 0 <= by < told.size or not fits:
        broken(
            f"截标登记说这份投标已被{chinese}，却没有写明是哪一张回执：投标被丢掉了",
            f"the register says that the bid was {english}, and names no receipt for it:"
            " the bid was dropped",
        )
    said = f"its bid was {english} by receipt No. {by + 1} and does not count"
    return (
        f"结论：投标已被第 {by + 1} 号回执{chinese}，不算数。如果不是您做的，{KEEP[0]}。",
        f"Result: {said}. If that was not you, {KEEP[1]}.",
    )


def check_withdrawal(receipt: Receipt, told: Register) -> tuple[str, str]:
    """Check that the register honours a withdrawal; return the conclusion."""
    digest = receipt.core.get("envelope_sha256")
    mine = [each for each in told.lines if each.ended_by == receipt.place]
    if [(each.digest, each.status) for each in mine] != [(digest, "withdrawn")]:
        broken(
            "您撤回了投标，截标登记却没有写明是这张回执撤回的",
            "you withdrew the bid, and the closing register does not say so by this receipt",
        )
    return "结论：都符合。投标已按这张回执撤回。", "Result: everything fits. The bid is withdrawn."


def check_opening(receipt: Receipt, opening: Noticed, counts: bool) -> None:
    """Check that the opening record has the bid when it counts, and has it not when it does not."""
    try:
        bids = opening.said.get("bids", {}).get("details", [])
        mine = [each for each in bids if each.get("receipt") == receipt.core.get("receipt")]
        digests = {each.get("envelopeDigest") for each in mine}
        reason = "".join(
            "：" + str(each["statusDetails"]) for each in mine if "statusDetails" in each
        )
    except MISREAD:
        unchecked("读不懂开标记录", "the opening record cannot be read")
    if not counts and mine:
        broken(
            "这份投标不算数，开标记录里却有它", "the opening record has a bid that does not count"
        )
    if counts and digests != {receipt.core.get("envelope_sha256")}:
        broken(
            "截标登记说这份投标有效，开标记录里却没有它",
            "the bid counts by the register, and the opening record does not have it",
        )
    if counts:
        say(f"符合    开标记录里有这份投标{reason}", "ok: the opening record has the bid")
    else:
        say("符合    开标记录里没有它", "ok: the opening record does not have it")


def check_kept(
    asked: argparse.Namespace, receipt: Receipt, now: Head, every: list[Key]
) -> tuple[str, str]:
    """Check what became of the bid of a receipt; return the conclusion. `now`: head of receipts."""
    tender = str(receipt.core.get("tender"))
    found = notices_of(asked.portal, tender)
    if "tender" not in found:
        broken("平台没有给出这个项目的采购公告", "the portal does not show the call of this tender")
    newest = newest_head(asked.portal, log_keys(every))
    notices = Asked(asked, every, tender, newest)
    check_keys(notices, receipt, found)
    if len(found.get("register", [])) > 1:
        broken("这个项目有不止一份截标登记", "this tender has more than one closing register")
    if "register" not in found:
        not_closed(receipt, found)
    notice = check_notice(notices, found["register"][0], "register")
    told = register_in(notice)
    check_closing(asked, now, told, receipt.place)
    is_withdrawal = receipt.core.get("action") == "withdraw"
    line = None if is_withdrawal else check_line(receipt, told)
    counts = line is not None and line.status == "counts" and line.ended_by is None
    concluded = EVERYTHING_FITS
    if line is None:
        concluded = check_withdrawal(receipt, told)
    elif counts:
        say(
            "符合    截标登记里有这份投标：有效",
            "ok: the closing register lists the bid: it counts",
        )
    else:
        concluded = check_ended(line, told)
    for name in found.get("opening", []):
        opening = check_notice(notices, name, "opening")
        if opening.place < notice.place:
            broken("开标在截标登记以前", "the bids were opened before the closing register")
        check_opening(receipt, opening, counts)
    if "opening" not in found:
        say("注意    还没有开标记录；开标以后可以再核对一次", "note: no opening record yet")
    return concluded


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


def log_keys(every: list[Key]) -> dict[str, Key]:
    """Return the keys of logs and receipts, by their names."""
    return {key.name: key for key in every if key.kind == LOG}


def witness_keys(every: list[Key]) -> list[Key]:
    """Return the keys of witnesses."""
    return [key for key in every if key.kind == WITNESS]


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
    except MISREAD:
        say(f"公告    {len(entry)} bytes")


def check(asked: argparse.Namespace) -> tuple[str, str]:
    """Check what was asked for, return the conclusion; raise a Verdict where it ends badly."""
    every = known_keys(asked)
    keys, receipt = log_keys(every), None
    log, index = ("receipts" if asked.receipt else "notices"), None
    if asked.receipt:
        receipt = check_receipt(read(asked.receipt), asked.tender, keys)
        entry, index = receipt.entry, receipt.place
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
    check_place(entry, proof, index, receipt is not None)
    if receipt is None:
        name_notice(entry)
    if asked.old_head or asked.printed:
        check_old(asked, proof.head, keys, log)
    check_witnesses(proof.head, witness_keys(every), asked.witnesses)
    return check_kept(asked, receipt, proof.head, every) if receipt else EVERYTHING_FITS


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
        concluded = check(arguments().parse_args(given))
    except Verdict as verdict:
        mark = ("不符合  ", "NO: ") if verdict.status == 1 else ("不能核对  ", "cannot check: ")
        say(mark[0] + verdict.chinese, mark[1] + verdict.english)
        return verdict.status
    except ValueError as error:
        say(f"不能核对  读不懂：{error}", f"cannot check: cannot be read: {error}")
        return 2
    say(*concluded)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
