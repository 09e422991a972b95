"""One procurement in plain words: five lines, then what to do by when and what happens next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from procurement.publication.queries import State
from procurement.rules import SHANGHAI
from procurement.templatetags.display import moment, yuan
from procurement.web.public import places, sections, words
from procurement.web.public.sections import Fact, instant
from procurement.web.public.story import Moment, Story, day_or_moment


@dataclass(frozen=True)
class Steps:
    """Dated steps under one heading."""

    title: str
    moments: list[Moment]


def summary(story: Story) -> list[Fact]:
    """Return what it is, for whom, where, what it pays, and how to take part until when."""
    facts = (
        Fact(_("做什么"), words.services(story.listing.services)),
        Fact(_("为谁做"), words.populations(story.listing.populations)),
        Fact(_("在哪里"), places.names(story.listing.regions)),
        Fact(_("多少钱"), _money(story.record)),
        Fact(_("怎样参加"), _way(story)),
    )
    return [fact for fact in facts if fact.text]


def _money(record: Mapping[str, Any]) -> str:
    budget = sections.amount(record.get("tender", {}).get("value"))
    if budget is None:
        return ""
    costs = sections.costs(record)
    told = {"amount": yuan(budget)}
    if costs is None:
        return _("预算 %(amount)s。") % told
    if costs.is_full:
        return _("预算 %(amount)s。支付全部成本，人员工资和日常开支也在内。") % told
    if not costs.unpaid:
        return _("预算 %(amount)s。有些费用只付一部分，看下面的“钱”。") % told
    return _("预算 %(amount)s。不付：%(unpaid)s。") % (told | {"unpaid": costs.unpaid})


def _way(story: Story) -> str:
    end, method = story.listing.tender_period_end, story.listing.method
    if not method or end is None:
        return ""
    told = {"method": words.method(method), "when": moment(end, "year")}
    if not story.is_open and end > story.at:
        return ""  # called off, and the deadline never came
    if not story.is_open:
        return _("%(method)s，投标已在 %(when)s 截止。") % told
    hosted = bool(story.tender.get("hostedGroupsMayBid"))
    who = words.who_may_bid(story.tender.get("procurementMethod", ""), hosted=hosted)
    return _("%(method)s。%(who)s在网上提交，%(when)s 截止。") % (told | {"who": who})


def steps(story: Story) -> Steps | None:
    """Return what to do by when while bids are taken, else what happens next; None when over."""
    title = _("什么时候以前要办什么") if story.is_open else _("接下来")
    found = list(_to_do(story)) if story.is_open else sorted(_next(story), key=_day)
    return Steps(title, found) if found else None


def _day(step: Moment) -> str:
    local = step.when.astimezone(SHANGHAI) if isinstance(step.when, datetime) else step.when
    return str(local)


def _to_do(story: Story) -> Iterator[Moment]:
    asked, end = story.listing.enquiry_period_end, story.listing.tender_period_end
    if asked and asked >= story.at:
        note = _("哪里不明白，就在网上问。答复对所有人公开，不显示是谁问的。")
        yield Moment("coming", _("提问，到这时为止"), asked, story.action, note=note)
    elif asked:
        yield Moment("past", _("提问已经截止"), asked)
    note = _("在网上交。拿到回执才算交到了；截止以前可以更换。")
    yield Moment("coming", _("交投标文件，到这时为止"), end, story.action, note=note)
    opening = instant(story.tender.get("bidOpening", {}).get("date")) or end
    note = _("谁都可以看开标经过。")
    url = reverse("public:opening", args=[story.ocid])
    yield Moment("coming", _("开标：谁投了、报价多少，当场公开"), opening, url, note=note)
    yield from _decision(story)


def _next(story: Story) -> Iterator[Moment]:
    if story.state is State.JUDGING:
        yield from _decision(story)
    if story.state is not State.AWARDED:
        return
    window = story.aftermath.window_ends if story.aftermath else None
    if window and window > story.at:
        note = _("投过标的组织觉得不公平，可以在这以前向采购人提出质疑。")
        yield Moment("coming", _("质疑期结束"), window, note=note)
    contract = story.tender.get("contractPeriod", {})
    for what, name in ((_("服务开始"), "startDate"), (_("服务结束"), "endDate")):
        yield from _coming(story, what, instant(contract.get(name)))


def _decision(story: Story) -> Iterator[Moment]:
    expected = instant(story.tender.get("awardPeriod", {}).get("endDate"))
    note = _("谁成交、为什么、各家得分，都在本页公开。")
    yield from _coming(story, _("预计公布结果"), expected, note)


def _coming(story: Story, what: str, when: datetime | None, note: str = "") -> Iterator[Moment]:
    if when and when > story.at:
        yield Moment("coming", what, day_or_moment(when), note=note)
