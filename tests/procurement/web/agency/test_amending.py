"""A published tender changes by a further notice, or ends with reasons."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from organizations.roles import Actor
from procurement.amendments.models import Amendment
from procurement.publication.models import Entry
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

SignIn = Callable[[Actor], Client]


def page(name: str, *args: object) -> str:
    """The address of a page of the desk."""
    return reverse(f"agency:{name}", args=args)


@pytest.fixture
def tender(who: build.Cast, clock: Clock) -> Tender:
    """A published tender, a day later."""
    made = build.published(who)
    clock.at += timedelta(days=1)
    return made


def typed(client: Client, tender: Tender, **changes: str) -> dict[str, str]:
    """The form as the page shows it, with changes."""
    form = client.get(page("tender-amend", tender.ocid)).context["form"]
    sent: dict[str, str] = {}
    for name in form.fields:
        value = form[name].value()
        widget = form.fields[name].widget
        if hasattr(widget, "decompress"):
            parts = widget.decompress(value)
            sent |= {f"{name}_0": parts[0].isoformat(), f"{name}_1": f"{parts[1]:%H:%M}"}
        else:
            sent[name] = "" if value is None else str(value)
    return sent | changes


def test_propose_keeps_the_tender_as_it_is_until_another_person_publishes(
    who: build.Cast, clock: Clock, signed_in: SignIn, tender: Tender
) -> None:
    client = signed_in(who.drafter)
    changed = typed(client, tender, quantity="260 人", rationale="人数增加")
    sent = client.post(page("tender-amend", tender.ocid), changed | {"affects_preparation": "True"})
    assert sent["Location"] == page("tender-done", tender.ocid, "proposed")
    tender.refresh_from_db()
    amendment = Amendment.objects.get()
    assert tender.quantity == "200 人"
    assert list(amendment.changes) == ["quantity"]
    assert client.post(page("amendment-publish", amendment.pk)).status_code == 403

    approver, before = signed_in(who.approver), Entry.objects.count()
    shown = approver.get(page("amendment", amendment.pk)).content.decode()
    assert "<del>200</del>" in shown
    assert "<ins>260</ins>" in shown
    for _click in range(2):
        sent = approver.post(page("amendment-publish", amendment.pk), follow=True)
        assert "更正公告已发布" in sent.content.decode()
    tender.refresh_from_db()
    assert (tender.quantity, Entry.objects.count()) == ("260 人", before + 1)


def test_the_page_says_to_which_day_the_law_moves_the_deadline(
    who: build.Cast, clock: Clock, signed_in: SignIn, tender: Tender
) -> None:
    client = signed_in(who.drafter)
    early = client.get(page("tender-amend", tender.ocid)).content.decode()
    assert "投标截止不会因此顺延" in early
    clock.at = build.DEADLINE - timedelta(days=6)  # 22 April: fifteen days lead past a holiday
    late = client.get(page("tender-amend", tender.ocid)).content.decode()
    assert "投标截止会依法顺延到 2026年5月7日（星期四）17:00" in late


def test_a_change_without_reason_names_the_field_and_keeps_what_was_typed(
    who: build.Cast, clock: Clock, signed_in: SignIn, tender: Tender
) -> None:
    client = signed_in(who.drafter)
    changed = typed(client, tender, quantity="260 人", affects_preparation="False")
    refused = client.post(page("tender-amend", tender.ocid), changed)
    assert refused.status_code == 422
    assert 'href="#id_rationale"' in refused.content.decode()
    assert 'value="260 人"' in refused.content.decode()
    assert not Amendment.objects.exists()


def test_nothing_changed_is_said(
    who: build.Cast, clock: Clock, signed_in: SignIn, tender: Tender
) -> None:
    client = signed_in(who.drafter)
    same = typed(client, tender, rationale="没有", affects_preparation="False")
    refused = client.post(page("tender-amend", tender.ocid), same)
    assert "没有任何改动。请修改至少一项。" in refused.content.decode()


def test_a_deadline_cannot_move_back(
    who: build.Cast, clock: Clock, signed_in: SignIn, tender: Tender
) -> None:
    client = signed_in(who.drafter)
    changed = typed(client, tender, tender_period_end_0="2026-04-20", rationale="提前")
    refused = client.post(
        page("tender-amend", tender.ocid), changed | {"affects_preparation": "False"}
    )
    assert "截止时间只能延后，不能提前。" in refused.content.decode()
    assert not Amendment.objects.exists()


def test_withdraw_leaves_the_notice_unchanged(
    who: build.Cast, clock: Clock, signed_in: SignIn, tender: Tender
) -> None:
    client = signed_in(who.drafter)
    changed = typed(client, tender, quantity="260 人", rationale="人数增加")
    client.post(page("tender-amend", tender.ocid), changed | {"affects_preparation": "True"})
    amendment, before = Amendment.objects.get(), Entry.objects.count()
    sent = client.post(page("amendment-withdraw", amendment.pk), follow=True)
    assert "更正已撤下" in sent.content.decode()
    tender.refresh_from_db()
    assert (tender.quantity, Entry.objects.count()) == ("200 人", before)


def test_cancel_shows_what_will_be_published_before_it_is(
    who: build.Cast, clock: Clock, signed_in: SignIn, tender: Tender
) -> None:
    client, before = signed_in(who.approver), Entry.objects.count()
    address = page("tender-cancel", tender.ocid)
    refused = client.post(address, {"reason": ""})
    assert "请写明终止的理由，理由会向公众公开。" in refused.content.decode()
    preview = client.post(address, {"reason": "预算取消"}).content.decode()
    assert "请核对将要公开的内容" in preview
    assert "预算取消" in preview
    assert Entry.objects.count() == before
    for _click in range(2):
        sent = client.post(address, {"reason": "预算取消", "confirm": "yes"}, follow=True)
        assert "采购已终止" in sent.content.decode()
    tender.refresh_from_db()
    assert (tender.end_reason, Entry.objects.count()) == ("预算取消", before + 1)


def test_the_drafter_cannot_cancel(
    who: build.Cast, clock: Clock, signed_in: SignIn, tender: Tender
) -> None:
    sent = {"reason": "不想买了", "confirm": "yes"}
    refused = signed_in(who.drafter).post(page("tender-cancel", tender.ocid), sent)
    assert refused.status_code == 403
    tender.refresh_from_db()
    assert tender.cancelled_at is None


def test_a_change_that_breaks_a_rule_says_which_beside_its_field(
    who: build.Cast, signed_in: SignIn, tender: Tender
) -> None:
    client = signed_in(who.drafter)
    sent = {"description": "", "quantity": "260 人", "rationale": "人数增加"}
    changed = typed(client, tender, **sent) | {"affects_preparation": "True"}
    refused = client.post(page("tender-amend", tender.ocid), changed)
    assert refused.status_code == 422
    [words] = refused.context["form"].errors["description"]
    assert "服务要求" in words or "采购需求" in words
    assert "第" in words
    assert 'href="#id_description"' in refused.content.decode()
    assert "260 人" in refused.content.decode()
    assert not Amendment.objects.exists()


def test_dates_out_of_order_are_named_beside_their_field(
    who: build.Cast, signed_in: SignIn, tender: Tender
) -> None:
    client = signed_in(who.drafter)
    sent = {"contract_end": "2026-05-01", "rationale": "提前结束"}
    changed = typed(client, tender, **sent) | {"affects_preparation": "True"}
    refused = client.post(page("tender-amend", tender.ocid), changed)
    assert refused.context["form"].errors["contract_end"] == ["服务结束日期不能早于开始日期。"]
    assert not Amendment.objects.exists()


def test_an_amendment_that_would_break_a_rule_is_not_published(
    who: build.Cast, clock: Clock, signed_in: SignIn, tender: Tender
) -> None:
    emptied = {"label": "服务要求", "before": tender.description, "after": ""}
    waiting = Amendment.objects.create(
        tender=tender,
        changes={"description": emptied},
        rationale="精简。",
        drafted_by_id=who.drafter.person_id,
        drafted_at=clock.at,
    )
    entries = Entry.objects.count()
    refused = signed_in(who.approver).post(page("amendment-publish", waiting.pk))
    assert refused.status_code == 422
    assert refused.context["broken"][0].rule_id == "open-notice-fields"
    assert Entry.objects.count() == entries
