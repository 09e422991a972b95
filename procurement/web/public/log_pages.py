"""The page of the public log, and the check of one notice."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations.instants import real
from procurement.publication import nodes
from procurement.publication.models import Entry, Listing
from procurement.publication.tree import Log, LogHead, ReceiptLeaf
from procurement.web.public import log_heads, notice_check, words

LONGEST = 12  # digits of a number
PURPOSES: Mapping[Log, StrOrPromise] = {
    Log.NOTICES: _("每一份公告一条，就是公告的全文。"),
    Log.RECEIPTS: _("每一张投标回执一条，只有指纹；混有没有内容的记录，看不出谁投了标。"),
}
KEYS: Mapping[str, StrOrPromise] = {
    "log": _("日志头"),
    "receipts": _("投标回执"),
    "witness": _("见证方"),
}


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What the log is, its newest heads, its keys, and how to check it.

    With `number` in the address, the check of the notice of that number.
    """
    number = request.GET.get("number", "").replace(",", "").strip()[:LONGEST]
    asked = int(number) if number.isdecimal() else 0
    entry = Entry.objects.filter(index=asked - 1).only("release_id").first() if asked else None
    if entry:
        return redirect("public:notice-verify", entry.release_id)
    sizes = dict(LogHead.objects.values_list("pk", "size"))
    found = []
    for each in Log:
        head = log_heads.latest(each)
        covered = head.size if head else 0
        found.append(
            {
                "log": each,
                "name": each.name.lower(),
                "label": each.label,
                "purpose": PURPOSES[each],
                "head": head,
                "waiting": sizes.get(each, 0) - covered,
                "late": _is_late(each, covered),
            }
        )
    keys = [
        {"what": what, "label": KEYS[what], "vkey": key.vkey()}
        for what, key in log_heads.public_keys()
    ]
    context = {
        "logs": found,
        "keys": keys,
        "number": number,
        "site": settings.SITE_URL.rstrip("/"),
    }
    return render(request, "public/log.html", context)


@require_safe
def notice(request: HttpRequest, release_id: str) -> HttpResponse:
    """The check of one notice, made now, and how to repeat it without this site."""
    entry = Entry.objects.filter(release_id=release_id).first()
    if entry is None:
        raise Http404
    head = log_heads.latest(Log.NOTICES)
    is_under = head is not None and entry.index < head.size
    path = nodes.inclusion(Log.NOTICES, entry.index, head.size) if head and is_under else []
    listing = Listing.objects.only("title").filter(pk=entry.ocid).first() if entry.ocid else None
    subject = listing.title if listing else words.notice(entry.kind)
    context: dict[str, Any] = {
        "entry": entry,
        "log": Log.NOTICES,
        "kind": words.notice(entry.kind),
        "title": _title(entry) or subject,
        "subject": subject,
        "bytes": len(entry.body),
        "check": notice_check.check(entry, head, path, at=real()),
        "site": settings.SITE_URL.rstrip("/"),
    }
    return render(request, "public/notice_verify.html", context)


def _is_late(log: Log, covered: int) -> bool:
    """Whether an entry has waited for a signed head longer than it should; one query."""
    of = Entry.objects if log is Log.NOTICES else ReceiptLeaf.objects
    waiting = of.filter(index=covered).values_list("recorded_at", flat=True)
    return any(since + notice_check.SIGNED_WITHIN < real() for since in waiting)


def _title(entry: Entry) -> str:
    """Return what the notice calls itself."""
    said: Mapping[str, Any] = json.loads(bytes(entry.body))
    own: Mapping[str, Any] = next(iter(said.get("notices", [])), said)
    return str(own.get("title", ""))
