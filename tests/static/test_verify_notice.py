"""The program with which anyone checks a notice: what fits, and every forgery by its own name."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from procurement.publication import merkle, notes
from tests.static import logs
from tests.static.logs import Log, Portal, write

check = logs.program("verify_notice")
run = logs.runner(check)


@pytest.mark.parametrize("vector", logs.VECTORS)
def test_signatures_of_the_standard_are_right(vector: tuple[str, ...]) -> None:
    _seed, key, message, signature = (bytes.fromhex(each) for each in vector)
    assert check.signed_by(key, message, signature)


def test_signatures_agree_with_another_implementation() -> None:
    for number in range(12):
        key, message = Ed25519PrivateKey.generate(), bytes(range(number * 7))
        public, signature = key.public_key().public_bytes_raw(), key.sign(message)
        assert check.signed_by(public, message, signature)
        assert not check.signed_by(public, message + b"!", signature)
        changed = bytearray(signature)
        changed[number * 5] ^= 1
        assert not check.signed_by(public, message, bytes(changed))


def test_a_signature_has_one_form() -> None:
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"once")
    s = int.from_bytes(signature[32:], "little") + check.L
    assert not check.signed_by(public, b"once", signature[:32] + s.to_bytes(32, "little"))


def test_every_place_of_every_small_tree_is_proved_and_no_other() -> None:
    leaves = [check.leaf(bytes([number])) for number in range(24)]
    for size in range(1, 25):
        root = merkle.root(leaves[:size])
        for index in range(size):
            path = merkle.inclusion_path(index, leaves[:size])
            assert check.root_of(index, size, leaves[index], path) == root
            for wrong in (index - 1, index + 1):
                if 0 <= wrong < size:
                    assert check.root_of(wrong, size, leaves[index], path) != root
            assert check.root_of(index, size, leaves[index], [*path, root]) is None


def test_every_growth_of_every_small_tree_is_proved_and_no_other() -> None:
    leaves = [check.leaf(bytes([number])) for number in range(24)]
    roots = [merkle.root(leaves[:size]) for size in range(25)]
    for new in range(1, 25):
        for old in range(1, new + 1):
            path = merkle.consistency_path(old, leaves[:new])
            assert check.grew(old, new, roots[old], roots[new], path)
            assert not check.grew(old, new, roots[0], roots[new], path)
            assert not check.grew(old, new, roots[old], roots[0], path)
            assert not check.grew(old, new, roots[old], roots[new], [*path, roots[0]])


@pytest.fixture
def log() -> Log:
    """A log of notices with nine entries."""
    said = b'{"date":"2026-11-22","id":"notice-%d","title":"\xe9\x9a\x8f\xe8\xae\xbf"}'
    return Log("notices", [said % number for number in range(9)])


@pytest.fixture
def portal(log: Log) -> Iterator[str]:
    """The address of a portal that shows the log, and how it grew from 5."""
    shown = Portal()
    shown.show(log, 5, 9)
    shown.pages["/log/keys"] = log.vkey.encode()
    with shown.served() as address:
        yield address


def test_a_notice_is_checked_by_its_number(
    log: Log, portal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--portal", portal, "--notice", 4, "--key", log.vkey) == 0
    said = capsys.readouterr().out
    assert "第 4 号（共 9 条）" in said
    assert "notice-3 随访 2026-11-22" in said
    assert "Result: everything fits." in said
    assert "portal's own word" not in said


def test_without_a_key_the_reader_is_told_whose_word_it_is(
    portal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--portal", portal, "--notice", 4) == 0
    assert "the keys are the portal's own word" in capsys.readouterr().out


def test_a_notice_is_checked_without_a_network(log: Log, tmp_path: Path) -> None:
    notice = write(tmp_path, "notice.json", log.entries[3])
    proof = write(tmp_path, "notice.tlog-proof", log.proof(3))
    keys = write(tmp_path, "keys.txt", f"# printed in the gazette\nlog {log.vkey}\n")
    assert run("--notice", notice, "--proof", proof, "--key", keys) == 0


def forged(log: Log, folder: Path, *, entry: bytes = b"", proof: str = "", key: str = "") -> int:
    """The status with one thing other than it should be."""
    return run(
        *("--notice", write(folder, "notice.json", entry or log.entries[3])),
        *("--proof", write(folder, "proof", proof or log.proof(3))),
        *("--key", key or log.vkey),
    )


def test_a_changed_notice_is_named(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert forged(log, tmp_path, entry=b'{"id":"notice-X"}') == 1
    assert "the notice was changed" in capsys.readouterr().out


def test_the_proof_of_another_notice_is_named(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = log.proof(3).replace("index 3", "index 2")
    assert forged(log, tmp_path, proof=changed) == 1
    assert "the proof does not fit" in capsys.readouterr().out


def test_the_head_of_another_log_is_named(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Log("notices", log.entries, host="elsewhere.example")
    assert forged(log, tmp_path, proof=other.proof(3)) == 1
    assert "a head of another log: elsewhere.example/log/notices" in capsys.readouterr().out


def test_the_receipts_are_another_log_than_the_notices(log: Log, tmp_path: Path) -> None:
    receipts = Log("receipts", log.entries, log.key)
    assert forged(log, tmp_path, proof=receipts.proof(3), key=receipts.vkey) == 1


def test_a_head_signed_by_another_is_named(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Log("notices", log.entries)
    assert forged(log, tmp_path, proof=other.proof(3)) == 1
    assert "wrong signature" in capsys.readouterr().out
    bigger = log.proof(3).replace("\n9\n", "\n10\n")
    assert forged(log, tmp_path, proof=bigger) == 1
    assert "wrong signature" in capsys.readouterr().out


def test_a_misspelt_key_is_not_used(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Log("notices").vkey
    assert forged(log, tmp_path, key=log.vkey[:-20] + other[-20:]) == 2
    assert "misspelt" in capsys.readouterr().out


def test_what_cannot_be_read_or_reached_is_not_checked(log: Log, tmp_path: Path) -> None:
    assert forged(log, tmp_path, proof="nothing") == 2
    assert run("--portal", "http://127.0.0.1:9", "--notice", 1) == 2
    assert run("--portal", "file:///etc/passwd?", "--notice", 1) == 2
    assert run("--notice", tmp_path / "absent", "--key", log.vkey) == 2
    assert run("--key", log.vkey) == 2


def test_a_portal_cannot_repaint_the_verdict(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.entries[3] = b'{"date":"x","id":"\\u001b[2J\\u202eok","title":"\\r\\n"}'
    assert forged(log, tmp_path) == 0
    assert not re.search("[\x1b\r\u202e]", capsys.readouterr().out)


def test_a_notice_that_is_not_there_yet_is_not_checked(
    log: Log, portal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--portal", portal, "--notice", 10, "--key", log.vkey) == 2
    assert "nothing here" in capsys.readouterr().out


def test_a_kept_head_shows_that_nothing_was_changed(
    log: Log, portal: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = "Dear all,\r\n\r\n> " + log.head(5).replace("\n", "\r\n> ") + "\r\nbest wishes\r\n"
    kept = write(tmp_path, "mail.eml", mail)
    asked = ("--portal", portal, "--notice", 4, "--key", log.vkey)
    assert run(*asked, "--old-head", kept) == 0
    assert "consistent with the head you kept (5 entries)" in capsys.readouterr().out
    assert run(*asked, "--old-head", write(tmp_path, "now.txt", log.head())) == 0


def test_a_printed_head_shows_that_nothing_was_changed(
    log: Log, portal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--portal", portal, "--notice", 4, "--key", log.vkey)
    root = merkle.root(log.leaves(5)).hex()
    grouped = " ".join(root[at : at + 4] for at in range(0, 32, 4))
    assert run(*asked, "--printed", 5, grouped) == 0
    assert run(*asked, "--printed", 5, "f" * 32) == 1
    assert "the printed head is not what the portal now says" in capsys.readouterr().out
    assert run(*asked, "--printed", 5, root[:8]) == 2


def test_a_rewritten_history_is_named(
    log: Log, portal: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Log("notices", [b"another", *log.entries[1:]], log.key)
    asked = ("--portal", portal, "--notice", 4, "--key", log.vkey, "--old-head")
    for size in (5, 9):
        assert run(*asked, write(tmp_path, "kept.txt", before.head(size))) == 1
        assert "history was rewritten" in capsys.readouterr().out


def test_a_log_that_shrank_is_named(
    log: Log, portal: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    longer = Log("notices", [*log.entries, b"taken back"], log.key)
    kept = write(tmp_path, "kept.txt", longer.head())
    asked = ("--portal", portal, "--notice", 4, "--key", log.vkey, "--old-head", kept)
    assert run(*asked) == 1
    assert "it had 10 entries, and now has 9" in capsys.readouterr().out


def test_an_older_proof_fits_a_newer_kept_head(log: Log, tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "--notice": log.entries[3],
        "--proof": log.proof(3, 5),
        "--old-head": log.head(),
        "--consistency": log.consistency(5, 9),
    }
    asked = [each for name, said in files.items() for each in (name, write(tmp_path, name, said))]
    assert run(*asked, "--key", log.vkey) == 0


def test_a_kept_head_of_another_log_or_hand_is_named(
    log: Log, portal: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--portal", portal, "--notice", 4, "--key", log.vkey, "--old-head")
    other = Log("notices", log.entries, host="elsewhere.example")
    assert run(*asked, write(tmp_path, "kept.txt", other.head(5))) == 1
    assert "a head of another log" in capsys.readouterr().out
    assert run(*asked, write(tmp_path, "kept.txt", Log("notices", log.entries).head(5))) == 1
    assert "wrong signature" in capsys.readouterr().out
    assert run(*asked, write(tmp_path, "kept.txt", "no head")) == 2


def test_witnesses_are_told_and_may_be_wanted(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = Ed25519PrivateKey.generate()
    witness = notes.Key.of("university.example/w", key, notes.COSIGNATURE)
    text = log.head().rpartition("\n\n")[0] + "\n"
    line = notes.cosign(text, witness.name, key, seconds=1_795_300_000).line()
    proof = log.proof(3)
    asked = ["--notice", write(tmp_path, "n", log.entries[3]), "--key", log.vkey]
    asked += ["--key", witness.vkey(), "--proof"]
    assert run(*asked, write(tmp_path, "p", f"{proof}{line}\n"), "--witnesses", 1) == 0
    assert "the witness university.example/w saw it at 2026-11-22" in capsys.readouterr().out
    assert run(*asked, write(tmp_path, "p", f"{proof}{line}\n{line}\n"), "--witnesses", 2) == 2
    assert run(*asked, write(tmp_path, "p", proof), "--witnesses", 1) == 2
    wrong = notes.cosign(text + "x\n", witness.name, key, seconds=1_795_300_000).line()
    capsys.readouterr()
    assert run(*asked, write(tmp_path, "p", f"{proof}{wrong}\n")) == 1
    assert "wrong cosignature of the witness university.example/w" in capsys.readouterr().out


def test_it_runs_alone(log: Log, tmp_path: Path) -> None:
    asked = ["--notice", str(write(tmp_path, "n", log.entries[3])), "--key", log.vkey]
    asked += ["--proof", str(write(tmp_path, "p", log.proof(3)))]
    done = subprocess.run(
        [sys.executable, "-I", str(check.__file__), *asked], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
