"""One division of the province: GB/T 2260 code, names, level and place in the tree."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """The three levels of government that buy services."""

    PROVINCE = "province", _("省级")
    PREFECTURE = "prefecture", _("州（市）级")
    COUNTY = "county", _("县（市、区）级")


PREFIX_LENGTH = {Level.PROVINCE: 2, Level.PREFECTURE: 4, Level.COUNTY: 6}


class Region(models.Model):
    """A division. Names are not unique in a province: always refer to it by its code."""

    code = models.CharField(_("区划代码"), max_length=6, primary_key=True)
    name_zh = models.CharField(_("中文名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80)
    level = models.CharField(_("级别"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级区划"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^\d{6}$"),
                name="region_code_has_six_digits",
                violation_error_message=_("区划代码是六位数字，例如 530102。"),
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=Level.values), name="region_level_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(level=Level.PROVINCE, parent=None)
                | (~models.Q(level=Level.PROVINCE) & models.Q(parent__isnull=False)),
                name="region_below_the_province_has_a_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def prefix(self) -> str:
        """The leading digits that this division's own and all lower codes share."""
        return self.code[: PREFIX_LENGTH[Level(self.level)]]

    def label(self, language: str) -> str:
        """Return the name in the language of a code such as `zh-hans` or `en`."""
        return self.name_en if language.startswith("en") else self.name_zh
