"""An award: one lot to one supplier, or a lot that nobody gets, with the reason."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procurement.bids.models import Offer
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot


class AwardStatus(models.TextChoices):
    """What was decided (OCDS awardStatus)."""

    ACTIVE = "active", _("成交")
    UNSUCCESSFUL = "unsuccessful", _("未成交")


class Award(models.Model):
    """The decision on one lot. Published in the same act, never changed."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(_("结果"), max_length=20, choices=AwardStatus.choices)
    amount = models.DecimalField(
        _("成交金额（元）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    reasons = models.TextField(_("理由"), max_length=3000)
    decided_at = models.DateTimeField(_("决定时间"))
    decided_by_id = models.BigIntegerField(_("决定人编号"))

    class Meta:
        verbose_name = _("采购结果")
        verbose_name_plural = _("采购结果")
        ordering = ("lot__number", "pk")
        constraints = [
            models.UniqueConstraint(fields=["lot", "offer"], name="awarded_once"),
            models.CheckConstraint(
                condition=models.Q(
                    status=AwardStatus.ACTIVE, offer__isnull=False, amount__isnull=False
                )
                | models.Q(
                    status=AwardStatus.UNSUCCESSFUL, offer__isnull=True, amount__isnull=True
                ),
                name="award_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} {self.get_status_display()}"
