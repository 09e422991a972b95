"""Answering over HTTP: once, to everyone, the asker never shown."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from procurement.enquiries import actions as asking
from procurement.enquiries.models import Enquiry
from procurement.publication.models import Entry
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, send, text

pytestmark = pytest.mark.django_db

QUESTION = "志愿者的交通补贴可以列入预算吗？"
ANSWER = "可以，列入直接服务费用。"


@pytest.fixture
def who() -> Cast:
    return build.cast(1)


@pytest.fixture
def tender(who: Cast, monkeypatch: pytest.MonkeyPatch) -> Tender:
    desk.stand_still(monkeypatch, desk.BIDDING)
    return build.published(who)


def ask(
    who: Cast, tender: Tender, question: str = QUESTION, at: datetime = desk.BIDDING
) -> Enquiry:
    return asking.ask(tender, question=question, by=people.signatory(who.csos[0]), at=at)


def test_a_question_waits_with_its_day_and_without_its_asker(tender: Tender, who: Cast) -> None:
    enquiry = ask(who, tender)
    for official in (who.drafter, who.approver):
        client = browser(official)
        for shown in (
            text(page(client, "agency:enquiry-list")),
            text(page(client, "agency:enquiry-answer", enquiry.pk)),
        ):
            assert QUESTION in shown
            assert "请在 2026年4月27日（星期一）前答复" in shown
            assert who.csos[0].organization.name not in shown


def test_an_answer_is_seen_before_it_is_public_and_given_once(tender: Tender, who: Cast) -> None:
    enquiry = ask(who, tender)
    client = browser(who.drafter)
    preview = text(send(client, "agency:enquiry-answer", enquiry.pk, text=ANSWER))
    assert "公开前再看一遍" in preview
    assert ANSWER in preview
    enquiry.refresh_from_db()
    assert enquiry.answered_at is None
    edit = text(send(client, "agency:enquiry-answer", enquiry.pk, text=ANSWER, edit="1"))
    assert ANSWER in edit
    assert "公开前再看一遍" not in edit

    sent = send(client, "agency:enquiry-answer", enquiry.pk, text=ANSWER, send="1")

    assert sent.headers["Location"] == reverse("agency:enquiry-answer", args=[enquiry.pk])
    again = send(client, "agency:enquiry-answer", enquiry.pk, text="另一个答复", send="1")
    assert "这个问题已经答复并公开，不能再改。" in text(again)
    enquiry.refresh_from_db()
    assert enquiry.answer == ANSWER
    assert Entry.objects.of(tender.ocid).filter(kind="clarification").count() == 1


def test_an_empty_answer_is_refused(tender: Tender, who: Cast) -> None:
    enquiry = ask(who, tender)
    answer = send(browser(who.drafter), "agency:enquiry-answer", enquiry.pk, text=" ", send="1")
    assert "请写下答复。" in text(answer)
    enquiry.refresh_from_db()
    assert enquiry.answered_at is None


def test_a_question_left_over_the_deadline_waits_and_is_still_answered_to_all(
    tender: Tender, who: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    enquiry = ask(who, tender)
    desk.stand_still(monkeypatch, build.OPENING)
    client = browser(who.drafter)
    assert (
        reverse("agency:enquiry-answer", args=[enquiry.pk])
        in page(client, "agency:home").content.decode()
    )
    late = send(client, "agency:enquiry-answer", enquiry.pk, text=ANSWER, send="1")
    assert late.status_code == 302
    enquiry.refresh_from_db()
    assert (enquiry.answer, enquiry.answered_at) == (ANSWER, build.OPENING)
    story = text(page(Client(), "public:tender", tender.ocid))
    assert (QUESTION in story, ANSWER in story) == (True, True)


def test_others_do_not_answer(tender: Tender, who: Cast) -> None:
    enquiry = ask(who, tender)
    stranger = build.cast(0)
    cases = (
        (stranger.drafter, 404),
        (who.panel[0], 403),
        (people.signatory(who.csos[0]), 403),
        (people.overseer(), 403),
    )
    for actor, status in cases:
        client = browser(actor)
        assert page(client, "agency:enquiry-answer", enquiry.pk).status_code == status
        sent = send(client, "agency:enquiry-answer", enquiry.pk, text=ANSWER, send="1")
        assert sent.status_code == status
    assert page(Client(), "agency:enquiry-list").status_code == 302
    enquiry.refresh_from_db()
    assert enquiry.answered_at is None


def test_thirty_questions_cost_the_queries_of_one(
    tender: Tender, who: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browser(who.drafter)
    ask(who, tender)
    with CaptureQueriesContext(connection) as one:
        page(client, "agency:enquiry-list")
    for number in range(29):
        ask(who, tender, f"问题 {number}")
    with django_assert_num_queries(len(one)):
        page(client, "agency:enquiry-list")
