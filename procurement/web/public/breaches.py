"""What became of duties with dates: the breach register, and the same lines on other pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations.instants import now
from procurement.publication import catalogue, paging, queries
from procurement.publication.models import DutyListing, DutyState, Listing
from procurement.rulebook import queries as rulebook
from procurement.rules import SHANGHAI, Rule
from procurement.rules import words as rule_words
from procurement.templatetags.display import day
from procurement.web import addresses, labels
from procurement.web.public import lists, words
from procurement.web.public.filters import LONGEST, ListFilter

NEWEST = 10
# What an act on the portal is itself; of all else the record knows what the agency states.
SEEN_HERE = frozenset(
    {"enquiry.answered", "award.decided", "award.published", "award.notification.sent"}
)
TONES: Mapping[str, str] = {
    DutyState.MET: "good",
    DutyState.OVERDUE: "bad",
    DutyState.CURED: "doubt",
    DutyState.EXCUSED: "quiet",
}


@dataclass(frozen=True)
class Line:
    """One duty as the public reads it; every value was published."""

    id: str
    ocid: str
    title: str
    agency_id: str
    agency_name: str
    said: Mapping[str, Any]
    at: datetime
    rule: Rule | None

    @property
    def state(self) -> DutyState:
        """How it went."""
        return DutyState(self.said["status"])

    @property
    def word(self) -> StrOrPromise:
        """How it went, in words."""
        return self.state.label

    @property
    def tone(self) -> str:
        """The tone of how it went."""
        return TONES[self.state]

    @property
    def is_late(self) -> bool:
        """Whether it was not done by its day, whatever came of it."""
        return self.state is not DutyState.MET

    @property
    def what(self) -> StrOrPromise:
        """What was to be done."""
        event = self.said["event"]
        return labels.DUTIES.get(event) or rule_words.name(event, get_language() or "")

    @property
    def requirement(self) -> str:
        """What the rule asks: as published, in English from the book where it still has it."""
        english = self.rule and words.in_english()
        return self.rule.text_en if self.rule and english else str(self.said["requirement"])

    @property
    def citation(self) -> str:
        """What the rule rests on."""
        english = self.rule and words.in_english()
        return self.rule.citation_en if self.rule and english else str(self.said["citation"])

    @property
    def is_policy(self) -> bool:
        """Whether it is the portal's own rule."""
        return bool(self.said.get("isPolicy"))

    @property
    def began(self) -> str:
        """From which event and day it was counted."""
        clock = _rule(str(self.said.get("periodRule", "")))
        event = clock.from_event if clock else ""
        named = rule_words.name(event, get_language() or "") if event else ""
        return " ".join(part for part in (named, day(_instant(self.said, "since"), "year")) if part)

    @property
    def due(self) -> datetime | None:
        """The last instant in time."""
        return _instant(self.said, "dueDate")

    @property
    def done(self) -> datetime | None:
        """When it was done or stated to be done."""
        return _instant(self.said, "curedAt") or _instant(self.said, "metAt")

    @property
    def done_on(self) -> datetime | None:
        """The day the agency says it was done."""
        return _instant(self.said, "doneOn")

    @property
    def ended(self) -> datetime | None:
        """When the procurement ended before it was done."""
        return _instant(self.said, "endedAt")

    @property
    def is_unseen(self) -> bool:
        """Whether only the agency can say that it is done."""
        return self.said["event"] not in SEEN_HERE

    @property
    def difference(self) -> str:
        """By how many days it was early or late, in words."""
        if self.due is None:
            return ""
        until = self.done_on or self.done or self.ended or self.at
        n = (_day(until) - _day(self.due)).days
        if self.is_late:
            return ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", n) % {"n": n}
        if n == 0:
            return _("在最后一天完成")
        return ngettext("提前 %(n)s 天", "提前 %(n)s 天", -n) % {"n": -n}

    @property
    def breached_at(self) -> datetime | None:
        """From when on it was late."""
        return _instant(self.said, "breachedAt")

    @property
    def reply(self) -> Mapping[str, Any]:
        """What the agency says: text, and the instant."""
        return _answer(self.said, "reply")

    @property
    def excuse(self) -> Mapping[str, Any]:
        """Why the overseer accepts it: text, and the instant."""
        return _answer(self.said, "excuse")


def _instant(said: Mapping[str, Any], name: str) -> datetime | None:
    text = said.get(name)
    return datetime.fromisoformat(text) if text else None


def _day(instant: datetime) -> Any:  # noqa: ANN401 - a date, which the class above calls by method
    return instant.astimezone(SHANGHAI).date()


def _answer(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = said.get(name) or {}
    return {"text": section["text"], "at": _instant(section, "date")} if section else {}


def _rule(rule_id: str) -> Rule | None:
    try:
        return rulebook.files().rule(rule_id)
    except KeyError:
        return None


def of_rows(rows: Iterable[DutyListing], at: datetime) -> list[Line]:
    """Return lines for rows of the catalogue."""
    return [
        Line(
            id=row.public_id,
            ocid=row.ocid,
            title=row.title,
            agency_id=row.agency_id,
            agency_name=row.agency_name,
            said=row.said,
            at=at,
            rule=_rule(row.rule_id),
        )
        for row in rows
    ]


def of_record(record: Mapping[str, Any], listing: Listing, at: datetime) -> list[Line]:
    """Return lines for the duties of a record or of one release, what is late first."""
    lines = [
        Line(
            id=name,
            ocid=listing.ocid,
            title=listing.title,
            agency_id=listing.agency_id,
            agency_name=listing.agency_name,
            said=said,
            at=at,
            rule=_rule(said["rule"]),
        )
        for name, said in catalogue.duties_of(record).items()
        if said.get("dueDate")
    ]
    return sorted(lines, key=lambda line: not line.is_late)


def of_agency(number: str, at: datetime) -> list[Line]:
    """Return the latest of what an agency kept and what was late."""
    found = queries.duties().filter(agency_id=number).order_by("-since", "-public_id")
    return of_rows(found[:NEWEST], at)


def reported(record: Mapping[str, Any]) -> list[tuple[StrOrPromise, datetime | None]]:
    """Return what the agency told of running contracts: the event and its day."""
    return [
        (labels.HAPPENED.get(told["event"], told["event"]), _instant(told, "date"))
        for told in record.get("reportedEvents", [])
    ]


def _rules() -> list[tuple[str, str]]:
    """Return the rules that were ever missed, in words."""
    language = get_language() or "zh-hans"
    found = []
    for rule_id, counted in sorted(queries.tallies().items()):
        rule = _rule(rule_id)
        if rule and (counted.missed or counted.excused):
            found.append((rule_id, rule_words.name(rule.to_event, language)))
    return found


class BreachFilter(ListFilter):
    """Breaches by agency, rule and state."""

    agency = filters.CharFilter(
        label=gettext_lazy("采购人"), method="by_agency", max_length=LONGEST
    )
    rule = filters.ChoiceFilter(
        label=gettext_lazy("哪一条规则"), field_name="rule_id", choices=_rules
    )
    state = filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=[c for c in DutyState.choices if c[0] != DutyState.MET]
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, queries.breaches())
        for each in ("rule", "state"):
            self.form.fields[each].empty_label = gettext_lazy("不限")

    def by_agency(
        self, found: QuerySet[DutyListing], _name: str, value: str
    ) -> QuerySet[DutyListing]:
        """Keep an agency's rows: by its number, or by words of its name."""
        return found.filter(Q(agency_id=value) | Q(agency_name__icontains=value))


@require_safe
def breach_list(request: HttpRequest) -> HttpResponse:
    """Every breach, the latest first, with the agency's words beside it."""
    at = now()
    narrowed = BreachFilter(request.GET)
    page = paging.page(narrowed.qs, by="-since", cursor=addresses.cursor(request))
    counts = queries.count({"total": queries.total(narrowed.qs)})
    chosen = narrowed.chosen()
    context = {
        "lines": of_rows(page.rows, at),
        "form": narrowed.form,
        "chips": lists.chips(request, BreachFilter({}).form, chosen),
        "folded": len(chosen),
        "count": lists.how_many(counts["total"].get("", 0)),
        **addresses.beside(request, page),
    }
    return render(request, "public/breach_list.html", context)
