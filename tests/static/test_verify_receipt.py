"""The program checks a receipt: its signature, its log and tender, its place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.static import logs
from tests.static.logs import write
from tests.static.registers import KEY, Closed, line, receipt

run = logs.runner(logs.program("verify_notice"))


@pytest.fixture
def closed() -> Closed:
    """A tender, and a log of receipts with cover leaves."""
    return Closed()


@pytest.fixture
def said(closed: Closed) -> dict[str, Any]:
    """What a receipt says; its leaf is in the log, among others."""
    core = closed.give()
    closed.receipts.entries.append(b"cover" * 9)
    return core


@pytest.fixture
def portal(closed: Closed, said: dict[str, Any]) -> Iterator[str]:
    """The address of a portal that shows the log, and that the bid counts."""
    closed.close(line(said))
    with closed.served() as address:
        yield address


def test_a_receipt_is_checked(
    portal: str, said: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--portal", portal, "--receipt", receipt(tmp_path, said))
    assert run(*asked, "--tender", said["tender"]) == 0
    told = capsys.readouterr().out
    assert "the portal signed the receipt YN-2026-000123" in told
    assert "第 6 号（共 7 条）" in told


def test_an_altered_receipt_is_named(
    portal: str, said: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = receipt(tmp_path, said, received_at="2026-11-22T16:00:00.000000+08:00")
    assert run("--portal", portal, "--receipt", later) == 1
    assert "the receipt was altered" in capsys.readouterr().out


def test_a_receipt_of_another_log_is_named(
    portal: str, said: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = receipt(tmp_path, {**said, "log": "elsewhere.example/log/receipts"})
    assert run("--portal", portal, "--receipt", other) == 1
    assert "a receipt of another log: elsewhere.example" in capsys.readouterr().out


def test_a_receipt_of_another_tender_is_named(
    portal: str, said: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--portal", portal, "--receipt", receipt(tmp_path, said))
    assert run(*asked, "--tender", "ocds-yn0000-2026-000002") == 1
    assert "a receipt of another tender" in capsys.readouterr().out


def test_a_receipt_whose_place_was_taken_is_named(
    portal: str, said: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = receipt(tmp_path, {**said, "index": 2})
    assert run("--portal", portal, "--receipt", elsewhere) == 1
    assert "another leaf took the place" in capsys.readouterr().out


def test_a_receipt_with_unusual_signs_is_read_as_it_was_signed(
    closed: Closed, tmp_path: Path
) -> None:
    core = closed.give(replaces="YN-2026-000122", supplier="云南\u2028“组”\n")
    closed.close(line(core))
    vkeys = (closed.receipts.vkey, closed.notices.vkey, KEY)
    keys = write(tmp_path, "keys.txt", "\n".join(vkeys))
    with closed.served() as address:
        asked = ("--portal", address, "--receipt", receipt(tmp_path, core), "--key", keys)
        assert run(*asked) == 0


def test_a_receipt_whose_leaf_is_not_public_yet_is_not_checked(
    portal: str, said: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--portal", portal, "--receipt", receipt(tmp_path, {**said, "index": 64})) == 2
    told = capsys.readouterr().out
    assert "the portal signed the receipt" in told
    assert "not yet under a signed head" in told


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"v": "yn-bid-receipt/2", "sig": ""}', "你好"])
def test_what_is_no_receipt_is_named(
    portal: str, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--portal", portal, "--receipt", write(tmp_path, "r", text)) == 2
    assert "this is not the receipt of a bid" in capsys.readouterr().out
