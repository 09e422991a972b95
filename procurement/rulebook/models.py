"""What two rule editors put in force: changes of the book, years of the calendar; and old books."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from procurement import lifecycle
from procurement.lifecycle import ProposalStage

DECIDED = pgtrigger.Q(old__approved_at__isnull=False) | pgtrigger.Q(old__declined_at__isnull=False)


class Proposal(models.Model):
    """Proposed by one person, decided by another; what was decided stays as it was."""

    # where the figures come from
    source_title = models.CharField(_("依据文件的名称和文号"), max_length=300)
    source_url = models.URLField(_("依据文件的网址"), max_length=500, blank=True)

    # who did what when; no proposer is the host, whose command put the file forward
    proposer_id = models.BigIntegerField(_("提出人编号"), null=True, blank=True)
    proposed_at = models.DateTimeField(_("提出时间"))
    approved_by_id = models.BigIntegerField(_("批准人编号"), null=True, blank=True)
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    declined_by_id = models.BigIntegerField(_("退回人编号"), null=True, blank=True)
    declined_at = models.DateTimeField(_("退回时间"), null=True, blank=True)
    decline_reason = models.TextField(_("退回原因"), max_length=2000, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by_id__isnull=True)
                | models.Q(proposer_id__isnull=True)
                | ~models.Q(approved_by_id=models.F("proposer_id")),
                name="%(class)s_takes_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True, approved_by_id__isnull=True)
                | models.Q(approved_at__isnull=False, approved_by_id__isnull=False),
                name="%(class)s_approval_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(declined_at__isnull=True, declined_by_id__isnull=True)
                | models.Q(declined_at__isnull=False, declined_by_id__isnull=False),
                name="%(class)s_declining_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True) | models.Q(declined_at__isnull=True),
                name="%(class)s_is_decided_once",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided_is_frozen", operation=pgtrigger.Update, condition=DECIDED
            ),
            pgtrigger.Protect(name="refuse_deletion", operation=pgtrigger.Delete),
        ]

    def author_ids(self) -> set[int | None]:
        """Who proposed it, and so may not approve it."""
        return {self.proposer_id}

    def stage(self, at: datetime) -> ProposalStage:
        """Return where the proposal stands at an instant."""
        return lifecycle.proposal_stage_at(self, at)


class BookChange(Proposal):
    """A new edition of the province's book: some figures, in force from a day on."""

    # [{"target", "field", "level", "value", "before"}]: figures as text, `before` null where unset
    figures = models.JSONField(_("改动"))
    reason = models.TextField(_("理由"), max_length=3000)
    effective_from = models.DateField(_("施行日期"))

    # given by the approval: editions are numbered in the order they were approved
    number = models.PositiveIntegerField(_("版次"), null=True, blank=True, unique=True)
    label = models.CharField(_("版本"), max_length=100, blank=True)
    digest = models.CharField(_("指纹"), max_length=64, blank=True)
    release_id = models.CharField(_("公告编号"), max_length=100, blank=True)

    class Meta(Proposal.Meta):
        verbose_name = _("规则变更")
        verbose_name_plural = _("规则变更")

    def __str__(self) -> str:
        return self.label or self.source_title


class CalendarYear(Proposal):
    """One year's holiday notice of the State Council; the one confirmed last counts."""

    year = models.PositiveSmallIntegerField(_("年份"))
    holidays = ArrayField(models.DateField(), verbose_name=_("放假的日子"))
    makeup_days = ArrayField(models.DateField(), verbose_name=_("调休上班的日子"), blank=True)
    release_id = models.CharField(_("公告编号"), max_length=100, blank=True)

    class Meta(Proposal.Meta):
        verbose_name = _("年度放假安排")
        verbose_name_plural = _("年度放假安排")

    def __str__(self) -> str:
        return str(self.year)


class KeptBook(models.Model):
    """The files of a book that a published tender pins: kept for good, whatever comes after."""

    label = models.CharField(_("版本"), max_length=100, primary_key=True)
    name = models.CharField(_("手册"), max_length=40)
    statute = models.TextField(_("规则"))
    methods = models.TextField(_("采购方式"))
    edition = models.PositiveIntegerField(_("版次"), default=0)  # changes made on top of the files
    kept_at = models.DateTimeField(_("留存时间"))

    class Meta:
        verbose_name = _("留存的规则手册")
        verbose_name_plural = _("留存的规则手册")
        triggers = [
            pgtrigger.Protect(name="refuse_change", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.label


class CalendarWarning(models.Model):
    """The calendar runs out: noticed by the clock, once for each last year."""

    last_year = models.PositiveSmallIntegerField(_("最后一个有放假安排的年份"), unique=True)
    noticed_at = models.DateTimeField(_("发现时间"))

    class Meta:
        verbose_name = _("日历到期提醒")
        verbose_name_plural = _("日历到期提醒")

    def __str__(self) -> str:
        return str(self.last_year)
