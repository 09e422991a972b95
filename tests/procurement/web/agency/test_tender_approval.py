"""A second person publishes a tender or sends it back; the rules may stand against it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.test import Client
from django.urls import reverse

from organizations.roles import Actor, Role
from procurement.publication.models import Entry
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

SignIn = Callable[[Actor], Client]


def page(name: str, *args: object) -> str:
    """The address of a page of the desk."""
    return reverse(f"agency:{name}", args=args)


def submitted(who: build.Cast, clock: Clock, deadline: datetime = build.DEADLINE) -> Tender:
    """A tender that waits for its approval."""
    tender = build.draft(who, tender_period_end=deadline, enquiry_period_end=None)
    return tenders.submit(tender, by=who.drafter, at=clock.at)


def test_hand_in_and_publish_lead_to_what_happens_next(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.draft(who)
    sent = signed_in(who.drafter).post(page("tender-check", tender.ocid), follow=True)
    assert sent.redirect_chain[-1][0] == page("tender-done", tender.ocid, "submitted")
    assert "采购项目已送审" in sent.content.decode()
    before = Entry.objects.count()
    sent = signed_in(who.approver).post(page("tender-publish", tender.ocid), follow=True)
    assert "采购公告已发布" in sent.content.decode()
    assert "4月28日（星期二）17:00 截止" in sent.content.decode()
    assert Entry.objects.count() == before + 1


def test_what_was_handed_in_is_still_read_by_its_drafter(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = submitted(who, clock)
    shown = signed_in(who.drafter).get(page("tender", tender.ocid)).content.decode()
    assert "已送审，等待本单位另一位审批人" in shown
    assert "五华区随访关怀" in shown
    assert page("tender-review", tender.ocid) not in shown


def test_a_published_tender_leads_each_to_what_they_may_do(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.published(who)
    clock.at += timedelta(days=1)
    panel = page("panel", tender.ocid)
    assert panel not in signed_in(who.drafter).get(page("tender", tender.ocid)).content.decode()
    assert panel in signed_in(who.approver).get(page("tender", tender.ocid)).content.decode()


def test_the_review_shows_everything_with_the_rule_receipt(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = submitted(who, clock)
    shown = signed_in(who.approver).get(page("tender-review", tender.ocid)).content.decode()
    for words in (
        "规则核对单",
        "五华区随访关怀",
        "服务方案",
        "人员工资",
        "120,000 元",
        "发布采购公告",
    ):
        assert words in shown
    assert "0 条不符合" in shown


def test_publish_against_a_rule_names_rule_and_earliest_day_and_writes_nothing(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    end = clock.at + timedelta(days=10)
    tender = submitted(who, clock, end)
    before = Entry.objects.count()
    sent = signed_in(who.approver).post(page("tender-publish", tender.ocid))
    shown = sent.content.decode()
    assert sent.status_code == 422
    assert "没有发布，什么都没有改动" in shown
    assert "政府采购法第35条" in shown
    assert "2026年4月27日（星期一）" in shown
    tender.refresh_from_db()
    assert (tender.published_at, Entry.objects.count()) == (None, before)


def test_publish_of_a_draft_whose_deadline_passed_says_what_is_missing(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = submitted(who, clock)
    clock.at = build.DEADLINE + timedelta(days=1)
    sent = signed_in(who.approver).post(page("tender-publish", tender.ocid))
    assert sent.status_code == 422
    assert "投标截止时间已经过去" in sent.content.decode()


def test_the_drafter_neither_reviews_nor_publishes(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender, client = submitted(who, clock), signed_in(who.drafter)
    assert client.get(page("tender-review", tender.ocid)).status_code == 403
    assert client.post(page("tender-publish", tender.ocid)).status_code == 403
    tender.refresh_from_db()
    assert tender.published_at is None


def test_an_approver_who_drafted_it_is_told_so_and_cannot_publish(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    _person, both = people.member(who.agency, Role.DRAFTER, Role.APPROVER)
    who.drafter = both
    tender, client = submitted(who, clock), signed_in(both)
    shown = client.get(page("tender-review", tender.ocid)).content.decode()
    assert "起草、修改或送审的人不能审批自己的稿件" in shown
    assert "发布采购公告</button>" not in shown
    assert client.post(page("tender-publish", tender.ocid)).status_code == 403
    tender.refresh_from_db()
    assert tender.published_at is None


def test_send_back_shows_the_reason_on_top_of_the_draft(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender, approver = submitted(who, clock), signed_in(who.approver)
    refused = approver.post(page("tender-return", tender.ocid), {"reason": " "})
    assert refused.status_code == 422
    approver.post(page("tender-return", tender.ocid), {"reason": "预算写错了"})
    shown = signed_in(who.drafter).get(page("tender", tender.ocid)).content.decode()
    assert shown.index("预算写错了") < shown.index("<h1>")


def test_a_published_tender_cannot_be_written_any_more(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender, client = build.published(who), signed_in(who.drafter)
    clock.at += timedelta(hours=2)
    address = page("tender-step", tender.ocid, "summary")
    refused = client.post(address, {"title": "另一个"})
    assert refused.status_code == 409
    tender.refresh_from_db()
    assert tender.title == "艾滋病随访关怀服务"


def test_a_double_click_publishes_once(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    tender, client = submitted(who, clock), signed_in(who.approver)
    client.post(page("tender-publish", tender.ocid))
    counted = Entry.objects.count()
    again = client.post(page("tender-publish", tender.ocid))
    assert again["Location"] == page("tender-done", tender.ocid, "published")
    assert Entry.objects.count() == counted
