"""The watchdog: trial submissions, a look at every part's signs of life, and a sweep of its own.

It needs neither Celery nor the broker; what it finds wrong it writes down, mails and, where `up`
supervises the parts, has started again.
"""

import http.client
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import close_old_connections, connections
from django.utils.translation import gettext as _

from organizations import instants
from organizations.accounts.models import Membership
from organizations.roles import Role
from portal import restarts
from procurement import clock
from procurement.bids import waiting
from procurement.pulse import actions as pulse
from procurement.pulse import queries
from procurement.web.pulse import HEADER, word

logger = logging.getLogger(__name__)
TRIAL_EVERY: Final = 5.0  # seconds
LOOK_EVERY: Final = 60.0
SILENT: Final = timedelta(seconds=60)
WORST_SKEW: Final = 0.5  # seconds
_PATIENCE: Final = 10.0  # seconds for an answer
_SUBJECT: Final = 120  # characters; a letter's body has them all
_SAY_AGAIN: Final = 3600.0  # seconds before the same alarm is mailed again


@dataclass
class Watchdog:
    """One process that watches the others; `data` is the folder where restarts are asked for."""

    data: Path
    supervised: bool  # somebody starts parts again when asked
    began: datetime = field(default_factory=instants.real)
    mailed: dict[str, float] = field(default_factory=dict)  # what was mailed, and when
    # what may take long is done beside the trials: a late trial would look like an outage
    aside: Callable[[Callable[[], None]], None] = field(default_factory=lambda: _aside)

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Watch until told to stop; nothing that fails ends it."""
        look_at = time.monotonic() + LOOK_EVERY / 2
        while not until():
            begun = time.monotonic()
            self.guarded(self.try_submission, "the trial submission failed")
            if begun >= look_at:
                look_at = begun + LOOK_EVERY
                self.guarded(self.look, "the look at the parts failed")
            time.sleep(max(0.1, TRIAL_EVERY - (time.monotonic() - begun)))

    def guarded(self, act: Callable[[], None], otherwise: str) -> None:
        """Do it; what goes wrong is written down, and the next round tries again."""
        try:
            close_old_connections()
            act()
        except Exception as problem:  # noqa: BLE001 -- whatever it is, watching goes on
            logger.error("%s: %s", otherwise, " ".join(str(problem).split())[:300])  # noqa: TRY400

    def try_submission(self) -> None:
        """Send one trial submission to the site; raises OSError when it does not come through."""
        answer = send_trial(settings.CANARY_URL)
        if abs(float(str(answer["skew"]))) > WORST_SKEW:
            self.alarm("web-clock", _("网站所在机器的时钟和数据库相差 %s 秒。") % answer["skew"])

    def look(self) -> None:
        """See who is silent and whose clock is off; when tasks are silent, do the sweep itself."""
        pulse.beat("watchdog")
        here = instants.skew()
        if abs(here) > WORST_SKEW:
            self.alarm("clock", _("看门程序所在机器的时钟和数据库相差 %.3f 秒。") % here)
        self._judge_worker_clock()
        if self.is_silent("gate"):
            self.alarm("gate", _("时间闸超过 60 秒没有报到，开标会等到它恢复。"))
            self._again("gate")
        refused = queries.detail("gate")
        if refused:
            self.alarm("gate-shut", _("时间闸没有放行：%s") % refused)
        if self.is_silent("worker"):
            self.alarm("worker", _("后台任务超过 60 秒没有报到，由看门程序代为巡查。"))
            self._again("worker")
            self._again("beat")
            self.aside(_sweep)
        self.aside(self._judge_calls)

    def is_silent(self, name: str) -> bool:
        """Say whether a part that was seen before is silent, since we watch or longer."""
        age = queries.age(name, instants.real())
        watched = instants.real() - self.began
        if age is None:  # never seen: the gate may not be there at all, the tasks always are
            return name == "worker" and watched > SILENT
        return min(age, watched) > SILENT

    def _judge_calls(self) -> None:
        at = instants.now()
        stuck = ", ".join(tender.ocid for tender in waiting.stuck(at))
        if stuck:
            self.alarm("stuck", _("截止十分钟以后还没有登记或开标：%s") % stuck)
        touched = ", ".join(clock.asked_of_people(at))
        if touched:
            words = _("平台又中断过，这些项目的截止时间不再自动延后，请决定是否终止后重新采购：%s")
            self.alarm("outage", words % touched)

    def _judge_worker_clock(self) -> None:
        told = queries.detail("worker")
        if told and abs(float(told)) > WORST_SKEW:
            self.alarm("worker-clock", _("后台任务所在机器的时钟和数据库相差 %s 秒。") % told)

    def _again(self, name: str) -> None:
        if self.supervised:
            restarts.ask(self.data, name)

    def alarm(self, kind: str, words: str) -> None:
        """Write it down, and mail it to those who oversee, the same at most once an hour."""
        logger.error("ALARM %s: %s", kind, words)
        now = time.monotonic()
        if now - self.mailed.get(kind, -_SAY_AGAIN) < _SAY_AGAIN:
            return
        self.mailed[kind] = now
        overseers = Membership.objects.filter(role=Role.OVERSEER, ended_at=None)
        to = [address for _name, address in settings.ADMINS]
        to += list(overseers.values_list("user__email", flat=True).distinct())
        self.aside(lambda: _mail(words, list(dict.fromkeys(to))))


def _aside(act: Callable[[], None]) -> None:
    """Do it in a thread of its own; what goes wrong is written down."""

    def guarded() -> None:
        try:
            act()
        except Exception:  # whatever it is, watching goes on
            logger.exception("what the watchdog does beside its trials failed")
        finally:
            connections.close_all()

    threading.Thread(target=guarded, daemon=True).start()


def _sweep() -> None:
    call_command("sweep", verbosity=0)


def _mail(words: str, to: list[str]) -> None:
    subject = _("平台运行提醒：%s") % words[:_SUBJECT]
    for address in to:
        send_mail(subject, f"{words}\n{settings.SITE_URL}/status/\n", None, [address])


def send_trial(site: str) -> dict[str, object]:
    """Post one trial submission and return the answer.

    Raises OSError when the site does not answer, or not with what a submission would get.
    """
    parts = urlsplit(site)
    is_tls = parts.scheme == "https"
    kind = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_PATIENCE)
    headers = {HEADER: word(), "Content-Length": "0"}
    if site.rstrip("/") != settings.SITE_URL.rstrip("/"):  # straight to the web, past the proxy
        headers["Host"] = urlsplit(settings.SITE_URL).netloc
        if settings.SECURE_PROXY_SSL_HEADER:
            name, value = settings.SECURE_PROXY_SSL_HEADER
            headers[name.removeprefix("HTTP_").replace("_", "-")] = value
    try:
        connection.request("POST", f"{parts.path.rstrip('/')}/pulse/", body=b"", headers=headers)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise OSError(f"{site} answers {response.status}")
        found: dict[str, object] = json.loads(body)
        return found
    finally:
        connection.close()
