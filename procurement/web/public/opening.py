"""The opening of one procurement as it goes on, from the log alone: what came, what is awaited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations.instants import now
from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.publication.queries import State, state_of
from procurement.publication.tree import Checkpoint, Log
from procurement.web.public.sections import COUNTS, instant
from procurement.web.public.story import find

PARTS = frozenset({NoticeKind.REGISTER, NoticeKind.CEREMONY, NoticeKind.OPENING})
WITH_CARDS = "clock-and-cards"  # the policy, as the call states it
STATUSES: Mapping[str, StrOrPromise] = {
    COUNTS: gettext_lazy("算数"),
    "replaced": gettext_lazy("已被后来的一份代替"),
    "withdrawn": gettext_lazy("已撤回"),
}
ACTIONS: Mapping[str, StrOrPromise] = {
    "submit": gettext_lazy("提交"),
    "replace": gettext_lazy("替换"),
    "withdraw": gettext_lazy("撤回"),
    "promise": gettext_lazy("先交承诺"),
}
EVENTS: Mapping[str, StrOrPromise] = {
    "files-later": gettext_lazy("补交文件的期限延后"),
    "files-over": gettext_lazy("不再等补交的文件"),
    "gate": gettext_lazy("时间闸打开"),
    "card": gettext_lazy("开标卡有效"),
    "recovery": gettext_lazy("备用卡有效"),
    "wrong-card": gettext_lazy("出示的卡不对"),
    "inside-only": gettext_lazy("没有外单位的卡"),
}


@dataclass(frozen=True)
class Event:
    """One thing that happened, or is awaited (no time yet)."""

    what: StrOrPromise
    when: datetime | None = None
    who: str = ""
    note: str = ""
    url: str = ""
    state: str = "past"


@dataclass(frozen=True)
class Line:
    """One receipt of the register: no name, no content."""

    number: int
    received: datetime | None
    action: StrOrPromise
    status: StrOrPromise
    counts: bool
    digest: str
    commitment: str


@dataclass(frozen=True)
class Opening:
    """How far the opening has come, as its notices tell it."""

    listing: Listing
    entries: Sequence[Entry]
    at: datetime

    @property
    def tender(self) -> Mapping[str, Any]:
        """The merged tender section."""
        section: Mapping[str, Any] = self.listing.compiled.get("tender", {})
        return section

    @property
    def register(self) -> Mapping[str, Any]:
        """The closing register; empty before it is written."""
        said: Mapping[str, Any] = self.tender.get("closingRegister", {})
        return said

    @property
    def lines(self) -> list[Line]:
        """What was received, in the order in which it came."""
        rows = [_line(row) for row in self.register.get("entries", [])]
        return sorted(rows, key=lambda line: (line.received is None, line.received, line.number))

    @property
    def counted(self) -> int:
        """How many bids count."""
        return sum(line.counts for line in self.lines)

    @property
    def deadline(self) -> datetime | None:
        """Until when bids came in."""
        return self.listing.tender_period_end

    @property
    def by_cards(self) -> bool:
        """Whether people with key cards open, after the time gate."""
        policy: str = self.tender.get("sealing", {}).get("policy", "")
        return policy == WITH_CARDS

    @property
    def state(self) -> State:
        """Where the procurement stands."""
        return state_of(self.listing, self.at)

    @property
    def is_open(self) -> bool:
        """Whether bids are still taken."""
        return self.state is State.OPEN

    @property
    def is_over(self) -> bool:
        """Whether nothing more is awaited."""
        opened = self.listing.opened_at
        ended = self.state in {State.UNSUCCESSFUL, State.CANCELLED}
        return ended or (opened is not None and opened <= self.at)

    @property
    def may_wait_for_files(self) -> bool:
        """Whether a fingerprint counts whose file may still come, as far as the public can tell."""
        rows = self.register.get("entries", [])
        promised = any(row["action"] == "promise" and row["status"] == COUNTS for row in rows)
        told = {each.get("kind") for each in self.tender.get("openingEvents", [])}
        return promised and not told - {"files-later"}  # any other step comes after the files

    @property
    def sentence(self) -> str:
        """Where the opening stands, and what is awaited."""
        if self.is_open:
            return _("还在接受投标。截止以前谁也看不到投标，也看不到有几份。")
        if self.state is State.CANCELLED:
            return _("这个项目已经终止。")
        if self.state is State.UNSUCCESSFUL:  # with too few bidders nothing was opened
            return _("采购失败。%(why)s") % {"why": self.tender.get("statusDetails", "")}
        if self.listing.opened_at:
            return _("已经开标。")
        if not self.register:
            return _("投标已截止，正在写截标登记，大约两分钟。")
        if self.may_wait_for_files:
            return _("截标登记已公布。有投标先报了指纹：文件到齐、或者补交期限过了，时间闸才打开。")
        if self.by_cards:
            return _("截标登记已公布，正在等时间闸和持卡人打开。")
        return _("截标登记已公布，正在等时间闸打开。")

    @property
    def tone(self) -> str:
        """The tone of where it stands."""
        if self.is_open or self.state is State.UNSUCCESSFUL:
            return "quiet"
        return "good" if self.listing.opened_at else "now"

    @property
    def events(self) -> list[Event]:
        """What happened, in order; then what is awaited."""
        has_closed = self.deadline is not None and self.deadline < self.at
        found = [Event(_("投标截止"), self.deadline)] if has_closed else []
        found += [*self._register(), *steps(self.tender), *self._opened()]
        past = sorted(found, key=lambda event: (event.when is None, event.when))
        return [*past, *self._awaited()]

    def _register(self) -> list[Event]:
        entry = self._entry(NoticeKind.REGISTER)
        if entry is None:
            return []
        note = _("%(count)s 份回执，%(counted)s 份投标算数") % {
            "count": len(self.lines),
            "counted": self.counted,
        }
        written = Event(_("截标登记公布"), entry.published_at, note=note, url=_address(entry))
        head = Checkpoint.objects.filter(log=Log.NOTICES, size__gt=entry.index).order_by("size")
        signed = head.only("signed_at").first()
        if signed is None:
            return [written]
        note = _("登记已经写进有签名的日志头，从这时起改不了。")
        return [written, Event(_("日志头签名"), signed.signed_at, note=note)]

    def _opened(self) -> list[Event]:
        entry = self._entry(NoticeKind.OPENING)
        if entry is None:
            return []
        return [Event(_("开标记录公布"), entry.published_at, url=_address(entry))]

    def _awaited(self) -> list[Event]:
        if self.is_over:
            return []
        if self.is_open:
            return [
                Event(_("投标截止"), self.deadline, state="present"),
                *(Event(each, state="coming") for each in (_("截标登记公布"), _("开标记录公布"))),
            ]
        if not self.register:
            return [
                Event(_("截标登记公布"), state="present"),
                Event(_("开标记录公布"), state="coming"),
            ]
        return [Event(_("等开标"), state="present"), Event(_("开标记录公布"), state="coming")]

    def _entry(self, kind: NoticeKind) -> Entry | None:
        return next((entry for entry in reversed(self.entries) if entry.kind == kind), None)


@require_safe
@never_cache
def opening(request: HttpRequest, ocid: str) -> HttpResponse:
    """The live record: anyone follows it on a phone, in the room or at home."""
    told = Opening(*find(ocid), now())
    if told.deadline is None:
        raise Http404
    return render(request, "public/opening.html", {"told": told, "at": told.at})


def steps(tender: Mapping[str, Any]) -> list[Event]:
    """Return the steps of an opening that a tender section tells."""
    return [
        Event(
            EVENTS.get(each.get("kind", ""), each.get("kind", "")),
            instant(each.get("date")),
            who=each.get("holder", ""),
            note=_note(each),
        )
        for each in tender.get("openingEvents", [])
    ]


def _note(event: Mapping[str, Any]) -> str:
    """Return what was said of a step, and who watched."""
    watched = event.get("witnesses", "")
    by = _("见证人：%(names)s") % {"names": watched} if watched else ""
    return " ".join(part for part in (event.get("text", ""), by) if part)


def _line(row: Mapping[str, Any]) -> Line:
    status = str(row.get("status", ""))
    action = str(row.get("action", ""))
    return Line(
        number=int(row.get("index", -1)) + 1,  # as people count
        received=instant(row.get("receivedAt")),
        action=ACTIONS.get(action, action),
        status=STATUSES.get(status, status),
        counts=status == COUNTS,
        digest=str(row.get("envelopeDigest", "")),
        commitment=str(row.get("supplierCommitment", "")),
    )


def _address(entry: Entry) -> str:
    return reverse("public:notice", args=[entry.release_id])
