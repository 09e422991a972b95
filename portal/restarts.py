"""How the watchdog asks for a part to be started again: a file in the data folder's `run`."""

from pathlib import Path


def ask(data: Path, name: str) -> None:
    """Ask whoever runs the part `name` to stop it by force and start it again."""
    _request(data, name).parent.mkdir(mode=0o700, exist_ok=True)
    _request(data, name).touch()


def asked(data: Path, name: str) -> bool:
    """Say whether somebody asked."""
    return _request(data, name).exists()


def forget(data: Path, name: str) -> None:
    """The part is started anew: an earlier request has been answered."""
    _request(data, name).unlink(missing_ok=True)


def _request(data: Path, name: str) -> Path:
    return data / "run" / f"restart-{name}"
