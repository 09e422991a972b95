"""A bid as bytes, and the seal around it."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procurement.bids import locking, sealing
from procurement.bids.package import (
    MAGIC,
    LotOffer,
    MalformedPackage,
    Package,
    PackedFile,
    pack,
    unpack,
)

HERE = {"tender": "ocds-yn0000-2026-000001", "tenderer": "7", "receipt": "20261208-AB12CD34"}
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
packages = st.builds(
    Package,
    proposal=text,
    team=text,
    quality=text,
    offers=st.lists(
        st.builds(
            LotOffer,
            lot=st.integers(1, 9),
            lines=st.dictionaries(
                st.sampled_from(["direct", "wages", "rent"]),
                st.decimals(0, 10**8, places=2, allow_nan=False),
            ),
        ),
        max_size=3,
        unique_by=lambda offer: offer.lot,
    ).map(tuple),
    files=st.lists(
        st.builds(PackedFile, name=text, media_type=st.just("text/plain"), content=st.binary()),
        max_size=3,
    ).map(tuple),
)


QUIETLY = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # busy machines


@QUIETLY
@given(packages)
def test_a_package_comes_back_as_it_went(package: Package) -> None:
    assert unpack(pack(package)) == package


@QUIETLY
@given(packages, st.data())
def test_a_package_cut_short_is_refused(package: Package, data: st.DataObject) -> None:
    whole = pack(package)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(MalformedPackage):
        unpack(whole[:cut])


BAD_NUMBERS: list[object] = [
    "NaN",
    "-0.01",
    "0.001",
    "1e12",
    "Infinity",
    "1e-999999",
    "twelve",
    None,
    [],
]
SOUND: dict[str, Any] = {"proposal": "", "team": "", "quality": "", "offers": [], "files": []}


def packed(**changes: object) -> bytes:
    """A package made elsewhere, which says what it likes."""
    header = json.dumps(SOUND | changes).encode()
    return MAGIC + len(header).to_bytes(4, "big") + header


@pytest.mark.parametrize(
    "change",
    [
        *({"offers": [{"lot": 1, "lines": {"direct": number}}]} for number in BAD_NUMBERS),
        {"offers": [{"lot": 1, "lines": {"direct": "6e11", "wages": "6e11"}}]},
        {"offers": [{"lot": 1, "lines": {"bribes": "1"}}]},
        {"offers": [{"lot": 1, "lines": {}}, {"lot": 1, "lines": {}}]},
        {"offers": [{"lot": "1", "lines": {}}]},
        {"offers": [{"lot": [], "lines": {}}]},
        {"offers": [{"lot": 1, "lines": []}]},
        {"offers": [{"lot": lot, "lines": {}} for lot in range(101)]},
        {"offers": {"lot": 1}},
        {"proposal": "nought\0"},
        {"proposal": "\ud800"},
        {"team": "长" * 100_001},
        {"quality": 7},
        {"files": [{"name": "a" * 256, "media_type": "text/plain", "size": 0}]},
        {"files": [{"name": None, "media_type": "text/plain", "size": 0}]},
        {"files": [{"name": "a", "media_type": "text/plain", "size": -1}]},
        {"files": [{"name": "a", "media_type": "text/plain", "size": True}]},
        {"files": [{"name": "a", "media_type": "text/plain", "size": 1}]},
        {"files": [{"name": "a", "size": 0}]},
        {"files": [{"name": "a", "media_type": "text/plain", "size": 0}] * 101},
        {"files": None},
    ],
    ids=lambda change: str(change)[:60],
)
def test_nothing_in_a_package_is_believed(change: dict[str, object]) -> None:
    """One bad bid must not stop the opening of the others: no column takes what is refused here."""
    assert unpack(packed()) == Package()
    with pytest.raises(MalformedPackage):
        unpack(packed(**change))


def test_a_package_that_is_none_is_refused() -> None:
    deep = b"[" * 100_000
    for header in (b"[]", b"7", b"{}", b"\xff", deep):
        with pytest.raises(MalformedPackage):
            unpack(MAGIC + len(header).to_bytes(4, "big") + header)
    with pytest.raises(MalformedPackage, match="follows"):
        unpack(packed() + b"more")


def test_an_envelope_hides_its_content_and_opens_in_its_own_place(tmp_path: Path) -> None:
    envelope = sealing.seal("全部报价".encode(), HERE, keys=tmp_path)
    assert "全部报价".encode() not in envelope
    assert sealing.unseal(envelope, HERE, keys=tmp_path) == "全部报价".encode()


@pytest.mark.parametrize("moved", ["tender", "tenderer", "receipt"])
def test_an_envelope_moved_elsewhere_does_not_open(tmp_path: Path, moved: str) -> None:
    envelope = sealing.seal(b"bid", HERE, keys=tmp_path)
    with pytest.raises(locking.Unopenable):
        sealing.unseal(envelope, HERE | {moved: "another"}, keys=tmp_path)


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    envelope = sealing.seal(b"bid", HERE, keys=tmp_path)
    for place in range(len(envelope)):
        changed = bytearray(envelope)
        changed[place] ^= 1
        with pytest.raises(locking.Unopenable):
            sealing.unseal(bytes(changed), HERE, keys=tmp_path)


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    envelope = sealing.seal(b"bid", HERE, keys=keys)
    key = keys / "opening.pem"
    kept = key.read_bytes()
    assert sealing.unseal(envelope, HERE, keys=keys) == b"bid"
    assert key.read_bytes() == kept
    assert key.stat().st_mode & 0o777 == 0o600
    assert base64.b64encode(envelope) not in kept
