"""A rehearsal nobody has filled yet."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_without_demo_accounts_the_page_says_what_is_missing(client: Client) -> None:
    page = client.get("/practice/")
    assert page.status_code == 200
    assert "manage.py demo" in page.content.decode()


def test_without_demo_accounts_there_is_no_procurement_to_show(client: Client) -> None:
    assert client.get("/practice/ocds-yn0000-2026-000001/").status_code == 404


def test_robots_are_told_to_leave_a_rehearsal_alone(client: Client) -> None:
    assert client.get("/help/")["X-Robots-Tag"] == "noindex, nofollow"
