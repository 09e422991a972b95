"""Absolute addresses of what is published, percent-encoded as the standard asks."""

from urllib.parse import quote

from django.conf import settings


def absolute(path: str) -> str:
    """Return the address of a path on this site."""
    site: str = settings.SITE_URL
    return site.rstrip("/") + quote(path, safe="/-_.~")
