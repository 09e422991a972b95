"""An official writes a planning notice; another publishes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations.roles import Actor
from procurement.planning import actions as planning
from procurement.planning.models import PlanningNotice
from procurement.publication import paging
from procurement.publication.models import Entry
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

AssertQueries = Callable[[int], AbstractContextManager[object]]
SignIn = Callable[[Actor], Client]

HAND_IN = ">送审</button>"


def page(name: str, *args: object) -> str:
    """The address of a page of the desk."""
    return reverse(f"agency:{name}", args=args)


def submitted(who: build.Cast, **changes: object) -> PlanningNotice:
    """A complete notice that waits for its approval."""
    plan = build.planning_notice(who)
    PlanningNotice.objects.filter(pk=plan.pk).update(
        published_at=None, published_by_id=None, **changes
    )
    return PlanningNotice.objects.get(pk=plan.pk)


def test_begin_asks_for_the_title_alone(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    client = signed_in(who.drafter)
    sent = client.post(page("plan-new"), {"title": "五华区检测动员"})
    plan = PlanningNotice.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, page("plan", plan.ocid))
    assert (plan.title, plan.drafted_by_id) == ("五华区检测动员", who.drafter.user_id)


def test_a_double_click_begins_once(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    client = signed_in(who.drafter)
    places = {client.post(page("plan-new"), {"title": "随访"})["Location"] for _ in range(2)}
    assert places == {page("plan", PlanningNotice.objects.get().ocid)}


def test_begin_without_a_title_names_the_field(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    sent = signed_in(who.drafter).post(page("plan-new"), {"title": ""})
    assert "请写一个名称，以后可以改。" in sent.content.decode()
    assert not PlanningNotice.objects.exists()


def test_a_step_half_filled_is_saved(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    plan = planning.draft(title="随访", by=who.drafter, at=clock.at)
    client = signed_in(who.drafter)
    sent = client.post(page("plan-step", plan.ocid, "money"), {"budget_amount": "4.8万"})
    plan.refresh_from_db()
    assert sent["Location"] == page("plan-step", plan.ocid, "timing")
    assert (plan.budget_amount, plan.fiscal_year) == (Decimal(48000), None)
    tasks = client.get(page("plan", plan.ocid)).content.decode()
    assert "还差：预算文号或预算项目编码、预算年度、中期财政规划覆盖年数。" in tasks


def test_a_step_with_a_slip_keeps_what_was_typed(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = planning.draft(title="随访", by=who.drafter, at=clock.at)
    typed = {"budget_amount": "很多", "budget_reference": "YN-1", "fiscal_year": "2026"}
    sent = signed_in(who.drafter).post(page("plan-step", plan.ocid, "money"), typed)
    shown = sent.content.decode()
    assert sent.status_code == 422
    assert 'href="#id_budget_amount"' in shown
    assert 'value="很多"' in shown
    assert 'value="YN-1"' in shown
    plan.refresh_from_db()
    assert plan.budget_reference == ""


def test_regions_are_chosen_by_their_codes(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = planning.draft(title="随访", by=who.drafter, at=clock.at)
    typed = {"regions": ["530102", "530400"], "to_list": "yes"}
    sent = signed_in(who.drafter).post(page("plan-step", plan.ocid, "place"), typed)
    assert sent["Location"] == page("plan", plan.ocid)
    assert [region.code for region in plan.regions.order_by("code")] == ["530102", "530400"]


def test_the_rule_stands_beside_the_field(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    plan = planning.draft(title="随访", by=who.drafter, at=clock.at)
    shown = signed_in(who.drafter).get(page("plan-step", plan.ocid, "need")).content.decode()
    assert "财库〔2020〕10号" in shown
    assert "法定要求" in shown


def test_hand_in_leads_to_what_happens_next(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = build.planning_draft(who)
    client = signed_in(who.drafter)
    sent = client.post(page("plan-check", plan.ocid), follow=True)
    assert sent.redirect_chain[-1][0] == page("plan-done", plan.ocid, "submitted")
    assert "采购意向已送审" in sent.content.decode()
    again = client.get(page("plan-step", plan.ocid, "need"))
    assert again.status_code == 409


def test_hand_in_of_a_notice_that_says_too_little_is_told_what_is_lacking(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = planning.draft(title="随访", by=who.drafter, at=clock.at)
    sent = signed_in(who.drafter).post(page("plan-check", plan.ocid))
    assert sent.status_code == 422
    assert "请填写：需求概况。" in sent.content.decode()
    plan.refresh_from_db()
    assert plan.submitted_at is None


def test_a_notice_that_says_too_little_is_not_offered_to_be_handed_in(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = planning.draft(title="随访", by=who.drafter, at=clock.at)
    shown = signed_in(who.drafter).get(page("plan-check", plan.ocid)).content.decode()
    assert HAND_IN not in shown
    assert "草稿还不完整，补齐下面的内容才能送审。" in shown
    assert "请填写：需求概况。" in shown
    assert f'<a class="button" href="{page("plan", plan.ocid)}">回到清单</a>' in shown


def test_a_whole_notice_is_offered_to_be_handed_in(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = build.planning_draft(who)
    shown = signed_in(who.drafter).get(page("plan-check", plan.ocid)).content.decode()
    assert HAND_IN in shown
    assert "草稿还不完整" not in shown


def test_a_notice_with_a_blank_the_act_allows_may_be_handed_in(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = build.planning_draft(who)
    PlanningNotice.objects.filter(pk=plan.pk).update(budget_reference="")
    client = signed_in(who.drafter)
    shown = client.get(page("plan-check", plan.ocid)).content.decode()
    assert HAND_IN in shown
    assert client.post(page("plan-check", plan.ocid)).status_code == 302


def test_publish_shows_the_number_in_the_log(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = submitted(who)
    before = Entry.objects.count()
    sent = signed_in(who.approver).post(page("plan-publish", plan.ocid), follow=True)
    assert "采购意向已公开" in sent.content.decode()
    assert Entry.objects.count() == before + 1
    plan.refresh_from_db()
    assert plan.published_by_id == who.approver.user_id


def test_publish_against_a_rule_names_it_and_writes_nothing(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = submitted(who, need_summary="")
    before = Entry.objects.count()
    sent = signed_in(who.approver).post(page("plan-publish", plan.ocid))
    assert sent.status_code == 422
    assert "没有发布，什么都没有改动" in sent.content.decode()
    assert "请填写：需求概况。" in sent.content.decode()
    plan.refresh_from_db()
    assert (plan.published_at, Entry.objects.count()) == (None, before)


def test_the_drafter_cannot_publish_the_own_notice(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = submitted(who)
    assert signed_in(who.drafter).post(page("plan-publish", plan.ocid)).status_code == 403
    plan.refresh_from_db()
    assert plan.published_at is None


def test_send_back_asks_for_a_reason_and_the_drafter_reads_it_first(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan, approver = submitted(who), signed_in(who.approver)
    refused = approver.post(page("plan-return", plan.ocid), {"reason": ""})
    assert refused.status_code == 422
    assert "请写明退回的原因" in refused.content.decode()
    sent = approver.post(page("plan-return", plan.ocid), {"reason": "预算年度写错了"}, follow=True)
    assert "已退回给起草人" in sent.content.decode()
    shown = signed_in(who.drafter).get(page("plan", plan.ocid)).content.decode()
    assert shown.index("预算年度写错了") < shown.index("<h1>")


def test_a_published_notice_is_frozen_and_leads_to_the_tender(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = build.planning_notice(who)
    client = signed_in(who.drafter)
    shown = client.get(page("plan", plan.ocid)).content.decode()
    assert f"{page('tender-new')}?plan={plan.ocid}" in shown
    assert client.get(page("plan-step", plan.ocid, "need")).status_code == 409
    typed = {"expected_month": date(2026, 9, 1)}
    assert client.post(page("plan-step", plan.ocid, "timing"), typed).status_code == 409


def test_the_list_has_as_many_queries_for_thirty_as_for_one(
    who: build.Cast,
    clock: Clock,
    signed_in: SignIn,
    django_assert_num_queries: AssertQueries,
) -> None:
    client = signed_in(who.drafter)
    planning.draft(title="一", by=who.drafter, at=clock.at)
    counted = queries(client, page("plan-list"))
    for number in range(29):
        at = clock.at + timedelta(minutes=number)
        planning.draft(title=f"第 {number} 条", by=who.drafter, at=at)
    with django_assert_num_queries(counted):
        shown = client.get(page("plan-list"))
    assert shown.content.decode().count('class="entry"') == paging.SIZE


def queries(client: Client, address: str) -> int:
    """How many queries a page takes, after a first visit has filled the caches."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
