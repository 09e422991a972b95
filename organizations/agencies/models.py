"""A procuring entity: the office that buys, and whom to complain to above it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.regions.models import Level
from organizations.register.models import Organization


class Agency(models.Model):
    """What an organisation of kind `agency` adds."""

    organization = models.OneToOneField(
        Organization,
        verbose_name=_("机构"),
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="agency",
    )
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices)
    finance_department = models.CharField(
        _("受理投诉的财政部门和联系方式"), max_length=200, blank=True
    )

    class Meta:
        verbose_name = _("采购人")
        verbose_name_plural = _("采购人")
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="agency_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization)
