"""The delivery log: how letters went, without a word of bids that are not opened yet."""

from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command

from organizations import instants
from organizations.audit import AuditRow
from procurement.notifications import actions, bidders
from procurement.notifications.models import Delivery
from procurement.notifications.parts import BidLetter
from procurement.post import actions as post
from procurement.post import queries as ledger
from procurement.post import samples
from procurement.post.kinds import Kind
from procurement.post.queries import State
from procurement.rules import SHANGHAI
from procurement.tenders.models import InvitationMode, Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast

pytestmark = pytest.mark.django_db

SOON = build.TENDER_DAY + timedelta(hours=2)
ADDRESS = "someone@example.org"


@pytest.fixture
def who() -> Cast:
    cast = build.cast(3)
    for cso in cast.csos:
        people.signatory(cso)
    return cast


@pytest.fixture
def call(who: Cast) -> Tender:
    """A call whose letters are noted."""
    tender = build.published(who)
    actions.collect(at=SOON)
    return tender


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_message: EmailMessage) -> int:
        raise error

    monkeypatch.setattr(EmailMessage, "send", fail)


def until_given_up() -> None:
    """Try until no letter waits."""
    at = SOON
    for _ in range(Delivery.MOST_ATTEMPTS + 1):
        actions.send(at=at)
        at += timedelta(hours=7)


def test_every_state_is_found_as_it_is_told(call: Tender, monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(state: State) -> int:
        found = list(ledger.search(Kind.CALL, state=state.value))
        assert {ledger.state_of(letter) for letter in found} <= {state}
        return len(found)

    assert [shown(state) for state in State] == [3, 0, 0, 0, 0, 0]
    first = Delivery.objects.order_by("pk")[0]
    actions.stop(first, at=SOON)
    refuse(monkeypatch, SMTPServerDisconnected())
    actions.send(at=SOON)
    assert [shown(state) for state in State] == [0, 2, 0, 0, 0, 1]
    refuse(monkeypatch, SMTPRecipientsRefused({}))
    until_given_up()
    assert [shown(state) for state in State] == [0, 0, 0, 2, 0, 1]
    monkeypatch.undo()


def test_the_log_is_searched_by_day_and_tender(call: Tender) -> None:
    day = SOON.astimezone(SHANGHAI).date()
    assert ledger.search(Kind.CALL, day=day).count() == 3
    assert ledger.search(Kind.CALL, day=day + timedelta(days=1)).count() == 0
    assert ledger.search(Kind.CALL, subject=call.ocid).count() == 3
    assert ledger.search(Kind.CALL, subject="随访").count() == 3
    assert ledger.search(Kind.CALL, subject="宇宙").count() == 0


def test_before_the_opening_no_list_and_no_number_tells_of_bids(who: Cast, call: Tender) -> None:
    late = build.DEADLINE - timedelta(days=1)
    for by in who.signatories():
        build.bid(call, by, at=late)
    actions.collect(at=late)
    bidders.note_receipts(at=late)
    assert BidLetter.objects.count() > 0
    assert ledger.tellable(Kind.BID).count() == 0
    assert ledger.search(Kind.BID, subject=call.ocid).count() == 0
    seen = post.look(by=post.OPERATOR, at=late)
    assert seen.numbers[Kind.BID] == 0
    assert not any("回执" in subject for subject in seen.subjects)


def test_after_the_opening_the_letters_to_bidders_are_told(who: Cast) -> None:
    build.opened(who, build.published(who))
    bidders.note_receipts(at=build.OPENING)
    assert ledger.tellable(Kind.BID).count() == BidLetter.objects.count() > 0


def test_invitations_are_untold_until_the_opening(call: Tender) -> None:
    Tender.objects.filter(pk=call.pk).update(invitation_mode=InvitationMode.REGISTER_DRAW)
    assert ledger.tellable(Kind.CALL).count() == 0
    Tender.objects.filter(pk=call.pk).update(opened_at=build.OPENING)
    assert ledger.tellable(Kind.CALL).count() == 3


def test_what_was_given_up_gets_another_chance_once(
    who: Cast, call: Tender, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    first, second, _third = Delivery.objects.order_by("pk")
    actions.stop(first, at=SOON)
    with monkeypatch.context() as patch:
        refuse(patch, SMTPServerDisconnected())
        until_given_up()
    actions.stop(second, at=SOON)  # given up, and now unwanted too
    later = SOON + timedelta(days=5)
    assert post.resume(Kind.CALL, by=post.OPERATOR, at=later).again == 1
    assert post.resume(Kind.CALL, by=post.OPERATOR, at=later).again == 0
    assert actions.send(at=later) == 1
    assert len(mailoutbox) == 1
    kept = AuditRow.objects.filter(kind="letters.resume").values_list("subject", flat=True)
    assert list(kept) == ["letters:call", "letters:call"]


def test_a_dry_run_sends_nothing_and_is_recorded(
    call: Tender, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    monkeypatch.setattr(instants, "now", lambda: SOON)
    monkeypatch.setattr("procurement.management.commands.letters.now", lambda: SOON)
    out = StringIO()
    call_command("letters", "--dry-run", stdout=out)
    text = out.getvalue()
    assert "call   3" in text
    assert text.count(f"新的采购公告：{call.title}") == 3
    assert "@" not in text
    assert mailoutbox == []
    assert (
        list(ledger.search(Kind.CALL, state=State.WAITING.value).values_list("attempts"))
        == [(0,)] * 3
    )
    [row] = AuditRow.objects.filter(kind="letters.look")
    assert row.name == "manage.py letters"


def test_the_command_resumes_a_kind(call: Tender, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        refuse(patch, SMTPServerDisconnected())
        until_given_up()
    out = StringIO()
    call_command("letters", "--resume", "call", stdout=out)
    assert out.getvalue().startswith("3 letter(s) will be tried again.")
    assert AuditRow.objects.filter(kind="letters.resume").count() == 1


def test_every_sample_is_whole() -> None:
    for sample in samples.all_kinds():
        assert sample.subject
        assert sample.text
        assert "None" not in sample.text + sample.subject
        assert "  。" not in sample.text
