"""A small public log with keys of its own, and a portal that serves it over HTTP."""

import base64
import hashlib
import importlib.util
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from procurement.publication import merkle, notes

HOST = "portal.example"

# RFC 8032 section 7.1: secret key, public key, message, signature
VECTORS = [
    tuple(lines.split("|"))
    for lines in (
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
            "|d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
            "|"
            "|e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
            "|3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
            "|72"
            "|92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"
            "|fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
            "|af82"
            "|6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    )
]


def program(name: str) -> ModuleType:
    """A program that the portal hands out, as a module."""
    path = settings.BASE_DIR / "static/verify" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def runner(module: ModuleType) -> Callable[..., int]:
    """What runs a program with arguments and gives the status it ends with."""

    def run(*given: object) -> int:
        status: int = module.main([str(each) for each in given])
        return status

    return run


def write(folder: Path, name: str, said: bytes | str) -> Path:
    """A file of the reader."""
    raw = said.encode() if isinstance(said, str) else said
    (folder / name).write_bytes(raw)
    return folder / name


def base64_of(raw: bytes) -> str:
    """Bytes as the formats write them."""
    return base64.b64encode(raw).decode()


@dataclass
class Log:
    """A log: what it holds, and its signing key."""

    name: str
    entries: list[bytes] = field(default_factory=list)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    host: str = HOST

    @property
    def origin(self) -> str:
        """The first line of its heads."""
        return f"{self.host}/log/{self.name}"

    @property
    def vkey(self) -> str:
        """Its public key."""
        return notes.Key.of(self.origin, self.key).vkey()

    def leaves(self, size: int | None = None) -> list[bytes]:
        """The hashes of its first entries."""
        return [merkle.leaf_hash(each) for each in self.entries[:size]]

    def head(self, size: int | None = None) -> str:
        """Its signed head at a size."""
        count = len(self.entries) if size is None else size
        text = f"{self.origin}\n{count}\n{base64_of(merkle.root(self.leaves(count)))}\n"
        public = notes.Key.of(self.origin, self.key)
        line = notes.Signature(self.origin, public.id, self.key.sign(text.encode())).line()
        return f"{text}\n{line}\n"

    def proof(self, index: int, size: int | None = None) -> str:
        """The proof of an entry, with its leaf hash as extra."""
        leaves = self.leaves(size)
        path = "".join(base64_of(each) + "\n" for each in merkle.inclusion_path(index, leaves))
        top = f"c2sp.org/tlog-proof@v1\nextra {base64_of(leaves[index])}\nindex {index}\n"
        return f"{top}{path}\n{self.head(size)}"

    def consistency(self, old: int, new: int) -> str:
        """The proof that the log only grew between two sizes."""
        path = merkle.consistency_path(old, self.leaves(new))
        return "".join(base64_of(each) + "\n" for each in path)


RECEIPT: dict[str, Any] = {
    "v": "yn-bid-receipt/1",
    "tender": "ocds-yn0000-2026-000001",
    "notice": "ab" * 32,
    "supplier": "YN-CSO-7",
    "receipt": "YN-2026-000123",
    "action": "submit",
    "replaces": None,
    "received_at": "2026-11-22T16:59:59.123456+08:00",
    "deadline": "2026-11-22T17:00:00+08:00",
    "envelope_sha256": "cd" * 32,
    "envelope_bytes": 1048576,
    "keyset": "ef" * 32,
    "mode": "S",
    "nonce": "0123456789abcdef" * 2,
}


def core(log: Log, **changes: object) -> dict[str, Any]:
    """What a receipt says, before it is signed; its place is the next of the log."""
    return {**RECEIPT, "log": log.origin, "index": len(log.entries), **changes}


def signed(said: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """A receipt as the portal gives it."""
    sig = key.sign(b"yn-bid-receipt/1\n" + rfc8785.dumps(said))
    return {**said, "sig": base64_of(sig)}


def leaf_body(said: dict[str, Any]) -> bytes:
    """The entry of a receipt in the log of receipts."""
    return b"yn-bid-leaf/1\n" + hashlib.sha256(rfc8785.dumps(said)).digest()


class Portal:
    """Answers by path; what is handed in is kept."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.handed_in: list[tuple[str, str]] = []

    def show(self, log: Log, *old: int) -> None:
        """Show a log as it stands, and how it grew from older sizes."""
        path, size = f"/log/{log.name}", len(log.entries)
        for start in range(0, size, 256):
            row = log.leaves()[start : start + 256]
            partial = "" if len(row) == 256 else f".p/{len(row)}"
            self.pages[f"{path}/tile/0/{start // 256:03d}{partial}"] = b"".join(row)
        self.pages[f"{path}/checkpoint"] = log.head().encode()
        for index, entry in enumerate(log.entries):
            self.pages[f"{path}/entries/{index}"] = entry
            self.pages[f"{path}/proof/{index}"] = log.proof(index).encode()
        for each in old:
            self.pages[f"{path}/heads/{each}"] = log.head(each).encode()
            if each < size:
                proof = log.consistency(each, size).encode()
                self.pages[f"{path}/consistency/{each}/{size}"] = proof

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve it for a while; gives its address."""
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = portal.pages.get(self.path)
                self.send_response(404 if found is None else 200)
                self.end_headers()
                self.wfile.write(b"nothing here\n" if found is None else found)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                portal.handed_in.append((self.path, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def text_of(said: dict[str, Any]) -> str:
    """A receipt as people keep it: indented JSON."""
    return json.dumps(said, ensure_ascii=False, indent=2)
