"""A drafter writes a tender step by step; nothing typed is lost; the lawful dates are at hand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from organizations.roles import Actor
from procurement.rules import SHANGHAI
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.models import AwardBy, InvitationMode, Tender
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

SignIn = Callable[[Actor], Client]


def page(name: str, *args: object) -> str:
    """The address of a page of the desk."""
    return reverse(f"agency:{name}", args=args)


def step(tender: Tender, slug: str) -> str:
    """The address of a step."""
    return page("tender-step", tender.ocid, slug)


def fresh(who: build.Cast, clock: Clock) -> Tender:
    """A draft that was only begun."""
    plan = build.planning_notice(who)
    return tenders.draft(title="随访", planning_notice=plan, by=who.drafter, at=clock.at)


def test_begin_from_a_planning_notice_takes_its_answers(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    plan = build.planning_notice(who)
    client = signed_in(who.drafter)
    for _click in range(2):
        sent = client.post(page("tender-new"), {"plan": plan.ocid})
    tender = Tender.objects.get()
    assert sent["Location"] == page("tender", plan.ocid)
    assert (tender.title, tender.value_amount) == (plan.title, plan.budget_amount)


def test_begin_a_grant_needs_a_name(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    client = signed_in(who.drafter)
    refused = client.post(page("tender-new"), {"plan": "none", "title": ""})
    assert (refused.status_code, Tender.objects.exists()) == (422, False)
    assert "请写一个项目名称" in refused.content.decode()
    for _click in range(2):
        client.post(page("tender-new"), {"plan": "none", "title": "小额创投"})
    assert Tender.objects.get().planning_notice is None


def test_the_procedure_brings_what_follows_from_it(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender, client = fresh(who, clock), signed_in(who.drafter)
    typed = {"procurement_method": "single-source", "method_rationale": "只有一家"}
    sent = client.post(step(tender, "procedure"), typed)
    tender.refresh_from_db()
    assert sent["Location"] == step(tender, "approval")
    assert tender.invitation_mode == InvitationMode.DIRECT
    assert tender.award_by == AwardBy.AGREED
    assert client.get(step(tender, "supplier")).status_code == 200
    assert client.get(step(tender, "draw")).status_code == 404


def test_another_lot_keeps_everything_typed_and_saves_nothing(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = fresh(who, clock)
    typed = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-title": "北片",
        "form-0-description": "三个街道",
        "form-0-value_amount": "不知道",
        "form-0-suppliers_wanted": "1",
        "add": "1",
    }
    shown = signed_in(who.drafter).post(step(tender, "lots"), typed).content.decode()
    assert 'value="北片"' in shown
    assert "三个街道" in shown
    assert 'value="不知道"' in shown
    assert 'name="form-1-title"' in shown
    assert not tender.lots.exists()


def test_a_lot_is_taken_out_by_its_own_button(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = fresh(who, clock)
    typed = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "remove": "0"}
    typed |= {"form-0-title": "北片", "form-1-title": "南片"}
    shown = signed_in(who.drafter).post(step(tender, "lots"), typed).content.decode()
    assert "北片" not in shown
    assert 'value="南片"' in shown


def test_lots_are_saved_with_their_numbers(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = fresh(who, clock)
    typed = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"}
    for number, name in ((0, "北片"), (2, "南片")):
        typed |= {
            f"form-{number}-title": name,
            f"form-{number}-value_amount": "6万",
            f"form-{number}-suppliers_wanted": "1",
        }
    signed_in(who.drafter).post(step(tender, "lots"), typed)
    held = list(tender.lots.values_list("number", "title", "value_amount"))
    assert held == [(1, "北片", Decimal(60000)), (2, "南片", Decimal(60000))]


def test_a_slip_in_a_row_names_row_and_field_and_keeps_the_saved_rows(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.draft(who)
    typed = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0"}
    typed |= {"form-0-name": "服务方案", "form-0-kind": "quality", "form-0-weight": "120"}
    sent = signed_in(who.drafter).post(step(tender, "criteria"), typed)
    assert sent.status_code == 422
    assert "第 1 项，分值：" in sent.content.decode()
    assert 'value="120"' in sent.content.decode()
    assert tender.criteria.count() == 3


def test_weights_must_add_up_to_a_hundred(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    tender, client = build.draft(who), signed_in(who.drafter)
    typed = {"award_by": "scored", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0"}
    typed |= {"form-0-name": "服务方案", "form-0-kind": "quality", "form-0-weight": "70"}
    client.post(step(tender, "criteria"), typed)
    shown = client.get(step(tender, "criteria")).content.decode()
    assert "各项分值加起来应为 100 分，现在是 70 分。" in shown


def test_cost_lines_are_stated_paid_or_not(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = fresh(who, clock)
    typed = {"full_cost_covered": "False", "paid_wages": "yes", "share_wages": "40"}
    typed |= {"paid_rent": "no"}
    signed_in(who.drafter).post(step(tender, "costs"), typed)
    tender.refresh_from_db()
    held = list(tender.cost_policy.values_list("line", "is_paid", "maximum_share"))
    assert tender.full_cost_covered is False
    assert held == [("wages", True, Decimal("40.00")), ("rent", False, None)]


def test_adopt_fills_the_earliest_lawful_day_and_keeps_the_rest(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.draft(who, tender_period_end=None, contract_end=None)
    lawful = {each.event: each.date for each in queries.earliest(tender, at=clock.at)}
    day = lawful["tender.tenderPeriod.endDate"]
    assert day is not None
    client = signed_in(who.drafter)
    shown = client.get(step(tender, "dates")).content.decode()
    assert 'name="adopt" value="tender_period_end"' in shown
    typed = {"adopt": "tender_period_end", "tender_period_end_1": "10:30"}
    typed |= {"contract_end": "2027-04-30"}
    sent = client.post(step(tender, "dates"), typed)
    assert sent["Location"] == step(tender, "dates")
    tender.refresh_from_db()
    wanted = datetime(day.year, day.month, day.day, 10, 30, tzinfo=SHANGHAI)
    assert tender.tender_period_end == wanted
    assert tender.contract_end is not None
    assert tender.contract_end.isoformat() == "2027-04-30"


def test_adopt_all_leaves_the_dates_that_are_set(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.draft(who)
    typed = {"adopt": "all", "tender_period_end_0": "2026-05-20"}
    signed_in(who.drafter).post(step(tender, "dates"), typed)
    tender.refresh_from_db()
    assert tender.tender_period_end == datetime(2026, 5, 20, 17, 0, tzinfo=SHANGHAI)
    assert tender.notice_period_end is not None


def test_a_date_too_early_is_broken_beside_its_field_with_its_source(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.draft(who, tender_period_end=clock.at + timedelta(days=9))
    shown = signed_in(who.drafter).get(step(tender, "dates")).content.decode()
    assert "最早可以是 2026年4月27日（星期一）" in shown
    assert "政府采购法第35条" in shown


def test_a_file_is_kept_when_the_next_one_is_refused(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender, client = fresh(who, clock), signed_in(who.drafter)
    good = SimpleUploadedFile("需求.txt", "每月随访".encode())
    sent = {"file": good, "document_type": "biddingDocuments", "whole": "1"}
    client.post(step(tender, "documents"), sent)
    bad = SimpleUploadedFile("表.exe", b"MZ")
    typed = {"file": bad, "document_type": "biddingDocuments", "title": "预算表", "whole": "1"}
    refused = client.post(step(tender, "documents"), typed)
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "不能接收“表.exe”这种格式" in shown
    assert 'value="预算表"' in shown
    assert tender.attachments.count() == 1
    attachment = tender.attachments.get()
    got = client.get(page("tender-document", tender.ocid, attachment.pk))
    assert got.getvalue() == "每月随访".encode()
    client.post(page("tender-document-remove", tender.ocid, attachment.pk))
    assert tender.attachments.count() == 0


def test_the_check_page_groups_what_is_wrong_by_step(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    end = clock.at + timedelta(days=9)
    tender = build.draft(who, tender_period_end=end, enquiry_period_end=None, contact_name="")
    shown = signed_in(who.drafter).get(page("tender-check", tender.ocid)).content.decode()
    assert step(tender, "dates") in shown
    assert step(tender, "contacts") in shown
    assert "请填写：项目联系人。" in shown
    assert "如果今天发布，最早的合法日期" in shown


def test_an_incomplete_draft_cannot_be_handed_in(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = fresh(who, clock)
    refused = signed_in(who.drafter).post(page("tender-check", tender.ocid))
    assert refused.status_code == 422
    assert "请用一段话说明买什么、为谁、在哪里。" in refused.content.decode()
    tender.refresh_from_db()
    assert tender.submitted_at is None


def test_an_incomplete_draft_is_not_offered_to_be_handed_in(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = fresh(who, clock)
    shown = signed_in(who.drafter).get(page("tender-check", tender.ocid)).content.decode()
    assert ">送审</button>" not in shown
    assert "请用一段话说明买什么、为谁、在哪里。" in shown
    assert f'<a class="button" href="{page("tender", tender.ocid)}">回到清单</a>' in shown


def test_a_whole_draft_is_offered_to_be_handed_in(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.draft(who)
    shown = signed_in(who.drafter).get(page("tender-check", tender.ocid)).content.decode()
    assert ">送审</button>" in shown
    assert "草稿还不完整" not in shown


def test_the_reason_for_an_exception_is_kept(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    clock.at = build.START + timedelta(days=10)  # the 30 days are not over
    tender = build.draft(who, rule_reasons={}, designated_media_date=clock.at.date())
    client = signed_in(who.drafter)
    shown = client.get(step(tender, "declarations")).content.decode()
    assert 'name="reason_intention-min-30-days"' in shown
    typed = {"reason_intention-min-30-days": "突发疫情", "sme_reason": "公平竞争"}
    client.post(step(tender, "declarations"), typed)
    tender.refresh_from_db()
    assert tender.rule_reasons == {"intention-min-30-days": "突发疫情"}
