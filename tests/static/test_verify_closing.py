"""The program proves to a bidder that its bid was kept, or names how it was dropped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from procurement.publication.proofs import Tile
from tests.static import logs
from tests.static.registers import DIGEST, Closed, line, offer, receipt

program = logs.program("verify_notice")
run = logs.runner(program)

LATER = "2026-11-22T16:59:59.500000+08:00"
DROPPED = "your bid was dropped; keep this receipt and tell the audit office: it is signed proof"


@pytest.fixture
def closed() -> Closed:
    """A tender before its register."""
    return Closed()


Check = Callable[..., tuple[int, str]]  # of a receipt; and the sizes that older readers saw


@pytest.fixture
def check(closed: Closed, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Run the program; return the status that it ends with, and what it said."""

    def checked(said: dict[str, Any], *old: int) -> tuple[int, str]:
        with closed.served(*old) as address:
            status = run("--portal", address, "--receipt", receipt(tmp_path, said))
        return status, capsys.readouterr().out

    return checked


def names(found: tuple[int, str], words: str) -> None:
    """Hold that the program found a fault, and said these words of it."""
    status, told = found
    assert status == 1
    assert words in told


def test_a_bid_that_was_kept_is_proved(closed: Closed, check: Check) -> None:
    said = closed.give()
    closed.publish("tender")
    closed.close(line(said))
    status, told = check(said)
    assert status == 0
    assert "ok: it is in the log, No. 3 of 3" in told
    assert "the register closed over the signed log of receipts (6), this one in it" in told
    assert "the closing register lists the bid: it counts" in told
    assert "note: no opening record yet" in told
    assert "Result: everything fits." in told


def test_it_is_proved_in_the_opening_too_under_logs_that_grew(closed: Closed, check: Check) -> None:
    said = closed.give()
    closed.close(line(said))
    closed.receipts.entries += [b"cover" * 9] * 3
    closed.open(
        offer(receipt="another"), offer(status="disqualified", statusDetails="密封件无法打开")
    )
    status, told = check(said, 6)
    assert status == 0
    assert "开标记录里有这份投标：密封件无法打开" in told


def test_before_the_register_nothing_is_promised(closed: Closed, check: Check) -> None:
    said = closed.give(deadline="2999-01-01T17:00:00+08:00")
    closed.publish("tender")
    status, told = check(said)
    assert status == 2
    assert "so far it fits" in told
    assert "2999-01-01 17:00" in told
    said = closed.give(deadline="2020-01-01T17:00:00+08:00")
    status, told = check(said)
    assert status == 2
    assert "has passed, and the closing register is not published yet" in told
    closed.publish("cancellation")
    status, told = check(said)
    assert status == 2
    assert "was cancelled" in told
    assert "everything fits" not in told


def test_a_bid_that_was_dropped_is_named(closed: Closed, check: Check) -> None:
    said = closed.give()
    closed.close(line(closed.give()))
    status, told = check(said)
    assert status == 1
    assert DROPPED in told
    assert "您的投标被丢掉了。请保留这张回执并告诉审计机关：它有平台的签名，是证据" in told


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"envelopeDigest": "00" * 32}, "the digest of the envelope"),
        ({"receivedAt": "2026-11-22T17:00:01+08:00"}, "the time it was received"),
        ({"supplierCommitment": "00" * 32}, "the supplier"),
        ({"status": "lost"}, "an unknown status: lost"),
        ({"status": "counts", "endedBy": 1}, "an unknown status: counts"),
        ({"status": "replaced"}, "names no receipt for it: the bid was dropped"),
        ({"status": "withdrawn"}, "names no receipt for it: the bid was dropped"),
        ({"status": "withdrawn", "endedBy": 5}, "names no receipt for it"),  # itself
        ({"status": "withdrawn", "endedBy": 99}, "names no receipt for it"),  # of no log
        ({"status": "replaced", "endedBy": 2}, "names no receipt for it"),  # of no bid
    ],
)
def test_a_line_that_is_not_of_the_receipt_is_named(
    closed: Closed, check: Check,
    changes: dict[str, Any], named: str,
) -> None:  # fmt: skip
    said = closed.give()
    closed.close(line(said, **changes))
    status, told = check(said)
    assert status == 1
    assert named in told
    assert "keep this receipt and tell the audit office" in told


def test_a_bid_that_was_replaced_or_withdrawn_names_by_which_receipt(
    closed: Closed, check: Check
) -> None:
    first = closed.give()
    second = closed.give(action="replace", received_at=LATER, receipt="YN-2", nonce="ab" * 16)
    third = closed.give(action="withdraw", received_at=LATER, receipt="YN-2", nonce="cd" * 16)
    closed.close(
        line(first, status="replaced", endedBy=second["index"]),
        line(second, status="withdrawn", endedBy=third["index"]),
    )
    closed.open()
    status, told = check(first)
    assert status == 0
    assert "its bid was replaced by receipt No. 7 and does not count. If that was not you" in told
    assert "结论：投标已被第 7 号回执替换，不算数。如果不是您做的，请保留这张回执" in told
    status, told = check(second)
    assert status == 0
    assert "its bid was withdrawn by receipt No. 8 and does not count. If that was not you" in told
    assert "everything fits" not in told
    status, told = check(third)
    assert status == 0
    assert "Result: everything fits. The bid is withdrawn." in told


@pytest.mark.parametrize(
    "ended", [{}, {"status": "withdrawn"}, {"status": "replaced", "endedBy": 6}]
)
def test_a_withdrawal_that_the_register_does_not_honour_is_named(
    closed: Closed, check: Check, ended: dict[str, Any]
) -> None:
    first = closed.give()
    withdrawn = closed.give(action="withdraw", received_at=LATER, nonce="cd" * 16)
    closed.close(line(first, **ended))
    names(check(withdrawn), "the closing register does not say so by this receipt")


@pytest.mark.parametrize(
    ("changes", "status", "named"),
    [
        ({"receiptsLogSize": 5}, 1, "ends before the place of this receipt"),
        ({"receiptsLogSize": 7}, 2, "no signed head covers the log of receipts"),
        ({"receiptsLogRoot": "00" * 32}, 1, "is not the one that is signed"),
        ({"receiptsLogRoot": "xyz"}, 2, "the closing register cannot be read"),
        ({"entries": "none"}, 2, "the closing register cannot be read"),
    ],
)
def test_a_register_over_another_log_of_receipts_is_named(
    closed: Closed, check: Check,
    changes: dict[str, Any], status: int, named: str,
) -> None:  # fmt: skip
    said = closed.give()
    closed.close(line(said), **changes)
    assert check(said)[0] == status
    told = check(said)[1]
    assert named in told


def test_a_log_of_receipts_that_was_rewritten_since_is_named(closed: Closed, check: Check) -> None:
    said = closed.give()
    closed.close(line(said))
    closed.receipts.entries[0] = b"another" * 6
    closed.receipts.entries += [b"cover" * 9] * 3
    names(check(said, 6), "is not the one that is signed")


def test_a_register_that_is_not_in_the_log_is_named(closed: Closed, check: Check) -> None:
    said = closed.give()
    closed.publish("tender")
    closed.is_hidden = True
    closed.close(line(said))
    closed.releases[-1]["date"] = "2020-01-01T17:02:00+08:00"
    names(check(said), "this notice is not in the signed log")
    closed.releases[-1]["date"] = "2999-01-01T17:02:00+08:00"
    status, told = check(said)
    assert status == 2
    assert "not yet under a signed head" in told


def test_a_register_of_another_tender_and_a_second_one_are_named(
    closed: Closed, check: Check
) -> None:
    said = closed.give()
    closed.publish("register", ocid="ocds-yn0000-2026-000002")
    names(check(said), "this notice is not of the tender ocds-yn0000-2026-000001")
    closed.close(line(said))
    names(check(said), "more than one closing register")


@pytest.mark.parametrize(
    "bids", [[], [offer(receipt="another")], [offer(envelopeDigest="00" * 32)]]
)
def test_an_opening_record_without_a_bid_that_counts_is_named(
    closed: Closed, check: Check, bids: list[dict[str, Any]]
) -> None:
    said = closed.give()
    closed.close(line(said))
    closed.open(*bids)
    names(check(said), "the opening record does not have it")


def test_an_opening_before_the_register_or_of_what_was_withdrawn_is_named(
    closed: Closed, check: Check
) -> None:
    said = closed.give()
    withdrawn = closed.give(action="withdraw", received_at=LATER, nonce="cd" * 16)
    closed.open(offer(envelopeDigest=DIGEST))
    closed.close(line(said, status="withdrawn", endedBy=withdrawn["index"]))
    names(check(said), "the bids were opened before the closing register")
    closed.notices.entries.reverse()
    names(check(withdrawn), "the opening record has a bid that does not count")


def test_a_notice_is_found_in_any_tile_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetch(_portal: str, path: str) -> bytes:
        asked.append(path.removeprefix("/log/notices/tile/0/"))
        return b"".join(bytes([place]) * 32 for place in range(256)) if len(asked) == 3 else b""

    monkeypatch.setattr(program, "fetch", fetch)
    size = 1_000_001 * 256 + 5
    assert program.place_of("portal", b"\x07" * 32, size) == 999_999 * 256 + 7
    assert asked == [Tile(0, 1_000_001, 5).path, Tile(0, 1_000_000).path, Tile(0, 999_999).path]
    assert program.place_of("portal", b"\x07" * 32, 600) is None
