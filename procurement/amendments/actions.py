"""What may be done to change a published tender: one person proposes, another publishes."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import cast

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid
from organizations.roles import Actor
from procurement import legality, lifecycle, permissions
from procurement.amendments import disclosure, queries
from procurement.amendments.models import Amendment
from procurement.lifecycle import Act
from procurement.obligations import actions as obligations
from procurement.obligations.duties import SUBMITTED
from procurement.ocds import receipts
from procurement.ocds.fragments import in_chinese
from procurement.publication import log
from procurement.publication.models import NoticeKind
from procurement.pulse import rule as outages
from procurement.pulse.models import Outage
from procurement.pulse.refusals import AskPeople
from procurement.rulebook import queries as editions
from procurement.rules import SHANGHAI
from procurement.tenders import actions as tenders
from procurement.tenders.editable import AMENDABLE
from procurement.tenders.models import Tender

DEADLINE = "tender_period_end"


def _field(name: str) -> models.Field[object, object]:
    return cast("models.Field[object, object]", Tender._meta.get_field(name))


def _shown(tender: Tender, name: str) -> str:
    """Return a value as the notice keeps it and as the field reads it back; instants in Beijing."""
    value = getattr(tender, name)
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    return "" if value is None else _field(name).value_to_string(tender)


@transaction.atomic
def propose(
    tender: Tender,
    *,
    changes: Mapping[str, object],
    rationale: str,
    affects_preparation: bool,
    by: Actor,
    at: datetime,
) -> Amendment:
    """Draft a change of a published tender and return it; it waits for a second person.

    `changes` maps names of AMENDABLE to new values. Raises Invalid when nothing changes, when a
    field may not be amended, when a deadline would move back or dates would be out of order, and
    legality.RulesBroken with what the change itself would break.
    """
    tender = tenders.locked(tender)
    permissions.require(Act.PROPOSE_AMENDMENT, by=by, on=tender)
    lifecycle.require(Act.PROPOSE_AMENDMENT, tender, at)
    if not rationale.strip():
        raise Invalid(_("请写明修改的理由，理由会和修改一起公开。"), "rationale")
    if queries.in_preparation(tender):
        raise Invalid(_("已有一份更正在等待审批，请先处理那一份。"), "rationale")
    amendment = Amendment(
        tender=tender,
        rationale=rationale,
        affects_preparation=affects_preparation,
        new_tender_period_end=cast("datetime | None", changes.get(DEADLINE)),
        drafted_by_id=by.person_id,
        drafted_at=at,
    )
    wanted, amendment.changes = _differences(tender, changes)
    wanted.tender_period_end = queries.lawful_deadline(amendment, at=at)
    _require_sound(tender, wanted, at)
    amendment.save()
    return amendment


def _differences(
    tender: Tender, changes: Mapping[str, object]
) -> tuple[Tender, dict[str, dict[str, str]]]:
    """Return the tender as wanted and what changes, before and after; nothing is saved yet."""
    wanted = copy(tender)
    found: dict[str, dict[str, str]] = {}
    for name, new in changes.items():
        if name not in AMENDABLE:
            raise Invalid(_("更正公告不能改变这一项；需要改变时请终止后重新采购。"), name)
        setattr(wanted, name, new)
        if name.endswith("period_end") and _moves_back(getattr(tender, name), new):
            raise Invalid(_("截止时间只能延后，不能提前。"), name)
        if _shown(tender, name) != _shown(wanted, name):
            found[name] = _difference(tender, wanted, name)
    if not found:
        raise Invalid(_("没有任何改动。请修改至少一项。"), None)
    return wanted, found


def _require_sound(before: Tender, after: Tender, at: datetime) -> None:
    """Refuse a change after which the call would no longer make sense, or break a rule."""
    for problem in queries.problems(before, after, at=at):
        raise Invalid(str(problem.message), problem.field)
    legality.require(queries.findings(before, after))


def _moves_back(old: datetime | None, new: object) -> bool:
    return old is not None and (not isinstance(new, datetime) or new < old)


def _difference(before: Tender, after: Tender, name: str) -> dict[str, str]:
    return {
        "label": in_chinese(_field(name).verbose_name),
        "before": _shown(before, name),
        "after": _shown(after, name),
    }


@transaction.atomic
def withdraw(amendment: Amendment, *, by: Actor, at: datetime) -> Amendment:
    """Take back an amendment that is not published yet."""
    tender = tenders.locked(amendment.tender)
    permissions.require(Act.PROPOSE_AMENDMENT, by=by, on=tender)
    lifecycle.require(Act.PROPOSE_AMENDMENT, tender, at)
    Amendment.objects.filter(pk=amendment.pk, published_at__isnull=True).update(withdrawn_at=at)
    amendment.refresh_from_db()
    return amendment


@transaction.atomic
def publish(amendment: Amendment, *, by: Actor, at: datetime) -> Amendment:
    """Approve a change: the tender takes the new values and the notice shows both.

    The bid deadline moves on by itself when the law says the change came too late.
    """
    tender = tenders.locked(amendment.tender)
    amendment = Amendment.objects.select_related("tender").get(pk=amendment.pk)
    permissions.require(Act.PUBLISH_AMENDMENT, by=by, on=amendment)
    lifecycle.require(Act.PUBLISH_AMENDMENT, tender, at)
    if amendment.published_at or amendment.withdrawn_at:
        raise Invalid(_("这份更正已经处理过了。"))
    deadline = queries.lawful_deadline(amendment, at=at)
    before = copy(tender)
    _apply(amendment, tender)
    tender.tender_period_end = deadline  # what is checked is the call as it will stand
    _require_sound(before, tender, at)
    if deadline != before.tender_period_end:
        amendment.changes[DEADLINE] = _difference(before, tender, DEADLINE)
    tender.save()
    amendment.tender = tender
    amendment.published_at, amendment.published_by_id = at, by.user_id
    amendment.new_tender_period_end = tender.tender_period_end
    amendment.save()
    audit.record("amendments.publish", by=by, at=at, subject=tender.ocid)
    _announce(amendment, at)
    return amendment


def _announce(amendment: Amendment, at: datetime) -> None:
    """Put the notice of a change on the log; the duty to hand it to the medium begins."""
    tender = amendment.tender
    number = Amendment.objects.filter(tender=tender, published_at__isnull=False).count()
    entry = log.append(
        disclosure.amendment_notice(amendment, number, at, _receipt(amendment, at)),
        kind=NoticeKind.AMENDMENT,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
    obligations.happened(SUBMITTED, to=tender, subject=entry.release_id, at=at)


@transaction.atomic
def extend_for_outage(
    tender: Tender, *, outage: Outage, by: Actor, at: datetime
) -> Amendment | None:
    """Move the deadline on because the portal took no bids, the same for all; by the clock alone.

    None when there is nothing to do: the outage did not touch the deadline, it was made good
    already, or the register of bids is written. Raises AskPeople after `outages.MOST` of them.
    """
    tender = tenders.locked(tender)
    permissions.require(Act.EXTEND_FOR_OUTAGE, by=by, on=tender)
    lifecycle.require(Act.EXTEND_FOR_OUTAGE, tender, at)
    if not queries.is_owed(tender, outage):
        return None
    if queries.extensions(tender) >= outages.MOST:
        raise AskPeople
    before = copy(tender)
    calendar = editions.pinned(tender.rulebook, at).calendar
    tender.tender_period_end = outages.extended(outage.portal_ended_at, calendar)
    tender.save(update_fields=[DEADLINE])
    amendment = Amendment.objects.create(
        tender=tender,
        outage=outage,
        changes={DEADLINE: _difference(before, tender, DEADLINE)},
        rationale=disclosure.outage_rationale(outage),
        affects_preparation=False,
        new_tender_period_end=tender.tender_period_end,
        drafted_at=at,
        published_at=at,
    )
    _announce(amendment, at)
    return amendment


def _receipt(amendment: Amendment, at: datetime) -> receipts.Fragment:
    found = queries.checked(amendment, at=at)
    return receipts.receipt(found, edition=amendment.tender.rulebook, at=at)


def _apply(amendment: Amendment, tender: Tender) -> None:
    for name, change in amendment.changes.items():
        emptied = change["after"] == "" and _field(name).null
        setattr(tender, name, None if emptied else _field(name).to_python(change["after"]))
