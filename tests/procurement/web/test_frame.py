"""The frame of every page: the site's name stays ours, whatever a view puts into its context."""

import pytest
from django.conf import settings
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/", "/design/"])
def test_every_page_carries_the_sites_name(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert f" · {settings.SITE_NAME_ZH}</title>" in page


@pytest.mark.django_db
def test_the_language_is_told_to_the_browser(client: Client) -> None:
    assert b'<html lang="zh-Hans">' in client.get("/design/").content
    client.cookies["django_language"] = "en"
    assert b'<html lang="en">' in client.get("/design/").content


@pytest.mark.django_db
def test_an_unknown_address_is_answered_in_our_frame(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()
