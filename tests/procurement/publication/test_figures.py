"""Figures are what the notices say, whatever was corrected or cancelled in between."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from procurement.publication import catalogue, comparing, figures, log
from procurement.publication.figures import Figures, Key, Part
from procurement.publication.models import Figure, FigureKind, Listing, NoticeKind
from procurement.tenders import actions as tenders
from tests.builders import procurement as build

KUNMING = "530100"


def of(kind: FigureKind, region: str = "", year: int = 2026) -> dict[str, Part]:
    """The parts of one figure, as they are kept."""
    row = Figure.objects.filter(kind=kind, region=region, year=year).first()
    return {key: figures.read(part) for key, part in row.parts.items()} if row else {}


@pytest.mark.django_db
def test_the_figures_of_a_told_story_are_exact() -> None:
    who = build.cast(3)
    bought = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, bought)
    build.published(who)  # a second call, still open
    for region in ("", KUNMING):
        assert of(FigureKind.BOUGHT, region) == {"open": Part(1, Decimal(100000))}
        assert of(FigureKind.BIDDERS, region) == {"3": Part(1)}
        assert of(FigureKind.SERVED, region) == {
            key: Part(1) for key in ("follow_up:", "follow_up:plhiv")
        }
        assert of(FigureKind.SOUGHT, region) == of(FigureKind.SERVED, region)
        assert of(FigureKind.DAYS, region) == {
            "04-23:enquiry": Part(2),
            "04-28:closing": Part(2),
        }
        costs = of(FigureKind.COSTS, region)
        assert costs["full"] == Part(1, Decimal(100000))
        assert costs["line:wages"] == Part(1, Decimal(100000))
        assert costs["capped"] == Part(1, Decimal(100000))
        assert costs["cap"] == Part(1, Decimal(15000))
        assert "partly" not in costs
        assert "unsaid" not in costs
    assert of(FigureKind.BOUGHT, "530300") == {}
    assert of(FigureKind.BOUGHT, "530000") == {}


@pytest.mark.django_db
def test_a_cancelled_call_leaves_no_days_and_asks_for_nothing() -> None:
    who = build.cast(3)
    tender = build.published(who)
    assert of(FigureKind.SOUGHT)
    tenders.cancel(tender, reason="预算调整。", by=who.approver, at=build.OPENING)
    assert of(FigureKind.SOUGHT) == {}
    assert of(FigureKind.DAYS) == {}


@pytest.mark.django_db
def test_a_single_source_is_not_counted_as_one_bidder() -> None:
    who = build.cast(1)
    build.opened(who, build.published(who, "single-source"))
    assert of(FigureKind.BIDDERS) == {"direct": Part(1)}


@pytest.mark.django_db
def test_an_audit_finds_a_figure_changed_by_hand() -> None:
    build.published(build.cast(3))
    assert list(comparing.compare()) == []
    row = Figure.objects.get(kind=FigureKind.DAYS, region="")
    row.parts["04-28:closing"] = [7, "0.00"]
    row.save()
    assert list(comparing.compare()) == ["数据“有截止的日子”2026 年“ 04-28:closing”与公告不符"]


def test_what_is_for_the_whole_province_is_counted_in_no_prefecture() -> None:
    assert figures.places(["530102", "530103", "532501"]) == ["530100", "532500"]
    assert figures.places(["530102", "530000"]) == ["530000"]
    assert figures.places([]) == []


# --- random histories of notices ---------------------------------------------------------------

FIRST = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
DAYS = st.integers(0, 120).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
METHODS = st.sampled_from(["open", "grant", "invited"])
PLACES = st.lists(
    st.sampled_from(["530102", "530121", "532501", "530000"]), unique=True, min_size=1, max_size=3
)
SERVICES = st.lists(st.sampled_from(["testing", "follow_up"]), unique=True, max_size=2)
PEOPLE = st.lists(st.sampled_from(["plhiv", "msm"]), unique=True, max_size=2)
YUAN = st.decimals(1, 99999, places=2).map(float)


def _classes(scheme: str, codes: list[str]) -> list[dict[str, str]]:
    return [{"scheme": scheme, "id": code} for code in codes]


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    """What a call, or its correction, says."""
    costs = draw(st.sampled_from([{}, {"fullCostCovered": True}, {"fullCostCovered": False}]))
    codes = _classes(catalogue.SERVICE_SCHEME, draw(SERVICES))
    codes += _classes(catalogue.POPULATION_SCHEME, draw(PEOPLE))
    place = {"scheme": catalogue.REGION_SCHEME, "identifiers": draw(PLACES)}
    item = {"id": "1", "additionalClassifications": codes, "deliveryLocation": {"gazetteer": place}}
    return {
        "tender": {
            "title": "一",
            "status": "active",
            "procedure": draw(METHODS),
            "costPolicy": costs | {"indirectRateCap": draw(st.sampled_from([8, 15]))},
            "items": [item],
            "tenderPeriod": {"startDate": draw(DAYS), "endDate": draw(DAYS)},
            "enquiryPeriod": {"endDate": draw(DAYS)},
        }
    }


@st.composite
def duties(draw: st.DrawFn, ocid: str) -> dict[str, Any]:
    """What a notice says of one of three duties: done, late, or excused."""
    status = draw(st.sampled_from(["met", "overdue", "cured", "excused"]))
    said = {"id": f"{ocid}-{draw(st.sampled_from('ABC'))}", "rule": "r", "status": status}
    said |= {"dueDate": draw(DAYS)}
    if status == "met":
        return {"fulfilments": [said | {"metAt": draw(DAYS)}]}
    return {"breaches": [said | {"breachedAt": draw(DAYS)}]}


def _awards(yuan: float, status: str, state: str) -> dict[str, Any]:
    award: dict[str, Any] = {"id": "a", "status": status, "value": {"amount": yuan}}
    award |= {"suppliers": [{"id": "S", "name": "小组"}]}
    return {"awards": [award], "tender": {"status": state}}


def _notices(ocid: str) -> st.SearchStrategy[tuple[str, NoticeKind, dict[str, Any]]]:
    states = st.sampled_from(["active", "cancelled"])
    opened = st.integers(0, 8).map(lambda n: {"tender": {"numberOfTenderers": n}})
    ended = {"tender": {"status": "cancelled"}}
    said = {
        NoticeKind.AMENDMENT: calls(),
        NoticeKind.OPENING: opened,
        NoticeKind.AWARD: st.builds(_awards, YUAN, states, st.just("complete")),
        NoticeKind.CANCELLATION: st.just(ended),
        NoticeKind.BREACH: duties(ocid),
    }
    return st.one_of(*(st.tuples(st.just(ocid), st.just(k), each) for k, each in said.items()))


STEPS = st.tuples(st.one_of(_notices("p1"), _notices("p2")), st.integers(1, 90))
HISTORIES = st.lists(STEPS, max_size=12)
Step = tuple[tuple[str, NoticeKind, dict[str, Any]], int]


class RandomHistories(TestCase):
    """Figures kept notice by notice are those counted from the log, after any history."""

    @settings(max_examples=25, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
    @given(st.tuples(calls(), calls()), HISTORIES)
    def test_kept_figures_are_rebuilt_figures(
        self,
        first: tuple[dict[str, Any], dict[str, Any]],
        history: list[Step],
    ) -> None:
        """Publish, compare with the sum of the records, rebuild, and compare again."""
        at = FIRST
        started = [((f"p{n}", NoticeKind.TENDER, said), 1) for n, said in enumerate(first, 1)]
        for (ocid, kind, said), days in (*started, *history):
            at += timedelta(days=days)
            buyer = {"buyer": {"id": "B", "name": "疾控中心"}}
            log.append(buyer | said, kind=kind, title="一", ocid=ocid, at=at)
        kept = figures.kept()
        assert kept == _summed()
        assert all(part.n > 0 for part in kept.values())
        catalogue.rebuild()
        assert figures.kept() == kept


def _summed() -> Figures:
    found: defaultdict[Key, Part] = defaultdict(Part)
    for listing in Listing.objects.all():
        for key, part in catalogue.figures_of(listing).items():
            found[key] = found[key].plus(part)
    return dict(found)
