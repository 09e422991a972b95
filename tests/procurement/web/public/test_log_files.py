"""What programs ask the logs over HTTP, and that the public's own programs understand it."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from pytest_django import Settings

from organizations import instants
from procurement.publication import heads, merkle, nodes, notes
from procurement.publication.misfits import Misfit
from procurement.publication.models import Entry
from procurement.publication.tree import Checkpoint, Cosignature, Log, ReceiptLeaf
from tests.procurement.publication import logs
from tests.static import logs as outside
from tests.static.logs import write

pytestmark = pytest.mark.django_db

NAME = "university.example/witness"
WITNESS = Ed25519PrivateKey.generate()
WITNESS_KEY = notes.Key.of(NAME, WITNESS, notes.COSIGNATURE)
check = outside.runner(outside.program("verify_notice"))


@pytest.fixture(autouse=True)
def _a_witness(settings: Settings) -> None:
    settings.WITNESSES = [WITNESS_KEY.vkey()]


@pytest.fixture
def log() -> None:
    """Nine notices, five of them under an older head, two under none."""
    now = instants.real()
    logs.publish(5)
    heads.sign(Log.NOTICES, at=now - timedelta(minutes=20))
    logs.publish(2)
    heads.sign(Log.NOTICES, at=now - timedelta(minutes=10))
    logs.publish(2)


def get(client: Client, path: str, status: int = 200) -> bytes:
    """What an address answers."""
    response = client.get(path)
    assert response.status_code == status
    return response.content


def cosigned(size: int, *, key: Ed25519PrivateKey = WITNESS, late: int = 0) -> str:
    """A head with the line of a witness under it, as witness.py hands it in."""
    note = notes.Note.parse(Checkpoint.objects.get(log=Log.NOTICES, size=size).note)
    seconds = int(instants.real().timestamp()) + late
    return f"{note.text}\n{notes.cosign(note.text, NAME, key, seconds=seconds).line()}\n"


def hand_in(client: Client, body: str | bytes) -> tuple[int, str]:
    """How the portal answers what a witness hands in."""
    response = client.post("/log/notices/cosignatures/", body, content_type="text/plain")
    return response.status_code, response.content.decode()


def test_heads_are_what_was_signed(client: Client, log: None) -> None:
    key = heads.key(Log.NOTICES)
    newest = get(client, "/log/notices/checkpoint").decode()
    assert notes.open_head(newest, key).size == 7
    assert notes.open_head(get(client, "/log/notices/heads/5").decode(), key).size == 5
    assert "没有签过这个条数的日志头" in get(client, "/log/notices/heads/6", 404).decode()


def test_a_log_without_a_head_says_when(client: Client) -> None:
    said = get(client, "/log/receipts/checkpoint", 404).decode()
    assert said.splitlines()[0] == "这份日志还没有签名的日志头；第一条公开后最迟 10 分钟签名。"


def test_entries_are_the_bytes_that_are_hashed(client: Client, log: None) -> None:
    ReceiptLeaf.objects.create(index=0, body=b"r" * 46, leaf_hash=merkle.leaf_hash(b"r" * 46))
    response = client.get("/log/notices/entries/3")
    assert response.content == bytes(Entry.objects.get(index=3).body)
    assert "immutable" in response.headers["Cache-Control"]
    assert get(client, "/log/receipts/entries/0") == b"r" * 46
    get(client, "/log/notices/entries/9", 404)
    get(client, "/log/others/entries/0", 404)


def test_a_proof_fits_its_entry_and_the_newest_head(client: Client, log: None) -> None:
    proof = notes.Proof.parse(get(client, "/log/notices/proof/3").decode())
    head = notes.open_head(str(proof.head), heads.key(Log.NOTICES))
    leaf = merkle.leaf_hash(get(client, "/log/notices/entries/3"))
    assert merkle.verify_inclusion(leaf, index=3, size=7, path=proof.path, root=head.root)
    said = json.loads(get(client, "/log/notices/proof/3.json"))
    assert said == json.loads(get(client, "/log/notices/proof/3?format=json"))
    assert tuple(b64decode(each) for each in said["path"]) == proof.path
    assert b64decode(said["leafHash"]) == leaf
    assert said["checkpoint"] == str(proof.head)


def test_an_entry_without_a_signed_head_says_when_to_come_again(client: Client, log: None) -> None:
    assert "最迟 10 分钟后再来" in get(client, "/log/notices/proof/8", 404).decode()
    assert "日志里没有这一条" in get(client, "/log/notices/proof/9", 404).decode()


def test_a_log_is_shown_to_have_only_grown(client: Client, log: None) -> None:
    path = get(client, "/log/notices/consistency/5/7").decode().split()
    roots = [nodes.root(Log.NOTICES, size) for size in (5, 7)]
    hashes = [b64decode(each) for each in path]
    assert merkle.verify_consistency(5, 7, path=hashes, first_root=roots[0], second_root=roots[1])
    assert json.loads(get(client, "/log/notices/consistency/5/7.json"))["path"] == path
    assert get(client, "/log/notices/consistency/7/7") == b""
    for old, new in ((0, 7), (7, 5), (5, 8), (5, 9)):
        get(client, f"/log/notices/consistency/{old}/{new}", 404)


def test_tiles_hold_the_tree_under_the_newest_head(client: Client, log: None) -> None:
    leaves = [bytes(each) for each in Entry.objects.values_list("leaf_hash", flat=True)[:7]]
    assert get(client, "/log/notices/tile/0/000.p/7") == b"".join(leaves)
    bodies = [bytes(each) for each in Entry.objects.values_list("body", flat=True)[:7]]
    told = b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
    assert get(client, "/log/notices/tile/entries/000.p/7") == told
    for place in ("0/000", "0/000.p/8", "1/000.p/1", "0/0", "x/000", "entries/000.p/8", "0/../1"):
        get(client, f"/log/notices/tile/{place}", 404)


def test_what_never_changes_is_not_sent_twice(client: Client, log: None) -> None:
    first = client.get("/log/notices/consistency/5/7")
    again = client.get(
        "/log/notices/consistency/5/7", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Access-Control-Allow-Origin"] == "*"


def test_the_word_of_a_witness_is_shown_with_its_head(client: Client, log: None) -> None:
    status, said = hand_in(client, cosigned(7))
    assert (status, said.splitlines()[0]) == (200, "收到了，谢谢。")
    note = notes.Note.parse(get(client, "/log/notices/checkpoint").decode())
    assert [each.name for each in note.signatures] == [heads.origin(Log.NOTICES), NAME]
    assert NAME in client.get("/log/").content.decode()


def test_the_same_word_is_kept_once(client: Client, log: None) -> None:
    word = cosigned(7)
    assert [hand_in(client, word)[0] for _ in range(2)] == [200, 200]
    assert Cosignature.objects.count() == 1


def test_what_is_no_word_of_a_witness_is_refused_said_why_and_noted(
    client: Client, log: None, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = notes.cosign("x\n", "stranger.example/w", WITNESS, seconds=1).line()
    wrong = cosigned(7, key=Ed25519PrivateKey.generate())
    elsewhere = notes.cosign("another.example/log\n7\nroot\n", NAME, WITNESS, seconds=1).line()
    answers = {
        "nothing": hand_in(client, ""),
        "no text": hand_in(client, b"\xff\xfe"),
        "half a line": hand_in(client, "\u2014 witness"),
        "a stranger": hand_in(client, stranger),
        "another key": hand_in(client, wrong),
        "another log": hand_in(client, elsewhere),
        "tomorrow": hand_in(client, cosigned(7, late=86_400)),
        "too long": hand_in(client, "x" * 20_000),
    }
    assert {name: status for name, (status, _said) in answers.items()} == {
        "nothing": 400,
        "no text": 400,
        "half a line": 400,
        "a stranger": 403,
        "another key": 403,
        "another log": 409,
        "tomorrow": 422,
        "too long": 413,
    }
    assert all(re.search("[一-鿿]", said) for _status, said in answers.values())
    assert not Cosignature.objects.exists()
    noted = [line.rpartition(" ")[2] for line in caplog.messages if "does not fit" in line]
    assert noted == ["unknown-witness", "unknown-witness", "no-such-head"]
    assert list(Misfit.objects.order_by("pk").values_list("wrong", flat=True)) == noted
    assert client.get("/log/notices/cosignatures/").status_code == 405


@pytest.fixture
def portal(client: Client, log: None) -> Iterator[str]:
    """The address of a server that shows what the portal answers."""
    shown = outside.Portal()
    for path in (
        *("/log/keys", "/log/notices/entries/3", "/log/notices/proof/3", "/log/notices/heads/5"),
        *("/log/notices/checkpoint", "/log/notices/consistency/5/7"),
    ):
        shown.pages[path] = get(client, path)
    with shown.served() as address:
        yield address


def test_the_public_program_checks_what_the_portal_hands_out(
    client: Client, portal: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(tmp_path, "kept.txt", get(client, "/log/notices/heads/5"))
    asked = ("--portal", portal, "--notice", 4)
    assert check(*asked, "--old-head", old) == 0
    digits = nodes.root(Log.NOTICES, 5).hex()[:32]
    assert check(*asked, "--printed", 5, digits, "--key", heads.vkey(Log.NOTICES)) == 0
    assert "nothing was changed" in capsys.readouterr().out


def test_the_program_of_a_witness_signs_what_the_portal_hands_out(
    client: Client, portal: str, tmp_path: Path, settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    witness = outside.runner(outside.program("witness"))
    file = tmp_path / "witness.json"
    assert witness("new", "audit.example/w", "--file", file) == 0
    settings.WITNESSES = [capsys.readouterr().out.strip()]
    assert witness("trust", heads.vkey(Log.NOTICES), "--file", file) == 0
    assert witness("sign", "--portal", portal, "--file", file, "--print") == 0
    assert hand_in(client, capsys.readouterr().out)[0] == 200
    assert Cosignature.objects.get().witness == "audit.example/w"
