"""Groups: what fits together, who bids for whom, search, and the type that facts suggest."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from organizations.csos import actions as csos
from organizations.csos import queries
from organizations.csos.assessment import Decides, Facts, suggest_type
from organizations.csos.models import Cso, CsoType, LegalForm
from organizations.refusals import Invalid, NotPermitted
from organizations.register import actions as register
from organizations.register.models import Organization, Status
from organizations.roles import Role
from organizations.terms import Population, Service
from tests.builders import organizations as make


def facts(
    *,
    paid: int = 0,
    office: bool = False,
    charter: bool = False,
    accounts: bool = False,
    decides: Decides = Decides.MEMBERS,
) -> Facts:
    return Facts(
        paid_staff=paid,
        has_office=office,
        has_charter=charter,
        keeps_accounts=accounts,
        decides=decides,
    )


@pytest.mark.parametrize(
    ("answers", "suggested"),
    [
        (facts(), CsoType.VOLUNTEER_GROUP),
        (facts(office=True), CsoType.VOLUNTEER_GROUP),
        (facts(decides=Decides.COORDINATOR), CsoType.VOLUNTEER_GROUP),
        (facts(paid=1), CsoType.COMMUNITY_BASED),
        (facts(office=True, charter=True), CsoType.COMMUNITY_BASED),
        (facts(decides=Decides.BOARD), CsoType.COMMUNITY_BASED),
        (facts(charter=True, accounts=True, decides=Decides.BOARD), CsoType.COMMUNITY_BASED),
        (facts(paid=3, charter=True, accounts=True, decides=Decides.BOARD), CsoType.NGO),
        (
            facts(paid=3, charter=True, accounts=True, decides=Decides.COORDINATOR),
            CsoType.COMMUNITY_BASED,
        ),
    ],
)
def test_suggest_type_follows_structures_staff_and_who_decides(
    answers: Facts, suggested: CsoType
) -> None:
    assert suggest_type(answers) is suggested


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "alone"),
    [
        (LegalForm.SOCIAL_ASSOCIATION, True),
        (LegalForm.SOCIAL_SERVICE_AGENCY, True),
        (LegalForm.FOUNDATION, True),
        (LegalForm.BUSINESS, True),
        (LegalForm.HOSTED, False),
        (LegalForm.UNREGISTERED, False),
    ],
)
def test_may_bid_alone_follows_the_legal_form(form: LegalForm, alone: bool) -> None:
    cso = make.cso(legal_form=form)
    assert cso.may_bid_alone is alone
    assert queries.bidder_for(cso) == (cso.organization if alone else None)


@pytest.mark.django_db
def test_bidder_for_a_hosted_group_is_its_verified_host() -> None:
    host = make.cso()
    hosted = make.cso(legal_form=LegalForm.HOSTED, host=host.organization)
    assert queries.bidder_for(hosted) == host.organization
    register.suspend(host.organization, by=make.overseer(), at=make.AT, reason="证书到期")
    assert queries.bidder_for(hosted) is None


@pytest.mark.django_db
def test_register_without_the_code_of_its_form_is_refused() -> None:
    profile = replace(make.profile(), uscc=None)
    with pytest.raises(Invalid) as refused:
        csos.register_profile(profile, by=make.overseer(), at=make.AT)
    assert refused.value.field == "uscc"
    assert not Cso.objects.exists()


@pytest.mark.django_db
def test_register_of_an_unregistered_group_with_a_code_is_refused() -> None:
    profile = replace(make.profile(), legal_form=LegalForm.UNREGISTERED)
    with pytest.raises(Invalid) as refused:
        csos.register_profile(profile, by=make.overseer(), at=make.AT)
    assert refused.value.field == "uscc"
    assert not Cso.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("form", [LegalForm.HOSTED, LegalForm.UNREGISTERED])
def test_register_with_a_host_that_cannot_answer_is_refused(form: LegalForm) -> None:
    group = make.cso(legal_form=LegalForm.UNREGISTERED)
    profile = make.profile(legal_form=form, host=group.organization)
    with pytest.raises(Invalid) as refused:
        csos.register_profile(profile, by=make.overseer(), at=make.AT)
    assert refused.value.field == "host"
    assert list(Cso.objects.all()) == [group]


@pytest.mark.django_db
def test_revise_by_a_plain_member_is_refused() -> None:
    cso = make.cso()
    _person, actor = make.member(cso.organization, Role.CSO_MEMBER)
    changed = replace(csos.profile_of(cso), purpose="别的")
    with pytest.raises(NotPermitted):
        csos.revise(cso, changed, by=actor, at=make.AT)
    assert Cso.objects.get(pk=cso.pk).purpose == ""


@pytest.mark.django_db
def test_revise_of_anothers_profile_is_refused() -> None:
    ours, theirs = make.cso(), make.cso()
    changed = replace(csos.profile_of(theirs), purpose="别的")
    with pytest.raises(NotPermitted):
        csos.revise(theirs, changed, by=make.signatory(ours), at=make.AT)
    assert Cso.objects.get(pk=theirs.pk).purpose == ""


@pytest.mark.django_db
def test_revise_of_the_legal_form_waits_for_verification_again() -> None:
    cso = make.cso()
    profile = csos.profile_of(cso)
    revised = csos.revise(
        cso,
        replace(profile, legal_form=LegalForm.FOUNDATION),
        by=make.signatory(cso),
        at=make.AT,
    )
    assert revised.organization.status is Status.PENDING


@pytest.mark.django_db
def test_revise_with_the_same_profile_changes_nothing() -> None:
    cso = make.cso()
    before = csos.profile_of(cso)
    revised = csos.revise(cso, before, by=make.signatory(cso), at=make.AT)
    assert csos.profile_of(revised) == before
    assert revised.organization.status is Status.VERIFIED


@pytest.mark.django_db
def test_search_narrows_by_each_question() -> None:
    kunming = make.cso(CsoType.VOLUNTEER_GROUP, LegalForm.UNREGISTERED, "530102", "盘龙江小组")
    dali = make.cso(code="532901", name="苍山小组")
    assert list(queries.search(q="盘龙江")) == [kunming]
    assert list(queries.search(cso_type=CsoType.COMMUNITY_BASED)) == [dali]
    assert list(queries.search(region="530100")) == [kunming]
    assert set(queries.search(region="530000")) == {kunming, dali}
    assert set(queries.search(population=Population.PLHIV)) == {kunming, dali}
    assert list(queries.search(service=Service.TESTING)) == []
    Organization.objects.filter(pk=dali.pk).update(
        suspended_at=make.AT, suspended_by_id=1, suspension_reason="查"
    )
    assert list(queries.search()) == [kunming]


QUESTIONS: list[dict[str, Any]] = [
    {},
    {"q": "盘龙江"},
    {"q": "小组"},
    {"q": "龙"},
    {"q": "小组 江"},
    {"q": "panlong river"},
    {"q": "Straße"},
    {"q": "关怀"},  # in a purpose alone
    {"q": "100%"},
    {"q": "江小小"},
    {"region": "530100"},
    {"region": "530102"},
    {"region": "530103"},
    {"region": "532901"},
    {"region": "532500"},
    {"q": "小组", "region": "532900", "service": "outreach"},
]


@pytest.mark.django_db
@pytest.mark.parametrize("asked", QUESTIONS)
def test_search_finds_the_same_by_indexes(asked: dict[str, Any]) -> None:
    one = make.cso(CsoType.VOLUNTEER_GROUP, LegalForm.UNREGISTERED, "530102", "盘龙江小组")
    two = make.cso(code="532901", name="苍山小组 100%")
    Organization.objects.filter(pk=one.pk).update(name_en="Panlong River, Straße")
    Cso.objects.filter(pk=two.pk).update(purpose="关怀感染者")
    two.regions.set([make.region("530100")])
    assert list(queries.search(**asked, are_few=True)) == list(queries.search(**asked))


@pytest.mark.django_db
def test_search_by_county_finds_groups_of_the_whole_prefecture_and_province() -> None:
    everywhere = make.cso(code="532901")
    everywhere.regions.set([make.region("530000")])
    city = make.cso(code="530102")
    city.regions.set([make.region("530100")])
    assert set(queries.search(region="530125")) == {everywhere, city}


@pytest.mark.django_db
def test_pool_holds_verified_groups_with_one_of_the_services() -> None:
    verified = make.cso()
    make.cso(verified=False)
    assert list(queries.pool(["530100"], [Service.FOLLOW_UP, Service.TESTING])) == [verified]
    assert list(queries.pool([], [Service.ADVOCACY])) == []


@pytest.mark.django_db
def test_pool_holds_only_who_can_bid() -> None:
    host = make.cso()
    hosted = make.cso(legal_form=LegalForm.HOSTED, host=host.organization)
    make.cso(legal_form=LegalForm.UNREGISTERED)
    assert set(queries.pool([], [Service.FOLLOW_UP])) == {host, hosted}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"populations": ["everyone"]},
        {"services": ["magic"]},
        {"cso_type": "xx"},
        {"legal_form": "club"},
        {"founded_year": 3000},
        {"full_time": -1},
    ],
)
def test_the_database_refuses_what_is_not_on_the_lists(facts: dict[str, object]) -> None:
    cso = make.cso()
    with pytest.raises(IntegrityError), transaction.atomic():
        Cso.objects.filter(pk=cso.pk).update(**facts)
