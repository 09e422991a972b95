"""What is published: contracting processes, the append-only log, and the catalogue read from it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organizations.register.pairs import Pairs
from procurement.publication.tree import LeafHash, Log
from procurement.publication.triggers import APPEND_ONLY, grows


class NoticeKind(models.TextChoices):
    """What a notice states. Each is one release; `TAGS` says under which OCDS tag."""

    RULEBOOK = "rulebook", _("规则变更公告")
    CALENDAR = "calendar", _("放假安排公告")
    KEYSET = "keyset", _("开标钥匙公告")
    SEALER = "sealer", _("封标工具公告")
    PLANNING = "planning", pgettext_lazy("notice", "采购意向")
    DRAW = "draw", _("抽取承诺公告")
    TENDER = "tender", _("采购公告")
    CLARIFICATION = "clarification", _("答疑公告")
    AMENDMENT = "amendment", _("更正公告")
    REGISTER = "register", _("截标登记")
    CEREMONY = "ceremony", _("开标过程")
    OPENING = "opening", _("开标记录")
    REACH = "reach", _("知晓情况")
    AWARD = "award", _("结果公告")
    FAILURE = "failure", _("采购失败公告")
    CANCELLATION = "cancellation", _("终止公告")
    STATEMENT = "statement", _("履行情况说明")
    BREACH = "breach", _("逾期记录")
    CURE = "cure", _("补办记录")
    REPLY = "reply", _("采购人对逾期的说明")
    EXCUSE = "excuse", _("对逾期的谅解")


class DutyState(models.TextChoices):
    """How a duty went, as the notices say it."""

    MET = "met", _("按时完成")
    OVERDUE = "overdue", _("已逾期")
    CURED = "cured", _("逾期后完成")
    EXCUSED = "excused", _("逾期，已谅解")

    @property
    def counted(self) -> str:
        """Under which of `COUNTED` it is counted."""
        kept, missed, excused = COUNTED
        return {DutyState.MET: kept, DutyState.EXCUSED: excused}.get(self, missed)


COUNTED = ("kept", "missed", "excused")  # columns of the tally, and keys of the figures

# Statements of the province that belong to no procurement: on the log, but no OCDS release.
STATEMENTS = frozenset(
    {NoticeKind.RULEBOOK, NoticeKind.CALENDAR, NoticeKind.KEYSET, NoticeKind.SEALER}
)

TAGS = {
    NoticeKind.PLANNING: "planning",
    NoticeKind.DRAW: "planningUpdate",
    NoticeKind.TENDER: "tender",
    NoticeKind.CLARIFICATION: "tenderUpdate",
    NoticeKind.AMENDMENT: "tenderAmendment",
    NoticeKind.REGISTER: "tenderUpdate",
    NoticeKind.CEREMONY: "tenderUpdate",
    NoticeKind.OPENING: "tenderUpdate",
    NoticeKind.REACH: "tenderUpdate",
    NoticeKind.AWARD: "award",
    NoticeKind.FAILURE: "tenderUpdate",
    NoticeKind.CANCELLATION: "tenderCancellation",
    NoticeKind.STATEMENT: "tenderUpdate",
    NoticeKind.BREACH: "tenderUpdate",
    NoticeKind.CURE: "tenderUpdate",
    NoticeKind.REPLY: "tenderUpdate",
    NoticeKind.EXCUSE: "tenderUpdate",
}


class ContractingProcess(models.Model):
    """One procurement from plan to completion: the number that never changes (OCDS ocid)."""

    year = models.PositiveSmallIntegerField(_("年度"))
    ocid = models.CharField(_("项目编号"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("采购项目编号")
        verbose_name_plural = _("采购项目编号")

    def __str__(self) -> str:
        return self.ocid


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries, in the words of the domain."""

    def of(self, ocid: str) -> "EntryQuerySet":
        """Keep the entries of one contracting process, oldest first."""
        return self.filter(ocid=ocid).order_by("index")

    def releases(self) -> "EntryQuerySet":
        """Keep what states something about a procurement: the OCDS releases."""
        return self.exclude(kind__in=STATEMENTS)

    def statements(self, *kinds: NoticeKind) -> "EntryQuerySet":
        """Keep what the province states itself; the blank number finds it among any number."""
        return self.filter(ocid="", kind__in=kinds)


class Entry(models.Model):
    """One published notice in canonical JSON, frozen by the database.

    It is the OCDS release of a contracting process; of `STATEMENTS`, the ocid is blank.
    """

    index = models.BigIntegerField(_("序号"), primary_key=True)
    ocid = models.CharField(_("项目编号"), max_length=60, db_index=True)
    release_id = models.CharField(_("公告编号"), max_length=100, unique=True)
    kind = models.CharField(_("公告类型"), max_length=20, choices=NoticeKind.choices)
    published_at = models.DateTimeField(_("公开时间"))
    recorded_at = models.DateTimeField(_("记录时间"), db_default=Now())
    body = models.BinaryField(_("正文"))
    leaf_hash = models.BinaryField(_("叶子哈希"))

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("公开记录")
        verbose_name_plural = _("公开记录")
        indexes = [models.Index(fields=["-published_at"], name="entry_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(leaf_hash=LeafHash(models.F("body"))),
                name="entry_leaf_hash_is_of_its_body",
            ),
            models.UniqueConstraint(
                fields=["ocid"],
                condition=models.Q(kind=NoticeKind.REGISTER),
                name="one_closing_register",
            ),
        ]
        triggers = [*APPEND_ONLY, grows(Log.NOTICES)]

    def __str__(self) -> str:
        return self.release_id

    @property
    def number(self) -> int:
        """Its place as people count: the first entry is No. 1 (its leaf index is 0)."""
        return self.index + 1


# What the calendar of a month looks for, and the index it is found by.
CALENDAR = (
    ("enquiry_period_end", "listing_enquiries_end"),
    ("tender_period_end", "listing_bids_end"),
    ("opened_at", "listing_bids_opened"),
)


class Listing(models.Model):
    """One contracting process as lists, search and facets need it. Rebuilt from the log."""

    # what
    ocid = models.CharField(_("项目编号"), max_length=60, primary_key=True)
    title = models.CharField(_("标题"), max_length=200)
    summary = models.TextField(_("摘要"), blank=True)
    method = models.CharField(_("采购方式"), max_length=40, blank=True)
    services = ArrayField(models.CharField(max_length=40), default=list)
    populations = ArrayField(models.CharField(max_length=40), default=list)
    regions = ArrayField(models.CharField(max_length=6), default=list)
    budget = models.DecimalField(_("预算（元）"), max_digits=14, decimal_places=2, null=True)

    # whose
    agency_id = models.CharField(_("采购人编号"), max_length=60)
    agency_name = models.CharField(_("采购人"), max_length=200)

    # when; the stage follows from these and the clock
    status = models.CharField(_("状态"), max_length=20)
    planned_at = models.DateTimeField(_("意向公开时间"), null=True)
    tender_period_start = models.DateTimeField(_("公告时间"), null=True)
    enquiry_period_end = models.DateTimeField(_("提问截止"), null=True)
    tender_period_end = models.DateTimeField(_("投标截止"), null=True)
    opened_at = models.DateTimeField(_("开标时间"), null=True)
    awarded_at = models.DateTimeField(_("结果公布时间"), null=True)
    updated_at = models.DateTimeField(_("最近公告时间"))

    # the whole record, merged from its releases, and its words as character pairs
    compiled = models.JSONField(_("合并记录"))
    bigrams = SearchVectorField(_("检索词"))

    class Meta:
        verbose_name = _("项目目录")
        verbose_name_plural = _("项目目录")
        indexes = [
            GinIndex(fields=["bigrams"], name="listing_bigrams"),
            GinIndex(fields=["regions"], name="listing_regions"),
            models.Index(
                fields=["-tender_period_start", "-ocid"],
                name="listing_newest",
                condition=models.Q(tender_period_start__isnull=False),
            ),
            models.Index(fields=["status", "tender_period_end", "ocid"], name="listing_closing"),
            models.Index(fields=["-updated_at", "-ocid"], name="listing_told_last"),
            models.Index(
                fields=["-planned_at", "-ocid"],
                name="listing_planned",
                condition=models.Q(planned_at__isnull=False),
            ),
            # what few tenders have is found by these, not by going through all
            GinIndex(fields=["services"], name="listing_services"),
            GinIndex(fields=["populations"], name="listing_populations"),
            models.Index(fields=["method", "-tender_period_start"], name="listing_by_method"),
            models.Index(fields=["agency_id", "-updated_at"], name="listing_by_agency"),
            *(
                models.Index(
                    fields=[dated], name=name, condition=models.Q(**{f"{dated}__isnull": False})
                )
                for dated, name in CALENDAR
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DutyListing(models.Model):
    """What became of one duty with a date: kept, or late on record. Rebuilt from the log."""

    public_id = models.CharField(_("编号"), max_length=40, primary_key=True)

    # whose, in which procurement, under which rule
    ocid = models.CharField(_("项目编号"), max_length=60, db_index=True)
    title = models.CharField(_("标题"), max_length=200)
    agency_id = models.CharField(_("采购人编号"), max_length=60)
    agency_name = models.CharField(_("采购人"), max_length=200)
    rule_id = models.CharField(_("规则"), max_length=60, db_index=True)

    # how it went; `since` is when it was kept, or from when on it was late
    state = models.CharField(_("状态"), max_length=20, choices=DutyState.choices)
    since = models.DateTimeField(_("从何时起"))
    due_at = models.DateTimeField(_("期限"))
    met_at = models.DateTimeField(_("完成时间"), null=True)

    # all that was published of it: requirement, citation, reply, excuse, evidence
    said = models.JSONField(_("公开的内容"))

    class Meta:
        verbose_name = _("义务目录")
        verbose_name_plural = _("义务目录")
        indexes = [
            models.Index(
                fields=["-since", "-public_id"],
                name="breach_listed_newest",
                condition=~models.Q(state="met"),
            ),
            models.Index(fields=["agency_id", "-since", "-public_id"], name="duty_of_agency"),
        ]

    def __str__(self) -> str:
        return self.public_id


class RuleTally(models.Model):
    """How often one rule was kept and missed: counted entry by entry, rebuilt from the log."""

    rule_id = models.CharField(_("规则"), max_length=60, primary_key=True)
    kept = models.PositiveBigIntegerField(_("按时"), default=0)
    missed = models.PositiveBigIntegerField(_("逾期"), default=0)
    excused = models.PositiveBigIntegerField(_("谅解"), default=0)

    class Meta:
        verbose_name = _("规则遵守情况")
        verbose_name_plural = _("规则遵守情况")

    def __str__(self) -> str:
        return self.rule_id


class FigureKind(models.TextChoices):
    """What a figure counts; `figures.told` says how, and by which keys."""

    BOUGHT = "bought", _("按采购方式成交")
    BIDDERS = "bidders", _("投标的组织数")
    DUTIES = "duties", _("按月办理的义务")
    COSTS = "costs", _("成本政策")
    SERVED = "served", _("服务与人群")
    SOUGHT = "sought", _("正在采购的服务与人群")
    DAYS = "days", _("有截止的日子")


class Figure(models.Model):
    """One picture's figures for one year and one place. Kept with each notice, rebuilt from it.

    `parts` holds by key how many there are and their yuan; a place of "" is the whole province.
    """

    kind = models.CharField(_("数什么"), max_length=20, choices=FigureKind.choices)
    year = models.PositiveSmallIntegerField(_("年度"))
    region = models.CharField(_("地区"), max_length=6, blank=True)
    parts = models.JSONField(_("各部分"), default=dict)

    class Meta:
        verbose_name = _("数据目录")
        verbose_name_plural = _("数据目录")
        constraints = [
            models.UniqueConstraint(fields=["region", "year", "kind"], name="figure_kept_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.region}"


class AwardListing(models.Model):
    """One award as the register shows it. Rebuilt from the log."""

    ocid = models.CharField(_("项目编号"), max_length=60, db_index=True)
    award_id = models.CharField(_("结果编号"), max_length=100)
    title = models.CharField(_("标题"), max_length=400)
    method = models.CharField(_("采购方式"), max_length=40)
    agency_id = models.CharField(_("采购人编号"), max_length=60)
    agency_name = models.CharField(_("采购人"), max_length=200)
    supplier_id = models.CharField(_("供应商编号"), max_length=60)
    supplier_name = models.CharField(_("供应商"), max_length=200)
    regions = ArrayField(models.CharField(max_length=6), default=list)
    amount = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2)
    awarded_at = models.DateTimeField(_("公布时间"))

    class Meta:
        verbose_name = _("成交目录")
        verbose_name_plural = _("成交目录")
        indexes = [
            models.Index(fields=["-awarded_at", "-id"], name="award_newest"),
            # what few awards have is found by these, not by going through all
            models.Index(fields=["agency_id", "-awarded_at", "-id"], name="award_by_agency"),
            models.Index(fields=["supplier_id", "-awarded_at", "-id"], name="award_by_supplier"),
            models.Index(fields=["method", "-awarded_at", "-id"], name="award_by_method"),
            models.Index(fields=["amount"], name="award_by_amount"),
            GinIndex(fields=["regions"], name="award_regions", fastupdate=False),
            GinIndex(Pairs("title"), name="award_title_pairs", fastupdate=False),
            GinIndex(Pairs("agency_name"), name="award_agency_pairs", fastupdate=False),
            GinIndex(Pairs("supplier_name"), name="award_supplier_pairs", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ocid", "award_id", "supplier_id"], name="award_listed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class InvitationListing(models.Model):
    """One organisation that was invited to one procurement, once that is revealed.

    Rebuilt from the log: how often the same are invited is counted from what anyone can read.
    """

    ocid = models.CharField(_("项目编号"), max_length=60)
    title = models.CharField(_("标题"), max_length=200)
    organization_id = models.CharField(_("受邀组织编号"), max_length=60)
    organization_name = models.CharField(_("受邀组织"), max_length=200)
    agency_id = models.CharField(_("采购人编号"), max_length=60)
    agency_name = models.CharField(_("采购人"), max_length=200)
    by_hand = models.BooleanField(_("人工增加"))
    reason = models.TextField(_("人工增加的理由"), blank=True)
    invited_at = models.DateTimeField(_("邀请时间"))

    class Meta:
        verbose_name = _("邀请目录")
        verbose_name_plural = _("邀请目录")
        indexes = [
            models.Index(fields=["organization_id", "-invited_at"], name="invitations_of_one"),
            models.Index(fields=["agency_id", "-invited_at"], name="invitations_by_agency"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ocid", "organization_id"], name="invitation_listed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ocid} → {self.organization_name}"
