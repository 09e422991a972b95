"""A tender with its lots, criteria, costs and documents; the invitations; the amendments."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgtrigger import Before, F, Protect, Q, Trigger, Update

from organizations.regions.models import Region
from organizations.register.models import Organization
from organizations.terms import Population, Service
from procurement import lifecycle
from procurement.planning.models import PlanningNotice
from procurement.publication.models import ContractingProcess


class Instrument(models.TextChoices):
    """What the winner signs."""

    CONTRACT = "contract", _("服务合同")
    GRANT = "grant", _("资助协议")


class InvitationMode(models.TextChoices):
    """How suppliers come to take part."""

    PUBLIC_NOTICE = "public-notice", _("公开发布公告")
    REGISTER_DRAW = "register-draw", _("从登记的社会组织中随机抽取")
    DIRECT = "direct", _("向一家组织采购")


class AwardBy(models.TextChoices):
    """How offers are ranked."""

    SCORED = "scored", _("综合评分")
    LOWEST_PRICE = "lowest-price", _("最低价成交")
    AGREED = "agreed", _("协商成交")


class OpeningPolicy(models.TextChoices):
    """What it takes to open the bids."""

    CLOCK = "clock", _("到时间自动打开")  # the time gate alone, for small purchases
    CARDS = "clock-and-cards", _("到时间后，再由钥匙卡打开")


# The time for promised files is a day after the deadline, unless an outage moved it on.
DELIVERY_ONLY_GROWS = """
    IF NEW.delivery_until < coalesce(
        OLD.delivery_until, OLD.tender_period_end + interval '24 hours'
    ) OR (NEW.delivery_until IS NULL AND OLD.delivery_until IS NOT NULL) THEN
        RAISE EXCEPTION 'the time for promised files only moves on';
    END IF;
    RETURN NEW;
"""


class TenderQuerySet(models.QuerySet["Tender"]):
    """Tenders, in the words of the domain."""

    def of(self, organization_id: int | None) -> "TenderQuerySet":
        """Keep those of one agency, the latest first."""
        return self.filter(procuring_entity_id=organization_id).order_by("-drafted_at", "-pk")

    def published_at(self, at: datetime) -> "TenderQuerySet":
        """Keep what the public can know of at an instant."""
        return self.filter(published_at__lte=at)

    def overdue(self, at: datetime) -> "TenderQuerySet":
        """Keep those whose deadline has passed and whose bids nobody has opened yet."""
        return self.filter(
            published_at__isnull=False,
            opened_at__isnull=True,
            cancelled_at__isnull=True,
            tender_period_end__lt=at,
        ).order_by("tender_period_end", "pk")

    def unclosed(self, at: datetime) -> "TenderQuerySet":
        """Keep those whose deadline has passed and whose register is not written yet."""
        return self.overdue(at).filter(closed_at__isnull=True)

    def unopened(self, at: datetime) -> "TenderQuerySet":
        """Keep those that are closed and not opened yet."""
        return self.overdue(at).filter(closed_at__isnull=False)


class Tender(models.Model):
    """One procurement from its call to its decision. Its stage follows from its dates."""

    # identity
    process = models.OneToOneField(
        ContractingProcess, on_delete=models.PROTECT, related_name="tender"
    )
    procuring_entity = models.ForeignKey(
        Organization, verbose_name=_("采购人"), on_delete=models.PROTECT, related_name="+"
    )
    planning_notice = models.OneToOneField(
        PlanningNotice,
        verbose_name=_("采购意向"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tender",
    )

    # what is bought, for whom, where
    title = models.CharField(_("项目名称"), max_length=200)
    summary = models.TextField(_("一段话说明"), max_length=500, blank=True)
    description = models.TextField(_("服务要求"), max_length=10000, blank=True)
    quantity = models.CharField(_("数量和单位"), max_length=200, blank=True)
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
    consultation_summary = models.TextField(_("征求到的意见"), max_length=3000, blank=True)
    consultation_responses = models.TextField(_("怎样采纳"), max_length=3000, blank=True)

    # how it is bought
    procurement_method = models.CharField(_("采购方式"), max_length=40, blank=True)
    method_rationale = models.TextField(_("选择这种方式的理由"), max_length=2000, blank=True)
    invitation_mode = models.CharField(
        _("邀请方式"), max_length=20, choices=InvitationMode.choices, blank=True
    )
    instrument = models.CharField(
        _("签什么"), max_length=10, choices=Instrument.choices, default=Instrument.CONTRACT
    )
    award_by = models.CharField(
        _("评审办法"), max_length=20, choices=AwardBy.choices, default=AwardBy.SCORED
    )
    fixed_price = models.BooleanField(_("固定价格（价格不参与评分）"), default=False)
    advice_answers = models.JSONField(_("选择采购方式前的回答"), default=dict, blank=True)
    stated_figures = models.JSONField(_("本单位说明的数额标准和依据"), default=dict, blank=True)
    approval_authority = models.CharField(_("批准机关"), max_length=200, blank=True)
    approval_number = models.CharField(_("批准文号"), max_length=100, blank=True)
    approval_date = models.DateField(_("批准日期"), null=True, blank=True)

    # single source
    single_source_supplier = models.ForeignKey(
        Organization,
        verbose_name=_("拟采购的组织"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    publicity_period_end = models.DateTimeField(_("公示截止"), null=True, blank=True)

    # money
    value_amount = models.DecimalField(
        _("预算金额（元）"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    ceiling_amount = models.DecimalField(
        _("最高限价（元）"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    grant_maximum = models.DecimalField(
        _("每个组织最多资助（元）"),
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
    full_cost_covered = models.BooleanField(_("预算覆盖服务的全部成本"), null=True, blank=True)
    indirect_rate_cap = models.DecimalField(
        _("间接费用上限（%）"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    # who may bid
    eligibility = models.TextField(_("谁可以参加"), max_length=3000, blank=True)
    hosted_may_bid = models.BooleanField(_("未登记的小组可以由托管组织参加"), default=True)

    # when
    notice_period_end = models.DateTimeField(_("公告期截止"), null=True, blank=True)
    documents_end = models.DateTimeField(_("采购文件提供截止"), null=True, blank=True)
    enquiry_period_end = models.DateTimeField(_("提问截止"), null=True, blank=True)
    tender_period_end = models.DateTimeField(_("投标截止"), null=True, blank=True)
    award_expected_date = models.DateField(_("预计公布结果日期"), null=True, blank=True)
    contract_start = models.DateField(_("服务开始"), null=True, blank=True)
    contract_end = models.DateField(_("服务结束"), null=True, blank=True)

    # where, and whom to ask
    documents_place = models.CharField(_("采购文件在哪里取"), max_length=200, blank=True)
    documents_method = models.CharField(_("怎样取"), max_length=200, blank=True)
    documents_price = models.CharField(_("收费"), max_length=60, blank=True)
    opening_address = models.CharField(_("开标地点"), max_length=200, blank=True)
    contact_name = models.CharField(_("项目联系人（可写岗位）"), max_length=60, blank=True)
    contact_telephone = models.CharField(_("联系电话"), max_length=60, blank=True)
    challenge_method = models.CharField(_("怎样提出质疑"), max_length=200, blank=True)
    challenge_department = models.CharField(_("接收质疑的部门"), max_length=120, blank=True)
    challenge_telephone = models.CharField(_("接收质疑的电话"), max_length=60, blank=True)
    challenge_address = models.CharField(_("接收质疑的地址"), max_length=200, blank=True)

    # how the bids are sealed; the keys (a manifest in canonical JSON) are set at publication
    opening_policy = models.CharField(
        _("怎样开标"), max_length=20, choices=OpeningPolicy.choices, default=OpeningPolicy.CLOCK
    )
    sealing_keys = models.BinaryField(_("密封用的公钥"), default=b"")

    # declarations, and where else it stands
    non_discrimination_declared = models.BooleanField(_("没有设置歧视性条件"), default=False)
    negative_list_declared = models.BooleanField(_("不属于禁止购买的六类事项"), default=False)
    privacy_checked = models.BooleanField(_("没有任何可识别感染者及其家人的信息"), default=False)
    sme_reserved = models.BooleanField(_("专门面向中小企业"), default=False)
    sme_reason = models.CharField(_("不专门面向中小企业的理由"), max_length=300, blank=True)
    designated_media_url = models.URLField(_("指定媒体上的网址"), max_length=500, blank=True)
    designated_media_date = models.DateField(_("指定媒体发布日期"), null=True, blank=True)
    rule_reasons = models.JSONField(_("对个别规则的说明"), default=dict, blank=True)

    # the book it was published under
    rulebook = models.CharField(_("规则版本"), max_length=100, blank=True)

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
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    # how it went; written by the acts of later rooms, each dated when it became true
    closed_at = models.DateTimeField(_("截标登记时间"), null=True, blank=True)
    delivery_until = models.DateTimeField(_("延后的补交文件期限"), null=True, blank=True)
    delivery_ended_at = models.DateTimeField(_("不再等补交文件的时间"), null=True, blank=True)
    gate_stated_at = models.DateTimeField(_("时间闸放行记录时间"), null=True, blank=True)
    opened_at = models.DateTimeField(_("开标时间"), null=True, blank=True)
    evaluated_at = models.DateTimeField(_("评审完成时间"), null=True, blank=True)
    awarded_at = models.DateTimeField(_("结果公布时间"), null=True, blank=True)
    unsuccessful_at = models.DateTimeField(_("采购失败时间"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("终止时间"), null=True, blank=True)
    cancelled_by_id = models.BigIntegerField(_("终止人编号"), null=True, blank=True)
    end_reason = models.TextField(_("结束原因"), blank=True)

    objects = TenderQuerySet.as_manager()

    class Meta:
        verbose_name = _("采购项目")
        verbose_name_plural = _("采购项目")
        triggers = [
            Trigger(
                name="deadline_only_grows",
                when=Before,
                operation=Update,
                condition=Q(old__published_at__isnull=False)
                & Q(new__tender_period_end__lt=F("old__tender_period_end")),
                func="RAISE EXCEPTION 'the deadline of a published call only moves on';",
            ),
            Trigger(
                name="delivery_only_grows",
                when=Before,
                operation=Update,
                func=DELIVERY_ONLY_GROWS,
            ),
            Protect(
                name="delivery_ends_once",
                operation=Update,
                condition=Q(old__delivery_ended_at__isnull=False)
                & (
                    Q(old__delivery_ended_at__df=F("new__delivery_ended_at"))
                    | Q(old__delivery_until__df=F("new__delivery_until"))
                ),
            ),
            Protect(
                name="keys_are_published",
                operation=Update,
                condition=Q(old__published_at__isnull=False)
                & (
                    Q(old__sealing_keys__df=F("new__sealing_keys"))
                    | Q(old__opening_policy__df=F("new__opening_policy"))
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tender_period_end"],
                name="tender_due",
                condition=models.Q(
                    published_at__isnull=False, opened_at__isnull=True, cancelled_at__isnull=True
                ),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(submitted_at__isnull=True, submitted_by_id__isnull=True)
                | models.Q(submitted_at__isnull=False, submitted_by_id__isnull=False),
                name="tender_submission_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, published_by_id__isnull=True)
                | models.Q(
                    published_at__isnull=False,
                    published_by_id__isnull=False,
                    tender_period_end__isnull=False,
                    submitted_at__isnull=False,
                ),
                name="tender_publication_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True, cancelled_by_id__isnull=True)
                | models.Q(cancelled_at__isnull=False, cancelled_by_id__isnull=False),
                name="tender_cancellation_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by_id__isnull=True)
                | (
                    ~models.Q(published_by_id=models.F("drafted_by_id"))
                    & ~models.Q(published_by_id=models.F("submitted_by_id"))
                ),
                name="tender_approver_is_another_person",
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

    def stage(self, at: datetime) -> lifecycle.Stage:
        """Where it stands at an instant."""
        return lifecycle.stage_at(self, at)
