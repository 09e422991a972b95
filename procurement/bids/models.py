"""Bids as cipher text before the opening, and what they said after it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from pgtrigger import Before, Delete, Insert, Protect, ReadOnly, Trigger, Update

from organizations.register.models import Organization
from organizations.terms import CostLine
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot

REFUSE_LATE = """
    IF NOT EXISTS (
        SELECT 1 FROM procurement_tender t
        WHERE t.id = NEW.tender_id AND t.published_at IS NOT NULL AND t.closed_at IS NULL
          AND t.cancelled_at IS NULL AND NEW.submitted_at <= t.tender_period_end
    ) THEN
        RAISE EXCEPTION 'the tender takes no bid at this instant';
    END IF;
    RETURN NEW;
"""

# What the register says cannot be undone afterwards.
FREEZE_REGISTERED = """
    IF (NEW.replaced_at, NEW.withdrawn_at) IS DISTINCT FROM (OLD.replaced_at, OLD.withdrawn_at)
       AND EXISTS (
        SELECT 1 FROM procurement_tender t
        WHERE t.id = NEW.tender_id AND t.closed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the register of this call is closed';
    END IF;
    RETURN NEW;
"""

# What a bid says was read from its envelope once; the panel judges that, and nothing else.
FREEZE_CONTENT = """
    IF OLD.opened_at IS NOT NULL
       AND (NEW.opened_at, NEW.proposal, NEW.team, NEW.quality)
           IS DISTINCT FROM (OLD.opened_at, OLD.proposal, OLD.team, OLD.quality)
    THEN
        RAISE EXCEPTION 'what an opened bid says never changes';
    END IF;
    RETURN NEW;
"""

REFUSE_MORE = """
    IF EXISTS (
        SELECT 1 FROM procurement_bid b JOIN procurement_tender t ON t.id = b.tender_id
        WHERE b.id = {bid} AND t.opened_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'nothing is added to an opened bid';
    END IF;
    RETURN NEW;
"""

# A promised file comes once, while it is waited for; what was sealed never changes.
FREEZE_ENVELOPE = """
    IF NEW.envelope IS NOT DISTINCT FROM OLD.envelope THEN
        RETURN NEW;
    END IF;
    IF OLD.envelope IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM procurement_tender t
        WHERE t.id = NEW.tender_id AND t.opened_at IS NULL AND t.delivery_ended_at IS NULL
          AND NEW.delivered_at
              <= coalesce(t.delivery_until, t.tender_period_end + interval '24 hours')
    ) THEN
        RAISE EXCEPTION 'an envelope is delivered once and never changed';
    END IF;
    RETURN NEW;
"""


def refuse_more(bid: str) -> Trigger:
    """Return the trigger that refuses a row of a bid once its tender is opened."""
    func = REFUSE_MORE.format(bid=bid)
    return Trigger(name="refuse_more", when=Before, operation=Insert, func=func)


class BidDraft(models.Model):
    """A bid in preparation, readable by its authors alone; nothing in it is clear text at rest."""

    tender = models.ForeignKey(Tender, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField(_("密文"), default=b"")
    updated_at = models.DateTimeField(_("最近保存"))

    class Meta:
        verbose_name = _("投标草稿")
        verbose_name_plural = _("投标草稿")
        constraints = [
            models.UniqueConstraint(fields=["tender", "organization"], name="one_draft_of_a_bid"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class BidDraftFile(models.Model):
    """A file of a bid in preparation: its name too is cipher text."""

    draft = models.ForeignKey(BidDraft, on_delete=models.CASCADE, related_name="+")
    content = models.BinaryField(_("密文"))
    size = models.PositiveIntegerField(_("字节数"))
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("投标草稿文件")
        verbose_name_plural = _("投标草稿文件")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.pk}"


class BidStatus(models.TextChoices):
    """What became of a bid (OCDS bidStatus)."""

    PENDING = "pending", _("已密封")  # sealed; nobody has seen it
    VALID = "valid", _("有效")  # opened, and readable
    DISQUALIFIED = "disqualified", _("无效")  # opened, and refused, with the reason
    WITHDRAWN = "withdrawn", _("已撤回")  # taken back by its bidder before the deadline


class Mode(models.TextChoices):
    """Where a bid was sealed."""

    SERVER = "S", _("到达网站时密封")  # the clear text was in the server's memory, no longer
    CLIENT = "C", _("在投标人的设备上密封")  # the server never had the clear text


class Digest(models.Func):
    """SHA-256 of bytes, in hexadecimal."""

    template = "encode(sha256(%(expressions)s), 'hex')"
    output_field = models.CharField()


class BidQuerySet(models.QuerySet["Bid"]):
    """Bids, in the words of the domain."""

    def in_force(self) -> "BidQuerySet":
        """Keep those that count: neither replaced nor withdrawn."""
        return self.filter(replaced_at__isnull=True, withdrawn_at__isnull=True)


class Bid(models.Model):
    """One submission. Its envelope never changes; a replacement is another row."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        Organization, verbose_name=_("递交组织"), on_delete=models.PROTECT, related_name="+"
    )
    tenderer = models.ForeignKey(
        Organization, verbose_name=_("投标人"), on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(
        _("状态"), max_length=20, choices=BidStatus.choices, default=BidStatus.PENDING
    )
    submitted_at = models.DateTimeField(_("递交时间"))
    submitted_by_id = models.BigIntegerField(_("递交人编号"))

    # the sealed envelope and its receipt; a promised envelope comes after its fingerprint
    receipt_number = models.CharField(_("回执号"), max_length=40, unique=True)
    request_key = models.UUIDField(_("请求标识"))
    mode = models.CharField(_("密封方式"), max_length=1, choices=Mode.choices)
    notice = models.CharField(_("所答公告的指纹"), max_length=64)
    envelope = models.BinaryField(_("密封件"), null=True)
    envelope_sha256 = models.CharField(_("密封件指纹"), max_length=64, db_index=True)
    envelope_bytes = models.PositiveIntegerField(_("密封件字节数"))
    delivered_at = models.DateTimeField(_("密封件收到时间"), null=True, blank=True)

    # how it left the race before the deadline
    replaced_at = models.DateTimeField(_("被替换时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by_id = models.BigIntegerField(_("撤回人编号"), null=True, blank=True)

    # what it said, written at the opening
    opened_at = models.DateTimeField(_("开标时间"), null=True, blank=True)
    proposal = models.TextField(_("服务方案"), blank=True)
    team = models.TextField(_("人员"), blank=True)
    quality = models.TextField(_("质量保证"), blank=True)
    disqualification = models.TextField(_("无效原因"), blank=True)

    objects = BidQuerySet.as_manager()

    class Meta:
        verbose_name = _("投标")
        verbose_name_plural = _("投标")
        constraints = [
            models.UniqueConstraint(
                fields=["tender", "organization"],
                condition=models.Q(replaced_at__isnull=True, withdrawn_at__isnull=True),
                name="one_bid_in_force",
            ),
            models.UniqueConstraint(
                fields=["tender", "organization", "request_key"], name="bid_sent_once"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by_id__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by_id__isnull=False),
                name="bid_withdrawal_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(envelope__isnull=True, delivered_at__isnull=True)
                | models.Q(
                    delivered_at__isnull=False,
                    envelope_sha256=Digest(models.F("envelope")),
                ),
                name="bid_envelope_is_what_was_promised",
            ),
            models.CheckConstraint(
                condition=models.Q(opened_at__isnull=False)
                | models.Q(proposal="", team="", quality=""),
                name="bid_content_only_after_opening",
            ),
        ]
        triggers = [
            Trigger(name="refuse_late", when=Before, operation=Insert, func=REFUSE_LATE),
            Protect(name="refuse_deletion", operation=Delete),
            Trigger(name="freeze_envelope", when=Before, operation=Update, func=FREEZE_ENVELOPE),
            Trigger(name="freeze_content", when=Before, operation=Update, func=FREEZE_CONTENT),
            Trigger(
                name="freeze_registered", when=Before, operation=Update, func=FREEZE_REGISTERED
            ),
            ReadOnly(
                name="submission_is_frozen",
                fields=[
                    "tender",
                    "organization",
                    "tenderer",
                    "submitted_at",
                    "receipt_number",
                    "mode",
                    "notice",
                    "envelope_sha256",
                    "envelope_bytes",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number


class Offer(models.Model):
    """What an opened bid offers for one lot."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(_("报价（元）"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("报价")
        verbose_name_plural = _("报价")
        ordering = ("lot__number", "pk")
        constraints = [models.UniqueConstraint(fields=["bid", "lot"], name="one_offer_a_lot")]
        triggers = [
            Protect(name="refuse_change_of_offer", operation=Update | Delete),
            refuse_more("NEW.bid_id"),
        ]

    def __str__(self) -> str:
        return f"{self.bid} / {self.lot}"


class OfferLine(models.Model):
    """One cost line of an offer."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    line = models.CharField(_("费用"), max_length=40, choices=CostLine.choices)
    amount = models.DecimalField(_("金额（元）"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("费用明细")
        verbose_name_plural = _("费用明细")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["offer", "line"], name="one_line_an_offer")]
        triggers = [
            Protect(name="refuse_change_of_line", operation=Update | Delete),
            refuse_more("(SELECT bid_id FROM procurement_offer WHERE id = NEW.offer_id)"),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.line}"


class BidFile(models.Model):
    """A file of an opened bid; the panel and the approver read it, the public never."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=255)
    media_type = models.CharField(_("格式"), max_length=100)
    size = models.PositiveIntegerField(_("字节数"))
    sha256 = models.CharField(_("指纹"), max_length=64)
    content = models.BinaryField(_("内容"))

    class Meta:
        verbose_name = _("投标文件")
        verbose_name_plural = _("投标文件")
        ordering = ("pk",)
        triggers = [
            Protect(name="refuse_change_of_file", operation=Update | Delete),
            refuse_more("NEW.bid_id"),
        ]

    def __str__(self) -> str:
        return self.name
