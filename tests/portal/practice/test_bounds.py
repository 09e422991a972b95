"""How many practice procurements may be made: by one visitor, and by all together."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from organizations import instants
from organizations.audit import AuditRow
from organizations.roles import SYSTEM
from portal.demo.ready import Point
from portal.practice import bounds, journey
from procurement.publication.models import ContractingProcess

BEGINNING = {"point": "beginning"}


def playing(address: str) -> Client:
    """Another browser, of somebody who plays this part."""
    client = Client()
    client.post("/practice/part/", {"part": address})
    return client


def made() -> int:
    """How many there are."""
    return ContractingProcess.objects.count()


@pytest.fixture
def two_each(settings: Settings) -> None:
    settings.PRACTICE_EACH, settings.PRACTICE_MOST = 2, 3


def test_one_visitor_makes_so_many_and_is_then_shown_those_there_are(
    browser: Client, two_each: None
) -> None:
    visitor, before = playing("drafter"), made()
    for _press in range(3):
        response = visitor.post("/practice/begin/", BEGINNING)
    assert (response.status_code, response["Location"]) == (302, "/practice/#begin")
    assert made() == before + 2
    assert AuditRow.objects.filter(kind=bounds.BEGIN).count() == 2
    page = visitor.get("/practice/").content.decode()
    assert "一个人最多新建 2 个练习项目，您已经建满了。" in page
    assert 'name="point"' not in page
    assert "继续我的练习项目" in page
    assert page.count("最近的练习项目") == 1


def test_another_part_is_still_the_same_visitor(browser: Client, two_each: None) -> None:
    visitor, before = playing("drafter"), made()
    for part in ("drafter", "approver", "signatory"):
        visitor.post("/practice/part/", {"part": part})
        visitor.post("/practice/begin/", BEGINNING)
    assert made() == before + 2


def test_all_together_make_so_many(browser: Client, two_each: None) -> None:
    before = made()
    for part in ("drafter", "approver", "clerk", "signatory"):
        last = playing(part)
        last.post("/practice/begin/", BEGINNING)
    assert made() == before + 3
    page = last.get("/practice/").content.decode()
    assert "最多放 3 个练习项目，已经放满了" in page
    assert "请网站管理人重建练习平台" in page
    assert 'name="point"' not in page


def test_a_faster_clock_makes_no_room(browser: Client, two_each: None) -> None:
    for _one in range(3):
        journey.begin(Point.BEGINNING, by=SYSTEM, at=instants.now(), made=0)
    instants.advance(timedelta(days=300))
    with pytest.raises(bounds.EnoughInAll):
        journey.begin(Point.BEGINNING, by=SYSTEM, at=instants.now(), made=0)


def test_who_may_still_make_one_is_told_nothing(browser: Client) -> None:
    visitor = playing("drafter")
    visitor.post("/practice/begin/", BEGINNING)
    page = visitor.get("/practice/").content.decode()
    assert 'name="point"' in page
    assert "建满" not in page
