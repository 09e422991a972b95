"""A letter is for whoever still works for the bidder when it leaves, not when it was noted."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage

from organizations.accounts.models import Membership, User
from organizations.roles import Actor, Role
from procurement.bids import actions as bids
from procurement.notifications import actions as letters
from procurement.notifications import bidders
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
EVE = build.DEADLINE - timedelta(days=1)


@pytest.fixture
def two() -> tuple[Actor, Actor]:
    """The two signatories of a bidder; a receipt for a bid by the first is noted for both."""
    who = build.cast(1)
    second = people.signatory(who.csos[0])
    _person, first = people.member(who.csos[0].organization, Role.CSO_SIGNATORY)
    build.bid(build.published(who), first, at=EVE)
    assert bidders.note_receipts(at=EVE) == 2
    return first, second


def leaves(by: Actor) -> None:
    Membership.objects.filter(user=people.person(by)).update(ended_at=EVE, ended_by_id=1)


def sent(mails: list[EmailMessage]) -> set[str]:
    """The addresses to which letters go now."""
    letters.send_to_bidders(at=EVE)
    return {address for mail in mails for address in mail.to}


def address(by: Actor) -> str:
    return people.person(by).email


def test_who_left_gets_no_letter(two: tuple[Actor, Actor], mailoutbox: list[EmailMessage]) -> None:
    first, second = two
    leaves(second)
    assert sent(mailoutbox) == {address(first)}


def test_who_acted_and_left_still_gets_the_receipt(
    two: tuple[Actor, Actor], mailoutbox: list[EmailMessage]
) -> None:
    first, second = two
    leaves(first)
    assert sent(mailoutbox) == {address(first), address(second)}


def test_a_closed_account_gets_no_letter(
    two: tuple[Actor, Actor], mailoutbox: list[EmailMessage]
) -> None:
    first, second = two
    User.objects.filter(email=address(first)).update(is_active=False)
    assert sent(mailoutbox) == {address(second)}


def test_a_bidder_with_nobody_left_stands_in_nobodys_way(mailoutbox: list[EmailMessage]) -> None:
    who = build.cast(2)
    tender = build.published(who)
    first, second = who.signatories()
    for by in (first, second):
        bids.prepare(tender, changes={"team": "两名社工。"}, by=by, at=EVE)
    leaves(first)
    assert bidders.note_reminders(at=EVE, limit=1) == 1
    assert sent(mailoutbox) == {address(second)}
