"""A change of a published tender: drafted by one person, published by another as a notice."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procurement.pulse.models import Outage
from procurement.tenders.models import Tender

# Who did it: two people, one after the other, or the clock, for an outage of the portal.
BY_TWO_PEOPLE = models.Q(
    outage__isnull=True, drafted_by_id__isnull=False, drafted_at__isnull=False
) & (
    models.Q(published_at__isnull=True, published_by_id__isnull=True)
    | models.Q(published_at__isnull=False, published_by_id__isnull=False)
)
BY_THE_CLOCK = models.Q(
    outage__isnull=False,
    drafted_by_id__isnull=True,
    published_by_id__isnull=True,
    published_at__isnull=False,
)


class Amendment(models.Model):
    """What changes in a tender, and why. Not edited after it is published."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="amendments")
    changes = models.JSONField(_("修改内容"))  # field name → {"before": …, "after": …}, as shown
    rationale = models.TextField(_("修改理由"), max_length=2000)
    affects_preparation = models.BooleanField(_("可能影响投标文件编制"), default=True)
    new_tender_period_end = models.DateTimeField(_("新的投标截止"), null=True, blank=True)

    outage = models.ForeignKey(
        Outage, verbose_name=_("平台中断"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    drafted_by_id = models.BigIntegerField(_("起草人编号"), null=True)
    drafted_at = models.DateTimeField(_("起草时间"))
    published_by_id = models.BigIntegerField(_("审批人编号"), null=True, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("更正")
        verbose_name_plural = _("更正")
        ordering = ("drafted_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=BY_TWO_PEOPLE | BY_THE_CLOCK, name="amendment_publication_is_whole"
            ),
            models.CheckConstraint(
                condition=models.Q(published_by_id__isnull=True)
                | ~models.Q(published_by_id=models.F("drafted_by_id")),
                name="amendment_approver_is_another_person",
            ),
            models.UniqueConstraint(
                fields=["tender"],
                condition=models.Q(published_at__isnull=True, withdrawn_at__isnull=True),
                name="one_amendment_in_preparation",
            ),
            models.UniqueConstraint(fields=["tender", "outage"], name="one_extension_an_outage"),
        ]

    def __str__(self) -> str:
        return f"{self.tender} {self.drafted_at:%Y-%m-%d}"

    @property
    def procuring_entity_id(self) -> int:
        """Whose tender it changes."""
        return self.tender.procuring_entity_id

    def author_ids(self) -> set[int | None]:
        """Who had a hand in it: drafting an amendment is handing it in."""
        return {self.drafted_by_id}
