"""Pages are sent compressed: on a slow line a third of the bytes is a third of the wait."""

from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

KINDS: Final = ("text/html", "text/plain", "text/calendar", "application/json", "application/atom")


class CompressionMiddleware(GZipMiddleware):
    """Compresses text, except what nobody may keep (`no-store`).

    Those pages show secrets, such as the code of a receipt; the length of a compressed page could
    betray one to who makes a victim's browser ask often (BREACH). All others are padded at random.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress the response when it is text for a reader who takes gzip."""
        is_text = response.get("Content-Type", "").startswith(KINDS)
        if not is_text or "no-store" in response.get("Cache-Control", ""):
            return response
        return super().process_response(request, response)
