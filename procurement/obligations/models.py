"""An obligation: one duty of one agency in one procurement, by a day. A breach is one missed."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.register.models import Organization
from procurement import lifecycle
from procurement.obligations import duties
from procurement.ocds.fragments import end_of_day
from procurement.publication.models import ContractingProcess

# An obligation that the sweep still has to look at: certain, dated, and nothing has settled it.
UNSETTLED = models.Q(
    met_at__isnull=True, lapsed_at__isnull=True, recorded_at__isnull=True, is_certain=True
)


class ObligationQuerySet(models.QuerySet["Obligation"]):
    """Obligations, in the words of the domain."""

    def open(self) -> "ObligationQuerySet":
        """Keep what is still to be done, the most urgent first."""
        waiting = self.filter(met_at__isnull=True, lapsed_at__isnull=True)
        return waiting.order_by("due_at", "pk")

    def missed(self, at: datetime) -> "ObligationQuerySet":
        """Keep what was due by an instant and is not recorded as missed yet, the oldest first."""
        heard = models.Q(heard_at__lt=at - duties.TIME_TO_STATE) | models.Q(
            heard_at=models.F("since")
        )
        return self.filter(UNSETTLED, heard, due_at__lt=at).order_by("due_at", "pk")

    def to_remind(self, at: datetime, until: datetime) -> "ObligationQuerySet":
        """Keep what is due from an instant until another and nobody was reminded of yet."""
        near = self.filter(UNSETTLED, due_at__gte=at, due_at__lte=until, reminded_at__isnull=True)
        return near.order_by("due_at", "pk")

    def breached(self) -> "ObligationQuerySet":
        """Keep those whose breach is on record, the latest first."""
        return self.filter(recorded_at__isnull=False).order_by("-breached_at", "-pk")


class Obligation(models.Model):
    """One dated duty. Its stage follows from its dates, and so does the breach."""

    # whose, in which procurement
    process = models.ForeignKey(ContractingProcess, on_delete=models.PROTECT, related_name="+")
    procuring_entity = models.ForeignKey(
        Organization, verbose_name=_("采购人"), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("项目名称"), max_length=200)
    procurement_method = models.CharField(_("采购方式"), max_length=40)
    rulebook = models.CharField(_("规则版本"), max_length=100, blank=True)

    # which duty, and about what: a question, a notice; empty for the procurement as a whole
    rule_id = models.CharField(_("规则"), max_length=60)
    clock_id = models.CharField(_("计算期限的规则"), max_length=60)
    event = models.CharField(_("要做的事"), max_length=60)
    subject = models.CharField(_("针对什么"), max_length=120, blank=True)

    # from when, by when: the last instant of the last day, Asia/Shanghai
    since_event = models.CharField(_("起算的事"), max_length=60)
    since = models.DateTimeField(_("起算时间"))
    heard_at = models.DateTimeField(_("平台得知的时间"))
    due_at = models.DateTimeField(_("期限"), null=True, blank=True)
    not_before = models.DateField(_("最早的期限日"))
    is_certain = models.BooleanField(_("规则一定适用"), default=True)

    # how it went
    met_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_on = models.DateField(_("采购人说明的完成日期"), null=True, blank=True)
    evidence_url = models.URLField(_("在哪里可以看到"), max_length=500, blank=True)
    statement = models.TextField(_("履行情况说明"), max_length=2000, blank=True)
    stated_by_id = models.BigIntegerField(_("说明人编号"), null=True, blank=True)
    lapsed_at = models.DateTimeField(_("不再需要的时间"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)

    # the breach: true from `breached_at` on, on record since `recorded_at`
    breached_at = models.DateTimeField(_("逾期时间"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("记录时间"), null=True, blank=True)
    reply = models.TextField(_("采购人说明"), max_length=2000, blank=True)
    replied_at = models.DateTimeField(_("说明时间"), null=True, blank=True)
    replied_by_id = models.BigIntegerField(_("说明人编号"), null=True, blank=True)
    excuse = models.TextField(_("谅解理由"), max_length=2000, blank=True)
    excused_at = models.DateTimeField(_("谅解时间"), null=True, blank=True)
    excused_by_id = models.BigIntegerField(_("谅解人编号"), null=True, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("义务")
        verbose_name_plural = _("义务")
        indexes = [
            models.Index(
                fields=["due_at"],
                name="obligation_due",
                condition=UNSETTLED & models.Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["due_at"],
                name="obligation_to_remind",
                condition=UNSETTLED & models.Q(due_at__isnull=False, reminded_at__isnull=True),
            ),
            models.Index(
                fields=["not_before"],
                name="obligation_provisional",
                condition=UNSETTLED & models.Q(due_at__isnull=True),
            ),
            models.Index(
                fields=["procuring_entity", "due_at"],
                name="obligation_of_agency",
                condition=models.Q(met_at__isnull=True, lapsed_at__isnull=True),
            ),
            models.Index(
                fields=["-breached_at", "-id"],
                name="breach_newest",
                condition=models.Q(recorded_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["process", "rule_id", "event", "subject"], name="obligation_once"
            ),
            models.CheckConstraint(
                condition=models.Q(breached_at__isnull=True, recorded_at__isnull=True)
                | models.Q(
                    breached_at=models.F("due_at"),
                    recorded_at__gte=models.F("due_at"),
                    is_certain=True,
                ),
                name="breach_is_dated_at_the_due_time",
            ),
            models.CheckConstraint(
                condition=models.Q(replied_at__isnull=True, replied_by_id__isnull=True, reply="")
                | models.Q(
                    replied_at__isnull=False, replied_by_id__isnull=False, recorded_at__isnull=False
                )
                & ~models.Q(reply=""),
                name="breach_reply_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(excused_at__isnull=True, excused_by_id__isnull=True, excuse="")
                | models.Q(
                    excused_at__isnull=False, excused_by_id__isnull=False, recorded_at__isnull=False
                )
                & ~models.Q(excuse=""),
                name="breach_excuse_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject}".strip()

    @property
    def ocid(self) -> str:
        """The number of the contracting process."""
        return self.process.ocid

    @property
    def public_id(self) -> str:
        """The number of the duty in the public record."""
        return f"obligation-{self.pk}"

    @property
    def done_at(self) -> datetime | None:
        """When it was done: as the agency states, at the end of that day, or as the portal saw."""
        stated = end_of_day(self.done_on)
        return min(stated, self.met_at) if stated and self.met_at else self.met_at

    @property
    def is_stated(self) -> bool:
        """Whether the agency itself says that it is done; the portal does not witness it."""
        return duties.witness(self.event) is duties.Witness.AGENCY

    def stage(self, at: datetime) -> lifecycle.DutyStage:
        """Where it stands at an instant."""
        return lifecycle.duty_stage_at(self, at)


class Feed(models.Model):
    """Which issue of its calendar address an agency uses; a new issue ends the ones before."""

    procuring_entity = models.OneToOneField(
        Organization,
        verbose_name=_("采购人"),
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="+",
    )
    issue = models.PositiveIntegerField(_("第几个地址"), default=1)

    class Meta:
        verbose_name = _("日历订阅")
        verbose_name_plural = _("日历订阅")

    def __str__(self) -> str:
        return f"{self.procuring_entity_id}.{self.issue}"
