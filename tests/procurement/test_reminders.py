"""Reminders: an agency's people are written to once, in time, about what is due soon."""

from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from organizations.roles import Role
from procurement import clock
from procurement.obligations.models import Obligation
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast

pytestmark = pytest.mark.django_db

# Judged on Wednesday 29 April 2026, to be decided by Saturday 9 May, a make-up day: the second
# working day before it is Thursday 7 May.
NEAR = datetime(2026, 5, 7, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def who() -> Cast:
    return build.cast()


@pytest.fixture
def judged(who: Cast) -> Tender:
    return build.evaluated(who, build.opened(who, build.published(who)))


def test_drafters_and_approvers_are_written_to_once(who: Cast, judged: Tender) -> None:
    people.member(people.agency().organization, Role.DRAFTER)
    assert clock.remind(at=NEAR - timedelta(days=1)) == 0
    assert clock.remind(at=NEAR) == 1
    assert clock.remind(at=NEAR) == 0
    written = {address for letter in mail.outbox for address in letter.to}
    assert written == {people.person(who.drafter).email, people.person(who.approver).email}
    assert len(mail.outbox) == 2


def test_the_letter_is_chinese_with_english_below(judged: Tender) -> None:
    clock.remind(at=NEAR)
    letter = mail.outbox[0]
    chinese, english = str(letter.body).split("———")
    assert letter.subject.startswith(f"{judged.procuring_entity.name}：1 件事快到期限 / ")
    assert "确定中标（成交）供应商：艾滋病随访关怀服务" in chinese
    assert "最晚 2026年5月9日（星期六）" in chinese
    assert "政府采购法实施条例（国务院令第658号）第43条" in chinese
    assert "award decision" in english
    assert "Sat 9 May 2026" in english
    assert "/agency/duties/" in english


def test_what_is_done_or_past_is_not_reminded_of(who: Cast, judged: Tender) -> None:
    build.awarded(who, judged, at=NEAR)
    link = Obligation.objects.get(event="notice.published")
    assert link.due_at is not None
    assert clock.remind(at=link.due_at + timedelta(seconds=1)) == 0
    assert mail.outbox == []


def test_a_letter_that_cannot_be_sent_is_tried_again(
    judged: Tender, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_letter: EmailMessage, **_options: object) -> int:
        raise SMTPException("no connection")

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", fail)
        assert clock.remind(at=NEAR) == 0
    assert "could not be sent" in caplog.text
    assert not Obligation.objects.filter(reminded_at__isnull=False).exists()
    assert clock.remind(at=NEAR) == 1
    assert len(mail.outbox) == 2


def test_a_refused_address_keeps_no_letter_from_the_others_and_sends_none_twice(
    who: Cast, judged: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = people.person(who.drafter).email
    deliver = EmailMessage.send

    def send(letter: EmailMessage) -> int:
        if letter.to == [refused]:
            raise SMTPRecipientsRefused({refused: (550, b"no such user")})
        return deliver(letter)

    monkeypatch.setattr(EmailMessage, "send", send)

    assert clock.remind(at=NEAR) == 1
    assert clock.remind(at=NEAR + timedelta(minutes=10)) == 0

    assert [letter.to for letter in mail.outbox] == [[people.person(who.approver).email]]
    assert Obligation.objects.filter(reminded_at=NEAR).exists()
