"""The watchdog sees who is silent, says so, and sweeps when nobody else does."""

import hashlib
import threading
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core import mail
from pytest_django import Settings

from organizations import audit, instants
from organizations.roles import SYSTEM
from portal import restarts, watchdog
from portal.demo import gatekeeper
from portal.watchdog import Watchdog
from procurement import clock
from procurement.bids import actions as bids
from procurement.bids import waiting
from procurement.bids.models import Bid
from procurement.publication import heads
from procurement.pulse.models import Canary, Heartbeat
from tests.builders import organizations as build
from tests.builders import procurement

pytestmark = pytest.mark.django_db


@pytest.fixture
def dog(tmp_path: Path) -> Watchdog:
    """One that has watched for ten minutes."""
    began = instants.real() - timedelta(minutes=10)
    return Watchdog(tmp_path, supervised=True, began=began, aside=lambda act: act())


def _beat(name: str, seconds: float, detail: str = "") -> None:
    Heartbeat.objects.create(
        name=name, beat_at=instants.real() - timedelta(seconds=seconds), detail=detail
    )


def test_nothing_is_said_while_all_is_well(dog: Watchdog, caplog: pytest.LogCaptureFixture) -> None:
    _beat("worker", 10, "0.003")
    _beat("gate", 10)
    dog.look()
    assert caplog.text == ""
    assert mail.outbox == []
    assert not restarts.asked(dog.data, "worker")
    assert Heartbeat.objects.filter(name="watchdog").exists()


def test_a_silent_worker_is_restarted_and_the_sweep_done(
    dog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    build.overseer()
    _beat("worker", 61)
    dog.look()
    assert "ALARM worker" in caplog.text
    assert [restarts.asked(dog.data, name) for name in ("worker", "beat")] == [True, True]
    assert Heartbeat.objects.filter(name="sweep").exists()
    assert len(mail.outbox) == 1
    assert "后台任务超过 60 秒没有报到" in mail.outbox[0].subject


def test_a_gate_that_gives_nothing_out_is_an_alarm(
    dog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    _beat("worker", 10)
    _beat("gate", 1, "no LOG_VKEY")
    dog.look()
    assert "ALARM gate-shut: 时间闸没有放行：no LOG_VKEY" in caplog.text


def test_a_call_that_machines_leave_waiting_is_an_alarm(
    dog: Watchdog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _beat("worker", 10)
    who = procurement.cast()
    tender = procurement.published(who)
    for signatory in who.signatories():
        procurement.bid(tender, signatory)

    def look(minutes: int) -> None:
        caplog.clear()
        at = procurement.DEADLINE + timedelta(minutes=minutes)
        monkeypatch.setattr(instants, "now", lambda: at)
        dog.look()

    said = f"ALARM stuck: 截止十分钟以后还没有登记或开标：{tender.ocid}"
    look(9)
    assert said not in caplog.text
    look(11)
    assert said in caplog.text  # no register
    bids.close(tender, by=SYSTEM, at=procurement.OPENING)
    look(11)
    assert said in caplog.text  # the gate gave nothing
    later = procurement.DEADLINE + timedelta(minutes=11)
    heads.sign_all(at=later)
    gatekeeper.release(later)
    bids.open_all(tender, by=SYSTEM, at=later)
    look(12)
    assert said not in caplog.text


def test_a_call_that_waits_for_people_is_no_alarm_and_a_file_has_its_minutes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who = procurement.cast()
    tender = procurement.published(who)
    *others, slow = who.signatories()
    for signatory in others:
        procurement.bid(tender, signatory)
    bids.promise(
        tender,
        fingerprint=hashlib.sha256(b"a file").hexdigest(),
        size=len(b"a file"),
        request_key=uuid4(),
        by=slow,
        at=procurement.DEADLINE,
    )
    bids.close(tender, by=SYSTEM, at=procurement.OPENING)
    hours = procurement.DEADLINE + timedelta(hours=5)
    assert waiting.stuck(hours) == []  # the file may still come
    Bid.objects.filter(organization_id=slow.member_of).update(
        envelope=b"a file", delivered_at=hours
    )
    assert waiting.stuck(hours + timedelta(minutes=9)) == []
    assert waiting.stuck(hours + timedelta(minutes=11)) == [tender]


def test_a_call_that_cannot_be_read_is_an_alarm_and_keeps_no_sweep_away(
    dog: Watchdog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tender = procurement.published(procurement.cast())
    _beat("worker", 61)
    monkeypatch.setattr(instants, "now", lambda: procurement.DEADLINE + timedelta(hours=1))

    def broken(*_given: object) -> None:
        raise LookupError(tender.ocid)

    monkeypatch.setattr(waiting, "awaited", broken)
    dog.look()
    assert Heartbeat.objects.filter(name="sweep").exists()
    assert f"ALARM stuck: 截止十分钟以后还没有登记或开标：{tender.ocid}" in caplog.text


def test_a_deadline_that_no_rule_moves_on_is_an_alarm(
    dog: Watchdog, caplog: pytest.LogCaptureFixture
) -> None:
    _beat("worker", 10)
    for subject, hours in (("ocds-1", 0), ("ocds-2", 4)):
        at = instants.now() - timedelta(hours=hours)
        audit.record(clock.ASK_PEOPLE, by=SYSTEM, at=at, subject=subject, reason="outage")
    dog.look()
    assert "ALARM outage: 平台又中断过" in caplog.text
    assert "ocds-1" in caplog.text
    assert "ocds-2" not in caplog.text  # told long ago


def test_a_slow_sweep_keeps_no_trial_waiting() -> None:
    began, going_on = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        going_on.wait(10)

    Watchdog(Path(), supervised=False).aside(slow)

    assert began.wait(10)  # and we are here, though it is not over
    going_on.set()


def test_the_same_alarm_is_mailed_once_an_hour(dog: Watchdog, settings: Settings) -> None:
    settings.ADMINS = [("A", "a@example.org")]
    dog.alarm("worker", "一")
    dog.alarm("worker", "二")
    dog.alarm("gate", "三")
    assert [letter.subject for letter in mail.outbox] == ["平台运行提醒：一", "平台运行提醒：三"]
    assert mail.outbox[0].to == ["a@example.org"]


def test_a_silence_from_before_the_watch_is_given_a_minute(tmp_path: Path) -> None:
    _beat("worker", 3600)
    assert not Watchdog(tmp_path, supervised=True).is_silent("worker")


def test_a_worker_never_seen_is_silent_and_a_gate_never_seen_is_not_there(dog: Watchdog) -> None:
    assert dog.is_silent("worker")
    assert not dog.is_silent("gate")


def test_a_wrong_clock_is_an_alarm(dog: Watchdog, caplog: pytest.LogCaptureFixture) -> None:
    _beat("worker", 1, "-600.000")
    dog.look()
    assert "ALARM worker-clock" in caplog.text


def test_without_a_supervisor_nothing_is_asked(dog: Watchdog) -> None:
    dog.supervised = False
    _beat("worker", 61)
    dog.look()
    assert not (dog.data / "run").exists()


def test_what_fails_is_written_down_and_watching_goes_on(
    dog: Watchdog,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(watchdog, "close_old_connections", lambda: None)  # the test's own
    settings.CANARY_URL = "http://127.0.0.1:9"
    dog.guarded(dog.try_submission, "the trial submission failed")
    assert "the trial submission failed" in caplog.text
    assert not Canary.objects.exists()


def test_a_web_with_a_wrong_clock_is_an_alarm(
    dog: Watchdog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watchdog, "send_trial", lambda _site: {"skew": 0.7})
    dog.try_submission()
    assert "ALARM web-clock" in caplog.text
