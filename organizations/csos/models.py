"""A civil-society organisation: what it is, whom and where it serves; and who answers for it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organizations.regions.models import Region
from organizations.register.models import Organization
from organizations.register.pairs import Pairs
from organizations.terms import Population, Service

FIRST_YEAR, LAST_YEAR = 1900, 2100


class CsoType(models.TextChoices):
    """The three types of the field study."""

    VOLUNTEER_GROUP = "vg", _("志愿小组")
    COMMUNITY_BASED = "cbo", _("社区组织")
    NGO = "ngo", _("非政府组织")


class LegalForm(models.TextChoices):
    """Under which law, if any, the organisation exists."""

    SOCIAL_ASSOCIATION = "social_association", _("社会团体（民政登记）")
    SOCIAL_SERVICE_AGENCY = "social_service_agency", _("社会服务机构（民政登记）")
    FOUNDATION = "foundation", _("基金会（民政登记）")
    BUSINESS = "business", _("企业（市场监管登记）")
    HOSTED = "hosted", _("未登记，由登记的组织托管")
    UNREGISTERED = "unregistered", _("未登记")


# Independent civil liability is a condition of every supplier: Government Procurement Law art. 22.
INDEPENDENT_FORMS = frozenset(
    {
        LegalForm.SOCIAL_ASSOCIATION,
        LegalForm.SOCIAL_SERVICE_AGENCY,
        LegalForm.FOUNDATION,
        LegalForm.BUSINESS,
    }
)


class Cso(models.Model):
    """What an organisation of kind `cso` adds. Nothing here can identify a person served."""

    organization = models.OneToOneField(
        Organization,
        verbose_name=_("机构"),
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="cso",
    )

    # What it is
    cso_type = models.CharField(_("类型"), max_length=3, choices=CsoType.choices)
    legal_form = models.CharField(_("法律形式"), max_length=24, choices=LegalForm.choices)
    founded_year = models.PositiveSmallIntegerField(
        _("成立年份"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
    )
    purpose = models.TextField(_("宗旨"), max_length=1000, blank=True)
    networks = models.CharField(_("参加的网络或联盟"), max_length=300, blank=True)

    # Whom, what, where
    populations = ArrayField(
        models.CharField(max_length=20, choices=Population.choices),
        verbose_name=_("服务人群"),
        default=list,
        blank=True,
    )
    services = ArrayField(
        models.CharField(max_length=20, choices=Service.choices),
        verbose_name=_("能做的服务"),
        default=list,
        blank=True,
    )
    regions = models.ManyToManyField(
        Region, verbose_name=_("工作地区"), blank=True, related_name="+"
    )

    # People, as numbers only
    full_time = models.PositiveIntegerField(_("专职人数"), default=0)
    part_time = models.PositiveIntegerField(_("兼职人数"), default=0)
    volunteers = models.PositiveIntegerField(_("志愿者人数"), default=0)

    # Contact person, public only with consent
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系人电话"), max_length=40, blank=True)
    consent_public_contact = models.BooleanField(_("同意公开联系人"), default=False)

    class Meta:
        verbose_name = _("社会组织")
        verbose_name_plural = _("社会组织")
        indexes = [
            # what few groups have is found by these, not by going through all
            GinIndex(Pairs("purpose"), name="cso_purpose_pairs", fastupdate=False),
            GinIndex(fields=["populations"], name="cso_populations", fastupdate=False),
            GinIndex(fields=["services"], name="cso_services", fastupdate=False),
            models.Index(fields=["cso_type"], name="cso_by_type"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(cso_type__in=CsoType.values), name="cso_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(legal_form__in=LegalForm.values), name="cso_legal_form_is_known"
            ),
            models.CheckConstraint(
                condition=Q(populations__contained_by=Population.values),
                name="cso_populations_are_known",
            ),
            models.CheckConstraint(
                condition=Q(services__contained_by=Service.values), name="cso_services_are_known"
            ),
            models.CheckConstraint(
                condition=Q(founded_year=None)
                | Q(founded_year__gte=FIRST_YEAR, founded_year__lte=LAST_YEAR),
                name="cso_founded_year_is_plausible",
                violation_error_message=_("成立年份请写四位数字，例如 2009。"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization)

    @property
    def may_bid_alone(self) -> bool:
        """Whether its legal form carries independent civil liability (GPL art. 22)."""
        return self.legal_form in INDEPENDENT_FORMS

    @property
    def people(self) -> int:
        """How many people work or volunteer here."""
        return self.full_time + self.part_time + self.volunteers

    @property
    def population_labels(self) -> list[str]:
        """Whom it serves, in words."""
        return [str(Population(each).label) for each in self.populations]

    @property
    def service_labels(self) -> list[str]:
        """What it can do, in words."""
        return [str(Service(each).label) for each in self.services]


class HostingStanding(models.TextChoices):
    """How a request to a host stands; derived, never stored."""

    ASKED = "asked", _("等待对方答复")
    ACCEPTED = "accepted", _("已同意托管")
    DECLINED = "declined", _("没有同意")
    ENDED = "ended", _("已结束")


class HostingQuerySet(models.QuerySet["Hosting"]):
    """Requests to hosts, by how they stand."""

    def open(self) -> "HostingQuerySet":
        """Those neither declined nor ended: a group has one at most."""
        return self.filter(declined_at=None, ended_at=None)

    def waiting(self) -> "HostingQuerySet":
        """Those the host has not answered."""
        return self.open().filter(accepted_at=None)

    def in_force(self) -> "HostingQuerySet":
        """Those by which a verified host answers for its group now."""
        return self.open().filter(
            accepted_at__isnull=False,
            host__verified_at__isnull=False,
            host__suspended_at=None,
        )


class Hosting(models.Model):
    """One request of a group to a host, from asking to end; ended, never deleted.

    The host signs and answers for what the group bids, so nothing is bid before it agrees.
    """

    group = models.ForeignKey(
        Cso, verbose_name=_("小组"), on_delete=models.PROTECT, related_name="hostings"
    )
    host = models.ForeignKey(
        Organization,
        verbose_name=_("托管组织"),
        on_delete=models.PROTECT,
        related_name="hosted",
    )
    asked_at = models.DateTimeField(_("请求时间"))
    asked_by_id = models.BigIntegerField()
    accepted_at = models.DateTimeField(_("同意时间"), null=True, blank=True)
    accepted_by_id = models.BigIntegerField(null=True, blank=True)
    declined_at = models.DateTimeField(_("谢绝时间"), null=True, blank=True)
    declined_by_id = models.BigIntegerField(null=True, blank=True)
    decline_reason = models.TextField(_("谢绝的原因"), max_length=1000, blank=True)
    # By the host, with a reason; or by the group, which asks another host or none.
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_by_id = models.BigIntegerField(null=True, blank=True)
    end_reason = models.TextField(_("结束的原因"), max_length=1000, blank=True)

    objects = HostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("托管")
        verbose_name_plural = _("托管")
        ordering = ("asked_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(declined_at=None, ended_at=None),
                name="hosting_is_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(host=F("group")),
                name="hosting_is_not_of_oneself",
                violation_error_message=_("托管组织要是另一个已登记的组织。"),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by_id=None)
                | Q(accepted_at__isnull=False, accepted_by_id__isnull=False),
                name="hosting_acceptance_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_by_id=None, decline_reason="")
                | Q(declined_at__isnull=False, declined_by_id__isnull=False)
                & ~Q(decline_reason=""),
                name="hosting_decline_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by_id=None, end_reason="")
                | Q(ended_at__isnull=False, ended_by_id__isnull=False),
                name="hosting_end_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(accepted_at=None, ended_at=None),
                name="hosting_declined_is_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.host}"

    @property
    def standing(self) -> HostingStanding:
        """How the request stands, from its dated facts alone."""
        if self.ended_at:
            return HostingStanding.ENDED
        if self.declined_at:
            return HostingStanding.DECLINED
        return HostingStanding.ACCEPTED if self.accepted_at else HostingStanding.ASKED
