"""Numbers that reach people: confirmed by a code, unreadable at rest, erased when unwanted."""

from datetime import timedelta

import pytest

from organizations.accounts.models import User
from organizations.refusals import Invalid, NotNow
from organizations.roles import Actor
from procurement.notifications import contacts, short
from procurement.notifications.channels.interface import Channel, Permanent, Temporary
from procurement.notifications.parts import CodeSent, Contact, ShortLetter
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.notifications.providers import Provider, plug

pytestmark = pytest.mark.django_db

AT = build.TENDER_DAY
NUMBER = "138 0013 8000"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    return plug(monkeypatch)


@pytest.fixture
def by() -> Actor:
    return Actor(user_id=people.user().pk, organization_id=None)


def test_a_number_is_used_once_its_owner_typed_in_the_code(provider: Provider, by: Actor) -> None:
    contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    [note] = provider.notes
    assert note.to == "+8613800138000"
    assert note.text == f"验证码 {provider.code()}，10 分钟内有效。不是您本人操作，不用理会。"
    assert short.wanting([by.person_id]) == {}
    contacts.confirm(Channel.SMS, f" {provider.code()} ", by=by, at=AT)
    assert short.wanting([by.person_id]) == {by.person_id: [Channel.SMS]}
    contacts.confirm(Channel.SMS, "anything", by=by, at=AT)  # confirmed already
    assert contacts.masked(Contact.objects.get()) == "138 **** 8000"


def test_who_reads_english_gets_the_code_in_english(provider: Provider, by: Actor) -> None:
    User.objects.filter(pk=by.person_id).update(preferred_language="en")
    contacts.ask(Channel.WECHAT, "oABC_1234567890-xyz", by=by, at=AT)
    assert provider.notes[0].to == "oABC_1234567890-xyz"
    assert contacts.masked(Contact.objects.get()) == "oAB…xyz"


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138-0013-8000",
        "+86 13800138000",
        "008613800138000",
        "１３８００１３８０００",
    ],
)
def test_a_number_is_understood_as_people_write_it(typed: str) -> None:
    assert contacts.settled(Channel.SMS, typed) == "+8613800138000"


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        (Channel.SMS, "12345678901"),
        (Channel.SMS, "1380013800"),
        (Channel.SMS, "+15551234567"),
        (Channel.WECHAT, "short"),
        (Channel.WECHAT, "with spaces in between"),
    ],
)
def test_what_is_no_number_is_refused_and_nothing_sent(
    provider: Provider, by: Actor, channel: Channel, typed: str
) -> None:
    with pytest.raises(Invalid) as refused:
        contacts.ask(channel, typed, by=by, at=AT)
    assert refused.value.field == "address"
    assert provider.notes == []
    assert not Contact.objects.exists()


def test_neither_number_nor_code_is_readable_in_the_database(provider: Provider, by: Actor) -> None:
    contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    rows = [*Contact.objects.values_list(), *CodeSent.objects.values_list()]
    kept = b"".join(
        bytes(v) if isinstance(v, memoryview) else str(v).encode() for r in rows for v in r
    )
    assert b"13800138000" not in kept
    assert provider.code().encode() not in kept


def test_a_wrong_code_counts_and_after_five_a_new_one_is_needed(
    provider: Provider, by: Actor
) -> None:
    contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    right = provider.code()
    wrong = "000000" if right != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(Invalid, match=f"还可以试 {left} 次"):
            contacts.confirm(Channel.SMS, wrong, by=by, at=AT)
    with pytest.raises(NotNow):
        contacts.confirm(Channel.SMS, right, by=by, at=AT)
    assert short.wanting([by.person_id]) == {}


def test_a_code_runs_out(provider: Provider, by: Actor) -> None:
    contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    late = AT + contacts.CODE_LASTS + timedelta(seconds=1)
    with pytest.raises(NotNow, match="过期"):
        contacts.confirm(Channel.SMS, provider.code(), by=by, at=late)
    with pytest.raises(NotNow):
        contacts.confirm(Channel.WECHAT, provider.code(), by=by, at=AT)


def test_a_code_confirms_nobody_elses_number(provider: Provider, by: Actor) -> None:
    other = Actor(user_id=people.user().pk, organization_id=None)
    contacts.ask(Channel.SMS, "139 0013 9000", by=other, at=AT)
    code = provider.code()
    contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    if code != provider.code():
        with pytest.raises(Invalid):
            contacts.confirm(Channel.SMS, code, by=by, at=AT)


def test_codes_are_a_minute_apart_and_five_a_day(provider: Provider, by: Actor) -> None:
    contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    with pytest.raises(NotNow, match="过一分钟"):
        contacts.ask(Channel.SMS, NUMBER, by=by, at=AT + timedelta(seconds=59))
    for hour in (1, 2, 3, 4):
        contacts.ask(Channel.SMS, f"1390013900{hour}", by=by, at=AT + timedelta(hours=hour))
    with pytest.raises(NotNow, match="明天"):
        contacts.ask(Channel.SMS, "13900139009", by=by, at=AT + timedelta(hours=5))
    contacts.forget(Channel.SMS, by=by)  # erasing the number does not begin the count anew
    with pytest.raises(NotNow, match="明天"):
        contacts.ask(Channel.SMS, NUMBER, by=by, at=AT + timedelta(hours=6))
    contacts.ask(Channel.SMS, NUMBER, by=by, at=AT + timedelta(days=1, hours=5))
    assert len(provider.notes) == 6


def test_many_accounts_do_not_pester_one_number(provider: Provider) -> None:
    for _each in range(3):
        asker = Actor(user_id=people.user().pk, organization_id=None)
        contacts.ask(Channel.SMS, NUMBER, by=asker, at=AT)
    fourth = Actor(user_id=people.user().pk, organization_id=None)
    with pytest.raises(NotNow, match="明天"):
        contacts.ask(Channel.SMS, "+86" + NUMBER, by=fourth, at=AT)
    assert len(provider.notes) == 3


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [(Permanent("no-such-number"), Invalid), (Temporary(), NotNow), (ValueError(NUMBER), NotNow)],
)
def test_a_code_that_cannot_be_sent_says_so_and_tells_no_log(
    provider: Provider,
    by: Actor,
    trouble: Exception,
    kind: type[Exception],
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider.trouble = trouble
    with pytest.raises(kind):
        contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    assert "8000" not in caplog.text
    assert short.wanting([by.person_id]) == {}


def test_where_no_provider_is_named_nothing_is_taken(
    provider: Provider, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "offered", lambda _channel: False)
    with pytest.raises(NotNow, match="没有开通"):
        contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    assert not Contact.objects.exists()


def test_a_closed_account_and_a_number_nobody_confirmed_are_erased(
    provider: Provider, by: Actor
) -> None:
    contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    contacts.confirm(Channel.SMS, provider.code(), by=by, at=AT)
    contacts.ask(Channel.WECHAT, "oABC_1234567890-xyz", by=by, at=AT + timedelta(minutes=1))
    short.send(at=AT + timedelta(days=1, minutes=1))
    assert [each.channel for each in Contact.objects.all()] == [Channel.SMS]
    assert not CodeSent.objects.exists()
    User.objects.filter(pk=by.person_id).update(is_active=False)
    short.send(at=AT + timedelta(days=2))
    assert not Contact.objects.exists()


def test_deleting_the_account_takes_number_codes_and_letters_with_it(
    provider: Provider, by: Actor
) -> None:
    contacts.ask(Channel.SMS, NUMBER, by=by, at=AT)
    ShortLetter.objects.create(
        person_id=by.person_id, channel="sms", key="k", path="/", noted_at=AT, send_after=AT
    )
    User.objects.filter(pk=by.person_id).delete()
    assert not (Contact.objects.exists())
    assert not (CodeSent.objects.exists())
    assert not ShortLetter.objects.exists()
