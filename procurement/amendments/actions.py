"""What may be done to change a published tender: one person proposes, another publishes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid
from organizations.roles import Actor
from procurement import lifecycle, permissions
from procurement.amendments import disclosure, queries
from procurement.amendments.models import Amendment
from procurement.lifecycle import Act
from procurement.ocds.fragments import in_chinese
from procurement.publication import log
from procurement.publication.models import NoticeKind
from procurement.tenders import actions as tenders
from procurement.tenders.editable import AMENDABLE
from procurement.tenders.models import Tender

DEADLINE = "tender_period_end"


def _shown(field: models.Field[Any, Any], value: Any) -> str:
    """Return a value as the notice shows it and as the field reads it back."""
    return "" if value is None else str(field.value_to_string(_Holder(field.attname, value)))


class _Holder:
    """The one attribute a Django field looks at when it writes a value as text."""

    def __init__(self, name: str, value: Any) -> None:
        setattr(self, name, value)


@transaction.atomic
def propose(
    tender: Tender,
    *,
    changes: Mapping[str, Any],
    rationale: str,
    affects_preparation: bool,
    by: Actor,
    at: datetime,
) -> Amendment:
    """Draft a change of a published tender and return it; it waits for a second person.

    `changes` maps names of AMENDABLE to new values. Raises Invalid when nothing changes, when a
    field may not be amended, or when a deadline would move back.
    """
    tender = tenders.locked(tender)
    permissions.require(Act.PROPOSE_AMENDMENT, by=by, on=tender)
    lifecycle.require(Act.PROPOSE_AMENDMENT, tender, at)
    if not rationale.strip():
        raise Invalid(_("请写明修改的理由，理由会和修改一起公开。"), "rationale")
    if queries.in_preparation(tender):
        raise Invalid(_("已有一份更正在等待审批，请先处理那一份。"), "rationale")
    differences = _differences(tender, changes)
    assert by.user_id is not None
    return Amendment.objects.create(
        tender=tender,
        changes=differences,
        rationale=rationale,
        affects_preparation=affects_preparation,
        new_tender_period_end=changes.get(DEADLINE),
        drafted_by_id=by.user_id,
        drafted_at=at,
    )


def _differences(tender: Tender, changes: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, new in changes.items():
        if name not in AMENDABLE:
            raise Invalid(_("更正公告不能改变这一项；需要改变时请终止后重新采购。"), name)
        field = Tender._meta.get_field(name)
        assert isinstance(field, models.Field)
        old = getattr(tender, name)
        if name.endswith("period_end") and old and (new is None or new < old):
            raise Invalid(_("截止时间只能延后，不能提前。"), name)
        before, after = _shown(field, old), _shown(field, new)
        if before != after:
            label = in_chinese(field.verbose_name)
            found[name] = {"label": label, "before": before, "after": after}
    if not found:
        raise Invalid(_("没有任何改动。请修改至少一项。"), None)
    return found


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
    _apply(amendment, tender, deadline)
    tender.save()
    amendment.tender = tender
    amendment.published_at, amendment.published_by_id = at, by.user_id
    amendment.new_tender_period_end = tender.tender_period_end
    amendment.save()
    audit.record("amendments.publish", by=by, at=at, subject=tender.ocid)
    number = Amendment.objects.filter(tender=tender, published_at__isnull=False).count()
    log.append(
        disclosure.amendment_notice(amendment, number, at),
        kind=NoticeKind.AMENDMENT,
        title=tender.title,
        ocid=tender.ocid,
        at=at,
    )
    return amendment


def _apply(amendment: Amendment, tender: Tender, deadline: datetime) -> None:
    old_deadline = tender.tender_period_end
    for name, change in amendment.changes.items():
        field = Tender._meta.get_field(name)
        assert isinstance(field, models.Field)
        setattr(tender, name, field.to_python(change["after"]))
    tender.tender_period_end = deadline
    if deadline == old_deadline:
        return
    field = Tender._meta.get_field(DEADLINE)
    assert isinstance(field, models.Field)
    amendment.changes[DEADLINE] = {
        "label": in_chinese(field.verbose_name),
        "before": _shown(field, old_deadline),
        "after": _shown(field, deadline),
    }
