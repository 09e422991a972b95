"""The pages of SMS and WeChat: on by a code, off by one press, and by the link of a message."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from organizations.accounts.models import User
from organizations.roles import Actor
from procurement.notifications import actions, confided, contacts, short
from procurement.notifications.channels.interface import Channel, Permanent
from procurement.notifications.models import Silence
from procurement.notifications.parts import CodeSent, Contact, ShortLetter
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.notifications.providers import Provider, plug

pytestmark = pytest.mark.django_db
LIST = reverse("own:contact-list")
SMS, CONFIRM, END = (
    reverse(name, args=["sms"])
    for name in ("own:contact", "own:contact-confirm", "own:contact-end")
)
SOON = build.TENDER_DAY + timedelta(hours=2)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    return plug(monkeypatch)


def test_off_by_default_then_on_by_a_code_then_off_by_one_press(
    provider: Provider, browser: Client
) -> None:
    assert LIST in browser.get(reverse("own:watch-list")).content.decode()
    page = browser.get(LIST).content.decode()
    assert page.count("没有开启") == 2
    sent = browser.post(SMS, {"address": "138 0013 8000"})
    assert sent.headers["Location"] == CONFIRM
    waits = browser.get(CONFIRM).content.decode()
    assert "验证码已用短信发到 138 **** 8000。" in waits
    assert "13800138000" not in waits
    assert "还没有确认" in browser.get(LIST).content.decode()
    done = browser.post(CONFIRM, {"code": provider.code()}, follow=True).content.decode()
    assert "已确认。以后的新消息也会发到这里。" in done
    assert "138 **** 8000" in done
    assert "已停止，号码已经删除。" in browser.post(END, follow=True).content.decode()
    assert not Contact.objects.exists()


def test_no_address_of_a_page_holds_the_number_or_the_code(
    provider: Provider, browser: Client
) -> None:
    sent = browser.post(SMS, {"address": "13800138000"}, follow=True)
    assert [url for url, _status in sent.redirect_chain] == [CONFIRM]


def test_a_slip_is_said_beside_the_field(provider: Provider, browser: Client) -> None:
    assert "请填写您的手机号码。" in browser.post(SMS, {"address": ""}).content.decode()
    wrong = browser.post(SMS, {"address": "12345"}).content.decode()
    assert "请填写 11 位手机号码" in wrong
    assert 'value="12345"' in wrong
    provider.trouble = Permanent()
    refused = browser.post(SMS, {"address": "13800138000"}).content.decode()
    assert "这个号码收不到消息。请检查后再填。" in refused


def test_a_wrong_code_says_how_often_it_may_be_tried(provider: Provider, browser: Client) -> None:
    browser.post(SMS, {"address": "13800138000"})
    wrong = "000000" if provider.code() != "000000" else "111111"
    assert "还可以试 4 次" in browser.post(CONFIRM, {"code": wrong}).content.decode()
    assert Contact.objects.get().confirmed_at is None


def test_a_code_without_a_number_leads_back_and_other_ways_are_not_there(browser: Client) -> None:
    assert browser.get(CONFIRM).headers["Location"] == SMS
    assert browser.get(reverse("own:contact", args=["pigeon"])).status_code == 404


def test_where_no_provider_is_named_the_page_says_so(browser: Client, settings: Settings) -> None:
    settings.CHANNELS = {"sms": "", "wechat": ""}
    page = browser.get(LIST).content.decode()
    assert "这个网站还没有开通短信和微信通知" in page
    assert SMS not in page


@pytest.fixture
def letter(provider: Provider) -> ShortLetter:
    """A line about a call, sent to somebody's telephone."""
    who = build.cast(1)
    [by] = who.signatories()
    contacts.ask(Channel.SMS, "13800138000", by=by, at=build.START)
    contacts.confirm(Channel.SMS, provider.code(), by=by, at=build.START)
    build.published(who)
    actions.collect(at=SOON)
    assert short.send(at=SOON) == 1
    return ShortLetter.objects.get()


def test_the_link_leads_to_the_call_and_stops_by_a_press_without_signing_in(
    letter: ShortLetter,
) -> None:
    page = reverse("letters:short", args=[letter.slug])
    browser = Client()
    text = browser.get(page).content.decode()
    assert letter.title in text
    assert f'href="{letter.path}"' in text
    assert Contact.objects.count() == 1  # a look changes nothing
    stopped = browser.post(page).content.decode()
    assert "不会再用短信通知您" in stopped
    assert not Contact.objects.exists()
    assert not Silence.objects.exists()  # mail goes on
    assert browser.post(page).status_code == 200
    assert browser.get(reverse("letters:short", args=["AAAAAAAA"])).status_code == 404


def test_the_page_of_a_digest_says_how_many(reader: User) -> None:
    letter = ShortLetter.objects.create(
        person=reader,
        channel=Channel.SMS,
        key="daily-2026-04-08",
        count=3,
        path=reverse("own:inbox"),
        noted_at=SOON,
        send_after=SOON,
    )
    text = Client().get(reverse("letters:short", args=[letter.slug])).content.decode()
    assert "您关注的 3 条新消息" in text


@pytest.mark.parametrize("has_new_key", [False, True])
def test_a_number_whose_key_is_gone_can_be_changed_and_stopped(
    provider: Provider, browser: Client, settings: Settings, tmp_path: Path, has_new_key: bool
) -> None:
    browser.post(SMS, {"address": "13800138000"})
    settings.KEYS_DIR = tmp_path
    if has_new_key:
        confided.lock("", "")
    assert "读不出来，请重新填写" in browser.get(LIST).content.decode()
    led = browser.get(CONFIRM, follow=True)
    assert [url for url, _status in led.redirect_chain] == [SMS]
    assert "读不出来，请重新填写" in led.content.decode()
    CodeSent.objects.all().delete()  # a minute later
    assert browser.post(SMS, {"address": "13900139000"}).headers["Location"] == CONFIRM
    done = browser.post(CONFIRM, {"code": provider.code()}, follow=True).content.decode()
    assert "139 **** 9000" in done
    Contact.objects.update(sealed=b"kept with another key altogether")
    assert "已停止，号码已经删除。" in browser.post(END, follow=True).content.decode()
    assert not Contact.objects.exists()


def test_an_old_message_stops_no_number_confirmed_since(
    letter: ShortLetter, provider: Provider
) -> None:
    by = Actor(user_id=letter.person_id, organization_id=None)
    later = SOON + timedelta(hours=1)
    contacts.ask(Channel.SMS, "13900139000", by=by, at=later)
    contacts.confirm(Channel.SMS, provider.code(), by=by, at=later)
    page = reverse("letters:short", args=[letter.slug])
    pressed = Client().post(page).content.decode()
    assert "没有停止：发出这条消息以后，又确认过号码。" in pressed
    assert "不会再用短信通知您" not in pressed
    assert contacts.masked(Contact.objects.get()) == "139 **** 9000"
    ShortLetter.objects.update(sent_at=later)  # noted before, sent to the new one
    assert "不会再用短信通知您" in Client().post(page).content.decode()
    assert not Contact.objects.exists()


def test_nobody_learns_from_the_pages_of_others(provider: Provider, reader: User) -> None:
    by = Actor(user_id=reader.pk, organization_id=None)
    contacts.ask(Channel.SMS, "13800138000", by=by, at=SOON)
    stranger = Client()
    stranger.force_login(people.user())
    assert "8000" not in stranger.get(LIST).content.decode()
    stranger.post(END)
    assert Contact.objects.count() == 1
