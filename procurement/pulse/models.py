"""Signs of life, dated by the database's own clock, which no rehearsal moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from pgtrigger import Delete, Protect, Update


class DatabaseClock(models.Func):
    """The database's clock at this very moment, not at the beginning of the transaction."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class Heartbeat(models.Model):
    """When one process last showed that it works."""

    name = models.CharField(_("部件"), max_length=40, primary_key=True)
    beat_at = models.DateTimeField(_("最近一次"))
    detail = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("心跳")
        verbose_name_plural = _("心跳")

    def __str__(self) -> str:
        return self.name


class Canary(models.Model):
    """One trial submission that came all the way through; kept for three days."""

    beat_at = models.DateTimeField(_("数据库时间"), db_default=DatabaseClock(), db_index=True)
    portal_at = models.DateTimeField(_("平台时间"))  # the same instant on the rehearsal's clock

    class Meta:
        verbose_name = _("试投")
        verbose_name_plural = _("试投")

    def __str__(self) -> str:
        return f"{self.pk}"


class Outage(models.Model):
    """A time in which no trial submission came through, between two that did. Kept for good."""

    began_at = models.DateTimeField(_("中断时间"))
    ended_at = models.DateTimeField(_("恢复时间"))
    portal_began_at = models.DateTimeField(_("中断时间（平台时间）"))
    portal_ended_at = models.DateTimeField(_("恢复时间（平台时间）"), db_index=True)

    class Meta:
        verbose_name = _("中断")
        verbose_name_plural = _("中断")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__gt=models.F("began_at"))
                & models.Q(portal_ended_at__gt=models.F("portal_began_at")),
                name="outage_ends_after_it_began",
            ),
            models.UniqueConstraint(fields=["ended_at"], name="outage_noted_once"),
        ]
        triggers = [Protect(name="refuse_change", operation=Update | Delete)]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M:%S}"
