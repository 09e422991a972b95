"""One procurement as its page tells it: where it stands, what to do, and everything published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.publication.queries import State, state_of
from procurement.rules import SHANGHAI
from procurement.templatetags.display import moment, yuan
from procurement.web.public import choice, receipts, results, sections, words
from procurement.web.public.reach import reach
from procurement.web.public.receipts import Receipt
from procurement.web.public.sections import instant


@dataclass(frozen=True)
class Moment:
    """One line of the timeline."""

    state: str  # past, present, coming
    what: str
    when: date | None = None
    url: str = ""
    who: str = ""
    note: str = ""


@dataclass(frozen=True)
class Published:
    """One notice of this procurement and its place in the public log."""

    number: int
    release_id: str
    code: str
    kind: str
    title: str
    at: datetime
    url: str
    digest: str
    medium: str  # where the statutory medium carries it; may be empty


@dataclass(frozen=True)
class Story:
    """Everything the page shows; the record is the merged release and nothing else."""

    listing: Listing
    entries: list[Entry]
    at: datetime

    @property
    def ocid(self) -> str:
        """The number of the process."""
        return self.listing.ocid

    @property
    def record(self) -> Mapping[str, Any]:
        """The merged release."""
        record: Mapping[str, Any] = self.listing.compiled
        return record

    @property
    def tender(self) -> Mapping[str, Any]:
        """Its tender section."""
        section: Mapping[str, Any] = self.record.get("tender", {})
        return section

    @cached_property
    def state(self) -> State:
        """Where it stands."""
        return state_of(self.listing, self.at)

    @property
    def tone(self) -> str:
        """The tone of where it stands."""
        return words.TONES[self.state]

    @property
    def is_open(self) -> bool:
        """Whether bids are taken now."""
        return self.state is State.OPEN

    @property
    def sentence(self) -> str:
        """Where it stands, in one sentence."""
        ended = self.tender.get("statusDetails", "")
        match self.state:
            case State.OPEN:
                when = moment(self.listing.tender_period_end, "year")
                return _("正在接受投标，%(when)s 截止。") % {"when": when}
            case State.PLANNED if self.listing.planned_at is None:
                return _("已公布抽取受邀组织的承诺，采购公告还没有发布。")
            case State.PLANNED:
                return _("已公布采购意向，采购公告还没有发布。")
            case State.JUDGING if self.listing.opened_at:
                return _("投标已截止并开标，正在评审。")
            case State.JUDGING:
                return _("投标已截止，等待开标。")
            case State.AWARDED:
                return self._decision()
            case State.UNSUCCESSFUL:
                return _("采购失败。%(why)s") % {"why": ended}
        return _("已终止。%(why)s") % {"why": ended}

    def _decision(self) -> str:
        made = [award for award in self.awards if award.is_made]
        if len(made) != 1 or not made[0].suppliers:
            return _("结果已公布。")
        winner = words.listed(party.name for party in made[0].suppliers)
        figures = {"winner": winner, "amount": yuan(made[0].amount)}
        return _("结果已公布：%(winner)s 成交，%(amount)s。") % figures

    @property
    def action(self) -> str:
        """Where a group goes to bid; empty when there is nothing to do."""
        if not self.is_open:
            return ""
        try:
            return reverse("cso:tender", args=[self.ocid])
        except NoReverseMatch:
            return ""

    @property
    def deadlines(self) -> list[tuple[str, datetime]]:
        """What ends when, as long as it has not ended."""
        asked = self.listing.enquiry_period_end
        found = [(_("投标截止"), self.listing.tender_period_end)] if self.is_open else []
        if self.is_open and asked and asked >= self.at:
            found.append((_("提问截止"), asked))
        window = self.aftermath.window_ends if self.aftermath else None
        if window and window >= self.at and self.state is State.AWARDED:
            found.append((_("质疑期结束"), window))
        return [(label, end) for label, end in found if end]

    @cached_property
    def published(self) -> list[Published]:
        """Every notice, oldest first, with its number in the log."""
        said = {n["id"]: n for n in self.record.get("notices", [])}
        return [
            Published(
                number=entry.number,
                release_id=entry.release_id,
                code=entry.kind,
                kind=words.notice(entry.kind),
                title=said.get(entry.release_id, {}).get("title", ""),
                at=entry.published_at,
                url=reverse("public:notice", args=[entry.release_id]),
                digest=bytes(entry.leaf_hash).hex(),
                medium=said.get(entry.release_id, {}).get("designatedMedium", {}).get("url", ""),
            )
            for entry in self.entries
        ]

    @cached_property
    def receipts(self) -> list[tuple[Published, Receipt]]:
        """What the notices were checked against, oldest first."""
        found = receipts.of(self.record.get("notices", []), self.at)
        return [
            (each, found[each.release_id]) for each in self.published if each.release_id in found
        ]

    @property
    def receipt(self) -> Receipt | None:
        """The receipt of the call; of what was planned while there is no call."""
        own = {each.code: receipt for each, receipt in self.receipts}
        return own.get(NoticeKind.TENDER) or own.get(NoticeKind.PLANNING)

    @property
    def timeline(self) -> list[Moment]:
        """What happened, where it stands, and the dates to come."""
        past = [Moment("past", p.kind, p.at, p.url) for p in self.published]
        here = Moment("present", str(words.STATES[self.state]))
        return [*past, here, *self._coming()]

    def _coming(self) -> Iterable[Moment]:
        if self.state in {State.UNSUCCESSFUL, State.CANCELLED}:
            return
        contract = self.tender.get("contractPeriod", {})
        awarded = instant(self.tender.get("awardPeriod", {}).get("endDate"))
        window = self.aftermath.window_ends if self.aftermath else None
        dated = [
            (_("提问截止"), self.listing.enquiry_period_end),
            (_("投标截止并开标"), self.listing.tender_period_end),
            (_("预计公布结果"), None if self.state is State.AWARDED else awarded),
            (_("质疑期结束"), window),
            (_("服务开始"), instant(contract.get("startDate"))),
            (_("服务结束"), instant(contract.get("endDate"))),
        ]
        coming = [(when, what) for what, when in dated if when and when > self.at]
        for when, what in sorted(coming):
            yield Moment("coming", what, day_or_moment(when))

    @property
    def rulebook(self) -> str:
        """The version of the rulebook it was published under, as the notice says."""
        said = (n.get("rulebook", "") for n in reversed(self.record.get("notices", [])))
        return next((each for each in said if each), "")

    @property
    def exceptions(self) -> list[Mapping[str, Any]]:
        """The reasons recorded for exceptions that the text of a rule allows."""
        return [r for n in self.record.get("notices", []) for r in n.get("ruleReasons", [])]

    @cached_property
    def awards(self) -> list[results.Award]:
        """The decisions."""
        return results.awards(self.record)

    @cached_property
    def offers(self) -> list[results.Offer]:
        """The offers."""
        return results.offers(self.record)

    @property
    def is_ranked(self) -> bool:
        """Whether the offers are judged."""
        return any(offer.rank for offer in self.offers)

    @cached_property
    def aftermath(self) -> results.Aftermath | None:
        """What follows the decision."""
        return results.aftermath(self.record)


def find(ocid: str) -> tuple[Listing, list[Entry]]:
    """Return what the catalogue says of a procurement, and its notices, oldest first.

    Raises `Http404` where nothing of that number was published.
    """
    listing = Listing.objects.defer("bigrams").filter(pk=ocid).first()
    if listing is None:
        raise Http404
    return listing, list(Entry.objects.of(ocid).defer("body"))


def day_or_moment(when: datetime) -> date:
    """Return a day where the record says a day: its first instant or its last second."""
    local = when.astimezone(SHANGHAI)
    return local.date() if local.time() in {time(0), time(23, 59, 59)} else local


def contents(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections of a record or of one release, as the templates place them."""
    return {
        "what": sections.what(record),
        "choice": choice.choice(record),
        "who": sections.who(record),
        "money": sections.money(record),
        "costs": sections.costs(record),
        "dates": sections.dates(record),
        "contacts": sections.contacts(record),
        "consultation": sections.consultation(record),
        "experts": sections.experts(record),
        "lots": sections.lots(record),
        "criteria": sections.criteria(record),
        "documents": sections.documents(record),
        "enquiries": sections.enquiries(record),
        "amendments": sections.amendments(record),
        "offers": results.offers(record),
        "awards": results.awards(record),
        "aftermath": results.aftermath(record),
        "reach": reach(record),
    }
