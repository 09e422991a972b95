"""The trees over what is published: leaves, nodes, signed heads and the words of witnesses."""

from django.db import models
from django.db.models.functions import Now
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from procurement.publication import triggers

RECEIPT_BYTES = 46  # "yn-bid-leaf/1", a newline and a SHA-256 hash


class Log(models.IntegerChoices):
    """The two logs: what everybody reads, and the proofs of bids that nobody can tell apart."""

    NOTICES = 1, _("公告日志")
    RECEIPTS = 2, _("回执日志")


class LeafHash(models.Func):
    """RFC 9162 section 2.1.1: the hash of a leaf is SHA-256 over 0x00 and the entry."""

    function = "sha256"
    template = "%(function)s('\\x00'::bytea || %(expressions)s)"
    output_field = models.BinaryField()


class LogHead(models.Model):
    """The row that orders a log: locked by each append, so the index has no gap.

    Its size is counted by the triggers of the leaves, one by one.
    """

    size = models.BigIntegerField(_("条数"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk__in=Log.values), name="log_head_is_of_a_log"
            ),
        ]
        triggers = [triggers.COUNTS_LEAVES, *triggers.no_removal()]

    def __str__(self) -> str:
        return str(self.size)


class LogNode(models.Model):
    """The hash of a complete subtree: of 2**level leaves, the index-th from the left."""

    pk = models.CompositePrimaryKey("log", "level", "index")
    log = models.PositiveSmallIntegerField(_("日志"), choices=Log.choices)
    level = models.PositiveSmallIntegerField(_("层"))
    index = models.BigIntegerField(_("序号"))
    hash = models.BinaryField(_("哈希"))

    class Meta:
        verbose_name = _("哈希树节点")
        verbose_name_plural = _("哈希树节点")
        triggers = [*triggers.APPEND_ONLY, triggers.ONLY_BY_LEAVES]

    def __str__(self) -> str:
        return f"{self.log}/{self.level}/{self.index}"


class ReceiptLeaf(models.Model):
    """One leaf of the log of receipts: of a bid, or of none. Nobody can tell from it."""

    index = models.BigIntegerField(_("序号"), primary_key=True)
    body = models.BinaryField(_("正文"))
    leaf_hash = models.BinaryField(_("叶子哈希"))
    recorded_at = models.DateTimeField(_("记录时间"), db_default=Now())

    class Meta:
        verbose_name = _("回执日志条目")
        verbose_name_plural = _("回执日志条目")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(leaf_hash=LeafHash(models.F("body"))),
                name="receipt_leaf_hash_is_of_its_body",
            ),
            models.CheckConstraint(
                condition=Exact(
                    models.Func(
                        models.F("body"),
                        function="octet_length",
                        output_field=models.IntegerField(),
                    ),
                    RECEIPT_BYTES,
                ),
                name="receipt_leaves_are_alike",
            ),
        ]
        triggers = [*triggers.APPEND_ONLY, triggers.grows(Log.RECEIPTS)]

    def __str__(self) -> str:
        return str(self.index)


class Checkpoint(models.Model):
    """A signed head: how many leaves a log had, and the root over them (C2SP tlog-checkpoint)."""

    log = models.PositiveSmallIntegerField(_("日志"), choices=Log.choices)
    size = models.BigIntegerField(_("条数"))
    root = models.BinaryField(_("根哈希"))
    note = models.TextField(_("签名的日志头"))
    signed_at = models.DateTimeField(_("签名时间"))

    class Meta:
        verbose_name = _("日志头")
        verbose_name_plural = _("日志头")
        constraints = [
            models.UniqueConstraint(fields=["log", "size"], name="one_head_of_a_size"),
        ]
        triggers = triggers.APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.log}/{self.size}"


class Cosignature(models.Model):
    """A witness's signature of a head: it saw this one, and no other (C2SP tlog-cosignature)."""

    log = models.PositiveSmallIntegerField(_("日志"), choices=Log.choices)
    size = models.BigIntegerField(_("条数"))
    witness = models.CharField(_("见证方"), max_length=200)
    line = models.TextField(_("签名行"))
    cosigned_at = models.DateTimeField(_("见证时间"))
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = _("见证签名")
        verbose_name_plural = _("见证签名")
        constraints = [
            models.UniqueConstraint(
                fields=["log", "size", "witness", "cosigned_at"], name="cosigned_once_at_a_time"
            ),
        ]
        triggers = triggers.APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.log}/{self.size} {self.witness}"
