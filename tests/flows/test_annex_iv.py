"""Directive 2014/24/EU, Annex IV: what tools for the electronic receipt of tenders must guarantee.

One test a letter; the rules quoted are the annex's own.
"""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from organizations import instants
from organizations.audit import AuditRow
from organizations.refusals import Invalid, NotPermitted
from organizations.roles import ANONYMOUS, SYSTEM, Actor
from portal.demo import gatekeeper
from procurement.amendments import actions as amendments
from procurement.amendments.models import Amendment
from procurement.bids import actions as bids
from procurement.bids import queries, receipts, sealing
from procurement.bids.models import Bid, BidFile, BidStatus
from procurement.bids.parts import CardUse, GatePart, Receipt
from procurement.keycards import cards as digits
from procurement.keycards.refusals import WrongCard
from procurement.lifecycle import NotNow, Stage
from procurement.publication import heads, merge
from procurement.publication.models import Entry, NoticeKind
from procurement.publication.tree import Log
from procurement.tenders.models import OpeningPolicy, Tender
from tests.builders import keycards as paper
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.histories import reading

pytestmark = pytest.mark.django_db
MICRO = timedelta(microseconds=1)
EVE = build.DEADLINE - timedelta(days=1)
MARK = "只有投标人知道的一句话"
CODE = digits.make()
PRINTED = paper.spaced(CODE)  # as the receipt shows it
FILE = b"%PDF-1.4 a method"


def sealed(tender: Tender, by: Actor, at: datetime = EVE, code: str | None = None) -> Bid:
    """A submitted bid with a file, its text found nowhere else."""
    offer = {"lot": 1, "lines": {"direct": "100000"}}
    changes = {"proposal": MARK, "team": "两名社工", "quality": MARK, "offers": [offer]}
    bids.prepare(tender, changes=changes, by=by, at=at)
    bids.attach(tender, name="方案.pdf", content=FILE, by=by, at=at)
    return bids.submit(tender, request_key=uuid4(), by=by, at=at, code=code)


def by_cards() -> tuple[build.Cast, paper.Cards, Tender]:
    """A call whose bids cards open, with one bid of each of three organisations."""
    who = build.cast(3)
    held = paper.published(who.clerk, who.approver, build.START)
    tender = build.published(who, opening_policy=OpeningPolicy.CARDS)
    for by in who.signatories():
        sealed(tender, by)
    return who, held, tender


def typed(held: paper.Cards, suffix: str, of: str = "") -> dict[str, str]:
    """What is typed at the table: a card of this number, with the digits of this or another."""
    return {
        "member": held.card(suffix).member,
        "digits": paper.spaced(held.of(of or suffix)),
        "witnesses": "张三、李四",
    }


def browser(by: Actor) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(people.person(by))
    return client


def record() -> tuple[int, int, int]:
    """How much there is of what an opening writes: notices, gate parts, cards used."""
    return Entry.objects.count(), GatePart.objects.count(), CardUse.objects.count()


def test_annex_iv_a_the_exact_time_of_receipt_can_be_determined() -> None:
    """(a) The exact time and date of the receipt of tenders can be determined precisely."""
    who = build.cast(2)
    in_time, late = who.signatories()
    tender = build.published(who)
    bids.prepare(tender, changes={"proposal": MARK}, by=late, at=build.DEADLINE)

    bid = sealed(tender, in_time, at=build.DEADLINE)
    with pytest.raises(NotNow):
        bids.submit(tender, request_key=uuid4(), by=late, at=build.DEADLINE + MICRO)

    said = receipts.read(Receipt.objects.get())  # one receipt: the late attempt has none
    assert said["received_at"] == "2026-04-28T17:00:00.000000+08:00"
    assert said["receipt"] == bid.receipt_number
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Bid.objects.filter(pk=bid.pk).update(submitted_at=build.DEADLINE - MICRO)
    bids.close(tender, by=SYSTEM, at=build.OPENING)
    [line] = merge.release_of(Entry.objects.get(kind=NoticeKind.REGISTER))["tender"][
        "closingRegister"
    ]["entries"]
    assert datetime.fromisoformat(line["receivedAt"]) == build.DEADLINE
    assert Bid.objects.get().submitted_at == build.DEADLINE


def test_annex_iv_b_nobody_has_access_before_the_time_limit() -> None:
    """(b) Before the time limits laid down, no-one can have access to the data transmitted."""
    who, held, tender = by_cards()
    heads.sign_all(at=build.DEADLINE)
    before = record()

    for at in (EVE, build.DEADLINE):
        with pytest.raises(NotNow):
            bids.close(tender, by=SYSTEM, at=at)
        with pytest.raises(NotNow):
            bids.open_all(tender, by=SYSTEM, at=at)
        with pytest.raises(NotNow):
            bids.contribute(tender, **typed(held, "C1"), by=who.clerk, at=at)
    assert gatekeeper.release(build.DEADLINE) == 0

    # four cards together, outside the portal, with an envelope in hand: the gate's part is missing
    keys = sealing.KeySet.from_manifest(bytes(Tender.objects.get(pk=tender.pk).sealing_keys))
    for bid in Bid.objects.all():
        header = sealing.read(bytes(bid.envelope or b""))
        shares = [
            sealing.share(
                header, member.id, digits.private_key(held.digits[member.id], member.id), keys
            )
            for member in keys.committee
        ]
        with pytest.raises(sealing.NotEnough):
            sealing.combine(header, None, shares, keys)
    assert not queries.opened(tender, build.DEADLINE).exists()
    assert reading.tables_with([MARK, FILE.decode()]) == []
    assert record() == before
    assert set(Bid.objects.values_list("opened_at", "proposal")) == {(None, "")}


def test_annex_iv_c_only_authorised_persons_set_or_change_the_opening() -> None:
    """(c) Only authorised persons may set or change the dates for opening data received."""
    who = build.cast(1)
    [bidder] = who.signatories()
    tender = build.published(who)
    later = build.DEADLINE + timedelta(days=2)
    stranger = build.cast(0)

    def proposed(by: Actor, end: datetime) -> Amendment:
        return amendments.propose(
            tender,
            changes={"tender_period_end": end},
            rationale="应供应商要求",
            affects_preparation=False,
            by=by,
            at=EVE,
        )

    before = record()
    strangers = (stranger.drafter, people.overseer(), who.clerk, who.panel[0], bidder)
    for by in (*strangers, who.approver, SYSTEM, ANONYMOUS):
        with pytest.raises(NotPermitted):
            proposed(by, later)
    with pytest.raises(Invalid, match="只能延后"):
        proposed(who.drafter, EVE + timedelta(hours=1))
    with pytest.raises(DatabaseError, match="only moves on"), transaction.atomic():
        Tender.objects.filter(pk=tender.pk).update(tender_period_end=EVE)
    assert not Amendment.objects.exists()

    draft = proposed(who.drafter, later)
    for by in (who.drafter, stranger.approver, *strangers, SYSTEM):
        with pytest.raises(NotPermitted):
            amendments.publish(draft, by=by, at=EVE)
    assert Tender.objects.get(pk=tender.pk).tender_period_end == build.DEADLINE
    assert record() == before

    amendments.publish(draft, by=who.approver, at=EVE)  # a second person, on the public record
    assert Tender.objects.get(pk=tender.pk).tender_period_end == later
    assert Entry.objects.of(tender.ocid).filter(kind=NoticeKind.AMENDMENT).count() == 1


def test_annex_iv_d_at_every_stage_data_are_for_authorised_persons_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """(d) During the different stages access to data must be possible only for those authorised."""
    who = build.cast(3)
    own, other, third = who.signatories()
    tender = build.published(who)
    bid = sealed(tender, own, code=CODE)
    for by in (other, third):
        sealed(tender, by)
    officials = (who.drafter, who.approver, who.clerk, who.panel[0], people.overseer())

    def reads(by: Actor) -> int:
        address = reverse("agency:bid", args=[tender.ocid, bid.receipt_number])
        return browser(by).get(address).status_code

    # sealed: the bidder itself, with the code on its receipt, and nobody else
    assert bids.read_own(bid, code=PRINTED, by=own, at=EVE).proposal == MARK
    with pytest.raises(Invalid, match="回执码"):
        bids.read_own(bid, code=paper.spaced(digits.make()), by=own, at=EVE)
    for by in (other, *officials, ANONYMOUS, SYSTEM):
        with pytest.raises(NotPermitted):
            bids.read_own(bid, code=PRINTED, by=by, at=EVE)
        assert not queries.own(by).filter(pk=bid.pk).exists()
    monkeypatch.setattr(instants, "now", lambda: EVE)
    assert [reads(by) for by in officials] == [403, 404, 403, 403, 403]

    # opened: the approver of the agency as well; the prices alone are public
    gatekeeper.open_bids(tender, at=build.OPENING)
    monkeypatch.setattr(instants, "now", lambda: build.OPENING)
    assert [reads(by) for by in officials] == [403, 200, 403, 403, 403]
    assert reads(build.cast(0).approver) == 404
    assert [reads(by) for by in (own, other)] == [403, 403]
    said = b"".join(bytes(entry.body) for entry in Entry.objects.of(tender.ocid))
    assert MARK.encode() not in said
    assert b"100000" in said


def test_annex_iv_e_only_authorised_persons_give_access_and_only_after_the_date() -> None:
    """(e) Only authorised persons must give access to data, and only after the prescribed date."""
    who, held, tender = by_cards()
    with pytest.raises(NotNow):
        bids.contribute(tender, **typed(held, "C1"), by=who.clerk, at=build.DEADLINE)
    assert gatekeeper.release(build.DEADLINE) == 0
    tender = gatekeeper.close(Tender.objects.get(pk=tender.pk), at=build.OPENING)
    before = record()

    others = (who.drafter, who.approver, who.panel[0], people.overseer(), next(who.signatories()))
    for by in (*others, build.cast(0).clerk, SYSTEM, ANONYMOUS):
        with pytest.raises(NotPermitted):
            bids.contribute(tender, **typed(held, "C1"), by=by, at=build.OPENING)
    for by in (who.clerk, who.approver, people.overseer()):
        with pytest.raises(NotPermitted):  # the clock alone opens
            bids.open_all(tender, by=by, at=build.OPENING)
    assert record() == before

    bids.contribute(tender, **typed(held, "C1"), by=who.clerk, at=build.OPENING)
    with pytest.raises(NotNow):  # one card is not enough
        bids.open_all(tender, by=SYSTEM, at=build.OPENING)
    assert not Bid.objects.exclude(opened_at=None).exists()
    bids.contribute(tender, **typed(held, "C3"), by=who.clerk, at=build.OPENING)

    assert Tender.objects.get(pk=tender.pk).stage(build.OPENING) is Stage.OPENED
    assert set(Bid.objects.values_list("status", "proposal")) == {(BidStatus.VALID, MARK)}


def test_annex_iv_f_opened_data_stay_with_those_who_may_acquaint_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """(f) Data received and opened must remain accessible only to persons authorised to."""
    who = build.cast(3)
    own, other, third = who.signatories()
    tender = build.published(who)
    for by in (own, other, third):
        sealed(tender, by)
    gatekeeper.open_bids(tender, at=build.OPENING)
    bid = Bid.objects.get(organization_id=own.member_of)
    file = BidFile.objects.get(bid=bid)
    build.evaluated(who, Tender.objects.get(pk=tender.pk))
    build.awarded(who, Tender.objects.get(pk=tender.pk))
    years = build.DECISION + timedelta(days=3 * 365)
    monkeypatch.setattr(instants, "now", lambda: years)
    address = reverse("agency:bid-file", args=[tender.ocid, file.pk])

    given = browser(who.approver).get(address)
    assert (given.status_code, given.getvalue()) == (200, FILE)
    outsiders = (who.drafter, who.clerk, other, people.overseer(), build.cast(0).approver)
    for by in outsiders:
        refused = browser(by).get(address)
        assert refused.status_code == 404
        assert FILE not in refused.content
    assert Client().get(address).status_code == 302
    mine = reverse("cso:bid-file", args=[bid.receipt_number, file.pk])
    assert [browser(by).get(mine).status_code for by in (own, other)] == [200, 404]
    for page in (reverse("public:tender", args=[tender.ocid]), "/awards/"):
        assert MARK not in Client().get(page).content.decode()


def test_annex_iv_g_infringements_and_attempts_are_clearly_detectable(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """(g) Where access prohibitions are infringed or attempted, it is clearly detectable."""
    who, held, tender = by_cards()
    monkeypatch.setattr(instants, "now", lambda: EVE)
    bid = Bid.objects.earliest("pk")

    # somebody without the right asks for a bid: on the audit record, by name, with the address
    address = reverse("agency:bid", args=[tender.ocid, bid.receipt_number])
    assert browser(who.clerk).get(address).status_code == 403
    attempt = AuditRow.objects.get(kind="refused")
    assert (attempt.user_id, attempt.subject) == (who.clerk.user_id, f"GET {address}")

    # a card that is not the holder's: on the public record, and nothing opens
    tender = gatekeeper.close(Tender.objects.get(pk=tender.pk), at=build.OPENING)
    with pytest.raises(WrongCard):
        bids.contribute(tender, **typed(held, "C1", of="C2"), by=who.clerk, at=build.OPENING)
    wrong = merge.release_of(Entry.objects.get(kind=NoticeKind.CEREMONY))
    assert [each["kind"] for each in wrong["tender"]["openingEvents"]] == ["wrong-card"]
    assert not CardUse.objects.exists()

    # whoever rules the database tries to take a receipt out of the register: no head is signed
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Entry.objects.filter(kind=NoticeKind.REGISTER).update(body=b"{}")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE procurement_entry SET body = '{}', leaf_hash = sha256('\\x00'::bytea || '{}')"
            " WHERE kind = 'ceremony'"
        )
        cursor.execute("SET session_replication_role = origin")
    signed = heads.latest(Log.NOTICES)
    with pytest.raises(heads.WillNotSign, match="rewritten"):
        heads.sign(Log.NOTICES, at=build.OPENING)
    assert heads.latest(Log.NOTICES) == signed
    assert heads.sign_all(at=build.OPENING) == []
    assert "was not signed" in caplog.text
