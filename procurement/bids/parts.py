"""What proves a bid and what opens it: receipts and their places, gate parts, card shares."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgtrigger import Before, Delete, Insert, Protect, Trigger, Update

from organizations.register.models import Organization
from procurement.bids.models import Bid
from procurement.tenders.models import Tender


class ReceiptAction(models.TextChoices):
    """What a receipt confirms."""

    SUBMIT = "submit", _("递交")
    REPLACE = "replace", _("递交新的一份，替换先前的")
    PROMISE = "promise", _("先报指纹")
    WITHDRAW = "withdraw", _("撤回")


class Receipt(models.Model):
    """A signed statement to a bidder. `place` is its index in the receipts log, promised at once.

    Its row never changes; what the public log holds of it is a digest that tells nothing.
    """

    place = models.BigIntegerField(_("回执日志中的位置"), primary_key=True)
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(_("事项"), max_length=10, choices=ReceiptAction.choices)
    nonce = models.CharField(_("随机数"), max_length=32)
    body = models.BinaryField(_("回执正文"))  # the signed JSON, as it was given
    issued_at = models.DateTimeField(_("出具时间"))
    recorded_at = models.DateTimeField(_("写入时间"), null=True, editable=False)  # by the database

    class Meta:
        verbose_name = _("回执")
        verbose_name_plural = _("回执")
        ordering = ("place",)
        constraints = [
            models.UniqueConstraint(fields=["bid", "action"], name="one_receipt_an_act"),
        ]
        triggers = [
            Protect(name="refuse_change_of_receipt", operation=Update | Delete),
            # whatever the application says of the time: a receipt dated back can be told by it
            Trigger(
                name="date_by_the_clock",
                when=Before,
                operation=Insert,
                func="NEW.recorded_at = clock_timestamp(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}"

    @property
    def number(self) -> int:
        """Its place in the log of receipts as people count, from 1."""
        return self.place + 1


class UntoldReceipt(models.Model):
    """A receipt whose letters are not noted yet: written with it, gone once they are."""

    receipt = models.OneToOneField(
        Receipt, on_delete=models.PROTECT, related_name="+", primary_key=True
    )

    class Meta:
        verbose_name = _("还没有寄出的回执")
        verbose_name_plural = _("还没有寄出的回执")

    def __str__(self) -> str:
        return f"{self.pk}"


class ReceiptSlot(models.Model):
    """One place of the block of the receipts log that is being filled.

    A block has places for many receipts, taken at random; those nobody took hold a digest of
    nothing. It is appended to the log whole, so that neither who nor how many can be told.
    """

    place = models.BigIntegerField(primary_key=True)
    leaf = models.BinaryField()
    is_taken = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("回执日志的位置")
        verbose_name_plural = _("回执日志的位置")

    def __str__(self) -> str:
        return f"{self.place}"


class RefusedEnvelope(models.Model):
    """A file that was uploaded as a bid and is none: kept as evidence, without its content.

    Who tried is nobody's to read before the opening; the register says how many there were.
    """

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(_("文件指纹"), max_length=64)
    size = models.PositiveBigIntegerField(_("字节数"))
    reason = models.CharField(_("拒收原因"), max_length=200)
    refused_at = models.DateTimeField(_("拒收时间"))

    class Meta:
        verbose_name = _("拒收的密封文件")
        verbose_name_plural = _("拒收的密封文件")
        triggers = [Protect(name="refuse_change_of_refusal", operation=Update | Delete)]

    def __str__(self) -> str:
        return self.sha256


class GatePart(models.Model):
    """The part of a bid's key that the time gate gave out. Only the gate writes here."""

    ocid = models.CharField(_("项目编号"), max_length=60)
    envelope_sha256 = models.CharField(_("密封件指纹"), max_length=64)
    part = models.BinaryField(_("钥匙的一份"))
    released_at = models.DateTimeField(_("给出时间"), db_default=Now())

    class Meta:
        verbose_name = _("时间闸给出的钥匙")
        verbose_name_plural = _("时间闸给出的钥匙")
        constraints = [
            models.UniqueConstraint(fields=["ocid", "envelope_sha256"], name="one_part_a_bid"),
        ]
        triggers = [Protect(name="refuse_change_of_gate_part", operation=Update | Delete)]

    def __str__(self) -> str:
        return self.envelope_sha256


class CardUse(models.Model):
    """One key card that took part in an opening, on the public record."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="+")
    member = models.CharField(_("持卡席位"), max_length=40)
    holder = models.CharField(_("持卡人"), max_length=200)
    witnesses = models.CharField(_("在场见证人"), max_length=300)
    given_at = models.DateTimeField(_("给出时间"))

    class Meta:
        verbose_name = _("用过的钥匙卡")
        verbose_name_plural = _("用过的钥匙卡")
        constraints = [
            models.UniqueConstraint(fields=["tender", "member"], name="one_use_of_a_card"),
        ]
        triggers = [Protect(name="refuse_change_of_use", operation=Update | Delete)]

    def __str__(self) -> str:
        return f"{self.member}"


class CardShare(models.Model):
    """What one key card gave for one bid at the opening. The card itself is never kept."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="+")
    member = models.CharField(_("持卡席位"), max_length=40)
    share = models.BinaryField(_("钥匙的一份"))
    given_at = models.DateTimeField(_("给出时间"))

    class Meta:
        verbose_name = _("钥匙卡给出的一份")
        verbose_name_plural = _("钥匙卡给出的一份")
        constraints = [
            models.UniqueConstraint(fields=["bid", "member"], name="one_share_a_card"),
        ]
        triggers = [Protect(name="refuse_change_of_share", operation=Update | Delete)]

    def __str__(self) -> str:
        return f"{self.member}"
