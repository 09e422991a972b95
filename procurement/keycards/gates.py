"""The public key of the time gate, as the gate itself announced it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgtrigger import Delete, Protect, Update


class GateKey(models.Model):
    """A public key of the time gate (P-256, uncompressed point). The newest is sealed to."""

    public_key = models.BinaryField(_("公钥"), unique=True)
    announced_at = models.DateTimeField(_("公布时间"), db_default=Now())

    class Meta:
        verbose_name = _("时间闸的公钥")
        verbose_name_plural = _("时间闸的公钥")
        triggers = [Protect(name="refuse_change_of_gate_key", operation=Update | Delete)]

    def __str__(self) -> str:
        return bytes(self.public_key).hex()[:16]


def current_gate() -> bytes | None:
    """Return the public key that bids are sealed to from now on; None before the gate ever ran."""
    newest = GateKey.objects.order_by("-pk").first()
    return bytes(newest.public_key) if newest else None
