"""An organisation on the register, and the dated facts from which its status follows."""

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as credit_codes
from stdnum.exceptions import ValidationError as NumberError

from organizations.regions.models import Region
from organizations.register.pairs import Pairs


class Kind(models.TextChoices):
    """Which side of the table an organisation sits on."""

    AGENCY = "agency", _("采购人")
    CSO = "cso", _("社会组织")


class Status(models.TextChoices):
    """Where an organisation stands with the register; derived, never stored."""

    PENDING = "pending", _("等待核验")  # registered, nobody has looked yet
    VERIFIED = "verified", _("已核验")  # its facts were checked against evidence
    REFUSED = "refused", _("核验未通过")  # checked, and something has to be put right first
    SUSPENDED = "suspended", _("已暂停")  # was verified; may not start anything for now


def validate_credit_code(code: str) -> None:
    """Raise ValidationError unless the code is a valid GB 32100-2015 credit code."""
    try:
        valid: str | None = credit_codes.validate(code)
    except NumberError:
        valid = None
    if valid != code:
        raise ValidationError(
            _("统一社会信用代码应为 18 位，且校验位要对得上。请对照证书再核对一遍。"),
            code="uscc",
        )


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Organisations, in the register's words."""

    def verified(self) -> "OrganizationQuerySet":
        """Those whose facts were checked and that are not suspended."""
        return self.filter(verified_at__isnull=False, suspended_at=None)

    def awaiting_verification(self) -> "OrganizationQuerySet":
        """Those nobody has decided on yet, the longest waiting first."""
        return self.filter(verified_at=None, refused_at=None).order_by("registered_at", "pk")


def _together(*names: str) -> Q:
    absent, present = Q(), Q()
    for name in names:
        absent &= Q(**{f"{name}__isnull": True})
        present &= Q(**{f"{name}__isnull": False})
    return absent | present


class Organization(models.Model):
    """An office or a group with a name; `Agency` or `Cso` adds what is particular to it."""

    # Identity
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=160, blank=True)
    uscc = models.CharField(
        _("统一社会信用代码"),
        max_length=18,
        unique=True,
        null=True,  # not "": two groups without a code must not clash
        blank=True,
        validators=[validate_credit_code],
        error_messages={"unique": _("这个统一社会信用代码已经登记过。请与已登记的组织联系。")},
    )
    region = models.ForeignKey(
        Region, verbose_name=_("所在地"), on_delete=models.PROTECT, related_name="+"
    )

    # Office contact, public
    address = models.CharField(_("办公地址"), max_length=200, blank=True)
    phone = models.CharField(_("办公电话"), max_length=40, blank=True)
    email = models.EmailField(_("办公邮箱"), blank=True)
    website = models.URLField(_("网站"), blank=True)

    # Standing: dated facts
    registered_at = models.DateTimeField(_("登记时间"))
    verified_at = models.DateTimeField(_("核验时间"), null=True, blank=True)
    verified_by_id = models.BigIntegerField(null=True, blank=True)
    verification_evidence = models.TextField(_("核验依据"), blank=True)
    refused_at = models.DateTimeField(_("未通过时间"), null=True, blank=True)
    refused_by_id = models.BigIntegerField(null=True, blank=True)
    refusal_reason = models.TextField(_("未通过原因"), blank=True)
    suspended_at = models.DateTimeField(_("暂停时间"), null=True, blank=True)
    suspended_by_id = models.BigIntegerField(null=True, blank=True)
    suspension_reason = models.TextField(_("暂停原因"), blank=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("机构")
        verbose_name_plural = _("机构")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="organization_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(uscc=None) | Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                name="organization_uscc_is_well_formed",
                violation_error_message=_("统一社会信用代码应为 18 位数字或大写字母。"),
            ),
            models.UniqueConstraint(
                fields=["kind", "name", "region"],
                name="organization_name_is_unique_in_its_region",
                violation_error_message=_("这个地方已经登记过同名的机构。请核对名称或所在地。"),
            ),
            models.CheckConstraint(
                condition=_together("verified_at", "verified_by_id")
                & (Q(verified_at=None) | ~Q(verification_evidence="")),
                name="organization_verification_is_whole",
                violation_error_message=_("核验要写明时间、核验人和依据。"),
            ),
            models.CheckConstraint(
                condition=_together("refused_at", "refused_by_id")
                & (Q(refused_at=None) | ~Q(refusal_reason="")),
                name="organization_refusal_is_whole",
                violation_error_message=_("不予通过要写明时间、核验人和原因。"),
            ),
            models.CheckConstraint(
                condition=_together("suspended_at", "suspended_by_id")
                & (Q(suspended_at=None) | ~Q(suspension_reason="")),
                name="organization_suspension_is_whole",
                violation_error_message=_("暂停要写明时间、办理人和原因。"),
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None) | Q(refused_at=None),
                name="organization_is_not_verified_and_refused",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "region"], name="organization_kind_region"),
            # the order of the public list: that of the database, by code point here and in compose
            models.Index(
                fields=["kind", "name", "id"],
                name="organization_public_by_name",
                condition=Q(refused_at=None, suspended_at=None),
            ),
            GinIndex(Pairs("name"), name="organization_name_pairs", fastupdate=False),
            GinIndex(Pairs("name_en"), name="organization_name_en_pairs", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> Status:
        """Where the organisation stands, from its dated facts alone."""
        if self.refused_at:
            return Status.REFUSED
        if self.verified_at is None:
            return Status.PENDING
        return Status.SUSPENDED if self.suspended_at else Status.VERIFIED

    @property
    def name_zh(self) -> str:
        """The Chinese name, under the name that two-language templates ask for."""
        return self.name

    @property
    def is_verified(self) -> bool:
        """Whether its facts were checked and it is not suspended."""
        return self.status is Status.VERIFIED

    def label(self, language: str) -> str:
        """Return the name in the language of a code, falling back to the Chinese name."""
        return (language.startswith("en") and self.name_en) or self.name
