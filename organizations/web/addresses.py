"""Where a form leads back to: a page of this site, and no other."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def inside(request: HttpRequest, place: str, otherwise: str) -> str:
    """Return a place that a form names if it is a page of this site, else another that we name."""
    hosts, secure = {request.get_host()}, request.is_secure()
    is_ours = url_has_allowed_host_and_scheme(place, hosts, require_https=secure)
    return place if is_ours and place.startswith("/") else otherwise
