"""The page of a watch that posts: the secret once, how it went, trying again, ending."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from organizations.accounts.models import User
from organizations.roles import Actor
from procurement.notifications import confided
from procurement.notifications.channels import posting
from procurement.watches import actions, hooks
from procurement.watches.models import Kind, Pace, Watch
from procurement.watches.parts import Hook, HookLetter
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
ADDRESS = "https://hook.example/in"


@pytest.fixture
def watch(reader: User, monkeypatch: pytest.MonkeyPatch) -> Watch:
    monkeypatch.setattr(posting, "look_up", lambda _host, _port: "93.184.216.34")
    by = Actor(user_id=reader.pk, organization_id=None)
    return actions.watch(Kind.SEARCH, "q=随访", pace=Pace.DAILY, by=by, at=build.TENDER_DAY)


def page(watch: Watch, name: str = "own:hook") -> str:
    return reverse(name, args=[watch.pk])


def test_the_secret_is_shown_once_and_never_kept_by_a_cache(watch: Watch, browser: Client) -> None:
    assert page(watch) in browser.get(page(watch, "own:watch")).content.decode()
    assert "填写网址" in browser.get(page(watch)).content.decode()
    saved = browser.post(page(watch), {"address": ADDRESS})
    text = saved.content.decode()
    assert "whsec_" in text.split("只显示这一次")[1].split("用它核对")[0]
    assert "no-store" in saved.headers["Cache-Control"]
    again = browser.get(page(watch)).content.decode()
    assert ADDRESS in again
    assert "只显示这一次" not in again


def test_a_slip_is_said_beside_the_field(watch: Watch, browser: Client) -> None:
    for typed, said in (
        ("", "请填写接收推送的网址。"),
        ("http://hook.example/", "网址要以 https:// 开头"),
        ("https://hook.example:22/", "只能推送到 443 或 8443 端口"),
    ):
        text = browser.post(page(watch), {"address": typed}).content.decode()
        assert said in text
        assert typed in text
    assert not Hook.objects.exists()


def test_addresses_are_not_tried_one_after_another_without_end(
    watch: Watch, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def inside(host: str, _port: int) -> str:
        looked_up.append(host)
        raise posting.Unfit("private")

    monkeypatch.setattr(posting, "look_up", inside)
    for number in range(5):
        browser.post(page(watch), {"address": f"https://host{number}.example/"})
    text = browser.post(page(watch), {"address": "https://host5.example/"}).content.decode()
    assert "试得太快了。请过一分钟再保存。" in text
    assert len(looked_up) == 5
    other = people.user()
    neighbour = Client()
    neighbour.force_login(other)
    by = Actor(user_id=other.pk, organization_id=None)
    theirs = actions.watch(Kind.SEARCH, "", pace=Pace.DAILY, by=by, at=build.TENDER_DAY)
    neighbour.post(page(theirs), {"address": "https://host6.example/"})
    assert looked_up[-1] == "host6.example"


def test_the_page_says_why_nothing_arrives_and_how_to_go_on(watch: Watch, browser: Client) -> None:
    browser.post(page(watch), {"address": ADDRESS})
    at = build.TENDER_DAY
    HookLetter.objects.update(
        attempts=2, error="Temporary certificate", send_after=at + timedelta(hours=1)
    )
    Hook.objects.update(failing_since=at)
    text = browser.get(page(watch)).content.decode()
    assert "送不到，会再试" in text
    assert "对方的证书不可信" in text
    HookLetter.objects.update(error="Permanent http-410", failed_at=at)
    Hook.objects.update(stopped_at=at)
    text = browser.get(page(watch)).content.decode()
    assert "停用了" in text
    assert "对方说这个网址已经取消" in text
    HookLetter.objects.update(noted_at=at)
    pressed = browser.post(page(watch, "own:hook-try"), follow=True).content.decode()
    assert "一分钟内会试推送一次" in pressed
    assert Hook.objects.get().stopped_at is None


def test_it_is_ended_by_one_press(watch: Watch, browser: Client) -> None:
    browser.post(page(watch), {"address": ADDRESS})
    ended = browser.post(page(watch, "own:hook-end"))
    assert ended.headers["Location"] == page(watch, "own:watch")
    assert not Hook.objects.exists()


@pytest.mark.parametrize("has_new_key", [False, True])
def test_an_address_whose_key_is_gone_can_be_changed_and_ended(
    watch: Watch, browser: Client, settings: Settings, tmp_path: Path, has_new_key: bool
) -> None:
    browser.post(page(watch), {"address": ADDRESS})
    settings.KEYS_DIR = tmp_path
    if has_new_key:
        confided.lock("", "")
    at = HookLetter.objects.get().send_after
    assert hooks.send(at=at) == 0  # and nothing is posted elsewhere
    text = browser.get(page(watch)).content.decode()
    assert text.count("读不出来，请重新填写") == 2
    because = "因为我们读不出网址和密钥了。请在下面重新填写网址。"
    assert because not in text  # yet: it may be found again
    Hook.objects.update(stopped_at=at)
    assert because in browser.get(page(watch)).content.decode()
    text = browser.post(page(watch), {"address": "https://new.example/"}).content.decode()
    assert "只显示这一次" in text
    assert "https://new.example/" in text
    Hook.objects.update(sealed_address=b"kept with another key altogether")
    browser.post(page(watch, "own:hook-end"))
    assert not Hook.objects.exists()


def test_another_persons_is_not_there(watch: Watch, browser: Client) -> None:
    browser.post(page(watch), {"address": ADDRESS})
    stranger = Client()
    stranger.force_login(people.user())
    assert stranger.get(page(watch)).status_code == 404
    for name in ("own:hook", "own:hook-try", "own:hook-end"):
        assert stranger.post(page(watch, name), {"address": ADDRESS}).status_code == 404
    assert hooks.latest(Hook.objects.get()).count() == 1
