"""Trial submissions come in by their word alone; the page shows what they tell."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from organizations import instants
from procurement.publication.tree import Checkpoint, Log
from procurement.pulse.models import Canary, Heartbeat, Outage
from procurement.pulse.rule import TEXT, TEXT_EN
from procurement.web import pulse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(settings: Settings, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"


def test_a_trial_submission_comes_through(client: Client) -> None:
    answer = client.post("/pulse/", headers={pulse.HEADER: pulse.word()})
    assert answer.status_code == 200
    canary = Canary.objects.get()
    assert answer.json()["beat_at"] == canary.beat_at.isoformat()
    assert abs(answer.json()["skew"]) < 5
    assert Heartbeat.objects.get().name == "web"


@pytest.mark.parametrize("word", ["", "0" * 64, "密", "\x00"])
def test_without_the_word_there_is_nothing_here(client: Client, word: str) -> None:
    assert client.post("/pulse/", headers={pulse.HEADER: word}).status_code == 404
    assert client.get("/pulse/").status_code == 405
    assert not Canary.objects.exists()


def test_the_secret_is_for_this_account_alone() -> None:
    assert pulse.secret().stat().st_mode & 0o777 == 0o600
    assert pulse.word() == pulse.word()
    assert pulse.secret().read_bytes().hex() not in pulse.word()


def test_the_page_says_when_nothing_watches(client: Client) -> None:
    page = client.get("/status/").content.decode()
    assert "这里还没有打开试投" in page
    assert "没有 60 秒以上不能接收投标的时候。" in page
    assert TEXT in page
    assert TEXT_EN not in page


def test_who_reads_english_reads_the_rule_and_the_text_that_binds(client: Client) -> None:
    client.cookies["django_language"] = "en"
    page = client.get("/status/").content.decode()
    assert page.index(TEXT_EN) < page.index("The Chinese original is what binds") < page.index(TEXT)


def test_the_page_shows_who_is_silent_and_every_outage(client: Client) -> None:
    at = instants.real()
    Canary.objects.create(beat_at=at, portal_at=at)
    Heartbeat.objects.create(name="web", beat_at=at)
    Heartbeat.objects.create(name="worker", beat_at=at - timedelta(minutes=5), detail="-600.000")
    Outage.objects.create(
        began_at=at - timedelta(seconds=90),
        ended_at=at,
        portal_began_at=at - timedelta(seconds=90),
        portal_ended_at=at,
    )
    Checkpoint.objects.create(log=Log.NOTICES, size=7, root=b"r", note="n", signed_at=at)
    page = client.get("/status/").content.decode()
    assert "7 条" in page
    assert "有的部分没有按时报到" in page
    assert "5 分钟前" in page
    assert "90 秒" in page
    assert "-600.000" not in page
