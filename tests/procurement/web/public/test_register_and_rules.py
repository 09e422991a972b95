"""Organisations, the rulebook and the pages that explain."""

import pytest
from django.test import Client
from django.urls import reverse

from organizations.csos.models import Cso
from procurement import rules
from procurement.ocds import fragments
from procurement.publication.models import RuleTally
from procurement.tenders.models import Tender
from tests.builders import organizations as make
from tests.builders.procurement import Cast

pytestmark = pytest.mark.django_db


def read(client: Client, name: str, *args: object, **query: str) -> str:
    """The text of a page that must be there."""
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def group() -> Cso:
    """A verified group with a contact person who did not consent."""
    group = make.cso(name="滇池同行小组")
    Cso.objects.filter(pk=group.pk).update(contact_name="王小明", contact_phone="13800000000")
    return group


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, True),
        ({"q": "滇池"}, True),
        ({"q": "洱海"}, False),
        ({"cso_type": "cbo"}, True),
        ({"cso_type": "ngo"}, False),
        ({"population": "plhiv"}, True),
        ({"population": "msm"}, False),
        ({"service": "outreach"}, True),
        ({"service": "evaluation"}, False),
        ({"region": "530102"}, True),
        ({"region": "530100"}, True),
        ({"region": "532500"}, False),
        ({"kind": "agency"}, False),
    ],
)
def test_each_filter_of_the_register(
    client: Client, group: Cso, query: dict[str, str], found: bool
) -> None:
    assert ("滇池同行小组" in read(client, "public:organization-list", **query)) is found


def test_a_contact_person_is_public_with_consent_only(client: Client, group: Cso) -> None:
    assert "王小明" not in read(client, "public:organization", group.pk)
    Cso.objects.filter(pk=group.pk).update(consent_public_contact=True)
    assert "王小明" in read(client, "public:organization", group.pk)


def test_a_group_that_nobody_checked_says_so(client: Client) -> None:
    group = make.cso(verified=False)
    text = read(client, "public:organization", group.pk)
    assert "等待核验" in text
    assert "已核验" not in text


def test_a_group_shows_what_it_won_and_an_agency_what_it_buys(
    client: Client, who: Cast, awarded: Tender
) -> None:
    number = fragments.party_id(who.csos[0].organization)
    assert "艾滋病随访关怀服务" in read(client, "public:organization", number)
    assert "还没有成交的项目" in read(client, "public:organization", who.csos[1].pk)
    text = read(client, "public:organization", who.agency.pk)
    assert "艾滋病随访关怀服务" in text
    assert "已公布结果" in text


@pytest.mark.parametrize("party", ["0", "CN-USCI-000", "nobody", "CN-YN-PORTAL-999999"])
def test_an_unknown_organisation_is_not_there(client: Client, party: str) -> None:
    assert client.get(reverse("public:organization", args=[party])).status_code == 404


def test_the_register_reads_on_by_name(client: Client) -> None:
    for number in range(30):
        make.cso(name=f"小组{number:02d}")
    first = read(client, "public:organization-list")
    assert first.count('class="entry"') == 25
    assert 'rel="next"' in first


def test_every_rule_is_on_the_page_of_its_phase(client: Client) -> None:
    book = rules.load()
    for phase in {rule.phase for rule in book.rules}:
        text = read(client, "public:rule-list", phase=phase)
        assert len(text.encode()) < 60_000
        for rule in book.rules:
            assert (f'id="{rule.id}"' in text) is (rule.phase == phase)


def test_rules_are_found_by_words_and_by_procedure(client: Client) -> None:
    text = read(client, "public:rule-list", q="质疑")
    assert "质疑" in text
    assert "没有找到这样的规则" in read(client, "public:rule-list", q="宇宙飞船")
    single = read(client, "public:rule-list", method="single-source", phase="planning")
    kept = [r for r in rules.load().rules if "single-source" in r.procedures]
    assert any(f'id="{rule.id}"' in single for rule in kept)


def test_policy_is_never_called_law(client: Client) -> None:
    for rule in rules.load().rules:
        text = read(client, "public:rule", rule.id)
        assert ("本平台的规定，不是法律" in text) is rule.is_policy
        assert ("法定要求" in text) is not rule.is_policy
        assert ("条文还没有核对" in text) is (not rule.is_policy and not rule.verified)


@pytest.mark.parametrize("name", ["public:help", "public:about", "public:robots"])
def test_the_explaining_pages_are_there(client: Client, name: str) -> None:
    assert read(client, name)


def test_the_language_switch_keeps_the_page(client: Client) -> None:
    address = reverse("public:tender-list") + "?q=%E9%9A%8F%E8%AE%BF"
    text = client.get(address).content.decode()
    assert 'name="next" value="/tenders/?q=%E9%9A%8F%E8%AE%BF"' in text
    switched = client.post(reverse("set_language"), {"language": "en", "next": address})
    assert switched.headers["Location"] == address
    assert 'lang="en"' in client.get(address).content.decode()


def test_a_rule_tells_how_often_it_was_kept(client: Client) -> None:
    RuleTally.objects.create(rule_id="award-decision-5wd", kept=3, missed=1, excused=1)

    words = "按时 3 次，逾期 1 次，逾期但已谅解 1 次"

    assert words in read(client, "public:rule", "award-decision-5wd")
    assert words in read(client, "public:rule-list", phase="award")
    assert "按时" not in read(client, "public:rule", "bid-period-20-days")
