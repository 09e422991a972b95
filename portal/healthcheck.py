"""`python -m portal.healthcheck`: exit code 0 when the web process on this machine answers."""

import http.client
import sys
from urllib.parse import urlsplit

from django.conf import settings


def main() -> int:
    """Asks as the public host does, as a proxy with TLS would; any answer below 500 is life."""
    site = urlsplit(settings.SITE_URL)
    headers = {"Host": settings.ALLOWED_HOSTS[0]}
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        headers[name.removeprefix("HTTP_").replace("_", "-")] = value
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    connection.request("GET", site.path or "/", headers=headers)
    return 0 if connection.getresponse().status < 500 else 1


if __name__ == "__main__":
    sys.exit(main())
