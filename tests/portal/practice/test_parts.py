"""Taking a part: one press, a session of its own, on the audit record, and never elsewhere."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from organizations.accounts.models import User
from organizations.audit import AuditRow
from organizations.instants import ClockShift
from portal.practice import people, urls
from procurement.publication.models import ContractingProcess

PART = "/practice/part/"
POSTS = {
    "part": {"part": "drafter"},
    "forward": {"by": "day", "ahead": "0"},
    "begin": {"point": "beginning"},
}


def who(client: Client) -> str:
    """The address that a browser is signed in with; blank when it is not."""
    found = User.objects.filter(pk=client.session.get(SESSION_KEY, 0)).first()
    return found.email if found else ""


@pytest.mark.parametrize("address", list(people.PARTS))
def test_every_part_but_the_host_is_somebody(browser: Client, address: str) -> None:
    if address != "host":  # works in a larger rehearsal
        assert people.person(address).email == f"{address}@demo.example"


def test_one_press_signs_in_as_the_demo_account_and_leaves_a_trace(browser: Client) -> None:
    response = browser.post(PART, {"part": "approver"})
    assert (response.status_code, response["Location"]) == (302, reverse("account:home"))
    assert who(browser) == "approver@demo.example"
    row = AuditRow.objects.get(kind="practice.take_part")
    approver = User.objects.get(email="approver@demo.example")
    assert (row.user_id, row.subject, row.origin) == (
        approver.pk,
        f"user:{approver.pk}",
        "127.0.0.1",
    )


def test_another_part_begins_a_session_of_its_own(browser: Client) -> None:
    browser.post(PART, {"part": "drafter"})
    first = browser.session.session_key
    kept = browser.session
    kept["of_the_drafter"] = "draft"
    kept.save()
    browser.post(PART, {"part": "signatory"})
    assert who(browser) == "signatory@demo.example"
    assert browser.session.session_key != first
    assert "of_the_drafter" not in browser.session


def test_the_own_practice_procurement_is_kept_over_a_change_of_part(browser: Client) -> None:
    browser.post(PART, {"part": "drafter", "ocid": "ocds-x"})
    browser.post(PART, {"part": "approver"})
    assert browser.session["practice_ocid"] == "ocds-x"


@pytest.mark.parametrize("part", ["admin", "", "nobody", "drafter@demo.example"])
def test_nobody_else_is_signed_in_least_of_all_an_administrator(browser: Client, part: str) -> None:
    assert User.objects.filter(email="admin@demo.example", is_superuser=True).exists()
    response = browser.post(PART, {"part": part})
    assert response.status_code == 404
    assert who(browser) == ""
    assert not AuditRow.objects.filter(kind="practice.take_part").exists()


@pytest.mark.parametrize("standing", [{"is_superuser": True}, {"is_staff": True}])
def test_a_demo_account_that_became_an_administrator_is_no_part(
    browser: Client, standing: dict[str, bool]
) -> None:
    User.objects.filter(email="drafter@demo.example").update(**standing)
    assert browser.post(PART, {"part": "drafter"}).status_code == 404
    assert who(browser) == ""


def test_whoever_asks_for_what_is_no_part_stays_who_they_are(browser: Client) -> None:
    browser.post(PART, {"part": "drafter"})
    browser.post(PART, {"part": "admin"})
    assert who(browser) == "drafter@demo.example"


def test_a_person_of_the_portal_with_a_similar_address_is_no_part(browser: Client) -> None:
    User.objects.filter(email="drafter@demo.example").update(email="drafter@real.example")
    assert browser.post(PART, {"part": "drafter"}).status_code == 404


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:1"]
)
def test_a_change_of_part_leads_to_no_other_site(browser: Client, to: str) -> None:
    response = browser.post(PART, {"part": "drafter", "to": to})
    assert response["Location"] == reverse("account:home")


def test_a_change_of_part_leads_to_the_page_of_the_step(browser: Client) -> None:
    response = browser.post(PART, {"part": "drafter", "to": "/agency/plans/"})
    assert response["Location"] == "/agency/plans/"


@pytest.mark.parametrize("name", [pattern.name for pattern in urls.urlpatterns])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_outside_a_rehearsal_there_is_no_practice(
    browser: Client, settings: Settings, name: str, method: str
) -> None:
    browser.force_login(User.objects.get(email="drafter@demo.example"))
    anonymous = Client()
    settings.REHEARSAL = False
    path = reverse(f"practice:{name}", args=["ocds-x"] if name == "journey" else [])
    before = ContractingProcess.objects.count()
    for client in (browser, anonymous):
        data = POSTS.get(name, {})
        response = client.post(path, data) if method == "POST" else client.get(path)
        assert response.status_code == 404
    assert who(anonymous) == ""
    assert who(browser) == "drafter@demo.example"
    assert not AuditRow.objects.filter(kind__startswith="practice").exists()
    assert not ClockShift.objects.exists()
    assert ContractingProcess.objects.count() == before


@pytest.mark.parametrize("name", ["part", "forward", "begin"])
def test_a_look_changes_nothing(browser: Client, name: str) -> None:
    browser.force_login(User.objects.get(email="drafter@demo.example"))
    assert browser.get(reverse(f"practice:{name}")).status_code == 405


@pytest.mark.parametrize("name", ["part", "forward", "begin"])
def test_a_form_of_another_site_changes_nothing(browser: Client, name: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(email="approver@demo.example"))
    response = strict.post(reverse(f"practice:{name}"), POSTS[name])
    assert response.status_code == 403
    assert who(strict) == "approver@demo.example"
    assert not ClockShift.objects.exists()
    assert not AuditRow.objects.filter(kind__startswith="practice").exists()


def test_the_page_says_what_practising_is_and_who_one_is(browser: Client) -> None:
    page = browser.get("/practice/").content.decode()
    assert "先练一次，再办真的" in page
    assert "就是您" not in page
    browser.post(PART, {"part": "signatory"})
    page = browser.get("/practice/").content.decode()
    assert page.count("就是您") == 1


def test_every_page_leads_back_to_practice(browser: Client, settings: Settings) -> None:
    page = browser.get("/tenders/").content.decode()
    assert 'href="/practice/#parts"' in page
    assert 'href="/practice/#clock"' in page
    settings.REHEARSAL = False
    assert "/practice/" not in browser.get("/tenders/").content.decode()
