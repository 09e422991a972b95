#!/usr/bin/env python3
"""Be a witness of the public log: remember its last head, refuse any other history, cosign.

    python3 witness.py new university.example/witness      makes a key; send its public line
    python3 witness.py trust 'LOG-KEY'                     once for each log, from a printed source
    python3 witness.py sign --portal https://PORTAL        every hour or so; add --print for e-mail

Needs nothing but Python 3.8 or later. Everything it knows is in one file, witness.json (or --file),
which holds its secret key: keep it to yourself, and keep a copy. Ends with 0 when it signed, with 1
when it refused (it then writes both heads to a file: they are proof), with 2 when it could not ask.

Formats: Ed25519 (RFC 8032), RFC 9162 consistency proofs, c2sp.org signed-note, tlog-checkpoint and
tlog-cosignature. The arithmetic does not hide its timing: sign on a machine of your own.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple, Tuple  # noqa: UP035 Python 3.8

LOG, WITNESS = 1, 4  # kinds of keys, as signed notes number them
Point = Tuple[int, int, int, int]  # noqa: UP006 Python 3.8


class Refused(Exception):
    """The log shows another history than before. Chinese, then English."""


class NotAsked(Exception):
    """Something is wanting: nothing can be said. Chinese, then English."""


# --- Ed25519, RFC 8032 section 5.1, in plain integers ------------------------------------------
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


def pressed(p: Point) -> bytes:
    """Return the 32 bytes that stand for a point."""
    x, y = p[0] * pow(p[2], -1, P) % P, p[1] * pow(p[2], -1, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def number_of(*parts: bytes) -> int:
    """Return SHA-512 over the parts, as a number."""
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def halves(seed: bytes) -> tuple[int, bytes]:
    """Return the secret number and the prefix that follow from a seed."""
    digest = hashlib.sha512(seed).digest()
    secret = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    return secret, digest[32:]


def public_of(seed: bytes) -> bytes:
    """Return the public key of a seed."""
    return pressed(multiply(halves(seed)[0], BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    """Return the signature of a message."""
    secret, prefix = halves(seed)
    r = number_of(prefix, message) % L
    start = pressed(multiply(r, BASE))
    s = (r + number_of(start, public_of(seed), message) * secret) % L
    return start + s.to_bytes(32, "little")


def signed_by(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature is of this message and this key."""
    a, s = point(key), int.from_bytes(signature[32:], "little")
    if a is None or len(key) != 32 or len(signature) != 64 or s >= L:
        return False
    h = number_of(signature[:32], key, message) % L
    return signature[:32] == pressed(add(multiply(s, BASE), multiply(L - h, a)))


# --- Keys, heads, consistency ------------------------------------------------------------------
class Head(NamedTuple):
    """A head of a log: its text as signed, how long the log is, and its root."""

    text: str
    size: int
    root: bytes


def key_id(name: str, kind: int, raw: bytes) -> bytes:
    """Return the four bytes that stand before the signatures of a key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + raw).digest()[:4]


def vkey(name: str, kind: int, raw: bytes) -> str:
    """Return a public key as one writes it."""
    encoded = base64.b64encode(bytes([kind]) + raw).decode()
    return f"{name}+{key_id(name, kind, raw).hex()}+{encoded}"


def head_in(note: str, log_key: str) -> Head:
    """Return the head in a note, once its signature by the log's key has been checked."""
    name, _id, encoded = log_key.split("+", 2)
    raw = base64.b64decode(encoded)[1:]
    if re.search("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]", note):  # what a signed note never holds
        raise NotAsked("这不是日志头", "this is no head")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    wanted = key_id(name, LOG, raw)
    for line in signatures.splitlines():
        dash, who, signed = [*line.split(" "), "", ""][:3]
        if (dash, who) == ("\u2014", name) and base64.b64decode(signed)[:4] == wanted:
            if not signed_by(raw, text.encode(), base64.b64decode(signed)[4:]):
                raise NotAsked("日志头的签名不对", "the signature of the head is wrong")
            break
    else:
        raise NotAsked("日志头没有这份日志的签名", "the head is not signed by this log")
    origin, size, root = text.split("\n")[:3]
    if origin != name or not re.fullmatch("0|[1-9][0-9]*", size):
        raise NotAsked("这是另一份日志的头", "this is a head of another log")
    return Head(text, int(size), base64.b64decode(root))


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash over two hashes of the tree."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grew(old: Head, new: Head, path: list[bytes]) -> bool:
    """Return whether the newer head only adds to the older (RFC 9162 section 2.1.4.2)."""
    if old.size in {0, new.size}:
        return not path and (old.size == 0 or old.root == new.root)
    path = [old.root, *path] if old.size & (old.size - 1) == 0 else path
    fn, sn = old.size - 1, new.size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    if not path or fn > sn:
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
    return (first, second, sn) == (old.root, new.root, 0)


# --- What a witness does -----------------------------------------------------------------------
def ask(address: str, body: bytes | None = None) -> str:
    """Return the answer of the portal; with a body, hand that in."""
    kind = {"Content-Type": "text/plain; charset=utf-8"}
    try:
        asked = urllib.request.Request(address, data=body, headers=kind)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
            said: str = answer.read(1 << 20).decode()
            return said
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(500).decode("utf-8", "replace").strip().replace("\n", " / ")
        raise NotAsked(f"平台的回答：{said}", f"{error.code} from {address}") from error
    except (OSError, ValueError) as error:
        raise NotAsked(f"连不上平台：{address}", f"no answer: {error}") from error


def keep(file: Path, state: dict[str, Any]) -> None:
    """Write what the witness knows: whole or not at all, readable by its owner alone."""
    new = file.with_suffix(".new")
    secret = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(secret, "w", encoding="utf-8") as written:
        json.dump(state, written, indent=1)
        written.flush()
        os.fsync(written.fileno())
    new.replace(file)


def cosign(state: dict[str, Any], log_key: str, portal: str, file: Path) -> str:
    """Return the head of a log with the line of this witness under it. Raises Refused."""
    log = log_key.split("+", 1)[0].rpartition("/")[2]
    note = ask(f"{portal}/log/{log}/checkpoint")
    new, before = head_in(note, log_key), state["logs"][log_key]
    old = head_in(before, log_key) if before else Head("", 0, b"")
    path: list[bytes] = []
    if 0 < old.size < new.size:
        lines = ask(f"{portal}/log/{log}/consistency/{old.size}/{new.size}").split()
        path = [base64.b64decode(line) for line in lines]
    if new.size < old.size or not grew(old, new, path):
        evidence = file.with_name(f"refused-{log}-{int(time.time())}.txt")
        evidence.write_text(f"{before}\n{note}", encoding="utf-8")
        raise Refused(
            f"历史被改写：{log} 的日志头与上次的不一致。证据在 {evidence}，请告诉审计机关和公众",
            f"history was rewritten: the heads of {log} do not agree. Evidence: {evidence}",
        )
    # Remembered before the signature leaves: a witness that forgets could sign two histories.
    state["logs"][log_key] = note
    keep(file, state)
    seed, at = base64.b64decode(state["seed"]), int(time.time())
    signed = sign(seed, f"cosignature/v1\ntime {at}\n{new.text}".encode())
    mine = key_id(state["name"], WITNESS, public_of(seed)) + at.to_bytes(8, "big") + signed
    return f"{new.text}\n\u2014 {state['name']} {base64.b64encode(mine).decode()}\n"


def act(asked: argparse.Namespace, file: Path) -> None:
    """Do what was asked."""
    if asked.act == "new":
        if file.exists() or not re.fullmatch(r"[^\s+]+", asked.what or ""):
            raise NotAsked("已有钥匙，或者没有名字", "there is a key already, or no name")
        seed = os.urandom(32)
        keep(file, {"name": asked.what, "seed": base64.b64encode(seed).decode(), "logs": {}})
        print(vkey(asked.what, WITNESS, public_of(seed)))
        return
    if not file.exists():
        raise NotAsked(f"没有 {file}：先用 new 生成钥匙", f"no {file}: begin with new")
    state = json.loads(file.read_text(encoding="utf-8"))
    if asked.act == "trust":
        name, _, encoded = (asked.what or "").split("+", 2)
        if vkey(name, LOG, base64.b64decode(encoded)[1:]) != asked.what:
            raise NotAsked("公钥抄错了", "the key is misspelt")
        state["logs"].setdefault(asked.what, "")
        keep(file, state)
        return
    witness(state, asked, file)


def witness(state: dict[str, Any], asked: argparse.Namespace, file: Path) -> None:
    """Look at every log that is trusted; sign, and hand in or print."""
    if not state["logs"]:
        raise NotAsked("还没有信任任何日志：先用 trust", "no log to witness: trust one first")
    portal, wrong = asked.portal.rstrip("/"), []
    for log_key in state["logs"]:
        log = log_key.split("+", 1)[0].rpartition("/")[2]
        try:
            note = cosign(state, log_key, portal, file)
            if not asked.print:
                ask(f"{portal}/log/{log}/cosignatures/", note.encode())
        except (Refused, NotAsked) as why:  # the other log may still be signed
            wrong.append(why)
            continue
        print(note if asked.print else f"{log}: {note.splitlines()[1]}")
    if wrong:
        raise min(wrong, key=lambda why: isinstance(why, NotAsked))


def main(given: list[str]) -> int:
    """Do it, say what happened in both languages, return the status to end with."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    asked = argparse.ArgumentParser(description="见证公开日志 / witness the public log")
    asked.add_argument("act", choices=["new", "trust", "sign"])
    asked.add_argument("what", nargs="?", help="名字或日志公钥 / a name, or the key of a log")
    asked.add_argument("--portal", default="", help="平台地址 / address of the portal")
    asked.add_argument("--file", default="witness.json", help="存放处 / where all is kept")
    asked.add_argument("--print", action="store_true", help="只印出，用邮件发 / print, for e-mail")
    options = asked.parse_args(given)
    try:
        act(options, Path(options.file))
    except (Refused, NotAsked, ValueError) as why:
        print(
            "\n        ".join(
                re.sub("[\\x00-\\x1f\\x7f-\\x9f]", " ", str(said)) for said in why.args
            )
        )
        return 1 if isinstance(why, Refused) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
