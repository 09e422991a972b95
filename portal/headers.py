"""Response headers that Django and the content policy leave open."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# What is practised on a rehearsal is not to be found by who looks for real procurements.
OF_A_REHEARSAL = {"X-Robots-Tag": "noindex, nofollow"}


class HeadersMiddleware:
    """Adds each header of HEADERS that a view has not set itself, and those of a rehearsal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        added = HEADERS | (OF_A_REHEARSAL if settings.REHEARSAL else {})
        for name, value in added.items():
            response.headers.setdefault(name, value)
        return response
