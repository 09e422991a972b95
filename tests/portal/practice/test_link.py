"""The real portal shows the way to the portal to practise on, and shares nothing with it."""

import pytest
import yaml
from django.test import Client
from pytest_django import Settings

from portal.bootstrap import ROOT

pytestmark = pytest.mark.django_db
URL = "https://practice.example"


@pytest.mark.parametrize("page", ["/help/", "/account/login/"])
def test_help_and_sign_in_lead_to_practice(client: Client, settings: Settings, page: str) -> None:
    settings.REHEARSAL, settings.PRACTICE_URL = False, URL
    shown = client.get(page).content.decode()
    assert f'<a href="{URL}/practice/">先练习一次</a>' in shown
    assert 'href="/practice/' not in shown


@pytest.mark.parametrize(("rehearsal", "url"), [(True, URL), (False, "")])
@pytest.mark.parametrize("page", ["/help/", "/account/login/"])
def test_there_is_no_link_here_or_without_a_place(
    client: Client, settings: Settings, page: str, rehearsal: bool, url: str
) -> None:
    settings.REHEARSAL, settings.PRACTICE_URL = rehearsal, url
    assert "先练习一次" not in client.get(page).content.decode()


def test_robots_may_read_the_real_portal(client: Client, settings: Settings) -> None:
    settings.REHEARSAL = False
    assert "X-Robots-Tag" not in client.get("/help/").headers


def test_what_is_practised_shares_nothing_with_the_real_portal() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    practice = services.pop("practice")
    assert practice["profiles"] == ["practice"]
    kept = {volume.partition(":")[0] for volume in practice["volumes"]}
    others = {v.partition(":")[0] for each in services.values() for v in each.get("volumes", [])}
    nets = {net for each in services.values() for net in each.get("networks", ["default"])}
    assert kept.isdisjoint(others)
    assert nets.isdisjoint(practice["networks"])
    assert "depends_on" not in practice
    assert [
        name for name in practice["environment"] if "DATABASE" in name or "SECRET" in name
    ] == []
    assert practice["environment"]["OCID_PREFIX"] == "ocds-test00"
