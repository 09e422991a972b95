"""The worker is asked to write once a bid is in; what goes wrong with the asking harms no bid."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.cache import cache

from procurement import tasks
from procurement.web import nudge

pytestmark = pytest.mark.django_db
Captured = Callable[..., AbstractContextManager[list[Callable[[], object]]]]


def test_the_worker_is_asked_after_the_commit_and_once_for_a_rush(
    django_capture_on_commit_callbacks: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(tasks.tell_bidders, "apply_async", lambda **given: asked.append(given))
    with django_capture_on_commit_callbacks(execute=True):
        nudge.tell_bidders()
        assert asked == []
        nudge.tell_bidders()
    assert asked == [{"retry": False}]


@pytest.mark.parametrize("broken", ["cache", "broker"])
def test_a_broker_that_is_down_is_a_line_in_the_journal(
    broken: str,
    django_capture_on_commit_callbacks: Captured,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise ConnectionError

    if broken == "cache":
        monkeypatch.setattr(cache, "add", fail)
    else:
        monkeypatch.setattr(tasks.tell_bidders, "apply_async", fail)
    with django_capture_on_commit_callbacks(execute=True):
        nudge.tell_bidders()
    assert "could not be asked to send receipts: ConnectionError" in caplog.text
