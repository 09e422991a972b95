"""The guides: one for each role, short, beside the work and all together on one page."""

import pytest
from django.test import Client
from django.urls import reverse

from organizations.accounts.models import User
from organizations.register.models import Organization
from organizations.roles import ANONYMOUS, PROVINCE_ROLES, Actor, Role
from procurement.web import guides
from procurement.web.guide_tags import guides_for
from tests.builders import organizations as make
from tests.builders import procurement as build


def test_every_guide_has_at_most_seven_short_steps() -> None:
    for guide in guides.GUIDES:
        assert 3 <= len(guide.steps) <= 7, guide.key
        for name, text in guide.steps:
            assert len(str(name)) <= 14
            assert len(str(text)) <= 70, text


def test_every_role_has_one_guide() -> None:
    guided = [role for guide in guides.GUIDES for role in guide.roles]
    assert sorted(guided) == sorted(Role)
    assert [guide.key for guide in guides.GUIDES if not guide.roles] == ["public"]


def test_guides_are_those_of_the_roles_held() -> None:
    assert [guide.key for guide in guides.of({Role.APPROVER, Role.DRAFTER})] == [
        "drafter",
        "approver",
    ]
    assert [guide.key for guide in guides.of(PROVINCE_ROLES)] == ["overseer", "book", "auditor"]
    assert guides_for(ANONYMOUS) == guides_for(None) == {"guides": []}


@pytest.mark.django_db
def test_help_has_every_guide_under_its_anchor(client: Client) -> None:
    text = client.get(reverse("public:help")).content.decode()
    for guide in guides.GUIDES:
        assert f'<h2 id="guide-{guide.key}">{guide.title}</h2>' in text
        assert f'href="#guide-{guide.key}"' in text


@pytest.mark.django_db
def test_each_desk_ends_with_the_guide_of_who_works_there(client: Client) -> None:
    who = build.cast(1)
    [cso] = who.csos
    _user, member = make.member(cso.organization, Role.CSO_MEMBER)
    told = [
        (member, "cso:home", "member"),
        (make.signatory(cso), "cso:home", "signatory"),
        (who.drafter, "agency:home", "drafter"),
        (who.approver, "agency:home", "approver"),
        (who.panel[0], "panel:home", "panel"),
        (_of(make.office(), Role.RULE_EDITOR), "book:home", "book"),
        (_of(make.office(), Role.AUDITOR), "account:home", "auditor"),
        (who.clerk, "agency:key-list", "opening"),
    ]
    for actor, desk, key in told:
        client.force_login(User.objects.get(pk=actor.person_id))
        text = client.get(reverse(desk)).content.decode()
        assert f'href="/help/#guide-{key}"' in text
        assert text.index(f"#guide-{key}") > text.index("</h1>")


def _of(organization: Organization, role: Role) -> Actor:
    """Somebody with one role in an organisation."""
    _user, actor = make.member(organization, role)
    return actor
