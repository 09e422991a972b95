"""Who may keep a page: anyone what is for anyone, nobody what is one person's."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from pytest_django import Settings

from organizations import instants
from organizations.accounts.models import User
from portal.shared_pages import ASKED_EACH_TIME, PAGES, SHARED, TOKEN, SharedPagesMiddleware
from procurement.amendments import actions as amendments
from procurement.tenders.models import Tender
from procurement.web import overdue
from tests.builders import organizations as make
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.roles import world

pytestmark = pytest.mark.django_db
EARLY = build.TENDER_DAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def _no_rehearsal(settings: Settings) -> None:
    """As in production; the rehearsal has tests of its own."""
    settings.REHEARSAL = False


@pytest.fixture
def who() -> Cast:
    """An agency and three groups."""
    return build.cast(3)


@pytest.fixture
def tender(who: Cast) -> Tender:
    """A published call."""
    return build.published(who)


def address_of(tender: Tender) -> str:
    """The page of a call."""
    return reverse("public:tender", args=[tender.ocid])


def again(client: Client, address: str, known: str) -> Any:  # noqa: ANN401 - as the client has it
    """The answer to a reader who has a version of the page."""
    return client.get(address, headers={"If-None-Match": known})


def test_every_listed_page_is_shared_and_the_same_for_all_who_have_no_name() -> None:
    told = world.make()
    for name in sorted(PAGES):
        address = reverse(name, args=told.arguments.get(name, []))
        first, second = Client().get(address), Client().get(address)
        assert (first.status_code, first.headers["Cache-Control"]) == (200, SHARED), name
        assert first.content == second.content, name
        assert first.headers["ETag"] == second.headers["ETag"], name
        assert not first.cookies, name
        varies = {each.strip() for each in first.headers["Vary"].split(",")}
        assert {"Cookie", "Accept-Language"} <= varies, name


def test_a_reader_who_has_the_page_gets_304_and_no_body(client: Client, tender: Tender) -> None:
    page = client.get(address_of(tender))
    answer = again(client, address_of(tender), page.headers["ETag"])
    assert (answer.status_code, answer.content) == (304, b"")
    for name in ("Cache-Control", "ETag", "Vary"):
        assert answer.headers[name] == page.headers[name]


def test_a_compressed_page_is_known_again(client: Client, tender: Tender) -> None:
    page = client.get(address_of(tender), headers={"Accept-Encoding": "gzip, br"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(page.content) == client.get(address_of(tender)).content
    assert page.headers["ETag"].startswith('W/"')
    assert again(client, address_of(tender), page.headers["ETag"]).status_code == 304


def test_a_new_notice_makes_another_version_of_its_page(
    client: Client, who: Cast, tender: Tender
) -> None:
    known = client.get(address_of(tender)).headers["ETag"]
    assert again(client, address_of(tender), known).status_code == 304
    change = amendments.propose(
        tender,
        changes={"quantity": "220 人"},
        rationale="新增感染者，需要增加随访人数。",
        affects_preparation=False,
        by=who.drafter,
        at=EARLY,
    )
    amendments.publish(change, by=who.approver, at=EARLY)
    answer = again(client, address_of(tender), known)
    assert answer.status_code == 200
    assert "220 人" in answer.content.decode()


def test_a_new_call_makes_another_version_of_the_lists(client: Client, who: Cast) -> None:
    known = client.get(reverse("public:tender-list")).headers["ETag"]
    build.published(who)
    assert again(client, reverse("public:tender-list"), known).status_code == 200


def test_another_language_is_another_version(client: Client, tender: Tender) -> None:
    known = client.get(address_of(tender)).headers["ETag"]
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    english = again(client, address_of(tender), known)
    assert english.status_code == 200
    assert 'lang="en"' in english.content.decode()


def test_the_version_for_older_readers_is_another_version(client: Client) -> None:
    known = client.get("/").headers["ETag"]
    client.cookies["care"] = "1"
    assert again(client, "/", known).status_code == 200


@pytest.mark.parametrize("name", ["home", "tender-list", "help"])
def test_a_page_of_a_person_is_never_shared(client: Client, who: Cast, name: str) -> None:
    address = reverse(f"public:{name}")
    known = client.get(address).headers["ETag"]
    client.force_login(User.objects.get(pk=who.drafter.person_id))
    page = again(client, address, known)
    assert page.status_code == 200
    assert "我的工作台" in page.content.decode()
    assert page.headers["Cache-Control"] == ASKED_EACH_TIME
    assert "ETag" not in page.headers
    client.logout()
    assert "我的工作台" not in client.get(address).content.decode()


def test_a_session_without_a_person_is_not_shared_either(client: Client) -> None:
    session = client.session
    session["kept"] = "something"
    session.save()
    assert client.get("/").headers["Cache-Control"] == ASKED_EACH_TIME


def test_a_message_waiting_in_a_cookie_keeps_the_page_private(client: Client) -> None:
    waiting = HttpResponse()
    storage = CookieStorage(RequestFactory().get("/"))
    storage.add(messages.INFO, "只给您的话")
    storage.update(waiting)
    client.cookies.load(waiting.cookies.output(header=""))
    page = client.get("/")
    assert "只给您的话" in page.content.decode()
    assert page.headers["Cache-Control"] == ASKED_EACH_TIME


def test_a_program_that_names_itself_gets_nothing_shared(client: Client) -> None:
    answer = client.get("/", headers={"Authorization": "Basic x"})
    assert answer.headers["Cache-Control"] == ASKED_EACH_TIME


def _answered(answer: HttpResponse) -> str:
    def view(request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve("/")
        return answer

    request: WSGIRequest = RequestFactory().get("/")
    return SharedPagesMiddleware(view)(request).headers["Cache-Control"]


def test_a_listed_page_with_a_token_or_a_cookie_is_not_shared() -> None:
    assert _answered(HttpResponse("same for all")) == SHARED
    assert _answered(HttpResponse(b'<input name="%s">' % TOKEN)) == ASKED_EACH_TIME
    marked = HttpResponse("same for all")
    marked.set_cookie("mark", "1")
    assert _answered(marked) == ASKED_EACH_TIME
    assert _answered(HttpResponse("gone", status=410)) == ASKED_EACH_TIME


@pytest.mark.parametrize("address", ["/nowhere/", "/account/login/", "/admin/login/", "/status/"])
def test_what_is_not_listed_is_not_shared(client: Client, address: str) -> None:
    said = client.get(address).headers["Cache-Control"]
    assert "public" not in said
    assert "private" in said


def test_a_form_that_was_sent_is_not_shared(client: Client) -> None:
    assert client.post("/").headers["Cache-Control"] == ASKED_EACH_TIME


def test_the_clock_of_a_rehearsal_is_never_stuck(client: Client, settings: Settings) -> None:
    make.region("530000")
    settings.REHEARSAL = True
    page = client.get("/")
    assert page.headers["Cache-Control"] == ASKED_EACH_TIME
    assert again(client, "/", page.headers["ETag"]).status_code == 304
    instants.advance(timedelta(days=3))
    moved = again(client, "/", page.headers["ETag"])
    assert moved.status_code == 200
    assert "演练时钟" in moved.content.decode()


def test_a_reader_who_has_the_page_is_still_a_clock(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    monkeypatch.setattr(overdue.OverdueMiddleware, "_look", lambda _self: looks.append(1))
    known = client.get("/").headers["ETag"]
    assert again(client, "/", known).status_code == 304
    assert len(looks) == 2


def test_what_may_not_be_kept_is_not_compressed(client: Client) -> None:
    takes_gzip = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" in client.get("/help/", headers=takes_gzip).headers
    kept_by_nobody = client.get("/status/", headers=takes_gzip)
    assert "no-store" in kept_by_nobody.headers["Cache-Control"]
    assert "Content-Encoding" not in kept_by_nobody.headers
