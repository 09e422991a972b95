"""The population of the rehearsal has exactly the totals of the field study."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from organizations.csos.models import CsoType, LegalForm
from organizations.terms import Population
from portal.demo import groups, names, round_2013

STUDY = groups.population()


def test_the_study_counts_103_organisations_of_three_types() -> None:
    # 98 were typed: 15, 78 and 5; the 5 that were not are taken as community-based
    assert Counter(group.cso_type for group in STUDY) == {
        CsoType.VOLUNTEER_GROUP: 15,
        CsoType.COMMUNITY_BASED: 78 + 5,
        CsoType.NGO: 5,
    }
    assert len(STUDY) == 103 == groups.TYPED + 5


def test_the_study_counts_whom_99_organisations_serve() -> None:
    assert sum(bool(group.populations) for group in STUDY) == 99
    assert Counter(whom for group in STUDY for whom in group.populations) == {
        Population.PLHIV: 68,
        Population.PWID: 36,
        Population.MSM: 18,
        Population.SEX_WORKERS: 15,
        Population.GENERAL: 9,
    }


def test_the_study_counts_1343_people_304_of_them_30_hours_or_more() -> None:
    assert sum(g.full_time + g.part_time + g.volunteers for g in STUDY) == 1343
    assert sum(group.full_time for group in STUDY) == 304
    assert all(min(g.full_time, g.part_time, g.volunteers) >= 0 for g in STUDY)


def test_the_study_counts_8_with_several_sites_and_4_across_the_province() -> None:
    several = [group for group in STUDY if len(group.regions) > 1]
    assert len(several) == 8
    assert all(len({code[:4] for code in group.regions}) == 1 for group in several)
    assert sum(group.regions == (groups.PROVINCE,) for group in STUDY) == 4


def test_the_study_counts_who_is_registered_with_civil_affairs() -> None:
    civil = {
        LegalForm.SOCIAL_ASSOCIATION,
        LegalForm.SOCIAL_SERVICE_AGENCY,
        LegalForm.FOUNDATION,
    }
    assert Counter(g.cso_type for g in STUDY if g.legal_form in civil) == {
        CsoType.COMMUNITY_BASED: 1,
        CsoType.NGO: 4,
    }


def test_enough_can_bid_for_themselves_or_through_a_host() -> None:
    assert Counter(group.legal_form for group in STUDY) == {
        LegalForm.SOCIAL_ASSOCIATION: 1,
        LegalForm.SOCIAL_SERVICE_AGENCY: 4,
        LegalForm.BUSINESS: 10,
        LegalForm.HOSTED: 42,
        LegalForm.UNREGISTERED: 46,
    }
    assert STUDY[0].name == groups.BRIDGE


def test_the_same_seed_gives_the_same_population() -> None:
    assert groups.population() == STUDY
    assert groups.population(seed=7) != STUDY


def test_names_and_codes_are_each_used_once() -> None:
    assert len({group.name for group in STUDY}) == 103
    codes = [group.uscc for group in STUDY if group.uscc]
    assert len(set(codes)) == len(codes) == 15


@given(st.integers(0, 99_999_999), st.sampled_from(["51", "52", "91"]))
def test_a_made_up_credit_code_has_right_check_characters(number: int, registrar: str) -> None:
    code = names.credit_code(registrar, "530102", number)
    assert uscc.validate(code) == code


@pytest.mark.parametrize("seed", range(5))
def test_the_33_grants_of_2013_add_up_to_a_million(seed: int) -> None:
    grants = round_2013.grants(seed)
    assert len(grants) == 33
    assert sum(grants) == 1_000_000
    assert all(20_000 <= yuan <= 45_000 for yuan in grants)
