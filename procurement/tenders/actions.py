"""What may be done with a tender before and at its publication."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid
from organizations.regions.models import Region
from organizations.register.models import Organization
from organizations.roles import Actor
from procurement import legality, lifecycle, permissions
from procurement.documents import actions as documents
from procurement.documents.models import Document
from procurement.lifecycle import Act
from procurement.obligations import actions as obligations
from procurement.obligations.duties import SUBMITTED
from procurement.ocds import receipts
from procurement.planning.models import PlanningNotice
from procurement.publication import log
from procurement.publication.models import NoticeKind
from procurement.rulebook import actions as rulebook
from procurement.tenders import disclosure, drawing, invitees, keys, queries
from procurement.tenders.editable import EDITABLE, FROZEN_BY_DRAW, PARTS
from procurement.tenders.models import InvitationMode, Tender
from procurement.tenders.parts import Draw, Invitation, TenderDocument, Witness

WORD_LENGTH = 60  # characters of a witness's word
FROZEN = _("备选名单已经按这一项确定，不能再改。确需改变，请另建一个项目。")


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
        "advice_answers": plan.advice_answers,
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
            raise Invalid(FROZEN, name)
        setattr(tender, name, new)
    _signed(tender, by)
    if regions is not None:
        _set_regions(tender, list(regions))
    for name, rows in (parts or {}).items():
        model = PARTS[name]
        rows_of = model._default_manager
        rows_of.filter(tender=tender).delete()
        rows_of.bulk_create(model(tender=tender, **row) for row in rows)
    return tender


def _set_regions(tender: Tender, regions: list[Region]) -> None:
    """Replace the regions; the draw was made for them, so it freezes them."""
    if hasattr(tender, "draw") and set(regions) != set(tender.regions.all()):
        raise Invalid(FROZEN, "regions")
    tender.regions.set(regions)


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
def commit_draw(
    tender: Tender,
    *,
    count: int,
    witnesses: Sequence[int],
    secret: drawing.Secret,
    by: Actor,
    at: datetime,
) -> Draw:
    """Freeze the pool, publish the commitments to pool and seed, and return the draw to come.

    `witnesses` are two people of the agency, by number; `secret` is fresh and stays with the
    portal until the procurement ends. Who and how many are in the pool is not published.
    """
    tender = locked(tender)
    permissions.require(Act.COMMIT_DRAW, by=by, on=tender)
    lifecycle.require(Act.COMMIT_DRAW, tender, at)
    if Draw.objects.filter(tender=tender).exists():
        raise Invalid(_("承诺已经公布。抽取只能进行一次，不能重来。"), "count")
    if tender.invitation_mode != InvitationMode.REGISTER_DRAW:
        raise Invalid(_("只有邀请招标从登记的组织中抽取。请先在“采购方式”里选择。"), "count")
    people = invitees.witnesses(tender, witnesses, besides=by.person_id)
    draw = invitees.frozen(tender, count=count, secret=secret, by=by, at=at)
    _signed(tender, by)
    audit.record("tenders.commit_draw", by=by, at=at, subject=tender.ocid)
    entry = log.append(
        disclosure.draw_commitment(draw),
        kind=NoticeKind.DRAW,
        title=disclosure.DRAW_TITLE,
        ocid=tender.ocid,
        at=at,
    )
    draw.release_id = entry.release_id
    draw.save()
    Witness.objects.bulk_create(
        Witness(draw=draw, position=place, user_id=each.pk, name=str(each))
        for place, each in enumerate(people, start=1)
    )
    return draw


@transaction.atomic
def witness_draw(draw: Draw, *, word: str, by: Actor, at: datetime) -> Draw:
    """Put a witness's word into the draw and return it; the second word makes the draw.

    Whoever of two comes second at the same instant, the row of the tender orders them, so
    there is one draw. The words count in the order in which the witnesses were named.
    """
    tender = locked(draw.tender)
    draw = Draw.objects.get(tender=tender)
    permissions.require(Act.WITNESS_DRAW, by=by, on=draw)
    lifecycle.require(Act.WITNESS_DRAW, tender, at)
    word = " ".join(word.split())
    if not word or len(word) > WORD_LENGTH or not word.isprintable():
        raise Invalid(_("请写一个词或一句短话，不超过 60 个字。"), "word")
    witness = draw.witnesses.get(user_id=by.person_id)
    if witness.given_at is not None:
        raise Invalid(_("您已经给出了词，不能再改。"), "word")
    witness.word, witness.given_at = word, at
    witness.save()
    audit.record("tenders.witness_draw", by=by, at=at, subject=tender.ocid)
    if not draw.witnesses.filter(given_at=None).exists():
        _draw(draw, at)
    return draw


@transaction.atomic
def replace_witness(
    draw: Draw, *, witness: int, successor: int, reason: str, by: Actor, at: datetime
) -> Draw:
    """Let another person watch in place of a witness whose word is missing; return the draw.

    Both are people, by number; the place among the words stays. How often and why it happened
    is published when the procurement has ended, the names are for auditors alone.
    """
    tender = locked(draw.tender)
    draw = Draw.objects.get(tender=tender)
    permissions.require(Act.REPLACE_WITNESS, by=by, on=tender)
    lifecycle.require(Act.REPLACE_WITNESS, tender, at)
    seats = {each.user_id: each for each in draw.witnesses.all()}
    seat = seats.get(witness)
    if seat is None:
        raise Invalid(_("这一位已经不是见证人，不用再更换。"))
    if seat.given_at is not None:
        raise Invalid(_("这位见证人已经给出了词，不能更换。"))
    person = invitees.successor(draw, successor, by=by)
    names = [str(person), *(each.name for each in seats.values())]
    reason = invitees.reason_of_replacement(reason, names=names)
    change = f"{seat.name} → {person}：{reason}"
    seat.user_id, seat.name = person.pk, str(person)
    seat.save()
    draw.replacements = [*draw.replacements, {"at": at.isoformat(), "reason": reason}]
    draw.save()
    _signed(tender, by)
    audit.record("tenders.replace_witness", by=by, at=at, subject=tender.ocid, reason=change)
    return draw


def _draw(draw: Draw, at: datetime) -> None:
    """Make the draw: both words are given."""
    numbers = {member["id"]: member["organization"] for member in draw.pool}
    Invitation.objects.bulk_create(
        Invitation(tender=draw.tender, organization_id=numbers[each])
        for each in draw.record().drawn
    )
    draw.drawn_at = at
    draw.save()


@transaction.atomic
def add_invitee(
    tender: Tender, *, organization: Organization, reason: str, by: Actor, at: datetime
) -> Invitation:
    """Invite one more by hand, after the draw, and return the invitation.

    The reason is published with the draw when the procurement has ended.
    """
    tender = locked(tender)
    permissions.require(Act.ADD_INVITEE, by=by, on=tender)
    lifecycle.require(Act.ADD_INVITEE, tender, at)
    if not Draw.objects.filter(tender=tender, drawn_at__isnull=False).exists():
        raise Invalid(_("抽取完成以后才能人工增加。"), "organization")
    if not reason.strip():
        raise Invalid(_("请写明为什么增加这一家，理由会向公众公开。"), "reason")
    if not queries.eligible().filter(organization=organization).exists():
        raise Invalid(_("只能增加已核验、能够投标的组织。"), "organization")
    if Invitation.objects.filter(tender=tender, organization=organization).exists():
        raise Invalid(_("这一家已经在受邀名单里。"), "organization")
    _signed(tender, by)
    audit.record("tenders.add_invitee", by=by, at=at, subject=tender.ocid)
    return Invitation.objects.create(
        tender=tender,
        organization=organization,
        added_at=at,
        added_by_id=by.person_id,
        reason=reason.strip(),
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
    tender.sealing_keys = keys.manifest(tender, at=at)
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
