"""The technical admin: what an administrator of the site can never reach or change there."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from organizations.accounts.models import User
from organizations.audit import AuditRow
from organizations.roles import Role
from tests.builders import organizations as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> Client:
    """The browser of a superuser."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", make.PASSWORD))
    return client


def test_the_admin_shows_what_it_lists_and_no_page_of_a_library() -> None:
    shown = {model._meta.label for model in admin.site._registry}
    assert shown == {
        "organizations.AuditRow",
        "organizations.Membership",
        "organizations.Organization",
        "organizations.User",
        "procurement.Entry",
        "procurement.PlanningNotice",
        "procurement.Tender",
    }


def test_an_administrator_cannot_redirect_the_mail_of_a_signatory(root: Client) -> None:
    signatory = make.person(make.signatory(make.cso()))
    address = signatory.email
    page = reverse("admin:organizations_user_change", args=[signatory.pk])

    sent = root.post(
        page,
        {
            "email": "root@example.org",
            "name": "改名",
            "preferred_language": "en",
            "is_active": "on",
        },
    )

    signatory.refresh_from_db()
    assert sent.status_code == 302
    assert (signatory.email, signatory.name) == (address, "改名")


def test_a_refused_bidder_is_on_the_audit_record_without_the_call_it_looked_at() -> None:
    member, _actor = make.member(make.cso().organization, Role.CSO_MEMBER)
    client = Client()
    client.force_login(member)

    assert client.get("/agency/tenders/ocds-yn0000-2026-000001/").status_code == 403

    assert AuditRow.objects.get(kind="refused").subject == "GET /agency/"
