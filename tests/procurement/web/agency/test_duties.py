"""What an agency owes: by urgency, stated after a preview, in a calendar, on the desk."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from organizations.roles import Actor, Role
from procurement import clock as portal_clock
from procurement.enquiries import actions as enquiries
from procurement.obligations.models import Obligation
from procurement.publication.models import Entry, NoticeKind
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

SignIn = Callable[[Actor], Client]

# The decision is due on Saturday 9 May, a make-up day.
DUE = datetime(2026, 5, 9, 23, 59, 59, tzinfo=SHANGHAI)


def page(name: str, *args: object) -> str:
    """The address of a page of the desk."""
    return reverse(f"agency:{name}", args=args)


def shown(client: Client, name: str, *args: object) -> str:
    """A page as text."""
    answer = client.get(page(name, *args))
    assert answer.status_code == 200
    return answer.content.decode()


def duty(event: str) -> Obligation:
    """The one duty with this event."""
    return Obligation.objects.get(event=event)


@pytest.fixture
def judged(who: build.Cast) -> Tender:
    return build.evaluated(who, build.opened(who, build.published(who)))


@pytest.fixture
def awarded(who: build.Cast, judged: Tender) -> Tender:
    build.awarded(who, judged)
    return judged


@pytest.mark.parametrize(
    ("at", "group", "left"),
    [
        (DUE - timedelta(days=9), "以后", "还有 9 天"),
        (DUE - timedelta(days=3), "本周", "还有 3 天"),
        (DUE - timedelta(days=1), "今天和明天", "还有 1 天"),
        (DUE + timedelta(days=2), "已逾期", "逾期 2 天"),
    ],
)
def test_a_duty_stands_by_how_soon_it_is_due(
    who: build.Cast,
    judged: Tender,
    clock: Clock,
    signed_in: SignIn,
    at: datetime,
    group: str,
    left: str,
) -> None:
    clock.at = at
    listed = shown(signed_in(who.drafter), "duty-list")
    assert f"<h2>{group} " in listed
    assert "决定采购结果" in listed
    assert left in listed
    assert "最晚 2026年5月9日（星期六）" in listed
    assert "2026年4月29日（星期三）评审报告送达，从次日起 5 个工作日以内" in listed
    assert "法定要求" in listed
    assert page("award", judged.ocid) in listed


def test_what_cannot_be_dated_or_told_stands_apart(
    who: build.Cast, awarded: Tender, clock: Clock, signed_in: SignIn
) -> None:
    clock.at = build.DECISION
    Obligation.objects.filter(event="contract.signed").update(due_at=None)
    Obligation.objects.filter(event="notice.published").update(is_certain=False)
    listed = shown(signed_in(who.drafter), "duty-list")
    provisional = listed[listed.index("日期暂定") : listed.index("暂不能判断")]
    assert "签订采购合同" in provisional
    assert "不早于 2026年6月1日（星期一）" in provisional
    assert "在法定媒体公布" in listed[listed.index("暂不能判断") :]


def test_a_question_is_answered_from_the_list(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.published(who)
    clock.at += timedelta(days=1)
    asker = people.signatory(who.csos[0])
    enquiry = enquiries.ask(tender, question="可以分包吗？", by=asker, at=clock.at)
    listed = shown(signed_in(who.drafter), "duty-list")
    assert "可以分包吗？" in listed
    assert page("enquiry-answer", enquiry.pk) in listed


def test_the_link_to_the_statutory_medium_is_seen_before_it_is_public(
    who: build.Cast, awarded: Tender, clock: Clock, signed_in: SignIn
) -> None:
    clock.at = build.DECISION + timedelta(hours=2)
    link, client = duty("notice.published"), signed_in(who.drafter)
    address = page("duty-done", link.pk)
    assert "结果公告" in shown(client, "duty-done", link.pk)
    typed = {"done_on": "2026-04-30", "evidence_url": "https://www.ccgp.gov.cn/1"}
    preview = client.post(address, typed).content.decode()
    assert "公开前再看一遍" in preview
    assert duty("notice.published").met_at is None
    edit = client.post(address, typed | {"edit": "1"}).content.decode()
    assert 'value="https://www.ccgp.gov.cn/1"' in edit

    assert client.post(address, typed | {"send": "1"}).status_code == 302
    assert client.post(address, typed | {"send": "1"}).status_code == 302  # a second click
    assert duty("notice.published").done_on == date(2026, 4, 30)
    assert Entry.objects.of(awarded.ocid).filter(kind=NoticeKind.STATEMENT).count() == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"done_on": "2026-05-30", "evidence_url": "https://a.example/"}, "起算之日和今天之间"),
        ({"done_on": "2026-04-30", "evidence_url": ""}, "请填写公众可以查看的网址"),
        ({"done_on": "2026-04-30", "statement": "见公告栏"}, "请填写法定媒体上这份公告的网址"),
        ({"done_on": "", "evidence_url": "https://a.example/"}, "请填写办好的日期"),
        ({"done_on": "2026-04-30", "evidence_url": "无"}, "请填写完整的网址"),
    ],
)
def test_a_statement_that_cannot_be_public_names_its_field_and_keeps_the_rest(
    who: build.Cast,
    awarded: Tender,
    clock: Clock,
    signed_in: SignIn,
    typed: dict[str, str],
    told: str,
) -> None:
    clock.at = build.DECISION + timedelta(hours=2)
    link = duty("notice.published")
    for button in ({}, {"send": "1"}):
        answer = signed_in(who.drafter).post(page("duty-done", link.pk), typed | button)
        html = answer.content.decode()
        assert told in html
        assert all(value in html for value in typed.values())
    assert duty("notice.published").met_at is None
    assert not Entry.objects.of(awarded.ocid).filter(kind=NoticeKind.STATEMENT).exists()


def test_what_happens_under_a_contract_begins_its_duty(
    who: build.Cast, awarded: Tender, clock: Clock, signed_in: SignIn
) -> None:
    clock.at = build.DECISION + timedelta(days=20)
    client, signed = signed_in(who.drafter), duty("contract.signed")
    early = client.post(page("duty-event", signed.pk), {"event": "invoice.received"})
    assert early.status_code == 409
    statement = {"done_on": "2026-05-18", "statement": "纸质合同可到办公室查看。", "send": "1"}
    client.post(page("duty-done", signed.pk), statement)
    assert page("duty-event", signed.pk) in shown(client, "duty-list")
    told = {"event": "invoice.received", "on": "2026-05-19"}
    assert "收到了发票" in client.post(page("duty-event", signed.pk), told).content.decode()
    before = client.post(page("duty-event", signed.pk), told | {"on": "2026-05-01", "send": "1"})
    assert "合同签订之日和今天之间" in before.content.decode()
    assert not Obligation.objects.filter(event="payment.made").exists()
    assert client.post(page("duty-event", signed.pk), told | {"send": "1"}).status_code == 302
    assert duty("payment.made").due_at == datetime(2026, 6, 18, 23, 59, 59, tzinfo=SHANGHAI)


def test_the_approver_replies_once(
    who: build.Cast, judged: Tender, clock: Clock, signed_in: SignIn
) -> None:
    clock.at = DUE + timedelta(days=1)
    portal_clock.record_breaches(at=clock.at)
    late = duty("award.decided")
    assert signed_in(who.drafter).get(page("duty-reply", late.pk)).status_code == 403
    client = signed_in(who.approver)
    empty = client.post(page("duty-reply", late.pk), {"text": " ", "send": "1"})
    assert "请写下本单位的说明" in empty.content.decode()
    words = {"text": "专家临时出差，已另约时间。"}
    assert "公开前再看一遍" in client.post(page("duty-reply", late.pk), words).content.decode()
    assert client.post(page("duty-reply", late.pk), words | {"send": "1"}).status_code == 302
    again = client.post(page("duty-reply", late.pk), {"text": "另一个说法", "send": "1"})
    assert again.status_code == 302
    assert duty("award.decided").reply == words["text"]
    assert words["text"] in shown(client, "duty", late.pk)


def test_a_duty_in_time_is_not_replied_to(
    who: build.Cast, judged: Tender, clock: Clock, signed_in: SignIn
) -> None:
    clock.at = build.JUDGING
    answer = signed_in(who.approver).get(page("duty-reply", duty("award.decided").pk))
    assert answer.status_code == 409


def test_another_agency_sees_none_of_it(
    who: build.Cast, awarded: Tender, clock: Clock, signed_in: SignIn
) -> None:
    clock.at = build.DECISION
    other = people.member(people.agency().organization, Role.APPROVER)[1]
    client, link = signed_in(other), duty("notice.published")
    assert "艾滋病随访关怀服务" not in shown(client, "duty-list")
    for name in ("duty", "duty-done", "duty-reply", "duty-event"):
        assert client.get(page(name, link.pk)).status_code == 404
    assert client.post(page("duty-done", link.pk), {"send": "1"}).status_code == 404


def test_the_calendar_is_read_without_signing_in_until_it_is_replaced(
    who: build.Cast, awarded: Tender, clock: Clock, signed_in: SignIn
) -> None:
    clock.at = build.DECISION
    client = signed_in(who.drafter)
    address = client.get(page("duty-list")).context["feed_url"]
    answer = Client().get(address)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    events = {str(event["summary"]): event for event in calendar.walk("VEVENT")}
    assert set(events) == {
        "签订采购合同 · 艾滋病随访关怀服务",
        "在法定媒体公布 · 艾滋病随访关怀服务",
    }
    contract = events["签订采购合同 · 艾滋病随访关怀服务"]
    assert contract.decoded("dtstart") == date(2026, 6, 1)
    assert "30" in str(contract["description"])
    assert page("duty", duty("contract.signed").pk) in str(contract["url"])
    english = Client().get(address.replace("lang=zh-hans", "lang=en")).content.decode()
    assert "30 calendar days" in english.replace("\r\n ", "")

    assert client.post(page("duty-calendar-renew")).status_code == 302
    assert Client().get(address).status_code == 404
    renewed = client.get(page("duty-list")).context["feed_url"]
    assert renewed != address
    assert Client().get(renewed).status_code == 200


@pytest.mark.parametrize("key", ["", "1.1", "1.1:forged", "x"])
def test_a_calendar_has_no_guessable_address(who: build.Cast, clock: Clock, key: str) -> None:
    assert Client().get(page("duty-calendar"), {"key": key}).status_code == 404


def test_the_desk_shows_what_is_overdue_and_next(
    who: build.Cast, awarded: Tender, clock: Clock, signed_in: SignIn
) -> None:
    clock.at = build.DECISION + timedelta(days=12)
    desk = shown(signed_in(who.drafter), "home")
    assert "在法定媒体公布：艾滋病随访关怀服务" in desk
    assert "逾期 6 天" in desk
    assert "签订采购合同" not in desk
    assert page("duty-list") in desk


def test_thirty_duties_cost_the_queries_of_one(
    who: build.Cast,
    judged: Tender,
    clock: Clock,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    clock.at = DUE
    client, one = signed_in(who.drafter), duty("award.decided")
    address = client.get(page("duty-list")).context["feed_url"]
    counted = {}
    for name in (page("duty-list"), page("home"), address):
        client.get(name)
        with CaptureQueriesContext(connection) as captured:
            client.get(name)
        counted[name] = len(captured)
    for number in range(29):
        one.pk, one.subject = None, str(number)
        one.save(force_insert=True)
    for name, once in counted.items():
        with django_assert_num_queries(once):
            client.get(name)
