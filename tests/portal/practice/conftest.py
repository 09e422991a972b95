"""A rehearsal just large enough to practise in: one office, the province, four groups."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from organizations import instants
from organizations.accounts import actions as accounts
from organizations.regions import actions as regions
from organizations.roles import Role
from portal.demo import gatekeeper, groups, plot, returned, world
from portal.demo.rehearsal import OFFICE_PEOPLE, SIGNATORIES
from portal.demo.world import Crowd


@pytest.fixture(scope="module")
def _told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Told once for the tests of a file and then taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        regions.load("530000")
        gatekeeper.announce()
        chance = Random(7)
        crowd, at = Crowd(chance), instants.now() - timedelta(days=300)
        province = world.found(crowd, chance, at=at)
        world.open_office(province, crowd, plot.KUNMING, OFFICE_PEOPLE, at=at)
        everyone = groups.population()
        for number in returned.BIDDERS:
            address = SIGNATORIES.get(number, "")
            party = world.welcome(province, crowd, everyone[number], address, at=at)
            world.verify(province, party, at=at)
        first = province.parties[0]
        accounts.grant(
            user=crowd.person("member"),
            organization=first.cso.organization,
            role=Role.CSO_MEMBER,
            by=first.signatory,
            at=at,
        )
        yield
        transaction.set_rollback(True)


@pytest.fixture
def browser(_told: None, db: None) -> Client:
    """Somebody who is not signed in, in a rehearsal with its demo accounts."""
    return Client()
