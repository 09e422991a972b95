"""Signed notes against published examples, and each way one may be wrong."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from procurement.publication import merkle, notes

# The example of the Go package golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)
# A head that a public log of certificates issued, with the words of its witnesses.
CT_NAME = "arche2025h1.staging.ct.transparency.dev"
CT_KEY = f"{CT_NAME}+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
WITNESS_KEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
CT_HEAD = f"""\
{CT_NAME}
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— {CT_NAME} zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— {CT_NAME} ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""  # noqa: E501
ORIGIN = "log.example/log/notices"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = notes.Key.of(ORIGIN, PRIVATE)
HEAD = notes.Head(ORIGIN, 3, merkle.leaf_hash(b"three"))
SIGNED = notes.Note(HEAD.text(), (notes.sign(HEAD.text(), ORIGIN, PRIVATE),))


def test_a_note_of_another_program_is_read_checked_and_made_alike() -> None:
    key = notes.Key.parse(GO_KEY)
    assert key.vkey() == GO_KEY
    note = notes.Note.parse(GO_NOTE)
    note.verify(key)
    private = Ed25519PrivateKey.from_private_bytes(GO_SEED)
    again = notes.Note(note.text, (notes.sign(note.text, "PeterNeumann", private),))
    assert str(again) == GO_NOTE


def test_a_head_of_a_public_log_is_checked_with_its_witness() -> None:
    head = notes.open_head(CT_HEAD, notes.Key.parse(CT_KEY))
    assert (head.origin, head.size) == (CT_NAME, 1432088532)
    note = notes.Note.parse(CT_HEAD)
    witness = notes.Key.parse(WITNESS_KEY)
    assert notes.cosigned_at(note.text, note.signatures[2], witness) == 1779573024
    with pytest.raises(notes.BadSignature):
        notes.cosigned_at(note.text.replace("532", "533"), note.signatures[2], witness)
    with pytest.raises(notes.Unsigned):
        notes.cosigned_at(note.text, note.signatures[1], witness)


def test_a_head_is_three_lines_and_a_signature() -> None:
    assert notes.open_head(str(SIGNED), KEY) == HEAD
    assert HEAD.text().count("\n") == 3
    assert notes.Head.parse(HEAD.text() + "an extension\n") == HEAD


def test_signatures_of_unknown_keys_are_ignored() -> None:
    other = Ed25519PrivateKey.generate()
    unknown = (
        notes.sign(HEAD.text(), ORIGIN, other),  # the same name, another key
        notes.cosign(HEAD.text(), "witness.example", other, seconds=1),
        notes.Signature("sm2.example", b"\x00\x01\x02\x03", bytes(100)),
    )
    note = notes.Note(HEAD.text(), (*unknown, *SIGNED.signatures))
    assert notes.open_head(str(note), KEY) == HEAD
    with pytest.raises(notes.Unsigned):
        notes.open_head(str(replace(note, signatures=unknown)), KEY)


def test_a_changed_head_is_not_signed() -> None:
    changed = replace(SIGNED, text=replace(HEAD, size=4).text())
    with pytest.raises(notes.BadSignature):
        notes.open_head(str(changed), KEY)


def test_a_head_of_another_log_is_told_apart() -> None:
    with pytest.raises(notes.OtherLog):
        notes.open_head(str(SIGNED), KEY, origin="log.example/log/receipts")


def test_one_wrong_signature_of_a_known_key_spoils_the_note() -> None:
    [right] = SIGNED.signatures
    wrong = replace(right, signature=bytes(64))
    with pytest.raises(notes.BadSignature):
        notes.Note(HEAD.text(), (right, wrong)).verify(KEY)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        str(SIGNED).removesuffix("\n"),
        str(SIGNED).replace("— ", "- "),
        str(SIGNED).replace("— ", "—"),
        str(SIGNED).replace("\n\n", "\n"),
        str(SIGNED).replace(ORIGIN + " ", "a+b "),
        str(SIGNED) + "trailing\n",
        str(SIGNED).replace("3", "3\r"),
        str(SIGNED).removesuffix("\n") + " \n",
        f"{HEAD.text()}\n" + SIGNED.signatures[0].line() * 101 + "\n",
        f"{HEAD.text()}\n" + f"{SIGNED.signatures[0].line()}\n" * 101,
    ],
)
def test_what_is_no_signed_note_is_malformed(note: str) -> None:
    with pytest.raises(notes.Malformed):
        notes.Note.parse(note)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log.example\n3\n",
        HEAD.text().removesuffix("\n"),
        HEAD.text().replace("\n3\n", "\n03\n"),
        HEAD.text().replace("\n3\n", "\n-3\n"),
        HEAD.text().replace("\n3\n", "\n\n3\n"),
        HEAD.text().replace(ORIGIN, ""),
        HEAD.text() + "\n",
        f"{ORIGIN}\n3\nAAAA\n",
        f"{ORIGIN}\n3\n{'!' * 44}\n",
    ],
)
def test_what_is_no_head_is_malformed(text: str) -> None:
    with pytest.raises(notes.Malformed):
        notes.Head.parse(text)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("Peter", "peter"),
        GO_KEY.replace("ARpc", "ASpc"),
        GO_KEY[:-4],
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_what_is_no_verifier_key_is_malformed(vkey: str) -> None:
    with pytest.raises(notes.Malformed):
        notes.Key.parse(vkey)


def test_no_bit_of_a_signed_head_can_change() -> None:
    told = str(SIGNED).encode()
    for bit in range(8 * len(told)):
        changed = bytearray(told)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises((notes.NoteError, UnicodeDecodeError)):
            notes.open_head(changed.decode(), KEY)


SIGNS = st.sampled_from(["\n", "\n\n", "— ", "a", " ", "+", "AAAAAAA=", "AAECAwQ=", "3", "\r"])


@given(st.lists(SIGNS, max_size=12).map("".join))
def test_what_is_read_is_written_the_same(told: str) -> None:
    try:
        note = notes.Note.parse(told)
    except notes.Malformed:
        return
    assert str(note) == told


def test_base64_has_one_form() -> None:
    line = SIGNED.signatures[0].line()
    last = line[-2]  # of the last character before "=", two bits say nothing
    other = {"A": "B"}.get(last, chr(ord(last) + 1))
    with pytest.raises(notes.Malformed):
        notes.Signature.parse(f"{line[:-2]}{other}=")


def test_a_witness_signs_head_and_time() -> None:
    private = Ed25519PrivateKey.generate()
    key = notes.Key.of("witness.example/w1", private, notes.COSIGNATURE)
    assert notes.Key.parse(key.vkey()) == key
    signed = notes.cosign(HEAD.text(), key.name, private, seconds=1_790_000_000)
    assert notes.Signature.parse(signed.line()) == signed
    assert notes.cosigned_at(HEAD.text(), signed, key) == 1_790_000_000
    later = (1_790_000_001).to_bytes(8, "big") + signed.signature[8:]
    impossible = b"\xff" * 8 + signed.signature[8:]
    for wrong in (later, impossible, signed.signature[:-1], b""):
        with pytest.raises(notes.BadSignature):
            notes.cosigned_at(HEAD.text(), replace(signed, signature=wrong), key)
    with pytest.raises(notes.Unsigned):  # the log's own kind of signature is no cosignature
        notes.cosigned_at(HEAD.text(), SIGNED.signatures[0], KEY)


def test_a_proof_is_one_text() -> None:
    leaves = [merkle.leaf_hash(each) for each in (b"a", b"b", b"c")]
    head = notes.Head(ORIGIN, 3, merkle.root(leaves))
    note = notes.Note(head.text(), (notes.sign(head.text(), ORIGIN, PRIVATE),))
    proof = notes.Proof(1, tuple(merkle.inclusion_path(1, leaves)), note)
    told = str(proof)
    assert told.startswith("c2sp.org/tlog-proof@v1\nindex 1\n")
    assert notes.Proof.parse(told) == proof
    extra = told.replace("\nindex", "\nextra eHl6\nindex", 1)
    assert notes.Proof.parse(extra) == proof
    alone = notes.Proof(0, (), note)
    assert notes.Proof.parse(str(alone)) == alone


@pytest.mark.parametrize(
    "proof",
    [
        "",
        f"c2sp.org/tlog-proof@v2\nindex 0\n\n{SIGNED}",
        f"c2sp.org/tlog-proof@v1\n\n{SIGNED}",
        f"c2sp.org/tlog-proof@v1\nindex 00\n\n{SIGNED}",
        f"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n{SIGNED}",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        f"c2sp.org/tlog-proof@v1\nindex 0\n\n{HEAD.text()}",
    ],
)
def test_what_is_no_proof_is_malformed(proof: str) -> None:
    with pytest.raises(notes.Malformed):
        notes.Proof.parse(proof)
