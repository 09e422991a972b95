"""How `.venv` is made, and when it is made again."""

import sys
from pathlib import Path

import pytest

from portal import environment
from portal.environment import Environment
from portal.problems import LEAST_SPACE, Problem, require_space


@pytest.fixture
def project(tmp_path: Path) -> Environment:
    """A project with locked requirements and an environment without anything in it."""
    (tmp_path / "requirements").mkdir()
    for name in ("local.txt", "dev.txt"):
        (tmp_path / "requirements" / name).write_text(f"# {name}\n")
    library = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (tmp_path / ".venv" / "lib" / library / "site-packages" / "pip").mkdir(parents=True)
    (tmp_path / ".venv" / "bin").mkdir()
    (tmp_path / ".venv" / "bin" / "python").touch()
    return Environment(tmp_path)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requirements files that would have been installed."""
    names: list[str] = []
    monkeypatch.setattr(environment, "_install", lambda _environment, name: names.append(name))
    return names


def test_a_new_environment_satisfies_nothing(project: Environment) -> None:
    assert not project.satisfies("local.txt")
    assert not project.satisfies("dev.txt")


def test_what_developers_need_includes_what_serving_needs(
    project: Environment, installed: list[str]
) -> None:
    environment.prepare(project, "dev.txt")

    assert project.satisfies("dev.txt")
    assert project.satisfies("local.txt")
    assert installed == ["dev.txt"]


def test_what_serving_needs_is_not_enough_for_developers(
    project: Environment, installed: list[str]
) -> None:
    environment.prepare(project, "local.txt")

    assert project.satisfies("local.txt")
    assert not project.satisfies("dev.txt")
    assert installed == ["local.txt"]


def test_changed_requirements_are_installed_again(
    project: Environment, installed: list[str]
) -> None:
    environment.prepare(project, "local.txt")
    (project.root / "requirements" / "local.txt").write_text("something==1.0\n")

    assert not project.satisfies("local.txt")
    environment.prepare(project, "local.txt")
    assert project.satisfies("local.txt")
    assert installed == ["local.txt", "local.txt"]


@pytest.mark.usefixtures("installed")
def test_another_python_gets_another_environment(
    project: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.prepare(project, "local.txt")
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))

    assert not project.satisfies("local.txt")
    assert not project.is_for_this_python()


def test_a_failed_installation_leaves_no_stamp(
    project: Environment, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.prepare(project, "local.txt")

    def fail(_environment: Environment, _name: str) -> None:
        raise Problem("no network")

    monkeypatch.setattr(environment, "_install", fail)
    with pytest.raises(Problem):
        environment.prepare(project, "dev.txt")
    assert not project.satisfies("local.txt")
    assert installed == ["local.txt"]


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "磁盘已满"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM", "check your mirror"),
        ("ERROR: No matching distribution found for django==5.2", "no network"),
        ("ReadTimeoutError", "is there a network?"),
    ],
)
def test_a_failed_installation_says_what_to_do(output: str, advice: str) -> None:
    assert advice in environment._why(output).splitlines()[0]


def test_a_full_disk_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": LEAST_SPACE - 1})
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage)

    with pytest.raises(Problem, match="1023 MB free"):
        require_space(tmp_path)


def test_containers_use_the_python_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_NO_VENV", "1")
    monkeypatch.setattr("os.execv", lambda *_: pytest.fail("went elsewhere"))

    environment.enter(["manage.py", "up"])


def test_a_python_without_venv_names_the_package_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"

    with pytest.raises(Problem, match=f"apt-get install python{version}-venv"):
        environment._make(Environment(tmp_path))
    assert list(tmp_path.iterdir()) == []
