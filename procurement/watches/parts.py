"""Where a watch posts its notices to: a system of its owner's, and each POST on its way."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from procurement.notifications.models import WAITING, Letter
from procurement.watches.models import Watch


class Hook(models.Model):
    """The address that one watch posts to. Address and secret are kept as cipher text."""

    watch = models.OneToOneField(Watch, on_delete=models.CASCADE, related_name="+")
    sealed_address = models.BinaryField(_("网址"))
    sealed_secret = models.BinaryField(_("密钥"))
    since = models.DateTimeField(_("从何时起"))
    # no POST has arrived since then; and when we stopped to try
    failing_since = models.DateTimeField(_("从何时起送不到"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("推送地址")
        verbose_name_plural = _("推送地址")

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def label(self) -> str:
        """What its cipher texts are bound to."""
        return f"hook-{self.watch_id}"


class HookLetter(Letter):
    """One notice, or a trial without one, on its way to a system."""

    BACK_OFF: ClassVar[timedelta] = timedelta(minutes=1)
    LONGEST_WAIT: ClassVar[timedelta] = timedelta(hours=6)
    MOST_ATTEMPTS: ClassVar[int] = 60  # its address is switched off long before

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="+")
    entry_index = models.BigIntegerField(_("日志序号"), null=True)  # none for a trial
    reference = models.CharField(_("对方的回答"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("推送")
        verbose_name_plural = _("推送")
        indexes = [
            models.Index(fields=["send_after"], name="hook_letter_due", condition=WAITING),
        ]
        constraints = [
            models.UniqueConstraint(fields=["hook", "entry_index"], name="posted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
