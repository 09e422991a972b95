"""The timetable page: every step with its rules, moved days, bad days, and dates for the draft."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.roles import Actor
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SignIn = Callable[[Actor], Client]
HERE = "/agency/timetable/"
EMPTY: dict[str, Any] = dict.fromkeys(
    (
        "notice_period_end",
        "documents_end",
        "enquiry_period_end",
        "tender_period_end",
        "publicity_period_end",
        "award_expected_date",
        "contract_start",
        "contract_end",
    )
)


def get(client: Client, url: str = HERE, **query: str) -> HttpResponse:
    return client.get(url, query)  # type: ignore[return-value]


def text(response: HttpResponse) -> str:
    return response.content.decode()


def of(tender: Tender) -> str:
    return reverse("agency:tender-timetable", args=[tender.ocid])


def test_a_method_and_a_day_give_a_whole_lawful_timetable(
    who: build.Cast, signed_in: SignIn
) -> None:
    answer = get(signed_in(who.drafter), method="open", published="2026-04-07")
    page = text(answer)
    assert answer.status_code == 200
    for words in (
        "这些日期没有违反规则。",
        "2026年4月27日（星期一）",
        "政府采购法第35条",
        "结果公告期结束",
        "本平台的规定",
        "重新计算",
        "<title id=",
        "<desc id=",
    ):
        assert words in page
    assert "style=" not in page
    assert len(page.encode()) < 60_000


def test_the_page_opens_with_today_and_the_first_method(who: build.Cast, signed_in: SignIn) -> None:
    assert 'value="2026-04-07"' in text(get(signed_in(who.approver)))


def test_a_moved_day_says_which_rule_bends_and_the_way_out(
    who: build.Cast, signed_in: SignIn
) -> None:
    typed = {"method": "open", "published": "2026-04-07", "deadline": "2026-04-24"}
    page = text(get(signed_in(who.drafter), **typed))
    assert "有 1 条规则不符合" in page
    assert "少 3 日" in page
    assert "deadline=2026-04-27" in page


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        ("2026-04-01", "已经过去。最早可以是 2026年4月7日"),
        ("2026-05-02", "那天放假。最近的工作日是 2026年5月6日"),
        ("2026-04-07", "和前一步之间一天也没有。可以改成 2026年4月27日"),
    ],
)
def test_a_day_that_is_wrong_in_itself_is_flagged_with_reason_and_way_out(
    who: build.Cast, signed_in: SignIn, deadline: str, said: str
) -> None:
    typed = {"method": "open", "published": "2026-04-07", "deadline": deadline}
    page = text(get(signed_in(who.drafter), **typed))
    assert "有的日期不能用" in page
    assert said in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"deadline": "明天"}, "请填写日期，例如 2026-12-08。"),
        ({"published": "1026-04-07"}, "请填写 2020 年到 2099 年之间的日期。"),
        ({"method": "auction"}, "请选列出的一种采购方式。"),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_field(
    who: build.Cast, signed_in: SignIn, typed: dict[str, str], said: str
) -> None:
    answer = get(signed_in(who.drafter), **{"method": "open", **typed})
    assert answer.status_code == 422
    assert said in text(answer)


def test_a_draft_shows_its_own_dates_first(who: build.Cast, signed_in: SignIn) -> None:
    tender = build.draft(who, "open")
    page = text(get(signed_in(who.drafter), of(tender)))
    assert 'value="2026-04-28"' in page
    assert "采用这些日期" in page


def test_the_dates_are_taken_over_into_the_draft(who: build.Cast, signed_in: SignIn) -> None:
    tender = build.draft(who, "open", **EMPTY)
    client = signed_in(who.drafter)
    typed = {"published": "2026-04-08", "deadline": "2026-05-11"}
    answer = client.post(of(tender), typed)
    dates = reverse("agency:tender-step", args=[tender.ocid, "dates"])
    assert (answer.status_code, answer["Location"]) == (302, dates)
    tender.refresh_from_db()
    assert tender.tender_period_end is not None
    assert tender.notice_period_end is not None
    local = tender.tender_period_end.astimezone(SHANGHAI)
    assert (local.date(), local.hour) == (date(2026, 5, 11), 17)
    assert tender.notice_period_end.astimezone(SHANGHAI).date() == date(2026, 4, 15)
    assert tender.contract_start is not None
    assert "已写进草稿" in text(client.get(dates))  # type: ignore[arg-type]


def test_a_holiday_is_not_written_into_the_draft(who: build.Cast, signed_in: SignIn) -> None:
    tender = build.draft(who, "open", **EMPTY)
    answer = signed_in(who.drafter).post(of(tender), {"deadline": "2026-05-02"})
    assert answer.status_code == 422
    assert "日期没有写进草稿" in answer.content.decode()
    tender.refresh_from_db()
    assert tender.tender_period_end is None


def test_a_draft_without_a_method_is_sent_to_choose_one(who: build.Cast, signed_in: SignIn) -> None:
    tender = build.draft(who, "open", procurement_method="")
    answer = get(signed_in(who.drafter), of(tender))
    assert answer["Location"] == reverse("agency:tender-step", args=[tender.ocid, "procedure"])


def test_past_the_last_official_year_a_day_says_that_it_is_provisional(
    who: build.Cast, signed_in: SignIn, clock: Clock
) -> None:
    page = text(get(signed_in(who.drafter), method="grant", published="2026-12-20"))
    assert "暂定，放假安排公布后确定" in page


def test_another_agencys_draft_is_not_there(who: build.Cast, signed_in: SignIn) -> None:
    tender = build.draft(who, "open")
    assert get(signed_in(build.cast(0).drafter), of(tender)).status_code == 404


def test_the_page_asks_the_database_little(
    who: build.Cast, signed_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(who.drafter)
    get(client)
    with django_assert_max_num_queries(12):
        get(client, method="open", deadline="2026-05-11")
