"""Internal audit: who did what privileged thing, when, from where and why. No foreign keys."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.roles import Actor


class AuditRow(models.Model):
    """One act or one refusal. Stands alone: it outlives whatever it speaks of."""

    at = models.DateTimeField(_("时间"), db_index=True)
    kind = models.CharField(_("事项"), max_length=80)
    subject = models.CharField(_("对象"), max_length=200)
    reason = models.TextField(_("理由"), blank=True)
    user_id = models.BigIntegerField(_("账户编号"), null=True)
    organization_id = models.BigIntegerField(_("机构编号"), null=True)
    name = models.CharField(_("姓名"), max_length=200, blank=True)
    origin = models.CharField(_("网络地址"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("操作记录")
        verbose_name_plural = _("操作记录")
        ordering = ("-at", "-pk")
        triggers = [
            pgtrigger.Protect(
                name="audit_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.subject}"


def record(kind: str, *, by: Actor, at: datetime, subject: str, reason: str = "") -> AuditRow:
    """Write one audit row in the caller's transaction and return it.

    `kind` is dotted (`organization.verify`), `subject` names the object (`organization:12`).
    """
    return AuditRow.objects.create(
        at=at,
        kind=kind,
        subject=subject,
        reason=reason,
        user_id=by.user_id,
        organization_id=by.organization_id,
        name=by.name,
        origin=by.origin,
    )
