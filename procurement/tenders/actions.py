"""What may be done with a tender before and at its publication."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid, Refusal
from organizations.regions.models import Region
from organizations.roles import Actor
from procurement import legality, lifecycle, permissions
from procurement.documents import actions as documents
from procurement.documents.models import Document
from procurement.lifecycle import Act
from procurement.obligations import actions as obligations
from procurement.obligations.duties import SUBMITTED
from procurement.planning.models import PlanningNotice
from procurement.publication import log
from procurement.publication.models import NoticeKind
from procurement.tenders import disclosure, queries
from procurement.rulebook import actions as rulebook
from procurement.tenders.editable import EDITABLE, FROZEN_BY_DRAW, PARTS
from procurement.tenders.models import InvitationMode, Tender
from procurement.tenders.parts import Draw, Invitation, TenderDocument


class PoolTooSmall(Refusal):
    """Fewer organisations could be invited than the rules ask for."""


def locked(tender: Tender) -> Tender:
    """Return the tender, its row locked until the act ends: the first step of every act."""
    return Tender.objects.select_for_update().get(pk=tender.pk)


@transaction.atomic
def draft(
    *, title: str, by: Actor, at: datetime, planning_notice: PlanningNotice | None = None
) -> Tender:
    """Begin a tender, from a published planning notice where there is one, and return it."""
    permissions.require(Act.DRAFT_TENDER, by=by)
    plan = planning_notice and PlanningNotice.objects.select_for_update().get(pk=planning_notice.pk)
    if plan is not None and (plan.procuring_entity_id != by.member_of or plan.published_at is None):
        raise Invalid(_("只能从本单位已经公开的采购意向开始。"), "planning_notice")
    if plan is not None and Tender.objects.filter(planning_notice=plan).exists():
        raise Invalid(_("这条采购意向已经有采购项目了，请打开那一个继续。"), "planning_notice")
    tender = Tender.objects.create(
        process=plan.process if plan else log.open_process(at=at),
        procuring_entity_id=by.member_of,
        planning_notice=plan,
        title=title,
        drafted_by_id=by.person_id,
        drafted_at=at,
        **_inherited(plan),
    )
    if plan is not None:
        tender.regions.set(plan.regions.all())
    return tender


def _inherited(plan: PlanningNotice | None) -> dict[str, Any]:
    if plan is None:
        return {}
    return {
        "description": plan.need_summary,
        "services": plan.services,
        "populations": plan.populations,
        "procurement_method": plan.procurement_method,
        "value_amount": plan.budget_amount,
        "budget_reference": plan.budget_reference,
        "in_catalogue": plan.in_catalogue,
        "catalogue_source": plan.catalogue_source,
        "fiscal_year": plan.fiscal_year,
        "midterm_years": plan.midterm_years,
        "negative_list_declared": plan.negative_list_declared,
    }


@transaction.atomic
def revise(
    tender: Tender,
    *,
    changes: Mapping[str, Any],
    by: Actor,
    at: datetime,
    regions: Iterable[Region] | None = None,
    parts: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
) -> Tender:
    """Change a draft and return it.

    `changes` maps names of EDITABLE to values; `parts` replaces whole lists, by the names of
    PARTS (lots, criteria, cost_policy, experts), each row a mapping of its fields.
    """
    tender = locked(tender)
    permissions.require(Act.REVISE_TENDER, by=by, on=tender)
    lifecycle.require(Act.REVISE_TENDER, tender, at)
    for name, new in changes.items():
        if name not in EDITABLE:
            raise Invalid(_("这一项不能在草稿里修改。"), name)
        if name in FROZEN_BY_DRAW and new != getattr(tender, name) and hasattr(tender, "draw"):
            raise Invalid(_("已经抽取了受邀组织，不能再改这一项。确需改变，请另建一个项目。"), name)
        setattr(tender, name, new)
    _signed(tender, by)
    if regions is not None:
        tender.regions.set(regions)
    for name, rows in (parts or {}).items():
        model = PARTS[name]
        rows_of = model._default_manager
        rows_of.filter(tender=tender).delete()
        rows_of.bulk_create(model(tender=tender, **row) for row in rows)
    return tender


def _signed(tender: Tender, by: Actor) -> None:
    """Note whose hand is in the draft: that person will not approve it."""
    tender.revised_by_ids = sorted({*tender.revised_by_ids, by.person_id})
    tender.save()


@transaction.atomic
def attach(tender: Tender, *, document: Document, by: Actor, at: datetime) -> TenderDocument:
    """Attach a stored file to a draft and return the attachment."""
    tender = locked(tender)
    permissions.require(Act.REVISE_TENDER, by=by, on=tender)
    lifecycle.require(Act.REVISE_TENDER, tender, at)
    _signed(tender, by)
    return TenderDocument.objects.create(tender=tender, document=document)


@transaction.atomic
def detach(tender: Tender, *, attachment_id: int, by: Actor, at: datetime) -> None:
    """Take a file off a draft; one that is already off is no error."""
    tender = locked(tender)
    permissions.require(Act.REVISE_TENDER, by=by, on=tender)
    lifecycle.require(Act.REVISE_TENDER, tender, at)
    _signed(tender, by)
    TenderDocument.objects.filter(tender=tender, pk=attachment_id).delete()


@transaction.atomic
def draw_invitees(
    tender: Tender, *, count: int, seed: str, witnesses: str, by: Actor, at: datetime
) -> Draw:
    """Draw who is invited from the register and return the draw; anyone can repeat it.

    The order is that of SHA-256 over the seed and the organisation's number. The pool must hold
    at least twice as many as are drawn; at least three are (MOF Order 87 Art. 14; GPL Art. 34).
    """
    tender = locked(tender)
    permissions.require(Act.DRAW_INVITEES, by=by, on=tender)
    lifecycle.require(Act.DRAW_INVITEES, tender, at)
    if Draw.objects.filter(tender=tender).exists():
        raise Invalid(_("已经抽取过了。抽取只能进行一次，结果不能更换。"), "count")
    pool = [cso.organization_id for cso in queries.pool(tender)]
    if count < 3 or len(pool) < 2 * count:
        raise PoolTooSmall(
            _(
                "至少抽取 3 家，且备选组织数不少于抽取数的两倍（财政部令第87号第14条）。"
                "现在符合条件的有 %(pool)s 家，要抽取 %(count)s 家。"
                "可以扩大服务地区，或者改用公开招标。"
            )
            % {"pool": len(pool), "count": count},
            "count",
        )
    drawn = sorted(pool, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).digest())
    Invitation.objects.bulk_create(
        Invitation(tender=tender, organization_id=number) for number in drawn[:count]
    )
    _signed(tender, by)
    audit.record("tenders.draw_invitees", by=by, at=at, subject=tender.ocid)
    return Draw.objects.create(
        tender=tender,
        drawn_at=at,
        drawn_by_id=by.person_id,
        seed=seed,
        pool=pool,
        witnesses=witnesses,
    )


@transaction.atomic
def submit(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Hand a complete draft to the second person and return it. Raises legality.Incomplete."""
    tender = locked(tender)
    permissions.require(Act.SUBMIT_TENDER, by=by, on=tender)
    lifecycle.require(Act.SUBMIT_TENDER, tender, at)
    legality.require_whole(queries.problems(tender, at=at))
    tender.submitted_at, tender.submitted_by_id, tender.return_reason = at, by.user_id, ""
    tender.save()
    return tender


@transaction.atomic
def send_back(tender: Tender, *, reason: str, by: Actor, at: datetime) -> Tender:
    """Return a submitted tender to its drafter with the reason."""
    tender = locked(tender)
    permissions.require(Act.RETURN_TENDER, by=by, on=tender)
    lifecycle.require(Act.RETURN_TENDER, tender, at)
    if not reason.strip():
        raise Invalid(_("请写明退回的原因，起草人才知道要改什么。"), "reason")
    tender.submitted_at, tender.submitted_by_id, tender.return_reason = None, None, reason
    tender.save()
    return tender


@transaction.atomic
def publish(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Approve and publish a tender: it is frozen, its documents open, its invitations sent.

    Raises legality.Incomplete; or legality.RulesBroken with every finding and the earliest dates.
    """
    tender = locked(tender)
    permissions.require(Act.PUBLISH_TENDER, by=by, on=tender)
    lifecycle.require(Act.PUBLISH_TENDER, tender, at)
    legality.require_whole(queries.problems(tender, at=at))
    found = queries.findings(tender, at=at)
    legality.require(found)
    tender.rulebook = rulebook.keep(queries.edition(tender, at=at), at=at)
    tender.published_at, tender.published_by_id = at, by.user_id
    tender.save()
    documents.publish([a.document for a in tender.attachments.select_related("document")], at=at)
    if tender.invitation_mode == InvitationMode.DIRECT and tender.single_source_supplier:
        Invitation.objects.create(tender=tender, organization=tender.single_source_supplier)
    Invitation.objects.filter(tender=tender).update(sent_at=at)
    audit.record("tenders.publish", by=by, at=at, subject=tender.ocid)
    log.append(
        disclosure.tender_notice(
            tender, at, receipts.receipt(found, edition=tender.rulebook, at=at)
        ),
        kind=NoticeKind.TENDER,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
    return tender


@transaction.atomic
def cancel(tender: Tender, *, reason: str, by: Actor, at: datetime) -> Tender:
    """End a published tender before its award, with a published reason."""
    tender = locked(tender)
    permissions.require(Act.CANCEL_TENDER, by=by, on=tender)
    lifecycle.require(Act.CANCEL_TENDER, tender, at)
    if not reason.strip():
        raise Invalid(_("请写明终止的理由，理由会向公众公开。"), "reason")
    tender.cancelled_at, tender.cancelled_by_id, tender.end_reason = at, by.user_id, reason
    tender.save()
    audit.record("tenders.cancel", by=by, at=at, subject=tender.ocid, reason=reason)
    obligations.lapse(to=tender, at=at)
    entry = log.append(
        disclosure.cancellation_notice(tender),
        kind=NoticeKind.CANCELLATION,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
    obligations.happened(SUBMITTED, to=tender, subject=entry.release_id, at=at)
    return tender
