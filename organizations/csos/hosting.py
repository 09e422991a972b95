"""Asking a host to answer for a group; its yes, its no with a reason, and the end of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations import audit
from organizations.csos.models import Cso, Hosting, HostingStanding
from organizations.refusals import Invalid, NotNow, NotPermitted
from organizations.register import actions as register
from organizations.register.models import Organization
from organizations.roles import Actor, Permission, require


class AlreadyAnswered(NotNow):
    """The request no longer stands as whoever acts saw it."""

    def __init__(self, standing: HostingStanding) -> None:
        super().__init__(
            _("这项托管现在的状态是“%(standing)s”，不能再办理这一步。请刷新页面查看最新情况。")
            % {"standing": standing.label}
        )


@transaction.atomic
def choose(cso: Cso, host: Organization | None, *, by: Actor, at: datetime) -> bool:
    """Make this the group's host, to be asked, or none; say whether it is another than the last.

    The same host with a request still open is not asked twice. Who may, and whether the host can
    answer for anybody, is asked by whoever calls: the group's profile names the host.
    """
    last = cso.hostings.select_for_update().order_by("-asked_at", "-pk").first()
    held = cso.hostings.select_for_update().open().first()
    if held is not None and held.host == host:
        return False
    if held is not None:
        _end(held, "", by=by, at=at)
    if host is None:
        return False
    asked = Hosting(group=cso, host=host, asked_at=at, asked_by_id=by.person_id)
    register.check(asked)
    asked.save(force_insert=True)
    _record("hosting.ask", asked, by=by, at=at)
    return last is None or last.host != host


@transaction.atomic
def accept(hosting: Hosting, *, by: Actor, at: datetime) -> Hosting:
    """Agree, for the host, to sign and answer for what the group bids. Agreeing twice is once.

    Raises NotPermitted unless the actor signs for this host, AlreadyAnswered, or NotNow while the
    host itself is not verified.
    """
    hosting = _held(hosting, by)
    if hosting.standing is HostingStanding.ACCEPTED:
        return hosting
    _require_standing(hosting, HostingStanding.ASKED)
    if not hosting.host.is_verified:
        raise NotNow(_("您的组织要先通过核验、没有被暂停，才能托管别的小组。"))
    hosting.accepted_at, hosting.accepted_by_id = at, by.person_id
    hosting.save()
    _record("hosting.accept", hosting, by=by, at=at)
    return hosting


@transaction.atomic
def decline(hosting: Hosting, *, by: Actor, at: datetime, reason: str) -> Hosting:
    """Decline, for the host, with a reason the group reads.

    Raises NotPermitted, AlreadyAnswered or Invalid (no reason).
    """
    hosting = _held(hosting, by)
    _require_standing(hosting, HostingStanding.ASKED)
    hosting.decline_reason = _text(reason, _("请写明原因。对方会看到这段话。"))
    hosting.declined_at, hosting.declined_by_id = at, by.person_id
    hosting.save()
    _record("hosting.decline", hosting, by=by, at=at, reason=hosting.decline_reason)
    return hosting


@transaction.atomic
def end(hosting: Hosting, *, by: Actor, at: datetime, reason: str) -> Hosting:
    """Stop, as the host, answering for the group. What was bid before stays as it is.

    Raises NotPermitted, AlreadyAnswered (never agreed, or ended) or Invalid (no reason).
    """
    hosting = _held(hosting, by)
    _require_standing(hosting, HostingStanding.ACCEPTED)
    return _end(hosting, _text(reason, _("请写明原因。对方会看到这段话。")), by=by, at=at)


def _end(hosting: Hosting, reason: str, *, by: Actor, at: datetime) -> Hosting:
    hosting.ended_at, hosting.ended_by_id, hosting.end_reason = at, by.person_id, reason
    hosting.save()
    _record("hosting.end", hosting, by=by, at=at, reason=reason)
    return hosting


def _held(hosting: Hosting, by: Actor) -> Hosting:
    """Return the request, locked, once it is clear that the actor signs for its host."""
    require(by, Permission.MANAGE_OWN_ORGANIZATION)
    if by.organization_id != hosting.host_id:
        raise NotPermitted
    found = Hosting.objects.select_for_update(of=("self",)).select_related("host")
    return found.get(pk=hosting.pk)


def _require_standing(hosting: Hosting, needed: HostingStanding) -> None:
    if hosting.standing is not needed:
        raise AlreadyAnswered(hosting.standing)


def _text(given: str, ask: StrOrPromise) -> str:
    text = given.strip()
    if not text:
        raise Invalid(ask, "reason")
    return text


def _record(kind: str, hosting: Hosting, *, by: Actor, at: datetime, reason: str = "") -> None:
    subject = f"organization:{hosting.group_id} organization:{hosting.host_id}"
    audit.record(kind, by=by, at=at, subject=subject, reason=reason)
