"""A planning notice (采购意向): published well before the tender, and an invitation to comment."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.regions.models import Region
from organizations.register.models import Organization
from organizations.terms import Population, Service
from procurement import lifecycle
from procurement.publication.models import ContractingProcess


class PlanningNoticeQuerySet(models.QuerySet["PlanningNotice"]):
    """Planning notices, in the words of the domain."""

    def of(self, organization_id: int | None) -> "PlanningNoticeQuerySet":
        """Keep those of one agency, the latest first."""
        return self.filter(procuring_entity_id=organization_id).order_by("-drafted_at", "-pk")

    def published(self) -> "PlanningNoticeQuerySet":
        """Keep those the public has read."""
        return self.filter(published_at__isnull=False)


class PlanningNotice(models.Model):
    """What will be bought, for whom, for about how much, and in which month."""

    # identity
    process = models.OneToOneField(
        ContractingProcess, on_delete=models.PROTECT, related_name="planning_notice"
    )
    procuring_entity = models.ForeignKey(
        Organization, verbose_name=_("采购人"), on_delete=models.PROTECT, related_name="+"
    )

    # what is intended
    title = models.CharField(_("项目名称"), max_length=200)
    need_summary = models.TextField(_("需求概况"), max_length=3000, blank=True)
    services = ArrayField(
        models.CharField(max_length=40, choices=Service.choices),
        verbose_name=_("服务内容"),
        default=list,
        blank=True,
    )
    populations = ArrayField(
        models.CharField(max_length=40, choices=Population.choices),
        verbose_name=_("服务人群"),
        default=list,
        blank=True,
    )
    regions = models.ManyToManyField(Region, verbose_name=_("服务地区"), blank=True)
    procurement_method = models.CharField(_("拟用采购方式"), max_length=40, blank=True)
    advice_answers = models.JSONField(_("选择采购方式前的回答"), default=dict, blank=True)
    expected_month = models.DateField(_("预计采购月份"), null=True, blank=True)

    # money
    budget_amount = models.DecimalField(
        _("预算金额（元）"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    budget_reference = models.CharField(_("预算文号或预算项目编码"), max_length=100, blank=True)
    in_catalogue = models.BooleanField(
        _("在集中采购目录内，或达到采购限额标准"), null=True, blank=True
    )
    catalogue_source = models.CharField(_("目录或限额标准的文件"), max_length=200, blank=True)
    fiscal_year = models.PositiveSmallIntegerField(_("预算年度"), null=True, blank=True)
    midterm_years = models.PositiveSmallIntegerField(
        _("中期财政规划覆盖年数"), null=True, blank=True
    )

    # what the public is asked
    comments_until = models.DateField(_("征求意见截止日"), null=True, blank=True)
    comments_contact = models.CharField(
        _("意见寄到哪里（办公电话、邮箱）"), max_length=200, blank=True
    )

    # declarations, and where else it stands
    negative_list_declared = models.BooleanField(
        _("不属于政府购买服务禁止购买的六类事项"), default=False
    )
    designated_media_url = models.URLField(_("指定媒体上的网址"), max_length=500, blank=True)
    designated_media_date = models.DateField(_("指定媒体发布日期"), null=True, blank=True)

    # who did what when
    drafted_by_id = models.BigIntegerField(_("起草人编号"))
    revised_by_ids = ArrayField(
        models.BigIntegerField(), verbose_name=_("修改人编号"), default=list
    )
    drafted_at = models.DateTimeField(_("起草时间"))
    submitted_by_id = models.BigIntegerField(_("送审人编号"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("送审时间"), null=True, blank=True)
    return_reason = models.TextField(_("退回原因"), blank=True)
    published_by_id = models.BigIntegerField(_("审批人编号"), null=True, blank=True)
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)

    objects = PlanningNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("采购意向")
        verbose_name_plural = _("采购意向")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=True, submitted_by_id__isnull=True)
                | models.Q(submitted_at__isnull=False, submitted_by_id__isnull=False),
                name="plan_submission_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, published_by_id__isnull=True)
                | models.Q(published_at__isnull=False, published_by_id__isnull=False),
                name="plan_publication_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by_id__isnull=True)
                | (
                    ~models.Q(published_by_id=models.F("drafted_by_id"))
                    & ~models.Q(published_by_id=models.F("submitted_by_id"))
                ),
                name="plan_approver_is_another_person",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ocid(self) -> str:
        """The number of the contracting process."""
        return self.process.ocid

    def author_ids(self) -> set[int | None]:
        """Who had a hand in the draft, and so may not approve it."""
        return {self.drafted_by_id, self.submitted_by_id, *self.revised_by_ids}

    def stage(self, at: datetime) -> lifecycle.PlanStage:
        """Where it stands at an instant."""
        return lifecycle.plan_stage_at(self, at)
