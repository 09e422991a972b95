"""Every release, package and record passes the validator, strictly, under every procedure."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from organizations.roles import Role
from portal.demo import gatekeeper
from procurement import clock
from procurement.amendments import actions as amendments
from procurement.documents import actions as documents
from procurement.enquiries import actions as enquiries
from procurement.obligations import actions as duties
from procurement.obligations.models import Obligation
from procurement.ocds import packages
from procurement.tenders import actions as tenders
from procurement.tenders.advising import QUESTIONS, Answer
from procurement.tenders.models import InvitationMode, Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

BUNDLE = Path(os.environ.get("OCDS_BUNDLE", settings.BASE_DIR.parent / "shared" / "ocds"))
VALIDATOR = BUNDLE / "validate_ocds.py"
EXTENSION = settings.BASE_DIR / "static/ocds/extensions/portal/1.0.0"
METHODS = {
    "open": 3,
    "invited": 6,
    "negotiation": 3,
    "consultation": 2,
    "single-source": 1,
    "grant": 3,
}
Save = Callable[[str], list[Path]]

# The review has an environment of its own (requirements/ocds.in says why); .ci/run makes it.
REVIEWER = os.environ.get("OCDS_PYTHON", sys.executable)


def _has_review() -> bool:
    found = subprocess.run([REVIEWER, "-c", "import libcoveocds, ocdsmerge"], capture_output=True)
    return found.returncode == 0


needs_validator = pytest.mark.skipif(
    not VALIDATOR.is_file() or not _has_review(),
    reason="no OCDS schema (OCDS_BUNDLE), or no review (OCDS_PYTHON, see requirements/ocds.in)",
)


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """A keeper of what the portal serves: all releases, and the record of one process."""

    def kept(ocid: str) -> list[Path]:
        paths = []
        addresses = [reverse("public:release-package"), reverse("public:record", args=[ocid])]
        for number, address in enumerate(addresses):
            path = tmp_path / f"{number}.json"
            path.write_bytes(Client().get(address).content)
            paths.append(path)
        return paths

    return kept


def mistakes(paths: list[Path]) -> str:
    """What the validator finds wrong; empty when nothing is."""
    base = packages.extensions()[-1].removesuffix("extension.json")
    done = subprocess.run(
        [
            REVIEWER,
            str(VALIDATOR),
            "--strict",
            "--check-merge",
            "--check-refs",
            "--local-extension",
            f"{base}={EXTENSION}",
            *map(str, paths),
        ],
        capture_output=True,
        text=True,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@needs_validator
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("method", "csos"), METHODS.items())
def test_a_whole_procurement_is_valid(method: str, csos: int, save: Save) -> None:
    who = build.cast(csos)
    tender = build.published(who, method)
    if method == "invited":
        drawn = set(build.invited(tender))
        who.csos = [cso for cso in who.csos if cso.pk in drawn]
    tender = build.evaluated(who, build.opened(who, tender))
    build.awarded(who, tender)
    assert mistakes(save(tender.ocid)) == ""


@needs_validator
@pytest.mark.slow
@pytest.mark.django_db
def test_questions_amendments_files_and_a_cancellation_are_valid(save: Save) -> None:
    who = build.cast(3)
    draft = build.draft(who)
    _attach(draft, who)
    tenders.submit(draft, by=who.drafter, at=build.TENDER_DAY)
    tender = tenders.publish(draft, by=who.approver, at=build.TENDER_DAY)
    at = build.TENDER_DAY + timedelta(days=1)
    asked = enquiries.ask(tender, question="可以付工资吗？", by=next(who.signatories()), at=at)
    enquiries.answer(asked, text="可以。", by=who.drafter, at=at)
    change = amendments.propose(
        tender,
        changes={"quantity": "", "award_expected_date": None, "contract_end": None},
        affects_preparation=False,
        rationale="需求增加。",
        by=who.drafter,
        at=at,
    )
    amendments.publish(change, by=who.approver, at=at)
    tender.refresh_from_db()
    tenders.cancel(tender, reason="预算调整，本年度不再采购。", by=who.approver, at=at)
    assert mistakes(save(tender.ocid)) == ""


@needs_validator
@pytest.mark.django_db
def test_a_commitment_before_any_other_notice_is_valid(save: Save) -> None:
    who = build.cast(6)
    tender = tenders.draft(title="随访", by=who.drafter, at=build.TENDER_DAY)
    mode = {"procurement_method": "invited", "invitation_mode": InvitationMode.REGISTER_DRAW}
    tenders.revise(tender, changes=mode, by=who.drafter, at=build.TENDER_DAY)
    build.committed(who, tender)
    assert mistakes(save(tender.ocid)) == ""


def _drawn_by_another_witness(who: build.Cast, tender: Tender) -> None:
    """Make the draw with one witness in place of another."""
    person, other = people.member(who.agency, Role.OPENING_OFFICER)
    tenders.replace_witness(
        build.committed(who, tender),
        witness=who.clerk.person_id,
        successor=person.pk,
        reason="长期出差。",
        by=who.drafter,
        at=build.TENDER_DAY,
    )
    for by in (who.approver, other):
        tenders.witness_draw(tender.draw, word="春", by=by, at=build.TENDER_DAY)


@needs_validator
@pytest.mark.django_db
def test_a_draw_with_an_invitee_by_hand_is_valid_when_revealed(save: Save) -> None:
    who = build.cast(7)
    mode = InvitationMode.REGISTER_DRAW
    tender = build.draft(who, procurement_method="invited", invitation_mode=mode)
    _drawn_by_another_witness(who, tender)
    outside = next(c.organization for c in who.csos if c.pk not in build.invited(tender))
    tenders.add_invitee(
        tender, organization=outside, reason="正在服务。", by=who.drafter, at=build.TENDER_DAY
    )
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    tender = tenders.publish(tender, by=who.approver, at=build.TENDER_DAY)
    tenders.cancel(tender, reason="预算调整。", by=who.approver, at=build.OPENING)
    assert mistakes(save(tender.ocid)) == ""


@needs_validator
@pytest.mark.django_db
def test_a_failure_for_want_of_bids_is_valid(save: Save) -> None:
    who = build.cast(3)
    tender = build.published(who)
    build.bid(tender, next(who.signatories()))
    gatekeeper.open_bids(tender, at=build.OPENING)
    assert mistakes(save(tender.ocid)) == ""


@needs_validator
@pytest.mark.django_db
def test_a_breach_its_reply_and_a_statement_are_valid(save: Save) -> None:
    who = build.cast(3)
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    late = build.DECISION + timedelta(days=30)
    clock.record_breaches(at=late)
    decision = Obligation.objects.get(event="award.decided")
    duties.reply(decision, text="专家临时出差。", by=who.approver, at=late)
    build.awarded(who, tender, at=late)
    duties.excuse(decision, reason="确有困难。", by=people.overseer(), at=late)
    for event in ("notice.published", "contract.signed"):
        duties.state(
            Obligation.objects.get(event=event),
            done_on=late.date(),
            evidence_url="https://example.org/where",
            statement="",
            by=who.drafter,
            at=late,
        )
    signed = Obligation.objects.get(event="contract.signed")
    duties.tell(signed, event="invoice.received", on=late.date(), by=who.drafter, at=late)
    assert mistakes(save(tender.ocid)) == ""


@needs_validator
@pytest.mark.django_db
def test_the_advice_on_a_method_and_a_stated_figure_are_valid(save: Save) -> None:
    who = build.cast(3)
    tender = build.published(
        who,
        advice_answers=dict.fromkeys(QUESTIONS, Answer.NO) | {"advice.urgent": Answer.UNSURE},
        stated_figures={"open_tender_services": {"amount": "4000000", "source": "某文件"}},
    )
    assert mistakes(save(tender.ocid)) == ""


def _attach(tender: Tender, who: build.Cast) -> None:
    stored = documents.store(
        title="采购文件",
        document_type="biddingDocuments",
        name="采购 文件 1.txt",
        content="服务内容。".encode(),
        by=who.drafter,
        at=build.TENDER_DAY,
    )
    tender.attachments.create(document=stored)


def test_the_extension_says_each_field_the_package_declares() -> None:
    assert (EXTENSION / "extension.json").is_file()
    assert packages.extensions()[-1].endswith("/static/ocds/extensions/portal/1.0.0/extension.json")
