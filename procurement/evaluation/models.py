"""The panel, what its members declared, what they judged, and the ranking that follows."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from procurement.bids.models import Offer
from procurement.tenders.models import Tender
from procurement.tenders.parts import Criterion


class Capacity(models.TextChoices):
    """In which capacity a person sits on the panel."""

    EXPERT = "expert", _("评审专家")
    BUYER = "buyer", _("采购人代表")


class PanelMemberQuerySet(models.QuerySet["PanelMember"]):
    """Seats, in the words of the domain."""

    def sitting(self) -> "PanelMemberQuerySet":
        """Keep those who have neither stepped back nor been released."""
        return self.exclude(has_interest=True).filter(released_at__isnull=True)

    def judging(self) -> "PanelMemberQuerySet":
        """Keep those who sit and declared that they have no interest."""
        return self.sitting().filter(has_interest=False)


class PanelMember(models.Model):
    """One seat. Whoever has an interest in a bidder, or is released, judges nothing any more."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(_("身份"), max_length=10, choices=Capacity.choices)
    appointed_by_id = models.BigIntegerField(_("组建人编号"))
    appointed_at = models.DateTimeField(_("组建时间"))

    declared_at = models.DateTimeField(_("声明时间"), null=True, blank=True)
    has_interest = models.BooleanField(_("与投标人有利害关系"), null=True, blank=True)
    declaration = models.TextField(_("声明内容"), blank=True)
    finished_at = models.DateTimeField(_("评审提交时间"), null=True, blank=True)

    # how a member who does not finish leaves the panel
    released_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    released_by_id = models.BigIntegerField(_("办理退出人编号"), null=True, blank=True)
    release_reason = models.TextField(_("退出的理由"), max_length=2000, blank=True)

    objects = PanelMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("评审小组成员")
        verbose_name_plural = _("评审小组成员")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["tender", "user"], name="one_seat_a_person"),
            models.CheckConstraint(
                condition=models.Q(declared_at__isnull=True, has_interest__isnull=True)
                | models.Q(declared_at__isnull=False, has_interest__isnull=False),
                name="declaration_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(has_interest=False),
                name="only_the_disinterested_judge",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    released_at__isnull=True, released_by_id__isnull=True, release_reason=""
                )
                | (
                    models.Q(released_at__isnull=False, released_by_id__isnull=False)
                    & ~models.Q(release_reason="")
                ),
                name="release_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=True) | models.Q(finished_at__isnull=True),
                name="who_has_finished_is_not_released",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def sits(self) -> bool:
        """Has neither stepped back nor been released."""
        return not self.has_interest and self.released_at is None

    @property
    def is_judge(self) -> bool:
        """Sits, and declared that there is no interest."""
        return self.sits and self.has_interest is False

    @property
    def procuring_entity_id(self) -> int:
        """Whose tender it judges."""
        return self.tender.procuring_entity_id

    def panel_user_ids(self) -> set[int]:
        """Return who holds or held a seat on the same panel."""
        seats = PanelMember.objects.filter(tender_id=self.tender_id)
        return set(seats.values_list("user_id", flat=True))


class Verdict(models.Model):
    """Whether one member finds that an offer meets the requirements."""

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    is_responsive = models.BooleanField(_("符合要求"))
    comment = models.TextField(_("意见"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("符合性意见")
        verbose_name_plural = _("符合性意见")
        constraints = [
            models.UniqueConstraint(fields=["member", "offer"], name="one_verdict_an_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.offer}"


class Score(models.Model):
    """What one member gives an offer under one criterion, in points up to its weight."""

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(
        _("得分"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = _("评分")
        verbose_name_plural = _("评分")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "offer", "criterion"], name="one_score_a_criterion"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.criterion} {self.points}"


class Ranking(models.Model):
    """The result of the evaluation for one offer, computed once when the last member finishes."""

    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="+")
    is_responsive = models.BooleanField(_("符合要求"))
    points = models.DecimalField(_("总分"), max_digits=6, decimal_places=2, null=True, blank=True)
    rank = models.PositiveSmallIntegerField(_("名次"), null=True, blank=True)

    class Meta:
        verbose_name = _("评审结果")
        verbose_name_plural = _("评审结果")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_responsive=True, rank__isnull=False)
                | models.Q(is_responsive=False, rank__isnull=True),
                name="only_the_responsive_are_ranked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.offer}"
