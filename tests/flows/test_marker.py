"""A known string in a bid, then every file of the servers is searched: no hit before the opening.

PostgreSQL's tables and its write-ahead log, the broker and the cache, uploads, mails, keys, logs of
the portal, and whatever was written to the temporary folder meanwhile. After the opening the same
search finds it, so a search that finds nothing means something.
"""

import base64
import logging
import os
import re
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from portal.celery import app as celery
from portal.demo import gatekeeper
from procurement.bids.models import Bid, BidStatus
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, send, submit, text

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PIECE = 1 << 20  # bytes


def places(since: float) -> Iterator[Path]:
    """Every file where something of a bid could lie."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_switch_wal()")
        cursor.execute("SHOW data_directory")
        folders = {Path(cursor.fetchone()[0]), Path(settings.DATA_DIR), Path(settings.KEYS_DIR)}
    for folder in folders:
        yield from files(folder)
    yield from files(Path(tempfile.gettempdir()), since)


def files(folder: Path, since: float = 0) -> Iterator[Path]:
    """The files below a folder that were written since; others may come and go meanwhile."""
    for parent, _folders, names in os.walk(folder):
        for name in names:
            path = Path(parent) / name
            with suppress(OSError):
                if stat.S_ISREG(path.lstat().st_mode) and path.stat().st_mtime >= since:
                    yield path


def found(marker: bytes, since: float) -> list[str]:
    """The files that hold the marker."""
    return [str(path) for path in places(since) if holds(path, marker)]


def holds(path: Path, marker: bytes) -> bool:
    """Say whether a file holds the marker; one that vanished meanwhile does not."""
    before = b""
    with suppress(OSError), path.open("rb") as file:
        # not mapped into memory: other tests cut their files while we read
        while piece := file.read(PIECE):
            if marker in before + piece:
                return True
            before = piece[-len(marker) :]
    return False


def in_broker_or_cache(marker: str) -> list[str]:
    """The keys of the broker and the cache that hold the marker; in a test they write no file."""
    hits = []
    for address in (settings.CELERY_BROKER_URL, settings.CACHES["default"]["LOCATION"]):
        with redis.Redis.from_url(address) as server:
            hits += [str(key) for key in server.scan_iter() if marker in held(server, key)]
    return hits


def held(server: redis.Redis, key: bytes) -> str:
    """A key with what stands under it; the message of a task is in base64 there."""
    kind = server.type(key)
    told = str(key)
    if kind == b"list":
        told += str(server.lrange(key, 0, -1))
    elif kind == b"hash":
        told += str(server.hgetall(key))
    else:
        told += str(server.dump(key))
    coded = re.findall(r'"body": "([A-Za-z0-9+/=]+)"', told)
    return told + str([base64.b64decode(each) for each in coded])


@pytest.mark.parametrize("body", ["{} in a task", "task of {}"])
def test_what_is_in_the_broker_would_be_found(body: str) -> None:
    marker = f"MARKER{secrets.token_hex(12)}"
    with celery.connection_for_write() as line:
        queue = line.SimpleQueue("queue-of-a-test")
        queue.put(body.format(marker))
        assert in_broker_or_cache(marker) == ["b'queue-of-a-test'"]
        queue.clear()
        queue.close()
    assert in_broker_or_cache(marker) == []


def test_a_known_string_in_a_bid_is_nowhere_before_the_opening(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    since, marker = time.time(), f"MARKER{secrets.token_hex(12)}"
    who = build.cast(3)
    tender = build.published(who)
    first, *others = who.signatories()
    for by in others:
        build.bid(tender, by, at=desk.BIDDING)
    desk.stand_still(monkeypatch, desk.BIDDING)
    client = browser(first)
    with caplog.at_level(logging.DEBUG):
        send(client, "cso:bid-price", tender.ocid, **desk.OFFER)
        for step in ("proposal", "people", "quality"):
            send(client, "cso:bid-text", tender.ocid, step, text=f"{step} {marker}")
        paper = SimpleUploadedFile(f"{marker}.pdf", b"%PDF-1.4 " + marker.encode() * 3)
        send(client, "cso:bid-files", tender.ocid, attachments=[paper], whole=1)
        assert marker in text(page(client, "cso:bid-check", tender.ocid))
        submit(client, tender)
        bid = Bid.objects.get(organization_id=first.member_of)
        page(client, "cso:receipt", bid.receipt_number)

    assert found(marker.encode(), since) == []
    assert in_broker_or_cache(marker) == []
    assert marker not in caplog.text
    assert people.person(first).email not in caplog.text

    gatekeeper.open_bids(Tender.objects.get(pk=tender.pk), at=build.OPENING)
    assert Bid.objects.get(pk=bid.pk).status == BidStatus.VALID
    assert found(marker.encode(), since) != []
