"""What every page tells the browser."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_pages_allow_nothing_from_elsewhere(client: Client) -> None:
    headers = client.get("/account/login/").headers
    assert sorted(headers["Content-Security-Policy"].split("; ")) == [
        "base-uri 'none'",
        "default-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=()")


@pytest.mark.parametrize("address", ["/agency/tenders/a%00b/", "/tenders/?page=%00", "/%00"])
def test_an_address_with_a_nul_is_no_address(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "Permissions-Policy" in answer.headers


def test_cookies_are_closed_to_scripts(client: Client) -> None:
    cookies = client.get("/account/login/").cookies
    assert [name for name, cookie in cookies.items() if not cookie["httponly"]] == []
