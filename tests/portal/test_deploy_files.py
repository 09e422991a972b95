"""The files an operator copies say what the settings and the clock expect."""

import configparser
import re

import pytest
import yaml
from pytest_django import Settings

from organizations import instants
from portal.bootstrap import ROOT
from portal.parts import BEAT, GATE, WEB, WORKER

NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def _unit(path: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.read(ROOT / "deploy" / "systemd" / path)
    return read


def test_the_edge_stamps_what_it_has_received_whole() -> None:
    assert NGINX.count("proxy_set_header X-Received-At $msec;") == NGINX.count("proxy_pass ")
    assert "proxy_request_buffering on;" in NGINX
    waits = re.search(r"proxy_read_timeout (\d+)s", NGINX)
    assert waits
    assert int(waits[1]) < instants.STAMP_AGE.total_seconds()


def test_clear_text_is_kept_off_the_disk() -> None:
    assert "client_body_temp_path /run/" in NGINX
    assert [each.name for each in UNITS if "LimitCORE=0" not in each.read_text()] == []


def test_a_request_may_be_as_large_as_the_settings_allow(settings: Settings) -> None:
    most = re.search(r"client_max_body_size (\d+)m", NGINX)
    assert most
    allowed = settings.UPLOAD_MAX_REQUEST_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert allowed <= int(most[1]) * 1024**2


def test_the_units_run_what_up_runs() -> None:
    for name, command in (("web", WEB), ("worker", WORKER), ("beat", BEAT), ("gate", GATE)):
        assert command in _unit(f"portal-{name}.service")["Service"]["ExecStart"], name


def test_the_door_of_the_web_stays_open_over_a_restart() -> None:
    listens = _unit("portal-web.socket")["Socket"]["ListenStream"]
    assert f"server {listens} " in NGINX
    assert _unit("portal-web.service")["Unit"]["Requires"] == "portal-web.socket"


def test_the_gate_runs_under_another_account_than_the_portal() -> None:
    gate, sweep = _unit("portal-gate.service"), _unit("portal-sweep.service")
    assert gate["Service"]["User"] != sweep["Service"]["User"]
    assert gate["Service"]["EnvironmentFile"] != sweep["Service"]["EnvironmentFile"]
    assert gate["Service"]["InaccessiblePaths"] == sweep["Service"]["ReadWritePaths"]


@pytest.mark.parametrize("name", ["portal-sweep.timer", "portal-watchdog.service"])
def test_the_sweep_and_the_watchdog_come_back_by_themselves(name: str) -> None:
    unit = _unit(name)
    again = unit["Timer"]["OnCalendar"] if "Timer" in unit else unit["Service"]["Restart"]
    assert again in {"*:*:00", "always"}


def test_compose_reads_as_yaml_and_names_no_unknown_network() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    known = set(compose["networks"])
    assert {
        net for each in compose["services"].values() for net in each.get("networks", [])
    } <= known
