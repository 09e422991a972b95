"""Notices as published: one page each, and the exact bytes of the log for machines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from organizations.instants import now
from procurement.ocds import packages
from procurement.publication import merge
from procurement.publication.links import absolute
from procurement.publication.models import STATEMENTS, Entry, Listing
from procurement.rulebook.queries import Shelf
from procurement.web.public import breaches, drawn, editions, log_heads, opening, receipts, words
from procurement.web.public.answers import FOR_EVER, JSON, answer
from procurement.web.public.story import contents

PAGE = 100  # releases of a package


@require_safe
def notice(request: HttpRequest, release_id: str) -> HttpResponse:
    """One notice as it was published, with its number, time and fingerprint."""
    entry = _entry(release_id)
    if entry.kind in STATEMENTS:
        name, arguments = editions.address_of(entry)
        return redirect(name, *arguments)
    release = merge.release_of(entry)
    listing = Listing.objects.only("title", "agency_id", "agency_name").get(pk=entry.ocid)
    said: Mapping[str, Any] = next(iter(release.get("notices", [])), {})
    tender = release.get("tender", {})
    context = {
        "entry": entry,
        "kind": words.notice(entry.kind),
        "title": said.get("title") or listing.title,
        "subject": listing.title,
        "agency": listing.agency_name,
        "reason": tender.get("statusDetails", ""),
        "digest": bytes(entry.leaf_hash).hex(),
        "media": said.get("designatedMedium", {}),
        "receipt": receipts.receipt(said, Shelf(now())),
        "summary": release.get("description", ""),
        "duties": breaches.of_record(release, listing, entry.published_at),
        "reported": breaches.reported(release),
        "draw": drawn.of(release, now()),
        "head": log_heads.printed(),
        "is_of_opening": entry.kind in opening.PARTS,
        "steps": opening.steps(tender),
        **contents(release),
    }
    return render(request, "public/notice.html", context)


@require_safe
def release(request: HttpRequest, release_id: str) -> HttpResponse:
    """One release: the bytes of the log, which never change."""
    body = bytes(_entry(release_id).body)
    return answer(request, body, kind=JSON, name="release.json", **FOR_EVER)


@require_safe
def record(request: HttpRequest, ocid: str) -> HttpResponse:
    """The record of one process, merged from its releases."""
    listing = Listing.objects.filter(pk=ocid).only("compiled", "updated_at").first()
    if listing is None:
        raise Http404
    entries = list(Entry.objects.of(ocid))
    body = packages.record_package(
        ocid,
        [bytes(entry.body) for entry in entries],
        listing.compiled,
        uri=absolute(reverse("public:record", args=[ocid])),
        at=max(entry.published_at for entry in entries),
    )
    return answer(request, body, kind=JSON, name="record.json")


@require_safe
def release_package(request: HttpRequest) -> HttpResponse:
    """All releases in the order of the log, a page at a time; `since` keeps the later ones.

    `after` is the index of the last entry already read: `links.next` carries it.
    """
    since = request.GET.get("since", "")
    after = request.GET.get("after", "-1")
    moment = _moment(since)
    if (since and moment is None) or not after.lstrip("-").isdecimal():
        message = b'{"error": "since is a date and time such as 2026-11-22T08:00:00+08:00"}'
        return HttpResponse(message, content_type=JSON, status=400)
    found = Entry.objects.releases().filter(index__gt=int(after)).order_by("index")
    if moment:
        found = found.filter(published_at__gte=moment)
    entries = list(found[:PAGE])
    here = reverse("public:release-package")
    kept = {"since": since} if since else {}
    asked = {**kept, "after": after} if after != "-1" else kept
    following = {**kept, "after": entries[-1].index} if entries else {}
    body = packages.release_package(
        [bytes(entry.body) for entry in entries],
        uri=_address(here, asked),
        at=max((entry.published_at for entry in entries), default=None) or now(),
        following=_address(here, following) if entries else "",
    )
    return answer(request, body, kind=JSON, name="releases.json")


def _address(path: str, query: Mapping[str, object]) -> str:
    return absolute(path) + (f"?{urlencode(query)}" if query else "")


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text.replace(" ", "+")) if text else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _entry(release_id: str) -> Entry:
    found = Entry.objects.filter(release_id=release_id).first()
    if found is None:
        raise Http404
    return found
