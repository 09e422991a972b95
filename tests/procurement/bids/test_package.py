"""A bid as bytes, and the seal around it."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def test_a_file_claims_no_kind_that_a_browser_would_run() -> None:
    listed = [{"name": "a.html", "media_type": "text/html", "size": 0}]
    [file] = unpack(packed(files=listed)).files
    assert file == PackedFile("a.html", "application/octet-stream", b"")


def test_a_package_that_is_none_is_refused() -> None:
    deep = b"[" * 100_000
    for header in (b"[]", b"7", b"{}", b"\xff", deep):
        with pytest.raises(MalformedPackage):
            unpack(MAGIC + len(header).to_bytes(4, "big") + header)
    with pytest.raises(MalformedPackage, match="follows"):
        unpack(packed() + b"more")
