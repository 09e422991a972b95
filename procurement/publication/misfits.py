"""What somebody had checked that does not fit: noted once, as a digest, and counted in public."""

import hashlib
import logging
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from procurement.publication import triggers

logger = logging.getLogger(__name__)
# Of one kind: anybody may hand in anything, and what is more stands in the journal alone; what
# bears our signature, which nobody can make up, is crowded out by nothing.
MOST_A_DAY = 1000
SHOWN = timedelta(days=30)


class Wrong(models.TextChoices):
    """Why it does not fit; the harmless ones first, then those that accuse the portal."""

    OTHER_LOG = "other-log", _("回执：是另一份日志的，不是本站发的")
    SIGNATURE = "signature", _("回执：签名不对，内容被改过")
    OTHER_TENDER = "other-tender", _("回执：是另一个项目的")
    UNKNOWN_WITNESS = "unknown-witness", _("日志头：没有本站认识的见证方的签名")
    NO_SUCH_HEAD = "no-such-head", _("日志头：不是最近两天本站的")
    OTHER_KEYS = "other-keys", _("有本站签名的回执：投标封给了别的公钥")
    OTHER_LEAF = "other-leaf", _("有本站签名的回执：回执日志里它的位置是别的记录")
    REGISTER = "register", _("有本站签名的回执：与截标登记不符")
    OPENING = "opening", _("有本站签名的回执：与开标记录不符")


class Misfit(models.Model):
    """A receipt or a head that was handed in and does not fit. Not what it says, nor who asked."""

    wrong = models.CharField(_("哪里不符"), max_length=20, choices=Wrong.choices)
    sha256 = models.CharField(_("指纹"), max_length=64)
    noted_at = models.DateTimeField(_("记下时间"), db_index=True)

    class Meta:
        verbose_name = _("核对不符")
        verbose_name_plural = _("核对不符")
        constraints = [
            models.UniqueConstraint(fields=["wrong", "sha256"], name="misfit_noted_once"),
        ]
        triggers = triggers.APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.wrong} {self.sha256}"


def note(wrong: Wrong, handed_in: bytes, *, at: datetime) -> None:
    """Keep that something which does not fit was handed in; the same thing is kept once.

    MOST_A_DAY of a kind in a day, so that nobody fills the table; every one stands in the journal.
    """
    logger.warning("what was handed in does not fit: %s", wrong.value)
    today = Misfit.objects.filter(wrong=wrong, noted_at__gt=at - timedelta(days=1))
    if today.order_by()[:MOST_A_DAY].count() >= MOST_A_DAY:
        return
    digest = hashlib.sha256(handed_in).hexdigest()
    Misfit.objects.bulk_create(
        [Misfit(wrong=wrong, sha256=digest, noted_at=at)], ignore_conflicts=True
    )


def tally(*, at: datetime) -> list[tuple[Wrong, int]]:
    """Return how many of each kind were noted in the last thirty days, in the order of `Wrong`."""
    rows = Misfit.objects.filter(noted_at__gt=at - SHOWN).order_by().values_list("wrong")
    counted = dict(rows.annotate(times=models.Count("pk")))
    return [(wrong, counted[wrong]) for wrong in Wrong if wrong in counted]
