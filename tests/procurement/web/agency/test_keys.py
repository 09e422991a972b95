"""Opening keys at the desk: card by card, shown once, typed back, published by another."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organizations.roles import Actor
from procurement.keycards import actions as keycards
from procurement.keycards import cards, gates
from procurement.keycards.models import Drill, KeyCard, KeySet
from procurement.publication.models import Entry, NoticeKind
from tests.builders import keycards as paper
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[[Actor], Client]


def shown(response: object) -> str:
    """The digits a page shows, as they would be copied by hand."""
    page = response.content.decode()  # type: ignore[attr-defined]
    return " ".join(re.findall(r'keycard-digits">(\d{6})<', page))


def test_a_set_is_prepared_card_by_card_and_published_by_another(
    who: build.Cast, signed_in: SignIn
) -> None:
    clerk, approver = signed_in(who.clerk), signed_in(who.approver)
    begun = clerk.post("/agency/keys/new/", {"label": "2026 年度开标钥匙"})
    key_set = KeySet.objects.get()
    home = f"/agency/keys/{key_set.pk}/"
    assert (begun.status_code, begun["Location"]) == (302, home)

    for card, (holder, place, is_outside) in zip(key_set.cards.all(), paper.HOLDERS, strict=True):
        at = f"{home}cards/{card.member}/"
        whose = "elsewhere" if is_outside else "agency"
        clerk.post(at, {"holder": holder, "affiliation": place, "whose": whose})
        made = clerk.post(f"{at}make/")
        assert holder in made.content.decode()
        done = clerk.post(f"{at}confirm/", {"digits": shown(made)})
        assert (done.status_code, done["Location"]) == (302, home)
    assert "请本单位另一位审批人" in clerk.get(home).content.decode()
    assert clerk.post(f"{home}publish/").status_code == 403
    assert "公布这套钥匙" in approver.get(home).content.decode()
    assert approver.post(f"{home}publish/").status_code == 302

    assert KeySet.objects.get().published_by_id == who.approver.user_id
    assert Entry.objects.filter(kind=NoticeKind.KEYSET).count() == 1
    assert "和晓兰" in clerk.get(home).content.decode()


def test_the_digits_are_shown_once_and_kept_nowhere(who: build.Cast, signed_in: SignIn) -> None:
    key_set = paper.named(who.clerk, build.TENDER_DAY)
    clerk, card = signed_in(who.clerk), key_set.cards.all()[0]
    at = f"/agency/keys/{key_set.pk}/cards/{card.member}/"
    page = clerk.post(f"{at}make/")
    digits = shown(page)

    assert len(digits.split()) == 8
    assert "no-store" in page["Cache-Control"]
    assert "<svg" in page.content.decode()
    for again in (at, f"{at}make/", f"{at}confirm/", f"/agency/keys/{key_set.pk}/"):
        answer = clerk.get(again)
        assert shown(answer) == ""
        assert digits.split()[0] not in answer.content.decode()
    assert all(digits.split()[0] not in str(each.get_decoded()) for each in Session.objects.all())


def test_a_slip_is_shown_at_its_group_with_what_was_typed(
    who: build.Cast, signed_in: SignIn
) -> None:
    key_set = paper.named(who.clerk, build.TENDER_DAY)
    clerk, card = signed_in(who.clerk), key_set.cards.all()[0]
    at = f"/agency/keys/{key_set.pk}/cards/{card.member}/"
    groups = shown(clerk.post(f"{at}make/")).split()
    groups[4] = f"{(int(groups[4][0]) + 1) % 10}{groups[4][1:]}"
    answer = clerk.post(f"{at}confirm/", {"digits": " ".join(groups)})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "第 5 组有数字不对" in page
    assert " ".join(groups) in page
    assert page.count("请核对</strong>") == 1
    assert "no-store" in answer["Cache-Control"]
    assert KeyCard.objects.get(pk=card.pk).confirmed_at is None


def test_another_holders_card_is_named(who: build.Cast, signed_in: SignIn) -> None:
    made = paper.confirmed(who.clerk, build.TENDER_DAY)
    at = f"/agency/keys/{made.key_set.pk}/cards/{made.card('C1').member}/confirm/"
    answer = signed_in(who.clerk).post(at, {"digits": paper.spaced(made.of("C3"))})

    assert answer.status_code == 422
    assert "和晓兰" in answer.content.decode()


def test_a_set_that_is_not_whole_says_what_is_lacking(who: build.Cast, signed_in: SignIn) -> None:
    key_set = paper.named(who.clerk, build.TENDER_DAY)
    answer = signed_in(who.approver).post(f"/agency/keys/{key_set.pk}/publish/")

    assert answer.status_code == 422
    assert "还没有由持卡人输回核对" in answer.content.decode()
    assert KeySet.objects.get().published_at is None


def test_without_a_gate_nothing_is_published(
    who: build.Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "current_gate", lambda: None)
    made = paper.confirmed(who.clerk, build.TENDER_DAY)
    answer = signed_in(who.approver).post(f"/agency/keys/{made.key_set.pk}/publish/")

    assert answer.status_code == 409
    assert "时间闸还没有公布它的公钥" in answer.content.decode()
    assert KeySet.objects.get().published_at is None


def test_a_lost_card_is_reported_with_a_reason(who: build.Cast, signed_in: SignIn) -> None:
    made = paper.published(who.clerk, who.approver, build.TENDER_DAY)
    clerk = signed_in(who.clerk)
    at = f"/agency/keys/{made.key_set.pk}/cards/{made.card('C2').member}/lost/"

    assert clerk.post(at, {"reason": ""}).status_code == 422
    assert made.card("C2").works
    assert clerk.post(at, {"reason": "搬家时遗失。"}).status_code == 302
    assert not made.card("C2").works
    assert "已遗失" in clerk.get(f"/agency/keys/{made.key_set.pk}/").content.decode()


def test_a_drill_is_held_page_by_page(who: build.Cast, signed_in: SignIn) -> None:
    made = paper.published(who.clerk, who.approver, build.TENDER_DAY)
    clerk, home = signed_in(who.clerk), f"/agency/keys/{made.key_set.pk}/"
    assert clerk.post(f"{home}drills/new/", {"witnesses": "张三"}).status_code == 422
    begun = clerk.post(f"{home}drills/new/", {"witnesses": "张三、李四"})
    at = begun["Location"]
    for suffix in ("C1", "C2", "C2", "C4", "R2", "R3"):
        if suffix == "C4":
            page = clerk.get(at).content.decode()
            assert "装作 杨春梅 的卡" in page
        typed = {"card": made.card(suffix).member, "digits": paper.spaced(made.of(suffix))}
        assert clerk.post(at, typed).status_code == 302
    page = clerk.get(at).content.decode()

    assert "演练完成" in page
    assert page.count("打开了，试验词是") == 3
    assert Drill.objects.get().passed_at is not None


def test_a_card_that_is_not_asked_for_is_refused_in_a_drill(
    who: build.Cast, signed_in: SignIn
) -> None:
    made = paper.published(who.clerk, who.approver, build.TENDER_DAY)
    clerk = signed_in(who.clerk)
    begun = clerk.post(f"/agency/keys/{made.key_set.pk}/drills/new/", {"witnesses": "张三、李四"})
    typed = {"card": made.card("R1").member, "digits": paper.spaced(made.of("R1"))}
    answer = clerk.post(begun["Location"], typed)

    assert answer.status_code == 422
    assert "这张卡不能用在这一步" in answer.content.decode()
    assert Drill.objects.get().turns.count() == 0


def test_a_drill_is_stopped_with_a_reason(who: build.Cast, signed_in: SignIn) -> None:
    made = paper.published(who.clerk, who.approver, build.TENDER_DAY)
    clerk, home = signed_in(who.clerk), f"/agency/keys/{made.key_set.pk}/"
    at = clerk.post(f"{home}drills/new/", {"witnesses": "张三、李四"})["Location"]

    assert clerk.post(f"{at}stop/", {"reason": "卡没带来。"}).status_code == 302
    assert "演练中途停止：卡没带来。" in clerk.get(at).content.decode()


def test_the_keys_of_another_agency_are_not_there(who: build.Cast, signed_in: SignIn) -> None:
    stranger = build.cast(0)
    made = paper.confirmed(who.clerk, build.TENDER_DAY)
    client = signed_in(stranger.approver)

    assert client.get(f"/agency/keys/{made.key_set.pk}/").status_code == 404
    member = made.card("C1").member
    assert client.post(f"/agency/keys/{made.key_set.pk}/cards/{member}/make/").status_code == 404


def test_what_is_scanned_from_the_card_confirms_it(
    who: build.Cast, signed_in: SignIn, clock: Clock
) -> None:
    key_set = paper.named(who.clerk, build.TENDER_DAY)
    clock.at = build.TENDER_DAY + timedelta(hours=1)
    clerk, card = signed_in(who.clerk), key_set.cards.all()[0]
    at = f"/agency/keys/{key_set.pk}/cards/{card.member}/"
    digits = cards.parse(shown(clerk.post(f"{at}make/")))
    scanned = cards.qr_payload(digits, card.member)

    assert clerk.post(f"{at}confirm/", {"digits": scanned}).status_code == 302
    assert KeyCard.objects.get(pk=card.pk).confirmed_at == clock.at


def test_the_desks_say_who_goes_on_with_a_set(who: build.Cast, signed_in: SignIn) -> None:
    made = paper.confirmed(who.clerk, build.TENDER_DAY)
    desk = signed_in(who.approver).get("/agency/").content.decode()

    assert "公布开标钥匙：" in desk
    assert f"/agency/keys/{made.key_set.pk}/" in desk
    assert "公布开标钥匙：" not in signed_in(who.clerk).get("/agency/").content.decode()


def test_the_list_of_sets_asks_the_same_of_one_and_of_thirty(
    who: build.Cast, signed_in: SignIn
) -> None:
    paper.published(who.clerk, who.approver, build.TENDER_DAY)
    clerk = signed_in(who.clerk)
    few = queries_of(clerk)
    for number in range(29):
        old = keycards.begin(label=f"第 {number} 套", by=who.clerk, at=build.TENDER_DAY)
        keycards.retire(old, reason="重做。", by=who.approver, at=build.TENDER_DAY)

    assert queries_of(clerk) == few


def queries_of(client: Client) -> int:
    """How many queries the list asks."""
    with CaptureQueriesContext(connection) as asked:
        client.get("/agency/keys/")
    return len(asked)
