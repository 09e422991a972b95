"""Statements about opening keys, from the log alone: who holds which card, losses, drills."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from procurement.publication import paging
from procurement.publication.models import Entry, NoticeKind
from procurement.web import addresses
from procurement.web.public.sections import instant

EVENTS: Mapping[str, StrOrPromise] = {
    "published": _("启用一套开标钥匙"),
    "lost": _("一张钥匙卡遗失"),
    "retired": _("停用一套开标钥匙"),
    "drill": _("开标演练"),
}
ROUNDS: Mapping[str, StrOrPromise] = {
    "two_cards": _("用两张开标卡打开"),
    "one_lost": _("一张卡丢了，用另外两张打开"),
    "recovery": _("用两张备用卡打开"),
}


@dataclass(frozen=True)
class Round:
    """One round of a drill."""

    name: StrOrPromise
    cards: str
    opened: bool


@dataclass(frozen=True)
class Statement:
    """One statement as its page shows it."""

    entry: Entry
    said: Mapping[str, Any]

    @property
    def number(self) -> int:
        """Its number among the statements about keys."""
        return number_of(self.entry)

    @property
    def what(self) -> StrOrPromise:
        """What it is about."""
        return EVENTS.get(self.said.get("event", ""), "")

    @property
    def digest(self) -> str:
        """The leaf in the public log."""
        return bytes(self.entry.leaf_hash).hex()

    @property
    def holders(self) -> list[Mapping[str, Any]]:
        """Everybody with a card, the committee first."""
        return [*self.said.get("committee", []), *self.said.get("recovery", [])]

    @property
    def rounds(self) -> list[Round]:
        """What a drill tried."""
        return [
            Round(
                ROUNDS.get(each.get("round", ""), ""),
                "、".join(each.get("cards", [])),
                bool(each.get("opened")),
            )
            for each in self.said.get("rounds", [])
        ]

    @property
    def passed(self) -> bool:
        """Whether a drill went well to its end."""
        return self.said.get("outcome") == "passed"

    @property
    def ended(self) -> object:
        """When a drill ended."""
        return instant(self.said.get("ended"))


def number_of(entry: Entry) -> int:
    """Return the number a statement has among those of its kind."""
    return int(entry.release_id.rpartition("-")[2])


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    """Every statement about opening keys, the newest first."""
    found = Entry.objects.statements(NoticeKind.KEYSET)
    page = paging.page(found, by="-published_at", cursor=addresses.cursor(request))
    rows = [_told(entry) for entry in page.rows]
    return render(request, "public/keys.html", {"rows": rows, **addresses.beside(request, page)})


@require_safe
def statement(request: HttpRequest, number: int) -> HttpResponse:
    """One statement with everything it says."""
    ends = f"-{NoticeKind.KEYSET.value}-{number:03d}"
    found = Entry.objects.statements(NoticeKind.KEYSET).filter(release_id__endswith=ends).first()
    if found is None:
        raise Http404
    return render(request, "public/keys_one.html", {"told": _told(found)})


def _told(entry: Entry) -> Statement:
    return Statement(entry, json.loads(bytes(entry.body)))
