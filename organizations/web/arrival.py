"""When a request arrived: by the edge that received it whole, where there is one we trust."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from organizations import instants


def arrived_at(request: HttpRequest) -> datetime:
    """Return the instant that decides whether a request was in time, aware (UTC).

    Without settings.EDGE_STAMP_HEADER nothing in the request is believed.
    """
    header: str = settings.EDGE_STAMP_HEADER
    return instants.arrival(request.META.get(header) if header else None)
