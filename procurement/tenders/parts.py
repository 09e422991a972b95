"""What a tender is made of: lots, criteria, costs, documents, experts, invitations."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.register.models import Organization
from organizations.terms import CostLine
from procurement.documents.models import Document
from procurement.tenders.models import Tender


class Lot(models.Model):
    """One part that is bid for and awarded on its own (包). Each tender has at least one."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="lots")
    number = models.PositiveSmallIntegerField(_("包号"))
    title = models.CharField(_("名称"), max_length=200)
    description = models.TextField(_("内容和地区"), max_length=3000, blank=True)
    value_amount = models.DecimalField(
        _("预算（元）"),
        max_digits=14,
        decimal_places=2,
        validators=[MinValueValidator(1)],
    )
    suppliers_wanted = models.PositiveSmallIntegerField(
        _("选几家"), default=1, validators=[MinValueValidator(1)]
    )
    unsuccessful_at = models.DateTimeField(_("失败时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("包")
        verbose_name_plural = _("包")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["tender", "number"], name="lot_number_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class CriterionKind(models.TextChoices):
    """What a criterion judges."""

    PRICE = "price", _("价格")
    QUALITY = "quality", _("质量")


class Criterion(models.Model):
    """One published criterion; the weights of a scored tender add up to 100."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(_("顺序"))
    name = models.CharField(_("评审因素"), max_length=120)
    description = models.TextField(_("怎样打分"), max_length=1000, blank=True)
    kind = models.CharField(
        _("类别"), max_length=10, choices=CriterionKind.choices, default=CriterionKind.QUALITY
    )
    weight = models.PositiveSmallIntegerField(
        _("分值"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("评审因素")
        verbose_name_plural = _("评审因素")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class CostPolicyLine(models.Model):
    """Whether the tender pays a cost line, and up to what share of the budget."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="cost_policy")
    line = models.CharField(_("费用"), max_length=40, choices=CostLine.choices)
    is_paid = models.BooleanField(_("支付"), default=True)
    maximum_share = models.DecimalField(
        _("最高占比（%）"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = _("费用政策")
        verbose_name_plural = _("费用政策")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["tender", "line"], name="cost_line_stated_once"),
        ]

    def __str__(self) -> str:
        return self.get_line_display()


class TenderDocument(models.Model):
    """A file attached to the call."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="attachments")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("采购文件")
        verbose_name_plural = _("采购文件")
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.document)


class Expert(models.Model):
    """A professional's opinion that only one supplier can do it (MOF Order 74 Art. 38)."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="experts")
    name = models.CharField(_("姓名"), max_length=60)
    employer = models.CharField(_("工作单位"), max_length=120)
    professional_title = models.CharField(_("职称"), max_length=60)
    opinion = models.TextField(_("论证意见"), max_length=2000)

    class Meta:
        verbose_name = _("论证专家")
        verbose_name_plural = _("论证专家")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Draw(models.Model):
    """A random draw of invitees from the register (GPL Art. 34, MOF Order 87 Art. 14)."""

    tender = models.OneToOneField(Tender, on_delete=models.CASCADE, related_name="draw")
    drawn_at = models.DateTimeField(_("抽取时间"))
    drawn_by_id = models.BigIntegerField(_("抽取人编号"))
    seed = models.CharField(_("随机种子"), max_length=64)
    pool = models.JSONField(_("备选名单"))
    witnesses = models.CharField(_("见证人"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("随机抽取")
        verbose_name_plural = _("随机抽取")

    def __str__(self) -> str:
        return f"{self.tender} {self.drawn_at:%Y-%m-%d}"


class Invitation(models.Model):
    """One organisation asked to bid. Who was asked stays secret until the opening."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("邀请")
        verbose_name_plural = _("邀请")
        constraints = [
            models.UniqueConstraint(fields=["tender", "organization"], name="invited_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tender} → {self.organization}"
