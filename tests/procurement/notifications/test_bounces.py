"""Letters that came back: believed by their number, marked once, and how an address recovers."""

import mailbox
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from organizations.accounts.models import User
from organizations.refusals import NotNow
from organizations.roles import Actor
from procurement.notifications import actions, bounces, queries
from procurement.notifications.bounces import Outcome
from procurement.notifications.models import Delivery, Message, Topic, seal
from procurement.notifications.parts import Bounced
from procurement.post import actions as post
from procurement.post import queries as ledger
from procurement.post.kinds import MAIL, Kind
from procurement.post.queries import State
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.notifications.reports import report

SOON = build.TENDER_DAY + timedelta(hours=2)
LATER = SOON + timedelta(minutes=10)


@pytest.fixture
def who(db: None) -> Cast:
    cast = build.cast(2)
    for cso in cast.csos:
        people.signatory(cso)
    return cast


@pytest.fixture
def call(who: Cast, mailoutbox: list[EmailMessage]) -> Tender:
    """A call whose letters went out."""
    tender = build.published(who)
    actions.collect(at=SOON)
    assert actions.send(at=SOON) == 2
    mailoutbox.clear()
    return tender


def letter() -> Delivery:
    return Delivery.objects.select_related("person").order_by("pk")[0]


def come_back(raw: bytes) -> list[Outcome]:
    return [bounces.record(each, MAIL, at=LATER) for each in bounces.read(raw)]


def back(**said: str) -> list[Outcome]:
    """The first letter comes back."""
    return come_back(report(letter().message_id, letter().person.email, **said))  # type: ignore[arg-type]


def test_a_letter_that_came_back_is_said_so_and_no_more_go_to_its_address(
    call: Tender, who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    assert back() == [Outcome.PERMANENT]
    [found] = ledger.search(Kind.CALL, state=State.BOUNCED.value)
    assert (found.pk, found.error) == (letter().pk, "Bounced 5.1.1")
    assert ledger.state_of(found) is State.BOUNCED
    assert ledger.search(Kind.CALL, state=State.SENT.value).count() == 1
    assert queries.reach(call).delivered == 1
    other = build.published(who)
    actions.collect(at=LATER)
    assert actions.send(at=LATER) == 1
    assert [mail.to for mail in mailoutbox] != [[letter().person.email]]
    held = Delivery.objects.get(tender=other, person=letter().person)
    assert (held.error, ledger.state_of(held)) == ("Permanent bounced", State.BOUNCED)


def test_its_reader_finds_it_in_the_inbox_once(call: Tender) -> None:
    assert back() + back() == [Outcome.PERMANENT] * 2
    [message] = Message.objects.filter(topic=Topic.BOUNCE)
    assert message.person_id == letter().person_id
    assert message.title == letter().person.email


@pytest.mark.parametrize(
    "said", [{"status": "4.2.2", "action": "delayed"}, {"status": "4.4.7", "action": "failed"}]
)
def test_what_may_still_arrive_is_only_counted(call: Tender, said: dict[str, str]) -> None:
    assert back(**said) + back(**said) == [Outcome.TEMPORARY] * 2
    known = Bounced.objects.get()
    assert (known.delayed, known.bounced_at) == (2, None)
    assert ledger.state_of(letter()) is State.SENT
    assert not Message.objects.filter(topic=Topic.BOUNCE).exists()


@pytest.mark.parametrize("status", ["5.7.1", "5.6.0"])
def test_a_server_that_refuses_us_says_nothing_of_the_address(call: Tender, status: str) -> None:
    assert back(status=status) == [Outcome.PERMANENT]
    assert ledger.state_of(letter()) is State.BOUNCED
    assert not Bounced.objects.exists()


def test_who_has_another_address_by_now_is_written_to_there(call: Tender) -> None:
    old = letter().person.email
    User.objects.filter(pk=letter().person_id).update(email="new@example.org")
    assert come_back(report(letter().message_id, old)) == [Outcome.PERMANENT]
    assert not Bounced.objects.exists()


def test_an_address_that_is_changed_after_it_failed_is_written_to(
    call: Tender, who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    back()
    User.objects.filter(pk=letter().person_id).update(email="new@example.org")
    by = Actor(user_id=letter().person_id, organization_id=None)
    assert bounces.mine(by) is None
    build.published(who)
    actions.collect(at=LATER)
    assert actions.send(at=LATER) == 2
    assert ["new@example.org"] in [mail.to for mail in mailoutbox]


def test_a_report_of_forwarded_mail_names_the_address_we_wrote_to(call: Tender) -> None:
    raw = report(letter().message_id, "else@where.example", original=letter().person.email)
    assert come_back(raw) == [Outcome.PERMANENT]
    assert Bounced.objects.get().address == letter().person.email


def test_headings_alone_are_enough_to_know_the_letter(call: Tender) -> None:
    raw = report(letter().message_id, letter().person.email, headings_only=True)
    assert come_back(raw) == [Outcome.PERMANENT]


def test_nobody_stops_anothers_letters_without_their_number(call: Tender) -> None:
    guessed = uuid4()
    assert come_back(report(f"<{guessed}.{seal(guessed)}@portal>", letter().person.email)) == [
        Outcome.UNKNOWN
    ]
    assert come_back(report("<x@portal>", letter().person.email)) == []
    assert not Bounced.objects.exists()


def test_who_was_forwarded_the_text_of_a_letter_cannot_report_that_it_came_back(
    call: Tender, who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    """Its links hold its token, and nothing of what its Message-ID holds beside."""
    build.published(who)
    actions.collect(at=LATER)
    actions.send(at=LATER)
    [mail] = [each for each in mailoutbox if each.to == [letter().person.email]]
    told = Delivery.objects.get(person=letter().person, sent_at=LATER)
    assert str(told.token) in mail.body
    assert seal(told.token) in mail.extra_headers["Message-ID"]
    assert seal(told.token) not in mail.body + str(mail.extra_headers["List-Unsubscribe"])
    other = seal(letter().token)
    for forged in (f"<{told.token}@portal>", f"<{told.token}.{other}@portal>"):
        assert come_back(report(forged, letter().person.email)) == []
    assert not Bounced.objects.exists()
    assert ledger.state_of(told) is State.SENT


@given(st.binary(max_size=300))
def test_whatever_is_read_is_a_report_or_none(raw: bytes) -> None:
    token = uuid4()
    whole = report(f"<{token}.{seal(token)}@portal>", "a@example.org")
    for each in (raw, whole[: len(raw) * 3] + raw, raw + whole):
        assert isinstance(bounces.read(each), list)


def test_a_letter_on_trial_and_its_link_bring_the_address_back(
    call: Tender, who: Cast, mailoutbox: list[EmailMessage]
) -> None:
    back()
    by = Actor(user_id=letter().person_id, organization_id=None)
    bounces.try_again(by=by, at=LATER)
    [mail] = mailoutbox
    assert mail.to == [letter().person.email]
    token = Bounced.objects.get().token
    assert f"/n/{token}/mail/" in mail.body
    with pytest.raises(NotNow):
        bounces.try_again(by=by, at=LATER + timedelta(minutes=9))
    assert not bounces.works_again(uuid4())
    assert bounces.works_again(token)
    assert not bounces.works_again(token)
    with pytest.raises(NotNow, match="收得到"):
        bounces.try_again(by=by, at=LATER + timedelta(minutes=20))
    assert back() == [Outcome.PERMANENT]  # the same report once more changes nothing
    assert not Bounced.objects.exists()
    assert post.resume(Kind.CALL, by=post.OPERATOR, at=LATER).again == 1
    assert actions.send(at=LATER) == 1


def test_a_mail_server_that_is_down_makes_nobody_wait_to_try_again(
    call: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    back()
    by = Actor(user_id=letter().person_id, organization_id=None)

    def fail(_mail: EmailMessage) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as down:
        down.setattr(EmailMessage, "send", fail)
        with pytest.raises(NotNow, match="发不出去"):
            bounces.try_again(by=by, at=LATER)
    bounces.try_again(by=by, at=LATER)


def test_a_maildir_is_read_once(call: Tender, tmp_path: Path) -> None:
    folder = mailbox.Maildir(tmp_path / "mail")
    folder.add(report(letter().message_id, letter().person.email))
    folder.add(b"Subject: hello\n\nno report\n")
    out = StringIO()
    for _run in range(2):
        call_command("bounces", "--maildir", str(tmp_path / "mail"), stdout=out)
    assert out.getvalue() == (
        "reports: 1 permanent, 0 temporary, 1 unknown\n"
        "reports: 0 permanent, 0 temporary, 0 unknown\n"
    )
    assert "@" not in out.getvalue()


def test_an_mbox_is_read_once(call: Tender, tmp_path: Path) -> None:
    folder = mailbox.mbox(tmp_path / "mbox")
    folder.add(report(letter().message_id, letter().person.email, status="4.2.2"))
    folder.close()
    out = StringIO()
    for _run in range(2):
        call_command("bounces", "--mbox", str(tmp_path / "mbox"), stdout=out)
    assert out.getvalue().splitlines()[0] == "reports: 0 permanent, 1 temporary, 0 unknown"
    assert Bounced.objects.get().delayed == 1


def test_a_mail_server_may_hand_over_each_report_itself(
    call: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = report(letter().message_id, letter().person.email)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(raw)))
    out = StringIO()
    call_command("bounces", stdout=out)
    assert out.getvalue() == "reports: 1 permanent, 0 temporary, 0 unknown\n"
    assert ledger.state_of(letter()) is State.BOUNCED


def test_a_place_that_is_no_mailbox_is_said_so(tmp_path: Path) -> None:
    for option in ("--maildir", "--mbox"):
        with pytest.raises(CommandError):
            call_command("bounces", option, str(tmp_path / "nothing"))
