"""People: registering a group, granting and ending roles, the separation of the two sides."""

import pytest
from django.db import IntegrityError, transaction

from organizations.accounts import actions as accounts
from organizations.accounts import queries as people
from organizations.accounts.models import Membership, User
from organizations.audit import AuditRow
from organizations.csos.models import Cso
from organizations.refusals import Invalid, NotNow, NotPermitted
from organizations.regions.models import Level
from organizations.roles import ANONYMOUS, Permission, Role
from tests.builders import organizations as make

pytestmark = pytest.mark.django_db


def active(user: User) -> set[str]:
    held = Membership.objects.filter(user=user, ended_at=None)
    return set(held.values_list("role", flat=True))


def test_register_cso_makes_the_person_its_signatory() -> None:
    founder = make.user()
    cso = accounts.register_cso(make.profile(), by=people.actor_for(founder, None), at=make.AT)
    actor = people.actor_for(founder, cso.organization)
    assert actor.roles == {Role.CSO_SIGNATORY}
    assert actor.may(Permission.SUBMIT_BIDS)
    assert cso.organization.registered_at == make.AT
    assert not cso.organization.is_verified


def test_register_cso_twice_is_one_registration() -> None:
    founder = people.actor_for(make.user(), None)
    profile = make.profile()
    first = accounts.register_cso(profile, by=founder, at=make.AT)
    second = accounts.register_cso(profile, by=founder, at=make.AT)
    assert first == second
    assert Cso.objects.count() == 1


def test_register_cso_is_refused_while_another_waits() -> None:
    founder = people.actor_for(make.user(), None)
    accounts.register_cso(make.profile(), by=founder, at=make.AT)
    with pytest.raises(accounts.OneAtATime):
        accounts.register_cso(make.profile(), by=founder, at=make.AT)
    assert Cso.objects.count() == 1


def test_register_cso_is_refused_before_the_address_is_confirmed() -> None:
    founder = make.user(confirmed=False)
    with pytest.raises(accounts.EmailNotConfirmed):
        accounts.register_cso(make.profile(), by=people.actor_for(founder, None), at=make.AT)
    assert Cso.objects.count() == 0


def test_register_cso_is_refused_to_nobody() -> None:
    with pytest.raises(NotPermitted):
        accounts.register_cso(make.profile(), by=ANONYMOUS, at=make.AT)
    assert Cso.objects.count() == 0


def test_register_cso_is_refused_to_an_official() -> None:
    official, actor = make.member(make.agency().organization, Role.DRAFTER)
    with pytest.raises(accounts.BothSides):
        accounts.register_cso(make.profile(), by=actor, at=make.AT)
    assert active(official) == {Role.DRAFTER}
    assert Cso.objects.count() == 0


def test_grant_by_the_overseer_is_on_the_audit_record() -> None:
    official, actor = make.member(make.agency().organization, Role.DRAFTER)
    row = AuditRow.objects.get(kind="role.grant")
    assert row.user_id == make.overseer().user_id
    assert row.subject == f"user:{official.pk} organization:{actor.organization_id}"
    assert row.reason == Role.DRAFTER


def test_grant_of_an_active_role_changes_nothing() -> None:
    organization = make.agency().organization
    official, _actor = make.member(organization, Role.DRAFTER)
    for _again in range(2):
        accounts.grant(
            user=official,
            organization=organization,
            role=Role.DRAFTER,
            by=make.overseer(),
            at=make.AT,
        )
    assert Membership.objects.filter(user=official).count() == 1


def test_grant_to_oneself_is_refused() -> None:
    overseer = make.overseer()
    organization = make.agency().organization
    with pytest.raises(NotPermitted):
        accounts.grant(
            user=make.person(overseer),
            organization=organization,
            role=Role.APPROVER,
            by=overseer,
            at=make.AT,
        )
    assert not Membership.objects.filter(organization=organization).exists()


def test_grant_to_oneself_is_refused_by_the_database_too() -> None:
    person = make.user()
    organization = make.agency().organization
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            user=person,
            organization=organization,
            role=Role.APPROVER,
            granted_at=make.AT,
            granted_by_id=person.pk,
        )


def test_grant_of_both_sides_is_refused_either_way() -> None:
    agency, cso = make.agency(), make.cso()
    official, _actor = make.member(agency.organization, Role.DRAFTER)
    volunteer, _actor = make.member(cso.organization, Role.CSO_MEMBER)
    with pytest.raises(accounts.BothSides):
        accounts.grant(
            user=official,
            organization=cso.organization,
            role=Role.CSO_MEMBER,
            by=make.signatory(cso),
            at=make.AT,
        )
    with pytest.raises(accounts.BothSides):
        accounts.grant(
            user=volunteer,
            organization=agency.organization,
            role=Role.PANEL_MEMBER,
            by=make.overseer(),
            at=make.AT,
        )
    assert active(official) == {Role.DRAFTER}
    assert active(volunteer) == {Role.CSO_MEMBER}


def test_grant_to_the_administrator_is_refused() -> None:
    administrator = User.objects.create_superuser("root@example.org", make.PASSWORD)
    with pytest.raises(accounts.AdministratorHasNoRole):
        accounts.grant(
            user=administrator,
            organization=make.agency().organization,
            role=Role.DRAFTER,
            by=make.overseer(),
            at=make.AT,
        )
    assert active(administrator) == set()


def test_grant_outside_ones_own_group_is_refused() -> None:
    ours, theirs = make.cso(), make.cso()
    with pytest.raises(NotPermitted):
        accounts.grant(
            user=make.user(),
            organization=theirs.organization,
            role=Role.CSO_MEMBER,
            by=make.signatory(ours),
            at=make.AT,
        )
    assert Membership.objects.filter(organization=theirs.organization).count() == 1


def test_grant_of_an_agency_role_by_its_approver_is_refused() -> None:
    organization = make.agency().organization
    _approver, actor = make.member(organization, Role.APPROVER)
    with pytest.raises(NotPermitted):
        accounts.grant(
            user=make.user(), organization=organization, role=Role.DRAFTER, by=actor, at=make.AT
        )
    assert Membership.objects.filter(organization=organization).count() == 1


def test_grant_of_a_provincial_role_in_a_county_is_refused() -> None:
    organization = make.agency(Level.COUNTY).organization
    with pytest.raises(Invalid):
        accounts.grant(
            user=make.user(),
            organization=organization,
            role=Role.AUDITOR,
            by=make.overseer(),
            at=make.AT,
        )
    assert not Membership.objects.filter(organization=organization).exists()


@pytest.mark.parametrize("reason", ["unknown", "unconfirmed", "official", "administrator"])
def test_add_member_says_the_same_whatever_is_in_the_way(reason: str) -> None:
    cso = make.cso()
    email = "somebody@example.org"
    if reason == "unconfirmed":
        make.user(email=email, confirmed=False)
    elif reason == "official":
        official = make.user(email=email)
        accounts.grant(
            user=official,
            organization=make.agency().organization,
            role=Role.DRAFTER,
            by=make.overseer(),
            at=make.AT,
        )
    elif reason == "administrator":
        person = make.user(email=email)
        User.objects.filter(pk=person.pk).update(is_superuser=True)
    with pytest.raises(accounts.CannotBeAdded) as refused:
        accounts.add_member(
            email=email,
            organization=cso.organization,
            role=Role.CSO_MEMBER,
            by=make.signatory(cso),
            at=make.AT,
        )
    assert refused.value.field == "email"
    assert people.members(cso.organization).count() == 1


def test_add_member_finds_the_confirmed_account() -> None:
    cso = make.cso()
    person = make.user(email="new@example.org")
    accounts.add_member(
        email=" New@Example.org ",
        organization=cso.organization,
        role=Role.CSO_MEMBER,
        by=make.signatory(cso),
        at=make.AT,
    )
    assert active(person) == {Role.CSO_MEMBER}


def test_end_of_ones_own_role_is_everyones_right() -> None:
    cso = make.cso()
    person, actor = make.member(cso.organization, Role.CSO_MEMBER)
    accounts.end(Membership.objects.get(user=person), by=actor, at=make.AT)
    assert active(person) == set()


def test_end_of_the_last_signatory_is_refused() -> None:
    cso = make.cso()
    actor = make.signatory(cso)
    with pytest.raises(NotNow):
        accounts.end(Membership.objects.get(user=make.person(actor)), by=actor, at=make.AT)
    assert make.signatory(cso) == actor


def test_end_of_anothers_role_is_refused() -> None:
    cso = make.cso()
    _person, actor = make.member(cso.organization, Role.CSO_MEMBER)
    signatory = Membership.objects.get(organization=cso.organization, role=Role.CSO_SIGNATORY)
    with pytest.raises(NotPermitted):
        accounts.end(signatory, by=actor, at=make.AT)
    signatory.refresh_from_db()
    assert signatory.ended_at is None


def test_found_oversight_works_once() -> None:
    make.overseer()
    person = make.user()
    with pytest.raises(NotNow):
        accounts.found_oversight(person, name="第二个", region=make.region("530000"), at=make.AT)
    assert active(person) == set()


def test_hats_of_an_administrator_are_none() -> None:
    cso = make.cso()
    person, _actor = make.member(cso.organization, Role.CSO_MEMBER)
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    assert people.hats(User.objects.get(pk=person.pk)) == []


def test_people_with_a_permission_are_those_of_the_organisation() -> None:
    ours, theirs = make.cso(), make.cso()
    make.member(ours.organization, Role.CSO_MEMBER)
    found = people.people_with(Permission.SUBMIT_BIDS, [ours.pk])
    assert [person.pk for person in found] == [make.signatory(ours).user_id]
    assert make.signatory(theirs).user_id not in [person.pk for person in found]
