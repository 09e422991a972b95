"""Answers for programs: exact bytes that anyone may read from anywhere, and keep."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django_stubs_ext import StrOrPromise

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FRESH = {"max_age": 30, "stale_while_revalidate": 300}  # seconds
FOR_EVER = {"max_age": 365 * 24 * 3600, "immutable": True}


def answer(
    request: HttpRequest, body: bytes, *, kind: str, name: str, **cache: int
) -> HttpResponse:
    """Return the bytes under a file name, or 304 when the reader has them already."""
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type=kind)
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["ETag"] = etag
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, **(cache or FRESH))
    return response


def refusal(sentence: StrOrPromise, *, status: int) -> HttpResponse:
    """Return a sentence in both languages, for whoever reads what a program was told."""
    lines = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            lines.append(f"{sentence}\n")
    response = HttpResponse("".join(lines), content_type=TEXT, status=status)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-store"
    return response
