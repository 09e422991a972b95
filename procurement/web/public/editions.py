"""The history of the book and of the calendar in public: each edition with its difference."""

import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from organizations.instants import now
from procurement.publication.models import Entry, NoticeKind
from procurement.rulebook import queries as rulebook
from procurement.rulebook.edition import label
from procurement.web import book_figures

SHOWN = 50


@require_safe
def edition_list(request: HttpRequest) -> HttpResponse:
    """Every edition of the book and every year's holidays, as they were published."""
    current = rulebook.current(now())
    statements = Entry.objects.statements(NoticeKind.RULEBOOK, NoticeKind.CALENDAR)
    told = [_told(entry) for entry in statements.order_by("-index")[:SHOWN]]
    context = {
        "label": current.label,
        "files": label(rulebook.files()),
        "editions": [each for each in told if each["kind"] == NoticeKind.RULEBOOK],
        "years": [each for each in told if each["kind"] == NoticeKind.CALENDAR],
    }
    return render(request, "public/rule_editions.html", context)


@require_safe
def edition(request: HttpRequest, number: int) -> HttpResponse:
    """One edition: its difference, its source, and its place in the log."""
    name = f"{settings.OCID_PREFIX}-{NoticeKind.RULEBOOK.value}-{number:03d}"
    entry = Entry.objects.filter(release_id=name).first()
    if entry is None:
        raise Http404
    return render(request, "public/rule_edition.html", {"each": _told(entry), "entry": entry})


def address_of(entry: Entry) -> tuple[str, list[int]]:
    """Return the page on which a statement of the province is read."""
    if entry.kind == NoticeKind.RULEBOOK:
        return "public:edition", [int(entry.release_id.rpartition("-")[2])]
    if entry.kind == NoticeKind.KEYSET:
        return "public:keys", [int(entry.release_id.rpartition("-")[2])]
    return "public:edition-list", []


def _told(entry: Entry) -> dict[str, Any]:
    """Return a statement as its page shows it."""
    body = json.loads(bytes(entry.body))
    told: dict[str, Any] = {
        "kind": entry.kind,
        "release_id": entry.release_id,
        "published_at": entry.published_at,
        "digest": bytes(entry.leaf_hash).hex(),
        "source": body.get("source", {}),
        "reason": body.get("reason", ""),
    }
    if entry.kind == NoticeKind.CALENDAR:
        days = {key: list(map(parse_date, body.get(key, []))) for key in ("holidays", "makeUpDays")}
        return told | {"year": body["year"], "off": days["holidays"], "worked": days["makeUpDays"]}
    edition_ = body["edition"]
    return told | {
        "number": edition_["number"],
        "label": edition_["label"],
        "replaces": edition_["replaces"],
        "from": parse_date(edition_["effectiveFrom"]),
        "figures": book_figures.told(body["changes"], rulebook.files()),
    }
