"""What somebody watches, the news it brought them, and the letters that carry it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import User
from procurement.notifications.models import WAITING, Letter


class Kind(models.TextChoices):
    """What can be watched."""

    TENDER = "tender", _("采购项目")
    AGENCY = "agency", _("采购人")
    SEARCH = "search", _("搜索")


class Pace(models.TextChoices):
    """How soon a person wants to be told, the soonest first."""

    AT_ONCE = "at-once", _("有新消息马上告诉我")
    DAILY = "daily", _("每天早上八点，一封汇总")
    WEEKLY = "weekly", _("每周一早上八点，一封汇总")


class Watch(models.Model):
    """One thing that one person watches."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    # the ocid, the agency's number in the open data, or the query of the list in its settled form
    subject = models.CharField(_("对象"), max_length=2000)
    title = models.CharField(_("名称"), max_length=200, blank=True)  # a search has words instead
    pace = models.CharField(_("通知方式"), max_length=10, choices=Pace.choices)
    since = models.DateTimeField(_("关注时间"))

    class Meta:
        verbose_name = _("关注")
        verbose_name_plural = _("关注")
        indexes = [models.Index(fields=["kind", "subject"], name="watch_of_a_thing")]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "subject"], name="watched_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class WatchLetter(Letter):
    """A letter to one person: about one notice, or the digest of a day or a week."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    pace = models.CharField(_("通知方式"), max_length=10, choices=Pace.choices)
    period = models.CharField(_("哪一期"), max_length=40)  # the notice, the day or the week

    class Meta:
        verbose_name = _("关注的信")
        verbose_name_plural = _("关注的信")
        indexes = [
            models.Index(fields=["send_after"], name="watch_letter_due", condition=WAITING),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "period"], name="one_letter_a_period"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class News(models.Model):
    """One notice that one person is to be told of because of a watch."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    entry_index = models.BigIntegerField(_("日志序号"))
    ocid = models.CharField(_("项目编号"), max_length=60)
    # the watch that wants it soonest; news of a watch that has ended is told no more
    watch = models.ForeignKey(Watch, on_delete=models.SET_NULL, related_name="+", null=True)
    pace = models.CharField(_("通知方式"), max_length=10, choices=Pace.choices)
    noted_at = models.DateTimeField(_("记入时间"))
    letter = models.ForeignKey(WatchLetter, on_delete=models.CASCADE, related_name="+", null=True)

    class Meta:
        verbose_name = _("关注的消息")
        verbose_name_plural = _("关注的消息")
        indexes = [
            models.Index(
                fields=["pace", "noted_at"],
                name="news_without_letter",
                condition=models.Q(letter__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry_index", "person"], name="news_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
