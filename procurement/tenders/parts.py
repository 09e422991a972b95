"""What a tender is made of: lots, criteria, costs, documents, experts, invitations."""

from dataclasses import dataclass
from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.register.models import Organization
from organizations.terms import CostLine
from procurement.documents.models import Document
from procurement.tenders import drawing
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


@dataclass(frozen=True)
class Replacement:
    """A witness replaced before the draw: when and why; the names are for auditors alone."""

    at: datetime
    reason: str


class Draw(models.Model):
    """A random draw of invitees from the register (GPL Art. 34, MOF Order 87 Art. 14).

    Committed to in public first, then made by the words of two witnesses; revealed at the end.
    """

    tender = models.OneToOneField(Tender, on_delete=models.CASCADE, related_name="draw")
    committed_at = models.DateTimeField(_("公布承诺的时间"))
    committed_by_id = models.BigIntegerField(_("发起人编号"))
    release_id = models.CharField(_("承诺公告"), max_length=100, blank=True)
    count = models.PositiveSmallIntegerField(_("抽取几家"))
    # each {"id": the party id that is drawn, "name": …, "organization": its row here}
    pool = models.JSONField(_("备选名单"))
    salt = models.CharField(_("盐"), max_length=64, blank=True)
    seed = models.CharField(_("平台的随机数"), max_length=64)
    pool_commitment = models.CharField(_("备选名单的承诺"), max_length=64, blank=True)
    seed_commitment = models.CharField(_("随机数的承诺"), max_length=64, blank=True)
    drawn_at = models.DateTimeField(_("抽取时间"), null=True, blank=True)
    # each {"at": when, ISO 8601; "reason": why}; read through replaced()
    replacements = models.JSONField(_("更换见证人"), default=list, blank=True)

    class Meta:
        verbose_name = _("随机抽取")
        verbose_name_plural = _("随机抽取")

    def __str__(self) -> str:
        return f"{self.tender} {self.committed_at:%Y-%m-%d}"

    @property
    def procuring_entity_id(self) -> int:
        """The agency that draws."""
        return self.tender.procuring_entity_id

    @property
    def is_repeatable(self) -> bool:
        """Say whether it was committed to in public; draws of the first days were not."""
        return bool(self.pool_commitment)

    def witness_ids(self) -> set[int | None]:
        """Return who was chosen to watch."""
        return set(self.witnesses.values_list("user_id", flat=True))

    def replaced(self) -> list[Replacement]:
        """Return when and why a witness was replaced, in order."""
        return [
            Replacement(datetime.fromisoformat(each["at"]), each["reason"])
            for each in self.replacements
        ]

    def record(self) -> drawing.Record:
        """Return the whole draw, with its result; every word must have been given."""
        return drawing.draw(
            self.count,
            [member["id"] for member in self.pool],
            drawing.Secret(salt=self.salt, seed=self.seed),
            [witness.word for witness in self.witnesses.all()],
        )


class Witness(models.Model):
    """One of the two people who watch a draw and put a word into it."""

    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, related_name="witnesses")
    position = models.PositiveSmallIntegerField(_("顺序"))
    user_id = models.BigIntegerField(_("见证人编号"), null=True)
    name = models.CharField(_("姓名"), max_length=200)
    word = models.CharField(_("见证人的词"), max_length=60, blank=True)
    given_at = models.DateTimeField(_("给出时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("抽取见证人")
        verbose_name_plural = _("抽取见证人")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["draw", "position"], name="witness_has_one_place"),
            models.UniqueConstraint(fields=["draw", "user_id"], name="witness_is_named_once"),
            models.CheckConstraint(
                condition=models.Q(given_at__isnull=False) | models.Q(word=""),
                name="witness_word_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """One organisation asked to bid. Who was asked stays secret until the procurement ends."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    # added by hand to those drawn: when, by whom, and the reason that is published
    added_at = models.DateTimeField(_("人工增加时间"), null=True, blank=True)
    added_by_id = models.BigIntegerField(_("增加人编号"), null=True, blank=True)
    reason = models.TextField(_("人工增加的理由"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("邀请")
        verbose_name_plural = _("邀请")
        constraints = [
            models.UniqueConstraint(fields=["tender", "organization"], name="invited_once"),
            models.CheckConstraint(
                condition=models.Q(added_at__isnull=True, added_by_id__isnull=True, reason="")
                | (
                    models.Q(added_at__isnull=False, added_by_id__isnull=False)
                    & ~models.Q(reason="")
                ),
                name="invitation_by_hand_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender} → {self.organization}"

    @property
    def is_by_hand(self) -> bool:
        """Say whether a person added it to those drawn."""
        return self.added_at is not None
