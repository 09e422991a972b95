"""A question about a tender and its one public answer."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.register.models import Organization
from procurement.tenders.models import Tender


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Enquiries, in the words of the domain."""

    def unanswered(self) -> "EnquiryQuerySet":
        """Keep those that wait for an answer, the oldest first."""
        return self.filter(answered_at__isnull=True).order_by("asked_at", "pk")


class Enquiry(models.Model):
    """A question. Who asked is for the portal's audit alone; the agency never sees it."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="enquiries")
    question = models.TextField(_("问题"), max_length=2000)
    asked_at = models.DateTimeField(_("提问时间"))
    asker = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    asked_by_id = models.BigIntegerField(_("提问人编号"))

    answer = models.TextField(_("答复"), max_length=5000, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by_id = models.BigIntegerField(_("答复人编号"), null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("询问")
        verbose_name_plural = _("询问")
        ordering = ("asked_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answered_by_id__isnull=True, answer="")
                | models.Q(answered_at__isnull=False, answered_by_id__isnull=False)
                & ~models.Q(answer=""),
                name="enquiry_answer_is_whole",
            ),
            models.UniqueConstraint(
                fields=["tender", "asker", "question"], name="enquiry_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return self.question[:40]

    @property
    def public_id(self) -> str:
        """The number of the question in the public record."""
        return f"enquiry-{self.pk}"

    def is_answered(self, at: datetime) -> bool:
        """Say whether the public can read the answer at an instant."""
        return self.answered_at is not None and self.answered_at <= at
