"""Which pages one visitor's cache may keep for the next: listed pages of readers without a name."""

import hashlib
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

# Pages that are the same for whoever reads them in one language: what is not listed is not shared.
# Not here: pages that must be true to the second, that take a form, or that say how they are kept.
PAGES: Final = frozenset(
    f"public:{name}"
    for name in (
        *("home", "tender-list", "tender", "planning-list", "planning", "award-list"),
        *("breach-list", "notice", "notice-verify", "organization-list", "organization"),
        *("rule-list", "rule", "edition-list", "edition", "keys-list", "keys"),
        *("history-list", "history", "log", "help", "about", "robots", "figures", "deadlines"),
    )
)
SHARED: Final = "public, max-age=30, stale-while-revalidate=300"  # seconds
ASKED_EACH_TIME: Final = "private, no-cache"
# What may change a page that is otherwise everybody's; `care` and the language are cookies.
DIFFERS_BY: Final = ("Cookie", "Accept-Language", "Accept-Encoding")
TOKEN: Final = b"csrfmiddlewaretoken"


class SharedPagesMiddleware:
    """Says of every page who may keep it, and answers 304 when a reader has it already.

    Stands outside sessions, messages and tokens, so it sees every cookie that a page sets.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "Cache-Control" in response:  # the view knows better
            return response
        if not (isinstance(response, HttpResponse) and is_for_all(request, response)):
            response.headers["Cache-Control"] = ASKED_EACH_TIME
            return response
        # the clock of a rehearsal may be moved at any moment: such a page is asked for each time
        response.headers["Cache-Control"] = ASKED_EACH_TIME if settings.REHEARSAL else SHARED
        patch_vary_headers(response, DIFFERS_BY)
        etag = f'"{hashlib.sha256(response.content).hexdigest()}"'
        response.headers["ETag"] = etag
        answer = get_conditional_response(request, etag=etag, response=response)
        return _unread(response, answer) if answer else response


def is_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the next visitor may be shown this very page."""
    page = request.resolver_match
    return (
        request.method in {"GET", "HEAD"}
        and response.status_code == 200
        and page is not None
        and page.view_name in PAGES
        and not request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}
        and "Authorization" not in request.headers
        and not response.cookies
        and TOKEN not in response.content
    )


def _unread(response: HttpResponse, answer: HttpResponse) -> HttpResponse:
    """Hand on what is to run when the answer has left, though its page was not sent."""
    if answer is not response:
        answer._resource_closers += response._resource_closers  # type: ignore[attr-defined] # noqa: SLF001
    return answer
