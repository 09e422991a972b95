"""Letters that are not calls: about a bid, heads to witnesses, and short ones to a phone."""

import secrets
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import User
from organizations.register.models import Organization
from procurement.bids.parts import Receipt
from procurement.notifications.channels.interface import Channel
from procurement.notifications.models import WAITING, Letter, Topic
from procurement.publication.models import NoticeKind
from procurement.publication.tree import Checkpoint
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender

MORNING, EVENING = 8, 21  # o'clock in Shanghai: no telephone rings at night


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
                fields=["tender", "organization", "person", "reminds_of"], name="reminded_once"
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


class Contact(models.Model):
    """A number or name that reaches a person beside mail: theirs once confirmed, unused before.

    Kept as cipher text; erased when they stop, and when their account is closed.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(_("方式"), max_length=10, choices=Channel.choices)
    sealed = models.BinaryField(_("号码"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    # the code that shows whose it is: never kept itself
    code_digest = models.CharField(_("验证码摘要"), max_length=64, blank=True)
    code_sent_at = models.DateTimeField(_("验证码发出时间"))
    code_tries = models.PositiveSmallIntegerField(_("试了几次"), default=0)

    class Meta:
        verbose_name = _("联系方式")
        verbose_name_plural = _("联系方式")
        constraints = [
            models.UniqueConstraint(fields=["person", "channel"], name="one_contact_a_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def label(self) -> str:
        """What its cipher text is bound to."""
        return f"contact-{self.person_id}-{self.channel}"


class CodeSent(models.Model):
    """That a code was sent, by whom and to what: kept for a day, so that nobody is pestered."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(_("号码摘要"), max_length=64)
    sent_at = models.DateTimeField(_("发出时间"))

    class Meta:
        verbose_name = _("发出的验证码")
        verbose_name_plural = _("发出的验证码")
        indexes = [models.Index(fields=["digest"], name="codes_to_a_number")]

    def __str__(self) -> str:
        return f"{self.pk}"


def new_slug() -> str:
    """Return the short name of a short letter's page: eight signs that nobody guesses."""
    return secrets.token_urlsafe(6)


def by_day(at: datetime) -> datetime:
    """Return the first instant from `at` on when a telephone may ring: 8 to 21 in Shanghai."""
    local = at.astimezone(SHANGHAI)
    if MORNING <= local.hour < EVENING:
        return at
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if local.hour < MORNING else morning + timedelta(days=1)


class ShortLetter(Letter):
    """What one letter says in a line, to the same person by another channel."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(_("方式"), max_length=10, choices=Channel.choices)
    key = models.CharField(_("哪一件"), max_length=60)  # as in the inbox; of a digest its period
    slug = models.CharField(_("短链接"), max_length=12, unique=True, default=new_slug)

    # what it says
    topic = models.CharField(_("事由"), max_length=12, choices=Topic.choices)
    notice = models.CharField(_("公告类型"), max_length=20, choices=NoticeKind.choices, blank=True)
    title = models.CharField(_("标题"), max_length=200, blank=True)
    count = models.PositiveIntegerField(_("几条"), default=1)  # more than one only in a digest
    path = models.CharField(_("网页"), max_length=300)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+", null=True)

    reference = models.CharField(_("服务商的编号"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("短信和微信消息")
        verbose_name_plural = _("短信和微信消息")
        indexes = [
            models.Index(fields=["send_after"], name="short_letter_due", condition=WAITING),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "channel", "key"], name="short_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"

    def again_after(self, at: datetime) -> datetime:
        """Return when to try again: by day, too."""
        return by_day(super().again_after(at))


class Bounced(models.Model):
    """The address of a person that letters came back from, until they show that it works again."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    address = models.EmailField(_("邮箱"))
    # none goes there any more; what may pass is only counted
    bounced_at = models.DateTimeField(_("从何时起收不到"), null=True, blank=True)
    status = models.CharField(_("退信代码"), max_length=12, blank=True)
    delayed = models.PositiveIntegerField(_("暂时送不到的次数"), default=0)

    # a letter on trial, whose link shows that it arrived
    token = models.UUIDField(_("链接"), unique=True, default=uuid4)
    tried_at = models.DateTimeField(_("试发时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("退信的邮箱")
        verbose_name_plural = _("退信的邮箱")
        indexes = [models.Index(fields=["address"], name="bounced_address")]

    def __str__(self) -> str:
        return f"{self.pk}"
