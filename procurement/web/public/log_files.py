"""What programs ask the two logs: heads, entries, proofs and tiles, in the formats of C2SP."""

import base64
import json
from collections.abc import Mapping
from typing import Protocol

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from procurement.publication import heads, nodes, notes, proofs
from procurement.publication.merkle import Place
from procurement.publication.proofs import Tile
from procurement.publication.tree import Checkpoint, Log, LogHead
from procurement.web.public import log_heads
from procurement.web.public.answers import BYTES, FOR_EVER, JSON, TEXT, answer, refusal

JUST_NOW = {"max_age": 10}  # seconds

NO_HEAD = _("这份日志还没有签名的日志头；第一条公开后最迟 10 分钟签名。")
NOT_YET = _("这一条还没有列入有签名的日志头；最迟 10 分钟后再来。")
NO_ENTRY = _("日志里没有这一条。")
NO_SUCH_HEAD = _("没有签过这个条数的日志头。")
NO_SUCH_SIZES = _("请给出两个条数：先小后大，都不超过最新的日志头。")
NO_TILE = _("没有这一块，或者还没有列入有签名的日志头。")


class Made(Protocol):
    """What makes the bytes of a tile or bundle; None beyond the size."""

    def __call__(self, log: Log, asked: Tile, *, size: int) -> bytes | None: ...


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys, one a line: of the logs, of receipts, of the witnesses."""
    lines = [f"{what} {key.vkey()}\n" for what, key in log_heads.public_keys()]
    return answer(request, "".join(lines).encode(), kind=TEXT, name="keys.txt")


@require_safe
def checkpoint(request: HttpRequest, log: Log) -> HttpResponse:
    """The newest signed head, with the witnesses' lines (C2SP tlog-checkpoint)."""
    newest = heads.latest(log)
    if newest is None:
        return refusal(NO_HEAD, status=404)
    return _head(request, newest)


@require_safe
def head(request: HttpRequest, log: Log, size: int) -> HttpResponse:
    """An older signed head."""
    found = Checkpoint.objects.filter(log=log, size=size).first()
    if found is None:
        return refusal(NO_SUCH_HEAD, status=404)
    return _head(request, found)


def _head(request: HttpRequest, found: Checkpoint) -> HttpResponse:
    name = f"{Log(found.log).name.lower()}-{found.size}.txt"
    return answer(request, heads.told(found).encode(), kind=TEXT, name=name, **JUST_NOW)


@require_safe
def entry(request: HttpRequest, log: Log, index: int) -> HttpResponse:
    """The bytes of an entry, as they are hashed."""
    leaf = next(nodes.leaves(log, index, index + 1), None)
    if leaf is None:
        return refusal(NO_ENTRY, status=404)
    kind, end = (JSON, "json") if log is Log.NOTICES else (BYTES, "bin")
    name = f"{log.name.lower()}-{index}.{end}"
    return answer(request, leaf.body, kind=kind, name=name, **FOR_EVER)


@require_safe
def proof(request: HttpRequest, log: Log, index: int) -> HttpResponse:
    """That an entry is under the newest head (C2SP tlog-proof); as JSON with ?format=json."""
    found = proofs.proof(log, index)
    if found is None:
        is_entered = LogHead.objects.filter(pk=log, size__gt=index).exists()
        return refusal(NOT_YET if is_entered else NO_ENTRY, status=404)
    place = Place(0, index)
    leaf = nodes.hashes(log, [place])[place]
    if _wants_json(request):
        told = notes.Head.parse(found.head.text)
        said = {
            "origin": told.origin,
            "index": index,
            "size": told.size,
            "leafHash": _text(leaf),
            "path": [_text(each) for each in found.path],
            "root": _text(told.root),
            "checkpoint": str(found.head),
        }
        return _json(request, said, f"{log.name.lower()}-{index}.proof.json")
    # The leaf hash as extra: it lets a program tell a changed entry from a wrong proof.
    text = str(found).replace("\n", f"\nextra {_text(leaf)}\n", 1)
    name = f"{log.name.lower()}-{index}.tlog-proof"
    return answer(request, text.encode(), kind=TEXT, name=name, **JUST_NOW)


@require_safe
def consistency(request: HttpRequest, log: Log, old: int, new: int) -> HttpResponse:
    """That the log of a size only adds to that of a smaller one, a hash a line; or as JSON."""
    newest = heads.latest(log)
    if newest is None or not 0 < old <= new <= newest.size:
        return refusal(NO_SUCH_SIZES, status=404)
    path = nodes.consistency(log, old, new)
    name = f"{log.name.lower()}-{old}-{new}.consistency"
    if _wants_json(request):
        said = {
            "origin": heads.origin(log),
            "old": old,
            "new": new,
            "path": [_text(each) for each in path],
        }
        return _json(request, said, f"{name}.json", **FOR_EVER)
    text = "".join(_text(each) + "\n" for each in path)
    return answer(request, text.encode(), kind=TEXT, name=name, **FOR_EVER)


@require_safe
def tile(request: HttpRequest, log: Log, level: str, place: str) -> HttpResponse:
    """Hashes of neighbouring subtrees of 256**level entries (C2SP tlog-tiles)."""
    return _tile(request, log, level, place, proofs.tile)


@require_safe
def bundle(request: HttpRequest, log: Log, place: str) -> HttpResponse:
    """Neighbouring entries, each after its length in two bytes (C2SP tlog-tiles)."""
    return _tile(request, log, "0", place, proofs.bundle)


def _tile(request: HttpRequest, log: Log, level: str, place: str, make: Made) -> HttpResponse:
    newest = heads.latest(log)
    try:
        asked = Tile.parse(level, place)
    except ValueError:
        return refusal(NO_TILE, status=404)
    body = make(log, asked, size=newest.size) if newest else None
    if body is None:
        return refusal(NO_TILE, status=404)
    name = f"{log.name.lower()}-{level}-{asked.path}".replace("/", "-")
    return answer(request, body, kind=BYTES, name=name, **FOR_EVER)


def _wants_json(request: HttpRequest) -> bool:
    return request.GET.get("format") == "json" or request.path.endswith(".json")


def _json(
    request: HttpRequest, said: Mapping[str, object], name: str, **cache: int
) -> HttpResponse:
    body = json.dumps(said, ensure_ascii=False, indent=1).encode()
    return answer(request, body, kind=JSON, name=name, **(cache or JUST_NOW))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
