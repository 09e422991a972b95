"""Entering the register, verification and its refusal, suspension, correction."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from organizations import audit
from organizations.refusals import Invalid, NotNow, NotPermitted
from organizations.register.models import Organization, Status
from organizations.roles import Actor, Permission, require

IDENTITY = frozenset({"name", "uscc"})  # a change of these has to be verified anew


class NotThisStatus(NotNow):
    """The register's standing of the organisation does not allow this step."""

    def __init__(self, status: Status) -> None:
        super().__init__(
            _("这个机构现在的状态是“%(status)s”，不能再办理这一步。请刷新页面查看最新情况。")
            % {"status": status.label}
        )


def enter(organization: Organization, *, by: Actor, at: datetime) -> Organization:
    """Write a new organisation to the register, to be verified. Raises Invalid with the field."""
    organization.registered_at = at
    check(organization)
    with transaction.atomic():
        organization.save(force_insert=True)
        audit.record("organization.enter", by=by, at=at, subject=subject(organization))
    return organization


def revise(
    organization: Organization, changes: Mapping[str, object], *, by: Actor, at: datetime
) -> Organization:
    """Correct an organisation's own entries; who may is asked by whoever calls.

    A changed name or credit code, and any correction after a refusal, put it back to waiting
    for verification. Raises Invalid with the field.
    """
    with transaction.atomic():
        organization = _locked(organization)
        changed = {name for name, value in changes.items() if getattr(organization, name) != value}
        if not changed:
            return organization
        for name in changed:
            setattr(organization, name, changes[name])
        if changed & IDENTITY or organization.status is Status.REFUSED:
            _clear_decision(organization)
        check(organization)
        organization.save()
        audit.record(
            "organization.revise",
            by=by,
            at=at,
            subject=subject(organization),
            reason=", ".join(sorted(changed)),
        )
    return organization


def reopen(organization: Organization, *, by: Actor, at: datetime) -> Organization:
    """Put an organisation back to waiting for verification, because its facts changed."""
    with transaction.atomic():
        organization = _locked(organization)
        _clear_decision(organization)
        organization.save()
        audit.record("organization.reopen", by=by, at=at, subject=subject(organization))
    return organization


def verify(organization: Organization, *, by: Actor, at: datetime, evidence: str) -> Organization:
    """Record that the organisation's facts were checked, and against what.

    Raises NotPermitted, NotThisStatus (already decided) or Invalid (no evidence).
    """
    require(by, Permission.VERIFY_ORGANIZATIONS)
    with transaction.atomic():
        organization = _locked(organization)
        _require_other(organization, by)
        _require_status(organization, Status.PENDING, Status.REFUSED)
        text = _text(evidence, "evidence", _("请写明核验依据，例如查看了哪份证书、向谁核实。"))
        _clear_decision(organization)
        organization.verified_at = at
        organization.verified_by_id = by.user_id
        organization.verification_evidence = text
        organization.save()
        audit.record(
            "organization.verify", by=by, at=at, subject=subject(organization), reason=text
        )
    return organization


def refuse(organization: Organization, *, by: Actor, at: datetime, reason: str) -> Organization:
    """Record that verification was refused and what has to be put right.

    Raises NotPermitted, NotThisStatus or Invalid (no reason).
    """
    require(by, Permission.VERIFY_ORGANIZATIONS)
    with transaction.atomic():
        organization = _locked(organization)
        _require_other(organization, by)
        _require_status(organization, Status.PENDING)
        text = _text(reason, "reason", _("请写明原因，以及对方补充什么就可以通过。"))
        organization.refused_at = at
        organization.refused_by_id = by.user_id
        organization.refusal_reason = text
        organization.save()
        audit.record(
            "organization.refuse", by=by, at=at, subject=subject(organization), reason=text
        )
    return organization


def suspend(organization: Organization, *, by: Actor, at: datetime, reason: str) -> Organization:
    """Stop a verified organisation from starting anything new. Raises as `refuse` does."""
    require(by, Permission.VERIFY_ORGANIZATIONS)
    with transaction.atomic():
        organization = _locked(organization)
        _require_other(organization, by)
        _require_status(organization, Status.VERIFIED)
        text = _text(reason, "reason", _("请写明暂停的原因和恢复的条件。"))
        organization.suspended_at = at
        organization.suspended_by_id = by.user_id
        organization.suspension_reason = text
        organization.save()
        audit.record(
            "organization.suspend", by=by, at=at, subject=subject(organization), reason=text
        )
    return organization


def reinstate(organization: Organization, *, by: Actor, at: datetime, reason: str) -> Organization:
    """End a suspension. Raises as `refuse` does."""
    require(by, Permission.VERIFY_ORGANIZATIONS)
    with transaction.atomic():
        organization = _locked(organization)
        _require_other(organization, by)
        _require_status(organization, Status.SUSPENDED)
        text = _text(reason, "reason", _("请写明恢复的理由。"))
        organization.suspended_at = None
        organization.suspended_by_id = None
        organization.suspension_reason = ""
        organization.save()
        audit.record(
            "organization.reinstate", by=by, at=at, subject=subject(organization), reason=text
        )
    return organization


def check(instance: models.Model) -> None:
    """Raise Invalid, with its field where one is at fault, unless the instance is whole."""
    try:
        instance.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], None if field == "__all__" else field) from error


def subject(organization: Organization) -> str:
    """Return how audit rows name an organisation."""
    return f"organization:{organization.pk}"


def _locked(organization: Organization) -> Organization:
    return Organization.objects.select_for_update().get(pk=organization.pk)


def _require_other(organization: Organization, by: Actor) -> None:
    if by.organization_id == organization.pk:
        raise NotPermitted(_("不能核验自己所在的机构。请由其他单位的核验人员办理。"))


def _require_status(organization: Organization, *allowed: Status) -> None:
    if organization.status not in allowed:
        raise NotThisStatus(organization.status)


def _text(given: str, field: str, ask: object) -> str:
    text = given.strip()
    if not text:
        raise Invalid(str(ask), field)
    return text


def _clear_decision(organization: Organization) -> None:
    organization.verified_at = organization.refused_at = None
    organization.verified_by_id = organization.refused_by_id = None
    organization.verification_evidence = organization.refusal_reason = ""
