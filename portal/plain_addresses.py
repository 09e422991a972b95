"""Addresses that no page has: PostgreSQL cannot even be asked for a text with a NUL in it."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase

NUL = "\x00"


class PlainAddressMiddleware:
    """Answers an address with a NUL in its path or query with 400; forms refuse it themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if NUL in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("an address with a NUL")
        return self.get_response(request)
