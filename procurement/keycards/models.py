"""Sets of key cards with their holders, and the drills held with them. No secret is kept."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.register.models import Organization
from procurement import lifecycle
from procurement.lifecycle import KeyStage


def _comes_with(name: str) -> models.CheckConstraint:
    """Return the constraint that an instant and its person are set together."""
    neither = {f"{name}_at__isnull": True, f"{name}_by_id__isnull": True}
    both = {f"{name}_at__isnull": False, f"{name}_by_id__isnull": False}
    return models.CheckConstraint(
        condition=models.Q(**neither) | models.Q(**both), name=f"%(class)s_{name}_is_whole"
    )


# what was published of a set stays as it was
CHANGED = (
    pgtrigger.Q(old__manifest__df=pgtrigger.F("new__manifest"))
    | pgtrigger.Q(old__digest__df=pgtrigger.F("new__digest"))
    | pgtrigger.Q(old__published_at__df=pgtrigger.F("new__published_at"))
    | pgtrigger.Q(old__procuring_entity__df=pgtrigger.F("new__procuring_entity"))
)


class KeySet(models.Model):
    """The cards that open the bids of an agency: four of the committee, three in reserve.

    Any two of the committee open, or any two in reserve; one alone never. Reusable over tenders.
    """

    procuring_entity = models.ForeignKey(
        Organization, verbose_name=_("采购人"), on_delete=models.PROTECT, related_name="+"
    )
    label = models.CharField(_("名称"), max_length=80)
    k = models.PositiveSmallIntegerField(_("开标要几张卡"), default=2)
    kr = models.PositiveSmallIntegerField(_("备用卡要几张"), default=2)

    # what is published: which public keys, and that of the time gate
    gate = models.BinaryField(_("时间闸公钥"), null=True, blank=True)
    manifest = models.BinaryField(_("钥匙清单"), null=True, blank=True)
    digest = models.CharField(_("清单指纹"), max_length=64, blank=True)
    release_id = models.CharField(_("公告编号"), max_length=100, blank=True)

    # who did what when
    begun_by_id = models.BigIntegerField(_("开始的人编号"))
    begun_at = models.DateTimeField(_("开始时间"))
    hands = ArrayField(models.BigIntegerField(), verbose_name=_("经手人编号"), default=list)
    published_by_id = models.BigIntegerField(_("公布的人编号"), null=True, blank=True)
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)
    retired_by_id = models.BigIntegerField(_("停用的人编号"), null=True, blank=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    reason = models.TextField(_("停用的原因"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("开标钥匙")
        verbose_name_plural = _("开标钥匙")
        constraints = [
            _comes_with("published"),
            _comes_with("retired"),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, manifest__isnull=True, digest="")
                | (
                    models.Q(published_at__isnull=False, manifest__isnull=False)
                    & ~models.Q(digest="")
                ),
                name="keyset_publication_has_a_manifest",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by_id__isnull=True)
                | ~models.Q(published_by_id=models.F("begun_by_id")),
                name="keyset_takes_two_people",
            ),
            models.UniqueConstraint(
                fields=["digest"], name="keyset_digest_is_unique", condition=~models.Q(digest="")
            ),
            models.UniqueConstraint(
                fields=["procuring_entity"],
                name="keyset_one_in_use",
                condition=models.Q(published_at__isnull=False, retired_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False) & CHANGED,
            ),
            pgtrigger.Protect(name="refuse_deletion", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        """The number that is on its cards."""
        return f"K{self.pk:04d}"

    def author_ids(self) -> set[int | None]:
        """Who had a hand in it, and so may not publish it."""
        return {self.begun_by_id, *self.hands}

    def stage(self, at: datetime) -> KeyStage:
        """Where it stands at an instant."""
        return lifecycle.key_stage_at(self, at)


# a card is reported lost after its set was published; which key it is stays
SWAPPED = """
    IF (NEW.key_set_id, NEW.member, NEW.kind, NEW.place, NEW.public_key)
       IS DISTINCT FROM (OLD.key_set_id, OLD.member, OLD.kind, OLD.place, OLD.public_key)
       AND EXISTS (
        SELECT 1 FROM procurement_keyset s
        WHERE s.id = OLD.key_set_id AND s.published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the cards of a published set stay as they are';
    END IF;
    RETURN NEW;
"""


class CardKind(models.TextChoices):
    """What a card is for."""

    COMMITTEE = "committee", _("开标卡")
    RECOVERY = "recovery", _("备用卡")


class KeyCard(models.Model):
    """One card: who holds it, and its public key. The forty digits are on paper alone."""

    key_set = models.ForeignKey(KeySet, on_delete=models.CASCADE, related_name="cards")
    member = models.CharField(_("卡号"), max_length=20, unique=True)
    kind = models.CharField(_("用途"), max_length=10, choices=CardKind.choices)
    place = models.PositiveSmallIntegerField(_("第几张"))
    holder = models.CharField(_("持卡人"), max_length=60, blank=True)
    affiliation = models.CharField(_("所在单位"), max_length=120, blank=True)
    is_outside = models.BooleanField(_("不是本单位的人"), default=False)
    public_key = models.BinaryField(_("公钥"), null=True, blank=True)
    made_by_id = models.BigIntegerField(_("制卡人编号"), null=True, blank=True)
    made_at = models.DateTimeField(_("制卡时间"), null=True, blank=True)
    confirmed_by_id = models.BigIntegerField(_("核对人编号"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    lost_by_id = models.BigIntegerField(_("登记遗失的人编号"), null=True, blank=True)
    lost_at = models.DateTimeField(_("遗失时间"), null=True, blank=True)
    lost_reason = models.CharField(_("怎样遗失"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("钥匙卡")
        verbose_name_plural = _("钥匙卡")
        ordering = ("key_set", "kind", "place")
        constraints = [
            _comes_with("made"),
            _comes_with("confirmed"),
            _comes_with("lost"),
            models.UniqueConstraint(
                fields=["key_set", "kind", "place"], name="keycard_has_one_place"
            ),
            models.CheckConstraint(
                condition=models.Q(made_at__isnull=False, public_key__isnull=False)
                | models.Q(made_at__isnull=True, public_key__isnull=True),
                name="keycard_made_has_a_key",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(made_at__isnull=False),
                name="keycard_confirmed_was_made",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_card_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=SWAPPED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.holder}".strip()

    @property
    def works(self) -> bool:
        """Say whether it was typed back right and is not reported lost."""
        return self.confirmed_at is not None and self.lost_at is None


class DrillRound(models.TextChoices):
    """What is rehearsed, in this order."""

    TWO_CARDS = "two_cards", _("用两张开标卡打开")
    ONE_LOST = "one_lost", _("一张卡丢了，用另外两张打开")
    RECOVERY = "recovery", _("用两张备用卡打开")


class Drill(models.Model):
    """A rehearsal of the opening with the cards of a set: a test word sealed, opened three ways."""

    key_set = models.ForeignKey(KeySet, on_delete=models.CASCADE, related_name="drills")
    witnesses = models.CharField(_("见证人"), max_length=300)
    sealed = models.JSONField(_("密封的试验词"))
    begun_by_id = models.BigIntegerField(_("发起人编号"))
    begun_at = models.DateTimeField(_("开始时间"))
    passed_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    stopped_by_id = models.BigIntegerField(_("停止的人编号"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("停止时间"), null=True, blank=True)
    reason = models.TextField(_("停止的原因"), max_length=1000, blank=True)
    release_id = models.CharField(_("公告编号"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("开标演练")
        verbose_name_plural = _("开标演练")
        ordering = ("-begun_at", "-pk")
        constraints = [
            _comes_with("stopped"),
            models.CheckConstraint(
                condition=models.Q(passed_at__isnull=True) | models.Q(stopped_at__isnull=True),
                name="drill_ends_once",
            ),
            models.UniqueConstraint(
                fields=["key_set"],
                name="drill_one_at_a_time",
                condition=models.Q(passed_at__isnull=True, stopped_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key_set} {self.begun_at:%Y-%m-%d}"

    @property
    def procuring_entity_id(self) -> int:
        """The agency whose cards are tried."""
        return self.key_set.procuring_entity_id

    @property
    def is_over(self) -> bool:
        """Say whether nothing more is to be done."""
        return self.passed_at is not None or self.stopped_at is not None


class DrillTurn(models.Model):
    """One card that worked in a drill: its part of the test word, worth nothing afterwards."""

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="turns")
    round = models.CharField(_("演练内容"), max_length=10, choices=DrillRound.choices)
    card = models.ForeignKey(KeyCard, on_delete=models.PROTECT, related_name="+")
    share = models.BinaryField(_("试验词的一份"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("演练中的一张卡")
        verbose_name_plural = _("演练中的一张卡")
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["drill", "round", "card"], name="drillturn_card_once_a_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.card.member}"
