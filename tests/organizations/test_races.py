"""Two people, or two clicks, at the same moment: the register stays whole."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from organizations.accounts import actions as accounts
from organizations.accounts import queries as people
from organizations.accounts.models import Membership
from organizations.csos.models import Cso
from organizations.refusals import Refusal
from organizations.register import actions as register
from organizations.roles import Role
from tests.builders import organizations as make

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts at the same moment; a refusal is its result."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=10)
            return act()
        except Refusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_two_clicks_register_one_group() -> None:
    profile, founder = make.profile(), people.actor_for(make.user(), None)
    results = at_once(
        *[lambda: accounts.register_cso(profile, by=founder, at=make.AT)] * 2,
    )
    assert results[0] == results[1]
    assert Cso.objects.count() == 1


def test_roles_of_both_sides_at_once_leave_one_side() -> None:
    agency, cso, person = make.agency(), make.cso(), make.user()
    overseer, signatory = make.overseer(), make.signatory(cso)
    results = at_once(
        lambda: accounts.grant(
            user=person,
            organization=agency.organization,
            role=Role.DRAFTER,
            by=overseer,
            at=make.AT,
        ),
        lambda: accounts.grant(
            user=person,
            organization=cso.organization,
            role=Role.CSO_MEMBER,
            by=signatory,
            at=make.AT,
        ),
    )
    assert results.count(accounts.BothSides) == 1
    assert Membership.objects.filter(user=person, ended_at=None).count() == 1


def test_two_signatories_leaving_at_once_leave_one_behind() -> None:
    cso = make.cso()
    second, other = make.member(cso.organization, Role.CSO_SIGNATORY)
    first = make.signatory(cso)
    held = Membership.objects.filter(organization=cso.organization)
    mine, theirs = held.exclude(user=second).get(), held.get(user=second)
    at_once(
        lambda: accounts.end(mine, by=first, at=make.AT),
        lambda: accounts.end(theirs, by=other, at=make.AT),
    )
    assert held.filter(ended_at=None).count() == 1


def test_verified_and_refused_at_once_is_one_of_them() -> None:
    organization = make.cso(verified=False).organization
    overseer = make.overseer()
    results = at_once(
        lambda: register.refuse(organization, by=overseer, at=make.AT, reason="缺证书"),
        lambda: register.verify(organization, by=overseer, at=make.AT, evidence="证书"),
    )
    organization.refresh_from_db()
    assert organization.refused_at is None or organization.verified_at is None
    assert register.NotThisStatus in results or organization.is_verified
