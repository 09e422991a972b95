"""Key cards of the rehearsal: known to everybody, and in the table of accounts."""

from datetime import timedelta

import pytest

from organizations.accounts.models import User
from portal.demo import accounts, cards
from portal.demo.world import Office
from procurement.keycards import queries
from tests.builders import procurement as build

AT = build.TENDER_DAY


@pytest.fixture
def office(db: None) -> Office:
    """An office of the rehearsal, its approver in the table of accounts."""
    who = build.cast(0)
    User.objects.filter(pk=who.approver.person_id).update(email=cards.APPROVER)
    return Office(
        who.agency, who.agency.region, who.drafter, who.approver, who.clerk, tuple(who.panel)
    )


def test_the_digits_are_the_same_each_time() -> None:
    assert cards.digits_of("K0001-C1") == cards.digits_of("K0001-C1")
    assert cards.digits_of("K0001-C1") != cards.digits_of("K0001-C2")
    assert len(cards.digits_of("K0001-C1")) == 40


def test_a_set_is_in_use_and_opens_with_the_digits_of_the_table(office: Office) -> None:
    key_set = cards.published(office, at=AT)
    drill = cards.drilled(office, key_set, at=AT + timedelta(days=1))
    told = accounts.table()

    assert queries.current(office.organization.pk, AT + timedelta(hours=1)) == key_set
    assert drill.passed_at is not None
    for card in key_set.cards.all():
        typed = cards.spaced(cards.digits_of(card.member))
        assert f"{card.member}" in told
        assert typed in told
        assert queries.digits_of(card, typed) == cards.digits_of(card.member)


@pytest.mark.usefixtures("office")
def test_without_a_set_the_table_has_no_cards() -> None:
    assert "钥匙卡" not in accounts.table()
