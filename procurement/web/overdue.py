"""The lazy clock: whoever reads about tenders lets deadlines pass, though no worker may run."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase

from organizations import instants
from procurement import clock

logger = logging.getLogger(__name__)

# Pages that say where a tender stands.
PAGES: Final = frozenset(
    {"public:home", "public:tender-list", "public:tender", "public:opening", "cso:tender"}
)
LOOKED: Final = "overdue:looked"
_APART: Final = 5  # seconds between two looks, however many read
_QUIET: Final = timedelta(seconds=60)  # between two where nothing comes due sooner


class OverdueMiddleware:
    """Looks, once such a page has been answered, whether a deadline is to be passed; passes it.

    The reader has the page by then and waits for nothing. The database is asked only when a look
    is due, so pages take no query more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._not_before = 0.0  # on the clock of this process; used when there is no cache

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        page = request.resolver_match
        # what a response runs when it is closed, after its last byte was handed over
        if request.method == "GET" and page is not None and page.view_name in PAGES:
            response._resource_closers.append(self._look)  # type: ignore[attr-defined] # noqa: SLF001
        return response

    def _look(self) -> None:
        try:
            if self._is_due():
                _pass()
        except Exception:  # the page was answered; what is wrong here is the operator's to see
            logger.exception("deadlines could not be passed after a page was read")

    def _is_due(self) -> bool:
        """Say whether to look now. Without the cache each process counts for itself."""
        try:
            return cache.add(LOOKED, value=True, timeout=_APART)
        except Exception:  # noqa: BLE001 -- just when the broker is down nobody else looks
            is_due = time.monotonic() >= self._not_before
            if is_due:
                self._not_before = time.monotonic() + _APART
            return is_due


def _pass() -> None:
    at = instants.now()
    due = clock.next_due(at=at, within=_QUIET)
    if due is not None and due <= at:
        clock.pass_deadlines(at=at)
    else:
        quiet = _QUIET if due is None else due - at
        cache.set(LOOKED, value=True, timeout=max(_APART, int(quiet.total_seconds())))
