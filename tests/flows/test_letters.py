"""Who hears of a call: all who could take part, told once; afterwards the reach is public."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from organizations.roles import Role
from portal.demo import gatekeeper
from procurement import clock
from procurement.enquiries import actions as enquiries
from procurement.notifications import actions as letters
from procurement.notifications import outbox
from procurement.notifications.models import Delivery, Silence
from procurement.publication import merge
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast

pytestmark = pytest.mark.django_db

SOON = build.TENDER_DAY + timedelta(hours=2)


@pytest.fixture
def who() -> Cast:
    """Three organisations in the field and area, one of them with two people."""
    cast = build.cast(3)
    for cso in cast.csos:
        people.signatory(cso)
    people.member(cast.csos[0].organization, Role.CSO_MEMBER)
    return cast


def told(outbox: list[EmailMessage]) -> list[str]:
    return sorted(address for letter in outbox for address in letter.to)


def reach(tender: Tender) -> dict[str, Any]:
    entry = Entry.objects.of(tender.ocid).get(kind=NoticeKind.REACH)
    stated: dict[str, Any] = merge.release_of(entry)["tender"]["reach"]
    return stated


def test_everyone_who_could_take_part_is_told_once(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    tender = build.published(who)
    assert letters.collect(at=SOON) == 4
    assert letters.collect(at=SOON) == 0
    assert letters.send(at=SOON) == 4
    assert letters.send(at=SOON) == 0
    assert len(told(mailoutbox)) == len(set(told(mailoutbox))) == 4
    letter = mailoutbox[0]
    assert letter.subject == "新的采购公告：艾滋病随访关怀服务"
    assert "投标截止：2026年4月28日（星期二）17:00" in letter.body
    assert tender.summary in letter.body


def test_a_letter_that_fails_is_tried_again_under_the_same_number(
    who: Cast,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    build.published(who)
    letters.collect(at=SOON)

    def refuse(*_args: object, **_options: object) -> int:
        raise SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", refuse)
        assert letters.send(at=SOON) == 0
    assert mailoutbox == []
    for letter in Delivery.objects.all():
        assert f"letter {letter.pk} was not sent" in caplog.text
        assert str(letter.token) not in caplog.text
    assert letters.send(at=SOON + timedelta(minutes=1)) == 0
    assert letters.send(at=SOON + timedelta(minutes=4)) == 4
    sent = {letter.extra_headers["Message-ID"] for letter in mailoutbox}
    assert sent == {delivery.message_id for delivery in Delivery.objects.all()}


def test_a_worker_that_died_while_sending_leaves_the_letter_to_the_next(
    who: Cast, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    build.published(who)
    letters.collect(at=SOON)

    def die(*_args: object, **_options: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", die)
        with pytest.raises(KeyboardInterrupt):
            letters.send(at=SOON)
    assert letters.send(at=SOON + outbox.LEASE) == 4
    assert len(mailoutbox) == 4


def test_nobody_is_told_of_a_call_that_is_over(who: Cast, mailoutbox: list[EmailMessage]) -> None:
    tender = build.published(who)
    letters.collect(at=SOON)
    tenders.cancel(tender, reason="预算被收回。", by=who.approver, at=SOON)
    assert letters.send(at=SOON + timedelta(minutes=1)) == 0
    assert mailoutbox == []


def test_who_wants_no_more_letters_gets_none(who: Cast, mailoutbox: list[EmailMessage]) -> None:
    build.published(who)
    letters.collect(at=SOON)
    letters.send(at=SOON)
    first = Delivery.objects.order_by("pk")[0]
    page = reverse("letters:stop", args=[first.token])
    assert "不再接收新公告的邮件？" in Client().get(page).content.decode()
    assert "不会再给您发新公告的邮件" in Client().post(page).content.decode()
    build.published(who)
    mailoutbox.clear()
    letters.collect(at=SOON)
    assert letters.send(at=SOON) == 3
    assert first.person.email not in told(mailoutbox)


def test_after_the_opening_the_reach_is_public_in_counts_and_not_before(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    tender = build.published(who)
    letters.collect(at=SOON)
    letters.send(at=SOON)
    letter = Delivery.objects.order_by("pk")[0]
    link = reverse("letters:follow", args=[letter.token])
    assert Client().head(link).status_code == 302
    assert not Delivery.objects.filter(opened_at__isnull=False).exists()
    answer = Client().get(link)
    assert answer.headers["Location"] == reverse("public:tender", args=[tender.ocid])
    first, second = (people.signatory(cso) for cso in who.csos[:2])
    enquiries.ask(tender, question="工资可以列支吗？", by=first, at=SOON)
    build.bid(tender, first)
    build.bid(tender, second)
    build.bid(tender, people.signatory(who.csos[2]))
    assert not Entry.objects.of(tender.ocid).filter(kind=NoticeKind.REACH).exists()

    clock.pass_deadlines(at=build.OPENING)
    gatekeeper.release(build.OPENING)
    assert clock.pass_deadlines(at=build.OPENING) == 1

    assert reach(tender) == {
        "eligible": 3,
        "notified": 3,
        "delivered": 3,
        "opened": 1,
        "firstDelivered": "2026-04-07T11:00:00+08:00",
        "asked": 1,
        "bid": 3,
    }


def test_only_those_invited_hear_of_an_invited_call() -> None:
    who = build.cast(6)
    for cso in who.csos:
        people.signatory(cso)
    tender = build.published(who, "invited")
    letters.collect(at=SOON)
    heard = set(Delivery.objects.values_list("organization", flat=True))
    assert heard == set(build.invited(tender))


@pytest.mark.parametrize(
    ("method", "subject", "lead"),
    [
        ("invited", "邀请您投标：艾滋病随访关怀服务", "为“艾滋病随访关怀服务”投标。"),
        (
            "single-source",
            "邀请您参加单一来源采购：艾滋病随访关怀服务",
            "参加“艾滋病随访关怀服务”的单一来源采购。",
        ),
    ],
)
def test_an_invitation_reaches_who_wants_no_letters_about_new_calls(
    mailoutbox: list[EmailMessage], method: str, subject: str, lead: str
) -> None:
    who = build.cast(6)
    signatories = [people.signatory(cso) for cso in who.csos]
    build.published(who)
    letters.collect(at=SOON)
    for call in Delivery.objects.all():
        letters.stop(call, at=SOON)
    tender = build.published(who, method)

    letters.collect(at=SOON)
    for invitation in Delivery.objects.filter(tender=tender):
        letters.stop(invitation, at=SOON)
    letters.send(at=SOON)

    invited = Delivery.objects.filter(tender=tender)
    assert len(told(mailoutbox)) == len(build.invited(tender)) > 0
    assert set(told(mailoutbox)) <= {people.person(by).email for by in signatories}
    assert all(letter.sent_at == SOON for letter in invited)
    letter = mailoutbox[0]
    assert letter.subject == subject
    assert letter.body.splitlines()[0].endswith(lead)
    assert "受到邀请" in letter.body
    assert "List-Unsubscribe" not in letter.extra_headers


def test_the_page_to_stop_says_that_invitations_still_come(who: Cast) -> None:
    build.published(who)
    letters.collect(at=SOON)
    page = reverse("letters:stop", args=[Delivery.objects.order_by("pk")[0].token])
    assert "采购人邀请您的组织投标时，邀请仍会发给您。" in Client().get(page).content.decode()


def test_a_mail_program_stops_calls_with_one_press_and_no_machine_answers_them(
    who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    build.published(who)
    letters.collect(at=SOON)
    letters.send(at=SOON)
    delivery = Delivery.objects.order_by("pk")[0]
    page = reverse("letters:stop", args=[delivery.token])
    mail = next(each for each in mailoutbox if page in each.body)
    assert mail.extra_headers["List-Unsubscribe"].endswith(f"{page}>")
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [each.person_id for each in Silence.objects.all()] == [delivery.person_id]
