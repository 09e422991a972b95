"""One real purchase of social services, run whole: two lots, one won by a social organisation.

The text is that of a county's award notice under competitive consultation, read from the shared
material when it is there, else from an invented notice of the same shape. It is moved to Yunnan
and to this autumn; every organisation is invented.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from organizations.csos.models import Cso, CsoType, LegalForm
from organizations.register.models import Organization
from organizations.roles import Actor
from organizations.terms import CostLine, Population, Service
from portal.demo import gatekeeper
from procurement import clock
from procurement.awards import actions as awards
from procurement.awards.actions import Decision
from procurement.bids import actions as bids
from procurement.enquiries import actions as enquiries
from procurement.lifecycle import Stage
from procurement.planning import actions as planning
from procurement.planning.models import PlanningNotice
from procurement.publication.models import AwardListing, Entry, Listing
from procurement.rules import SHANGHAI
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import organizations as build
from tests.builders import procurement as steps

REAL = Path(__file__).parents[3] / "shared" / "data" / "real_notices.json"
INVENTED = Path(__file__).parents[1] / "procurement" / "history" / "invented.json"
COUNTY = "532504"  # 弥勒市
AREAS = {1: "弥阳街道、竹园镇、朋普镇及新哨镇部分。", 2: "虹溪镇、巡检司镇、西一镇及东山镇。"}


def beijing(month: int, day: int, hour: int = 9) -> datetime:
    """An hour of this autumn."""
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


PLANNED, CALLED, ASKED = beijing(9, 7), beijing(10, 21), beijing(10, 26)
SENT, DEADLINE = beijing(11, 9), beijing(11, 12, 17)
JUDGED, DECIDED = beijing(11, 17), beijing(11, 20, 10)


@dataclass(frozen=True)
class LotText:
    """What the notice says of one lot, moved to Yunnan."""

    number: int
    name: str
    area: str
    time: str
    price: Decimal

    @property
    def budget(self) -> Decimal:
        """Somewhat above the price, in whole thousands of yuan."""
        return (self.price * Decimal("1.04")).quantize(Decimal(1000))


@dataclass(frozen=True)
class Purchase:
    """The words of the purchase."""

    title: str
    lots: tuple[LotText, ...]

    @property
    def budget(self) -> Decimal:
        """The budgets of all lots, in yuan."""
        return sum((lot.budget for lot in self.lots), Decimal(0))


@pytest.fixture(params=[REAL, INVENTED], ids=["real text", "invented text"])
def purchase(request: pytest.FixtureRequest) -> Purchase:
    """The notice as text, with places and names of its own left behind."""
    path: Path = request.param
    if not path.exists():
        pytest.skip("the real notices are not part of the repository")
    content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    notice: dict[str, Any] = content["social_service_award"]
    lots = tuple(
        LotText(
            number=lot["no"],
            name=lot["name"],
            area=AREAS[lot["no"]],
            time=lot["serviceTime"],
            price=Decimal(lot["finalPriceYuan"]),
        )
        for lot in notice["lots"]
    )
    return Purchase(notice["projectName"], lots)


@pytest.fixture
def who(db: None) -> steps.Cast:
    """The county's civil-affairs office; a business, a social service agency, and a third."""
    cast = steps.cast(0)
    Organization.objects.filter(pk=cast.agency.pk).update(name="弥勒市民政局")
    cast.agency.refresh_from_db()
    forms = [LegalForm.BUSINESS, LegalForm.SOCIAL_SERVICE_AGENCY, LegalForm.SOCIAL_ASSOCIATION]
    names = ["石斛健康服务有限公司", "银杏社会救助服务中心", "青榕互助会"]
    cast.csos = [
        build.cso(CsoType.NGO, form, COUNTY, name) for form, name in zip(forms, names, strict=True)
    ]
    Organization.objects.filter(kind="cso").update(address="弥勒市同心路1号")
    return cast


def plan_it(purchase: Purchase, who: steps.Cast) -> PlanningNotice:
    """The intention, 44 days ahead, with the need put to public comment."""
    plan = planning.draft(title=purchase.title, by=who.drafter, at=PLANNED)
    planning.revise(
        plan,
        changes={
            "need_summary": "入户走访、家庭状况核查、政策宣传和转介，充实乡镇经办力量。",
            "services": [Service.OUTREACH, Service.FOLLOW_UP],
            "populations": [Population.GENERAL],
            "procurement_method": "consultation",
            "expected_month": date(2026, 10, 1),
            "budget_amount": purchase.budget,
            "budget_reference": "社会救助专项〔2026〕12号",
            "fiscal_year": 2026,
            "midterm_years": 3,
            "comments_until": date(2026, 9, 22),
            "comments_contact": "0873-6100000",
            "negative_list_declared": True,
            "designated_media_url": "https://medium.example.org/plan",
            "designated_media_date": PLANNED.date(),
        },
        regions=[build.region(COUNTY)],
        by=who.drafter,
        at=PLANNED,
    )
    planning.submit(plan, by=who.drafter, at=PLANNED)
    return planning.publish(plan, by=who.approver, at=PLANNED + timedelta(hours=2))


def call_it(purchase: Purchase, who: steps.Cast, plan: PlanningNotice) -> Tender:
    """The call under competitive consultation, in the two lots of the notice."""
    tender = tenders.draft(title=purchase.title, by=who.drafter, at=CALLED, planning_notice=plan)
    changes = steps.fields("consultation", CALLED) | {
        "summary": "请两家组织分片承担社会救助经办：走访困难家庭，核对情况，讲清政策。",
        "description": "；".join(f"{lot.name}：{lot.area}{lot.time}" for lot in purchase.lots),
        "quantity": f"{len(purchase.lots)} 个标段",
        "services": [Service.OUTREACH, Service.FOLLOW_UP],
        "populations": [Population.GENERAL],
        "value_amount": purchase.budget,
        "notice_period_end": beijing(10, 28, 17),
        "documents_end": beijing(10, 29, 17),
        "publicity_period_end": None,
        "enquiry_period_end": beijing(11, 6, 17),
        "tender_period_end": DEADLINE,
        "award_expected_date": DECIDED.date(),
        "contract_start": date(2026, 12, 1),
        "contract_end": date(2027, 11, 30),
        "designated_media_date": CALLED.date(),
    }
    lots = [
        {
            "number": lot.number,
            "title": lot.name,
            "description": lot.area,
            "value_amount": lot.budget,
        }
        for lot in purchase.lots
    ]
    tenders.revise(
        tender,
        changes=changes,
        parts=steps.parts("consultation") | {"lots": lots},
        regions=[build.region(COUNTY)],
        by=who.drafter,
        at=CALLED,
    )
    tenders.submit(tender, by=who.drafter, at=CALLED)
    return tenders.publish(tender, by=who.approver, at=CALLED + timedelta(hours=2))


def offer(tender: Tender, by: Actor, prices: dict[int, Decimal]) -> None:
    """A sealed bid with a price for each of these lots."""
    changes = {
        "proposal": "分片包户，每月走访，发现急难情况当天报告并陪同转介。",
        "team": "每片两名专职社工，四名协理员。",
        "quality": "每季度抽查一成，服务对象不记名评价。",
        "offers": [
            {
                "lot": number,
                "lines": {CostLine.DIRECT: "200000", CostLine.WAGES: str(yuan - 200000)},
            }
            for number, yuan in prices.items()
        ],
    }
    bids.prepare(tender, changes=changes, by=by, at=SENT)
    bids.submit(tender, request_key=uuid4(), by=by, at=SENT)


@pytest.fixture
def awarded(purchase: Purchase, who: steps.Cast) -> Tender:
    """The purchase from its planning notice to its award."""
    tender = call_it(purchase, who, plan_it(purchase, who))
    business, agency, third = who.signatories()
    question = "社会组织没有中小企业声明函，能不能参加？"
    enquiry = enquiries.ask(tender, question=question, by=agency, at=ASKED)
    answer = "可以。本项目不专门面向中小企业，社会组织可以参加。"
    enquiries.answer(enquiry, text=answer, by=who.drafter, at=ASKED + timedelta(days=1))

    first, second = purchase.lots
    offer(tender, business, {1: first.price})
    offer(tender, agency, {2: second.price})
    offer(tender, third, {1: first.price + 9000, 2: second.price + 9000})
    assert clock.pass_deadlines(at=DEADLINE) == 0  # its last instant still counts
    due = DEADLINE + clock.GRACE + timedelta(seconds=1)
    assert clock.pass_deadlines(at=due) == 0  # closed: the gate's part is awaited
    gatekeeper.release(due)
    assert clock.pass_deadlines(at=due) == 1

    tender = steps.evaluated(who, Tender.objects.get(pk=tender.pk), at=JUDGED)
    reasons = {
        1: "Ⅰ标段：走访安排细致，报价最低，综合得分第一。",
        2: "Ⅱ标段：社会组织，驻点社工熟悉当地情况，综合得分第一。",
    }
    awards.decide(
        tender,
        decisions={number: Decision(is_awarded=True, reasons=r) for number, r in reasons.items()},
        by=who.approver,
        at=DECIDED,
    )
    return Tender.objects.get(pk=tender.pk)


def test_the_purchase_goes_from_plan_to_award_in_public(
    awarded: Tender, purchase: Purchase
) -> None:
    assert awarded.stage(DECIDED) is Stage.AWARDED
    kinds = list(Entry.objects.of(awarded.ocid).values_list("kind", flat=True))
    assert kinds == ["planning", "tender", "clarification", "register", "opening", "reach", "award"]
    record = Listing.objects.get(pk=awarded.ocid)
    assert (record.method, record.status) == ("consultation", "complete")
    assert record.budget == purchase.budget


def test_a_social_organisation_wins_one_of_the_two_lots(
    awarded: Tender, purchase: Purchase
) -> None:
    results = AwardListing.objects.filter(ocid=awarded.ocid).order_by("award_id")
    assert [(r.title, r.supplier_name, r.amount) for r in results] == [
        (
            f"{awarded.title}：{purchase.lots[0].name}",
            "石斛健康服务有限公司",
            purchase.lots[0].price,
        ),
        (
            f"{awarded.title}：{purchase.lots[1].name}",
            "银杏社会救助服务中心",
            purchase.lots[1].price,
        ),
    ]
    winner = Cso.objects.get(organization__name=results[1].supplier_name)
    assert winner.legal_form == LegalForm.SOCIAL_SERVICE_AGENCY


def test_anyone_reads_the_award_record(awarded: Tender, purchase: Purchase, client: Client) -> None:
    page = client.get(reverse("public:tender", args=[awarded.ocid])).content.decode()
    for words in (
        purchase.title,
        "弥勒市民政局",
        "石斛健康服务有限公司",
        "银杏社会救助服务中心",
        "688,000",
        "699,700",
        "Ⅱ标段：社会组织，驻点社工熟悉当地情况，综合得分第一。",
        "本项目不专门面向中小企业，社会组织可以参加。",
    ):
        assert words in page
