"""The program of a witness: it remembers, refuses another history, and its word is checked."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from procurement.publication import notes
from tests.static import logs
from tests.static.logs import Log, Portal, write

program = logs.program("witness")
run = logs.runner(program)
check = logs.runner(logs.program("verify_notice"))
NAME = "university.example/witness"


@pytest.mark.parametrize("vector", logs.VECTORS)
def test_it_signs_as_the_standard_does(vector: tuple[str, ...]) -> None:
    seed, key, message, signature = (bytes.fromhex(each) for each in vector)
    assert program.public_of(seed) == key
    assert program.sign(seed, message) == signature
    assert program.signed_by(key, message, signature)


def test_its_signatures_are_those_of_another_implementation() -> None:
    for number in range(6):
        seed, message = bytes([number]) * 32, bytes(range(number * 9))
        assert program.sign(seed, message) == Ed25519PrivateKey.from_private_bytes(seed).sign(
            message
        )


@pytest.fixture
def log() -> Log:
    """A log of notices with five entries."""
    return Log("notices", [bytes([number]) for number in range(5)])


@pytest.fixture
def shown(log: Log) -> Portal:
    """A portal that shows the log."""
    portal = Portal()
    portal.show(log)
    return portal


@pytest.fixture
def portal(shown: Portal) -> Iterator[str]:
    """Its address."""
    with shown.served() as address:
        yield address


@pytest.fixture
def file(tmp_path: Path, log: Log, capsys: pytest.CaptureFixture[str]) -> Path:
    """A witness with a key, which trusts the log."""
    kept = tmp_path / "witness.json"
    assert run("new", NAME, "--file", kept) == 0
    assert run("trust", log.vkey, "--file", kept) == 0
    write(tmp_path, "witness.vkey", capsys.readouterr().out)
    return kept


def witness(file: Path) -> notes.Key:
    """The public key of the witness, as it was printed."""
    return notes.Key.parse(file.with_name("witness.vkey").read_text())


def test_its_key_is_for_its_eyes_and_made_once(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_text()
    assert run("new", "another.example", "--file", file) == 2
    assert file.read_text() == before
    assert witness(file).name == NAME


def test_what_it_signs_is_handed_in_and_checked(
    log: Log, shown: Portal, portal: str, file: Path, tmp_path: Path
) -> None:
    assert run("sign", "--portal", portal, "--file", file) == 0
    [(path, body)] = shown.handed_in
    assert path == "/log/notices/cosignatures/"
    note = notes.Note.parse(body)
    assert note.text + "\n" == log.head().rpartition("\u2014")[0]
    [signature] = note.signatures
    assert notes.cosigned_at(note.text, signature, witness(file)) > 1_700_000_000
    proof = write(tmp_path, "proof", log.proof(2) + signature.line() + "\n")
    asked = ("--notice", write(tmp_path, "n", log.entries[2]), "--proof", proof)
    keys = ("--key", log.vkey, "--key", witness(file).vkey())
    assert check(*asked, *keys, "--witnesses", 1) == 0


def test_for_mail_it_prints_and_hands_in_nothing(
    shown: Portal, portal: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sign", "--portal", portal, "--file", file, "--print") == 0
    assert f"\u2014 {NAME} " in capsys.readouterr().out
    assert shown.handed_in == []


def test_it_follows_a_log_that_grows(log: Log, shown: Portal, portal: str, file: Path) -> None:
    for count in (0, 1, 2, 9):
        before = len(log.entries)
        log.entries += [b"more"] * count
        shown.show(log, before)
        assert run("sign", "--portal", portal, "--file", file) == 0
    assert [body.splitlines()[1] for _path, body in shown.handed_in] == ["5", "6", "8", "17"]


@pytest.mark.parametrize(
    "entries",
    [
        [b"rewritten", *(bytes([number]) for number in range(1, 5))],
        [b"rewritten", *(bytes([number]) for number in range(1, 8))],
        [bytes([number]) for number in range(3)],
    ],
    ids=["another of the same size", "another that grew", "shorter"],
)
def test_it_refuses_another_history_and_keeps_the_proof(
    log: Log, shown: Portal, portal: str, file: Path, entries: list[bytes]
) -> None:
    assert run("sign", "--portal", portal, "--file", file) == 0
    kept, first = file.read_text(), log.head()
    log.entries = entries
    shown.show(log, 3, 5) if len(entries) > 5 else shown.show(log)
    assert run("sign", "--portal", portal, "--file", file) == 1
    assert len(shown.handed_in) == 1
    assert file.read_text() == kept
    [evidence] = file.parent.glob("refused-notices-*.txt")
    assert evidence.read_text() == f"{first}\n{log.head()}"


def test_one_log_without_a_head_does_not_keep_the_other_waiting(
    shown: Portal, portal: str, file: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "both.json"
    both = json.loads(file.read_text())
    both["logs"] = {Log("receipts").vkey: "", **both["logs"]}
    kept.write_text(json.dumps(both))
    assert run("sign", "--portal", portal, "--file", kept) == 2
    assert [path for path, _body in shown.handed_in] == ["/log/notices/cosignatures/"]


def test_a_head_of_another_hand_is_not_signed(
    log: Log, shown: Portal, portal: str, file: Path
) -> None:
    shown.show(Log("notices", log.entries))
    assert run("sign", "--portal", portal, "--file", file) == 2
    elsewhere = Log("notices", log.entries, log.key, host="elsewhere.example")
    shown.pages["/log/notices/checkpoint"] = elsewhere.head().encode()
    assert run("sign", "--portal", portal, "--file", file) == 2
    changed = re.sub(r"\n5\n", "\n6\n", log.head())
    shown.pages["/log/notices/checkpoint"] = changed.encode()
    assert run("sign", "--portal", portal, "--file", file) == 2
    assert shown.handed_in == []


def test_it_remembers_before_its_word_leaves(
    log: Log, shown: Portal, portal: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered: list[str] = []
    ask = program.ask

    def asked(address: str, body: bytes | None = None) -> str:
        if body is not None:
            remembered.append(json.loads(file.read_text())["logs"][log.vkey])
        answer: str = ask(address, body)
        return answer

    monkeypatch.setattr(program, "ask", asked)
    assert run("sign", "--portal", portal, "--file", file) == 0
    assert remembered == [log.head()]


def test_without_a_portal_or_a_key_nothing_is_said(file: Path, tmp_path: Path) -> None:
    assert run("sign", "--portal", "http://127.0.0.1:9", "--file", file) == 2
    assert run("sign", "--portal", "", "--file", file) == 2
    assert run("sign", "--file", tmp_path / "absent.json") == 2
    assert run("trust", "misspelt", "--file", file) == 2
