"""Styles and scripts as production serves them: compressed, under new names, kept for good."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from portal.bootstrap import ROOT

pytestmark = pytest.mark.django_db
STYLE = re.compile(r'href="(/static/css/portal\.[0-9a-f]{12}\.css)"')
SCRIPT = re.compile(r'src="(/static/js/portal\.[0-9a-f]{12}\.js)"')


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The settings under which files were collected as for production."""
    storages = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    changed = {"STATIC_ROOT": tmp_path_factory.mktemp("static"), "STORAGES": storages}
    with override_settings(**changed):
        call_command("collectstatic", interactive=False, verbosity=0)
    return changed


@pytest.fixture
def page(collected: dict[str, Any]) -> Iterator[str]:
    """A page that loads those files."""
    with override_settings(**collected):
        yield Client().get("/about/").content.decode()


@pytest.mark.parametrize("kind", [STYLE, SCRIPT], ids=["style", "script"])
def test_styles_and_scripts_are_sent_compressed_and_kept_for_good(
    page: str, kind: re.Pattern[str]
) -> None:
    [address] = kind.findall(page)
    plain = Client().get(address)
    whole = b"".join(plain)
    for coding in ("gzip", "br"):
        answer = Client().get(address, headers={"Accept-Encoding": coding})
        body = b"".join(answer)
        assert answer.headers["Content-Encoding"] == coding
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert len(body) < len(whole) / 2
        assert coding == "br" or gzip.decompress(body) == whole
    assert "Set-Cookie" not in plain.headers


def test_a_page_loads_no_more_than_one_style_and_one_script(page: str) -> None:
    assert len(re.findall(r'rel="stylesheet"', page)) == 1
    assert len(re.findall(r"<script", page)) == 1
    assert "http" not in "".join(STYLE.findall(page) + SCRIPT.findall(page))
    assert (ROOT / "static/css/portal.css").stat().st_size < 60_000
