"""Who may see and do what on the account and oversight pages: every address as every person."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from organizations.accounts.models import Membership, User
from organizations.roles import Role
from organizations.web import oversight_urls, urls
from tests.builders import organizations as make

pytestmark = pytest.mark.django_db

PEOPLE = (
    *("anonymous", "newcomer", "member", "signatory", "other cso", "drafter", "approver"),
    *("panel", "other agency", "overseer", "verifier", "auditor", "administrator"),
)
# One row per address: how GET (or the POST of an act) is answered, in the order of PEOPLE.
GET = {
    "account:home": "302 200 200 200 200 200 200 200 200 200 200 200 200",
    "account:person": "302 200 200 200 200 200 200 200 200 200 200 200 200",
    "account:register-cso": "302 200 200 200 200 403 403 403 403 403 403 403 403",
    "account:register-step": "302 200 200 200 200 403 403 403 403 403 403 403 403",
    "account:register-done": "302 302 200 200 200 302 302 302 302 302 302 302 302",
    "account:organization": "302 302 200 200 200 200 200 200 200 200 200 200 302",
    "account:organization-contact": "302 403 403 403 403 403 200 403 200 403 403 403 403",
    "account:organization-section": "302 403 403 200 200 403 403 403 403 403 403 403 403",
    "account:members": "302 403 200 200 200 403 403 403 403 403 403 403 403",
    "oversight:organization-list": "302 403 403 403 403 403 403 403 403 200 200 200 403",
    "oversight:organization": "302 403 403 403 403 403 403 403 403 200 200 200 403",
    "oversight:agency-new": "302 403 403 403 403 403 403 403 403 200 403 403 403",
    "oversight:audit-list": "302 403 403 403 403 403 403 403 403 200 403 200 403",
}
# Acts: 302 is done (or, for the anonymous, sent to sign in), 200 asks again, 404 hides.
POST = {
    "account:organization-choose": "302 404 404 404 404 404 404 404 404 404 404 404 404",
    "account:member-end": "302 404 403 302 404 404 404 404 404 404 404 404 404",
    "oversight:organization-decide": "302 403 403 403 403 403 403 403 403 200 200 403 403",
    "oversight:role-grant": "302 403 403 403 403 403 403 403 403 200 403 403 403",
    "oversight:role-end": "302 403 403 403 403 403 403 403 403 302 403 403 403",
}


@dataclass(frozen=True)
class World:
    """Two groups, two agencies, an oversight office, and one person of each kind."""

    people: dict[str, User | None]
    args: dict[str, list[object]]


@pytest.fixture
def world() -> World:
    """Everyone of PEOPLE, and what the addresses point at."""
    cso, other_cso = make.cso(), make.cso()
    agency, other_agency, office = make.agency(), make.agency(), make.office()
    pending = make.cso(verified=False)
    member, _actor = make.member(cso.organization, Role.CSO_MEMBER)
    leaving, _actor = make.member(cso.organization, Role.CSO_MEMBER)
    people: dict[str, User | None] = {
        "anonymous": None,
        "newcomer": make.user(),
        "member": member,
        "signatory": make.person(make.signatory(cso)),
        "other cso": make.person(make.signatory(other_cso)),
        "drafter": make.member(agency.organization, Role.DRAFTER)[0],
        "approver": make.member(agency.organization, Role.APPROVER)[0],
        "panel": make.member(agency.organization, Role.PANEL_MEMBER)[0],
        "other agency": make.member(other_agency.organization, Role.APPROVER)[0],
        "overseer": make.person(make.overseer()),
        "verifier": make.member(office, Role.VERIFIER)[0],
        "auditor": make.member(office, Role.AUDITOR)[0],
        "administrator": User.objects.create_superuser("root@example.org", make.PASSWORD),
    }
    ending = Membership.objects.get(user=leaving)
    drafting = Membership.objects.get(user=people["drafter"])
    return World(
        people,
        {
            "account:register-step": [1],
            "account:organization-section": [1],
            "account:member-end": [ending.pk],
            "oversight:organization": [pending.pk],
            "oversight:organization-decide": [pending.pk, "verify"],
            "oversight:role-grant": [agency.pk],
            "oversight:role-end": [agency.pk, drafting.pk],
        },
    )


def statuses(world: World, name: str, method: str) -> dict[str, int]:
    """How the address answers everyone, by person."""
    address = reverse(name, args=world.args.get(name, []))
    answers = {}
    for who in PEOPLE:
        client, person = Client(), world.people[who]
        if person:
            client.force_login(person)
        answers[who] = client.generic(method, address).status_code
    return answers


def expected(row: str) -> dict[str, int]:
    """A row of the table by person."""
    return dict(zip(PEOPLE, map(int, row.split()), strict=True))


def test_who_sees(world: World) -> None:
    answers = {name: statuses(world, name, "GET") for name in GET}
    assert answers == {name: expected(row) for name, row in GET.items()}


def test_who_does(world: World) -> None:
    answers = {}
    for name in POST:
        with transaction.atomic():  # what one act changed is not there for the next
            answers[name] = statuses(world, name, "POST")
            transaction.set_rollback(True)
    assert answers == {name: expected(row) for name, row in POST.items()}


def test_an_act_is_never_a_link(world: World) -> None:
    client = Client()
    client.force_login(make.person(make.overseer()))
    addresses = [reverse(name, args=world.args.get(name, [])) for name in POST]
    assert [client.get(address).status_code for address in addresses] == [405] * len(POST)


def test_every_address_has_a_row() -> None:
    named = {
        f"{audience}:{pattern.name}"
        for audience, patterns in (
            ("account", urls.urlpatterns),
            ("oversight", oversight_urls.urlpatterns),
        )
        for pattern in patterns
    }
    assert named == {*GET, *POST}
