"""What a page costs the database is the same for one row and for many."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations.accounts import actions as accounts
from organizations.register.models import Organization
from organizations.roles import Role
from tests.builders import organizations as make

pytestmark = pytest.mark.django_db


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def assert_same_after(client: Client, address: str, more: Callable[[], object]) -> None:
    """The page opened once to warm up; then with what is there, then with three times more."""
    client.get(address)
    before = queries(client, address)
    for _time in range(3):
        more()
    assert queries(client, address) == before


def of(organization: Organization) -> Client:
    client = Client()
    client.force_login(make.person(make.signatory(organization.cso)))
    return client


def overseer() -> Client:
    client = Client()
    client.force_login(make.person(make.overseer()))
    return client


def test_members() -> None:
    organization = make.cso().organization
    assert_same_after(
        of(organization),
        reverse("account:members"),
        lambda: make.member(organization, Role.CSO_MEMBER),
    )


def test_organizations_waiting_and_all() -> None:
    make.cso(verified=False)
    for suffix in ("", "?all"):
        assert_same_after(
            overseer(),
            reverse("oversight:organization-list") + suffix,
            lambda: make.cso(verified=False),
        )


def test_one_organisation_with_many_people() -> None:
    agency = make.agency()
    make.member(agency.organization, Role.DRAFTER)
    assert_same_after(
        overseer(),
        reverse("oversight:organization", args=[agency.pk]),
        lambda: make.member(agency.organization, Role.PANEL_MEMBER),
    )


def test_audit_record() -> None:
    make.agency()
    assert_same_after(overseer(), reverse("oversight:audit-list"), make.agency)


def test_home_of_a_person_in_ever_more_organisations() -> None:
    person, _actor = make.member(make.agency().organization, Role.DRAFTER)
    client = Client()
    client.force_login(person)

    def one_more() -> None:
        accounts.grant(
            user=person,
            organization=make.agency().organization,
            role=Role.DRAFTER,
            by=make.overseer(),
            at=make.AT,
        )

    assert_same_after(client, reverse("account:home"), one_more)
