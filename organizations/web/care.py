"""The version for older readers (长辈版): larger type and stronger contrast, by one switch.

The choice is the visitor's own and is kept in their browser alone, for everyone, signed in or not.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

COOKIE = "care"  # pages differ by it: whoever keeps a page keeps one for each value
CHOSEN = "1"
YEAR = 365 * 24 * 3600  # seconds


def chosen(request: HttpRequest) -> bool:
    """Whether this visitor reads the version for older readers."""
    return request.COOKIES.get(COOKIE) == CHOSEN


class CareMiddleware:
    """Tells caches that every page differs by cookie: one visitor's choice is not another's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        return response


@csrf_exempt  # it only changes how pages look: no token, so that pages can be the same for all
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Begin (`care=1`) or end it, and show the page the visitor was on."""
    place = request.POST.get("next", "")
    hosts, secure = {request.get_host()}, request.is_secure()
    if not url_has_allowed_host_and_scheme(place, hosts, require_https=secure):
        place = "/"
    response = HttpResponseRedirect(place, status=303)
    if request.POST.get(COOKIE) == CHOSEN:
        response.set_cookie(
            COOKIE, CHOSEN, max_age=YEAR, secure=secure, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
