"""Settings, compose file, image and CI script agree with each other."""

import re
import tomllib

import pytest
import yaml

from portal.bootstrap import ROOT
from portal.parts import BEAT, GATE, WATCHDOG, WEB, WORKER
from portal.quality import PRODUCTION

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("web", "worker", "beat", "timer", "watchdog")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def _settings_names() -> set[str]:
    """Every environment variable that the settings read."""
    return set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "portal" / "settings.py").read_text()))


def test_compose_sets_only_what_the_settings_read() -> None:
    assert set(COMPOSE["x-portal"]["environment"]) - _settings_names() == set()


def test_compose_sets_what_production_needs() -> None:
    needed = set(PRODUCTION) - {"DEBUG", "PORTAL_EMBEDDED", "REHEARSAL"}  # defaults are right
    assert needed - set(COMPOSE["x-portal"]["environment"]) == set()


@pytest.mark.parametrize("name", OURS)
def test_every_part_of_the_portal_shares_one_environment(name: str) -> None:
    assert SERVICES[name]["environment"] == COMPOSE["x-portal"]["environment"]
    assert SERVICES[name]["build"] == "."


def test_only_the_migration_is_told_the_owners_password() -> None:
    told = {name for name, service in SERVICES.items() if "POSTGRES_PASSWORD" in str(service)} - {
        "postgres"
    }
    assert told == {"migrate"}
    changed = {"DATABASE_URL", "APP_DATABASE_URL", "GATE_DATABASE_URL"}
    shared = COMPOSE["x-portal"]["environment"]
    migrate = SERVICES["migrate"]["environment"]
    assert {k: v for k, v in migrate.items() if k not in changed} == {
        k: v for k, v in shared.items() if k not in changed
    }
    assert "grant_access" in SERVICES["migrate"]["command"]


def test_the_gate_is_apart() -> None:
    gate = SERVICES["gate"]
    assert set(gate["environment"]) == {"GATE_DIR", "GATE_DATABASE_URL", "LOG_VKEY"}
    assert (gate["volumes"], gate["networks"]) == (["gate:/gate"], ["vault"])
    assert (gate["read_only"], "ports" in gate) == (True, False)
    assert gate["user"] == "10002:10002"
    mounts = [name for name, each in SERVICES.items() if "gate:/gate" in each.get("volumes", [])]
    assert mounts == ["gate"]


@pytest.mark.parametrize("name", [*OURS, "gate"])
def test_clear_text_stays_in_memory(name: str) -> None:
    service = SERVICES[name]
    assert service["ulimits"] == {"core": 0}
    assert service["tmpfs"][0].startswith("/tmp:")


@pytest.mark.parametrize("name", ["web", "worker", "postgres", "valkey"])
def test_every_server_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_compose_runs_what_up_runs() -> None:
    assert SERVICES["worker"]["command"] == WORKER
    assert SERVICES["beat"]["command"].startswith(BEAT)
    assert SERVICES["gate"]["command"] == f"python -m {GATE}"
    assert SERVICES["watchdog"]["command"] == f"python {WATCHDOG.replace('django', 'manage.py')}"
    assert "manage.py sweep" in SERVICES["timer"]["command"]
    arguments = re.search(r"^CMD (\[.*\])", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)
    assert arguments
    assert [word for word in WEB.split() if f'"{word}"' not in arguments[1]] == []


def test_the_broker_keeps_its_tasks_as_the_embedded_one_does() -> None:
    assert SERVICES["valkey"]["command"].split()[1:] == [
        *("--appendonly", "yes", "--save", '""', "--maxmemory-policy", "noeviction")
    ]


def test_the_image_holds_production_packages_and_no_root() -> None:
    assert "--require-hashes --only-binary :all: -r requirements/base.txt" in DOCKERFILE
    assert re.search(r"^USER portal$", DOCKERFILE, re.MULTILINE)
    assert "PORTAL_NO_VENV=1" in DOCKERFILE


def test_ci_runs_the_two_commands() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "python3 manage.py check_all" in script
    assert "python3 manage.py test" in script


def test_python_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["ruff"]["target-version"] == "py311"
    assert project["tool"]["mypy"]["python_version"] == "3.11"
    assert "sys.version_info < (3, 11)" in (ROOT / "manage.py").read_text()
