"""The pages about letters: read by overseer and auditor, without an addressee."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.roles import Role
from procurement.notifications import actions
from procurement.notifications.models import Delivery
from procurement.publication.paging import SIZE
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

SOON = build.TENDER_DAY + timedelta(hours=2)
LIST, SAMPLES = reverse("post:home"), reverse("post:samples")


@pytest.fixture
def call() -> Tender:
    """A call with one letter, which could not be sent yet."""
    who = build.cast(1)
    people.signatory(who.csos[0])
    tender = build.published(who)
    actions.collect(at=SOON)
    Delivery.objects.update(
        attempts=1, error="SMTPServerDisconnected", send_after=SOON + timedelta(minutes=4)
    )
    return tender


@pytest.fixture
def auditor() -> Client:
    client = Client()
    client.force_login(people.member(people.office(), Role.AUDITOR)[0])
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def copies(count: int) -> None:
    """More letters like the one there is."""
    row = Delivery.objects.get()
    made = {f.attname: getattr(row, f.attname) for f in Delivery._meta.concrete_fields}
    made = {name: value for name, value in made.items() if name not in {"id", "token"}}
    Delivery.objects.bulk_create(
        Delivery(**made | {"entry_index": 1000 + number}) for number in range(count)
    )


def test_a_letter_says_why_it_has_not_gone_and_when_it_is_tried_again(
    call: Tender, auditor: Client
) -> None:
    page = text(auditor, f"{LIST}?state=retrying")
    assert call.title in page
    assert "邮件服务器中断了连接。" in page
    assert "11:04 再试" in page
    assert "试了 1 次" in page


def test_no_page_says_to_whom(call: Tender, auditor: Client) -> None:
    [letter] = Delivery.objects.select_related("person", "organization")
    page = text(auditor, LIST)
    for untold in (letter.person.email, letter.organization.name, str(letter.token)):
        assert untold not in page
    assert "谁投标、邀请了几家、多少人在看，开标以前谁都不能知道" in page


def test_the_list_is_narrowed_by_the_address(call: Tender, auditor: Client) -> None:
    for kept in ("", "kind=call", f"tender={call.ocid}", "day=2026-04-07", "state=unheard-of"):
        assert call.ocid in text(auditor, f"{LIST}?{kept}")
    for dropped in ("kind=bid", "kind=head&tender=x", "state=sent", "day=2026-04-08", "tender=x"):
        page = text(auditor, f"{LIST}?{dropped}")
        assert f"/tenders/{call.ocid}/" not in page
        assert "没有符合条件的信" in page


def test_pages_follow_each_other(call: Tender, auditor: Client) -> None:
    copies(SIZE)
    first = auditor.get(f"{LIST}?kind=call")
    assert len(first.context["rows"]) == SIZE
    second = auditor.get(LIST + first.context["earlier_url"])
    assert len(second.context["rows"]) == 1
    assert second.context["later_url"]


def test_thirty_letters_cost_the_queries_of_one(
    call: Tender, auditor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text(auditor, LIST)
    with CaptureQueriesContext(connection) as one:
        text(auditor, LIST)
    copies(29)
    with django_assert_num_queries(len(one)):
        text(auditor, LIST)


def test_each_text_is_shown_in_both_languages(auditor: Client) -> None:
    page = text(auditor, SAMPLES)
    assert page.count('<div lang="en">') == page.count('<div lang="zh-Hans">') == 16
    assert "新的采购公告：样本：艾滋病随访关怀服务" in page
    assert "New call: 样本：艾滋病随访关怀服务" in page
