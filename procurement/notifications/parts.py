"""Letters that are not calls: to a bidder's own people about their bid, and heads to witnesses."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import User
from organizations.register.models import Organization
from procurement.bids.parts import Receipt
from procurement.notifications.models import WAITING, Letter
from procurement.publication.tree import Checkpoint
from procurement.tenders.models import Tender


class BidLetter(Letter):
    """A letter to one person about their organisation's bid: a receipt, a notice, a reminder.

    As secret as the bid itself: no page and no line of a journal says whose it is.
    """

    BACK_OFF: ClassVar[timedelta] = timedelta(seconds=15)
    LONGEST_WAIT: ClassVar[timedelta] = timedelta(hours=1)
    MOST_ATTEMPTS: ClassVar[int] = 180  # over about a week

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # what it is about: one of the three
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="+", null=True)
    entry_index = models.BigIntegerField(_("日志序号"), null=True)
    reminds_of = models.DateTimeField(_("提醒的截止时间"), null=True)

    class Meta:
        verbose_name = _("给投标人的信")
        verbose_name_plural = _("给投标人的信")
        indexes = [
            models.Index(fields=["send_after"], name="bid_letter_due", condition=WAITING),
        ]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "person"], name="receipt_told_once"),
            models.UniqueConstraint(
                fields=["entry_index", "organization", "person"], name="bidder_told_once"
            ),
            models.UniqueConstraint(
                fields=["tender", "person", "reminds_of"], name="reminded_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    receipt__isnull=False, entry_index__isnull=True, reminds_of__isnull=True
                )
                | models.Q(receipt__isnull=True, entry_index__isnull=False, reminds_of__isnull=True)
                | models.Q(
                    receipt__isnull=True, entry_index__isnull=True, reminds_of__isnull=False
                ),
                name="bid_letter_is_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class HeadLetter(Letter):
    """A signed head on its way to one address that keeps it."""

    BACK_OFF: ClassVar[timedelta] = timedelta(minutes=1)
    LONGEST_WAIT: ClassVar[timedelta] = timedelta(hours=1)
    MOST_ATTEMPTS: ClassVar[int] = 80  # over about three days; by then other heads went out

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    address = models.EmailField(_("邮箱"))

    class Meta:
        verbose_name = _("寄出的日志头")
        verbose_name_plural = _("寄出的日志头")
        indexes = [
            models.Index(fields=["send_after"], name="head_letter_due", condition=WAITING),
        ]
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "address"], name="head_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
