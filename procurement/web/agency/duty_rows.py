"""One duty in words: what is owed, under which rule, counted how, by when; and where it is done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from procurement.enquiries.models import Enquiry
from procurement.lifecycle import BREACHED, DutyStage
from procurement.obligations import queries
from procurement.obligations.duties import IN_MEDIUM
from procurement.obligations.models import Obligation
from procurement.obligations.queries import Told
from procurement.publication.models import Entry, NoticeKind
from procurement.rules import words
from procurement.templatetags.display import countdown, day
from procurement.web import labels

SUNDAY = 6
GROUPS: Mapping[str, StrOrPromise] = {
    "overdue": gettext_lazy("已逾期"),
    "soon": gettext_lazy("今天和明天"),
    "week": gettext_lazy("本周"),
    "later": gettext_lazy("以后"),
    "provisional": gettext_lazy("日期暂定"),
    "unknown": gettext_lazy("暂不能判断"),
}


@dataclass(frozen=True)
class Row:
    """One duty as the agency's people read it."""

    duty: Obligation
    stage: DutyStage
    what: StrOrPromise
    about: str
    text: str
    basis: str
    is_policy: bool
    counted: str
    left: str
    act_url: str
    act: StrOrPromise

    @property
    def is_late(self) -> bool:
        """Whether the due time passed before it was done."""
        return self.stage in BREACHED

    @property
    def word(self) -> StrOrPromise:
        """Where it stands, in a word or two."""
        return labels.DUTY_STAGES[self.stage]


def rows(duties: Iterable[Obligation], at: datetime) -> list[Row]:
    """Return duties in words; one query for what several of them are about."""
    told = queries.told(duties, at)
    abouts = _abouts(one.obligation for one in told)
    return [_row(one, abouts.get(one.obligation.subject, ""), at) for one in told]


def grouped(found: Iterable[Row], at: datetime) -> list[tuple[StrOrPromise, list[Row]]]:
    """Return rows by how soon they are due, the groups without any left out."""
    shelves: dict[str, list[Row]] = {name: [] for name in GROUPS}
    for row in found:
        shelves[_group(row, queries.day(at))].append(row)
    return [(GROUPS[name], held) for name, held in shelves.items() if held]


def _group(row: Row, today: date) -> str:
    if row.is_late:
        return "overdue"
    if not row.duty.is_certain:
        return "unknown"
    if row.duty.due_at is None:
        return "provisional"
    last = queries.day(row.duty.due_at)
    if last <= today + timedelta(days=1):
        return "soon"
    return "week" if last <= today + timedelta(days=SUNDAY - today.weekday()) else "later"


def _row(told: Told, about: str, at: datetime) -> Row:
    duty, language = told.obligation, get_language() or "zh-hans"
    act_url, act = _act(duty)
    figure = told.clock.amount
    counted = _("%(day)s%(event)s，从次日起 %(figure)s以内") % {
        "event": words.name(duty.since_event, language),
        "day": day(duty.since, "year"),
        "figure": words.amount_in_words(told.clock, figure, language) if figure else "",
    }
    return Row(
        duty=duty,
        stage=duty.stage(at),
        what=labels.DUTIES.get(duty.event) or words.name(duty.event, language),
        about=about,
        text=words.text(told.rule, language),
        basis=words.basis(told.rule, language),
        is_policy=told.rule.is_policy or told.clock.id != told.rule.id,
        counted=counted,
        left=_left(duty, at),
        act_url=act_url,
        act=act,
    )


def _left(duty: Obligation, at: datetime) -> str:
    """Return how many days are left, or by how many it is late."""
    late = queries.days_late(duty, at) if duty.is_certain else 0
    if late:
        return ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", late) % {"n": late}
    counted = countdown(duty.due_at, at) if duty.met_at is None else None
    return counted.words if counted else ""


def _act(duty: Obligation) -> tuple[str, StrOrPromise]:
    """Return where on the portal the duty is done, and the words of the link; empty elsewhere."""
    if duty.event == "enquiry.answered":
        address = reverse("agency:enquiry-answer", args=[duty.subject.removeprefix("enquiry-")])
        return address, _("去答复")
    if not duty.is_stated:
        return reverse("agency:award", args=[duty.ocid]), _("去决定采购结果")
    return "", ""


def _abouts(duties: Iterable[Obligation]) -> dict[str, str]:
    """Return what duties are about, by subject: the question, or the kind of notice."""
    subjects: dict[str, set[str]] = {}
    for duty in duties:
        subjects.setdefault(duty.event, set()).add(duty.subject)
    asked = [each.removeprefix("enquiry-") for each in subjects.get("enquiry.answered", ())]
    notices = subjects.get(IN_MEDIUM, set())
    questions = Enquiry.objects.filter(pk__in=asked).values_list("pk", "question")
    kinds = Entry.objects.filter(release_id__in=notices).values_list("release_id", "kind")
    return {f"enquiry-{pk}": question for pk, question in questions} | {
        release: str(NoticeKind(kind).label) for release, kind in kinds
    }
