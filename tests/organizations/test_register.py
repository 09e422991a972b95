"""The register: verification with evidence, refusal with reason, suspension, correction."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from organizations.agencies import queries as agencies
from organizations.audit import AuditRow
from organizations.refusals import Invalid, NotPermitted
from organizations.regions.models import Level
from organizations.register import actions as register
from organizations.register import queries as registered
from organizations.register.models import Kind, Organization, Status, validate_credit_code
from organizations.roles import Actor, Role
from tests.builders import organizations as make

pytestmark = pytest.mark.django_db


def status(organization: Organization) -> Status:
    return Organization.objects.get(pk=organization.pk).status


def test_verify_writes_who_when_and_on_what() -> None:
    organization = make.cso(verified=False).organization
    verified = register.verify(
        organization, by=make.overseer(), at=make.AT, evidence=" 登记证书原件 "
    )
    assert verified.status is Status.VERIFIED
    assert (verified.verified_at, verified.verified_by_id, verified.verification_evidence) == (
        make.AT,
        make.overseer().user_id,
        "登记证书原件",
    )
    row = AuditRow.objects.get(kind="organization.verify", subject=f"organization:{verified.pk}")
    assert (row.at, row.reason) == (make.AT, "登记证书原件")


def test_verify_without_evidence_is_refused() -> None:
    organization = make.cso(verified=False).organization
    with pytest.raises(Invalid) as refused:
        register.verify(organization, by=make.overseer(), at=make.AT, evidence="  ")
    assert refused.value.field == "evidence"
    assert status(organization) is Status.PENDING


def test_verify_is_refused_to_the_group_itself() -> None:
    cso = make.cso(verified=False)
    with pytest.raises(NotPermitted):
        register.verify(cso.organization, by=make.signatory(cso), at=make.AT, evidence="自己说的")
    assert status(cso.organization) is Status.PENDING


def test_verify_of_ones_own_office_is_refused() -> None:
    organization = make.office()
    register.suspend(organization, by=_verifier_elsewhere(), at=make.AT, reason="核对中")
    with pytest.raises(NotPermitted):
        register.reinstate(organization, by=make.overseer(), at=make.AT, reason="好了")
    assert status(organization) is Status.SUSPENDED


def _verifier_elsewhere() -> Actor:
    other = make.agency(Level.PROVINCE)
    _person, actor = make.member(other.organization, Role.VERIFIER)
    return actor


def test_refuse_then_correct_then_verify() -> None:
    cso = make.cso(verified=False)
    refused = register.refuse(
        cso.organization, by=make.overseer(), at=make.AT, reason="名称与证书不一致"
    )
    assert refused.status is Status.REFUSED
    corrected = register.revise(
        refused, {"name": "证书上的名称"}, by=make.signatory(cso), at=make.AT
    )
    assert corrected.status is Status.PENDING
    assert corrected.refusal_reason == ""
    again = register.verify(corrected, by=make.overseer(), at=make.AT, evidence="证书")
    assert again.status is Status.VERIFIED


def test_revise_of_the_address_keeps_the_verification() -> None:
    cso = make.cso()
    revised = register.revise(
        cso.organization, {"address": "人民路 1 号"}, by=make.signatory(cso), at=make.AT
    )
    assert revised.status is Status.VERIFIED


@pytest.mark.parametrize("act", [register.refuse, register.reinstate])
def test_acts_on_a_verified_organisation_that_do_not_fit_are_refused(
    act: Callable[..., Organization],
) -> None:
    organization = make.cso().organization
    with pytest.raises(register.NotThisStatus):
        act(organization, by=make.overseer(), at=make.AT, reason="理由")
    assert status(organization) is Status.VERIFIED


def test_suspend_and_reinstate() -> None:
    organization = make.cso().organization
    register.suspend(organization, by=make.overseer(), at=make.AT, reason="证书到期")
    assert status(organization) is Status.SUSPENDED
    assert organization not in Organization.objects.verified()
    register.reinstate(organization, by=make.overseer(), at=make.AT, reason="已换证")
    assert status(organization) is Status.VERIFIED


def test_awaiting_verification_is_in_the_order_of_registration() -> None:
    first, second = make.cso(verified=False), make.cso(verified=False)
    make.cso()
    assert list(registered.awaiting_verification()) == [first.organization, second.organization]


def test_search_finds_words_of_the_name_and_a_whole_code() -> None:
    cso = make.cso(name="苍山洱海互助会")
    make.cso()
    assert list(registered.search("洱海 互助")) == [cso.organization]
    assert list(registered.search(cso.organization.uscc or "-")) == [cso.organization]


@pytest.mark.parametrize(
    "code", ["", "123", "52530100MJT000000X", "52530100000000001a", "I2530100MJT0000000"]
)
def test_a_wrong_credit_code_is_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        validate_credit_code(code)


def test_a_right_credit_code_passes() -> None:
    validate_credit_code(make.credit_code(7))


def test_a_credit_code_belongs_to_one_organisation() -> None:
    organization = make.cso().organization
    twin = Organization(
        kind=Kind.CSO, name="另一个", region=organization.region, uscc=organization.uscc
    )
    with pytest.raises(Invalid) as refused:
        register.enter(twin, by=make.overseer(), at=make.AT)
    assert refused.value.field == "uscc"
    assert not Organization.objects.filter(name="另一个").exists()


HALF_FACTS: list[dict[str, object]] = [
    {"verified_at": None},
    {"verified_by_id": None},
    {"verification_evidence": ""},
    {"refused_at": make.AT, "refused_by_id": 1, "refusal_reason": "x"},
    {"suspended_at": make.AT},
    {"suspended_at": make.AT, "suspended_by_id": 1, "suspension_reason": ""},
    {"uscc": "52530100mjt000000x"},
    {"kind": "firm"},
]


@pytest.mark.parametrize("facts", HALF_FACTS)
def test_the_database_refuses_half_a_fact(facts: dict[str, object]) -> None:
    organization = make.cso().organization
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(**facts)
    assert status(organization) is Status.VERIFIED


def test_agencies_within_a_prefecture_include_its_counties() -> None:
    city = make.agency(Level.PREFECTURE, "530100")
    county = make.agency(Level.COUNTY, "530102")
    make.agency(Level.COUNTY, "530302")
    assert set(agencies.within("530100")) == {city, county}


def test_register_agency_takes_its_level_from_its_region() -> None:
    assert make.agency(code="530100").level == Level.PREFECTURE
    assert make.agency(code="530102").level == Level.COUNTY


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["", "疾控", "CENTRE 昆明", "%", "无"])
def test_search_of_agencies_finds_the_same_by_indexes(words: str) -> None:
    one, two = make.agency(), make.agency()
    Organization.objects.filter(pk=one.pk).update(name="昆明市疾控中心", name_en="Kunming Centre")
    Organization.objects.filter(pk=two.pk).update(name="大理州疾控中心 100%")
    found = list(agencies.search(words, are_few=True))
    assert found == list(agencies.search(words))
    assert (found == []) == (words == "无")
