"""The province's breaches: read by the overseer, excused once with a reason everyone reads."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations import instants
from procurement import clock
from procurement.obligations.models import Obligation
from procurement.publication.models import Entry, NoticeKind
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders.procurement import Cast

pytestmark = pytest.mark.django_db

LATE = build.DECISION + timedelta(days=12)
LIST = reverse("breaches:home")
REASON = {"reason": "节假日前后专家确实难以到场。"}


@pytest.fixture
def who(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(instants, "now", lambda: LATE)
    return build.cast()


@pytest.fixture
def breach(who: Cast) -> Obligation:
    build.evaluated(who, build.opened(who, build.published(who)))
    clock.record_breaches(at=LATE)
    return Obligation.objects.get(event="award.decided")


@pytest.fixture
def overseer(who: Cast) -> Client:
    client = Client()
    client.force_login(people.person(people.overseer()))
    return client


def text(client: Client, address: str, **typed: str) -> str:
    answer = client.post(address, typed) if typed else client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_breach_is_excused_after_a_preview_once(breach: Obligation, overseer: Client) -> None:
    address = reverse("breaches:breach", args=[breach.pk])
    assert address in text(overseer, LIST)
    assert "逾期 3 天" in text(overseer, address)
    assert "公开前再看一遍" in text(overseer, address, **REASON)
    assert REASON["reason"] in text(overseer, address, **REASON, edit="1")
    breach.refresh_from_db()
    assert breach.excused_at is None

    assert overseer.post(address, REASON | {"send": "1"}).status_code == 302
    assert "谅解已经公开" in text(overseer, address, reason="另一个理由", send="1")

    breach.refresh_from_db()
    assert breach.excuse == REASON["reason"]
    assert Entry.objects.of(breach.ocid).filter(kind=NoticeKind.EXCUSE).count() == 1
    assert address not in text(overseer, LIST)
    assert address in text(overseer, f"{LIST}?all=1")


def test_an_excuse_needs_its_reason(breach: Obligation, overseer: Client) -> None:
    address = reverse("breaches:breach", args=[breach.pk])
    assert "请写明为什么可以谅解" in text(overseer, address, reason=" ", send="1")
    breach.refresh_from_db()
    assert breach.excused_at is None


def test_others_neither_read_nor_excuse(who: Cast, breach: Obligation) -> None:
    for actor in (who.approver, people.signatory(who.csos[0])):
        client = Client()
        client.force_login(people.person(actor))
        assert client.get(LIST).status_code == 403
        address = reverse("breaches:breach", args=[breach.pk])
        assert client.post(address, REASON | {"send": "1"}).status_code == 403
    breach.refresh_from_db()
    assert breach.excused_at is None


def test_thirty_breaches_cost_the_queries_of_one(
    breach: Obligation, overseer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text(overseer, LIST)
    with CaptureQueriesContext(connection) as one:
        text(overseer, LIST)
    for number in range(29):
        breach.pk, breach.subject = None, str(number)
        breach.save(force_insert=True)
    with django_assert_num_queries(len(one)):
        earlier = overseer.get(LIST).context["earlier_url"]
    assert "决定采购结果" in text(overseer, LIST + earlier)
