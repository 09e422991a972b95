"""Letters on their way to people, and how far the log has been read."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import User
from organizations.register.models import Organization
from procurement.tenders.models import Tender

WAITING = models.Q(sent_at__isnull=True, failed_at__isnull=True)


def seal(token: UUID | str) -> str:
    """Return what stands beside a letter's token in its headings, and nowhere in its text."""
    return salted_hmac("procurement.letter", str(token), algorithm="sha256").hexdigest()[:32]


class Reader(models.Model):
    """How far one reader of the log has come: the index of the entry it reads next."""

    name = models.CharField(_("读者"), max_length=40, primary_key=True)
    next_index = models.BigIntegerField(_("下一条"), default=0)

    class Meta:
        verbose_name = _("日志读者")
        verbose_name_plural = _("日志读者")

    def __str__(self) -> str:
        return f"{self.name} {self.next_index}"


class Letter(models.Model):
    """A letter on its way to one address: recorded once, sent at least once.

    What it says and to whom it goes, each kind knows; how it leaves, `outbox` knows for all.
    """

    BACK_OFF: ClassVar[timedelta] = timedelta(minutes=2)  # doubled with each failed attempt
    LONGEST_WAIT: ClassVar[timedelta] = timedelta(hours=6)
    MOST_ATTEMPTS: ClassVar[int] = 8  # over about nine hours

    token = models.UUIDField(_("链接"), unique=True, default=uuid4)

    # how it went
    noted_at = models.DateTimeField(_("记入时间"))
    send_after = models.DateTimeField(_("最早发送时间"))
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    sent_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    failed_at = models.DateTimeField(_("放弃时间"), null=True, blank=True)
    error = models.CharField(_("错误"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a mail box keeps one letter.

        The token alone would not do: it is in the links of the letter too, and with the letter it
        is forwarded to others, who could then report in its reader's stead that it came back.
        """
        return f"<{self.token}.{seal(self.token)}@portal>"

    def again_after(self, at: datetime) -> datetime:
        """Return when to try again after an attempt that failed at an instant."""
        return at + min(self.BACK_OFF * (1 << min(self.attempts, 20)), self.LONGEST_WAIT)


class Delivery(Letter):
    """One letter about one call to one person."""

    entry_index = models.BigIntegerField(_("日志序号"))
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("打开时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        indexes = [
            models.Index(fields=["send_after"], name="delivery_due", condition=WAITING),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry_index", "person"], name="told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_index} → {self.person_id}"


class Audience(models.Model):
    """How many organisations could have taken part when the call came out."""

    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="+")
    eligible = models.PositiveIntegerField(_("符合条件的组织数"))
    counted_at = models.DateTimeField(_("统计时间"))

    class Meta:
        verbose_name = _("可能知道的组织")
        verbose_name_plural = _("可能知道的组织")

    def __str__(self) -> str:
        return str(self.eligible)


class Topic(models.TextChoices):
    """What a message in an inbox is about."""

    CALL = "call", _("新的采购公告")
    INVITATION = "invitation", _("邀请您投标")
    RECEIPT = "receipt", _("投标回执")
    REMINDER = "reminder", _("投标快截止")
    CHANGE = "change", _("公告有更正")
    ANSWER = "answer", _("有新的答疑")
    FILES = "files", _("补交期限延后")
    REGISTER = "register", _("截标登记")
    OPENING = "opening", _("开标记录")
    OUTCOME = "outcome", _("投标的结果")
    DUTY = "duty", _("快到期限的事")
    WATCH = "watch", _("您关注的消息")
    HOOK = "hook", _("推送停了")
    BOUNCE = "bounce", _("您的邮箱收不到信")


class Message(models.Model):
    """One line of a person's inbox: what they were told, whatever letter carries it.

    Of one notice a person is told once (`key`): who hears of it as a bidder, or as somebody who
    could take part, does not hear of it again because of a watch.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(_("事由"), max_length=12, choices=Topic.choices)
    key = models.CharField(_("哪一件"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    path = models.CharField(_("网页"), max_length=300)  # of this site, from the slash
    noted_at = models.DateTimeField(_("记入时间"))
    read_at = models.DateTimeField(_("打开时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("收件箱里的消息")
        verbose_name_plural = _("收件箱里的消息")
        indexes = [
            models.Index(fields=["person", "-noted_at", "-id"], name="inbox_newest"),
            models.Index(
                fields=["person"], name="inbox_unread", condition=models.Q(read_at__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="in_the_inbox_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Silence(models.Model):
    """A person who asked not to be told of new calls."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(_("从何时起"))

    class Meta:
        verbose_name = _("不再接收通知")
        verbose_name_plural = _("不再接收通知")

    def __str__(self) -> str:
        return str(self.person_id)
