"""A notice taken in from a file: what it said, where it stands officially, where it came from."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable


class NoticeType(models.TextChoices):
    """What an imported notice states."""

    INTENTION = "intention", _("采购意向")
    CALL = "call", _("采购公告")
    CHANGE = "change", _("更正公告")
    RESULT = "result", _("结果公告")
    END = "end", _("终止公告")
    OTHER = "other", _("其他公告")


class ImportedNoticeQuerySet(models.QuerySet["ImportedNotice"]):
    """Imported notices, in the words of the domain."""

    def saying(self, words: "Iterable[str]") -> "ImportedNoticeQuerySet":
        """Keep those in which every word occurs: title, agency, agent, suppliers, need."""
        found = self
        for word in words:
            found = found.filter(
                models.Q(title__icontains=word)
                | models.Q(agency__icontains=word)
                | models.Q(agent__icontains=word)
                | models.Q(need__icontains=word)
                | models.Q(winners__icontains=word)
            )
        return found


class ImportedNotice(models.Model):
    """One row of a file of past notices. Nobody edits it; a better file adds another."""

    # what it states
    kind = models.CharField(_("类型"), max_length=10, choices=NoticeType.choices)
    stated_type = models.CharField(_("原公告类型"), max_length=100, blank=True)
    title = models.CharField(_("项目名称"), max_length=400)
    notice_title = models.CharField(_("公告标题"), max_length=400, blank=True)
    code = models.CharField(_("项目编号"), max_length=100, blank=True)
    need = models.TextField(_("需求概况"), max_length=20000, blank=True)
    procedure = models.CharField(_("采购方式"), max_length=40, blank=True)  # an id of the rulebook
    stated_procedure = models.CharField(_("原采购方式"), max_length=200, blank=True)
    amount = models.DecimalField(
        _("金额（元）"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    lots = models.JSONField(_("各包"), default=list, blank=True)
    winners = ArrayField(
        models.CharField(max_length=400), verbose_name=_("供应商"), default=list, blank=True
    )
    sme_reserved = models.BooleanField(_("专门面向中小企业"), null=True, blank=True)

    # whose, where, when
    agency = models.CharField(_("采购人"), max_length=200)
    agency_address = models.CharField(_("采购人地址"), max_length=300, blank=True)
    agent = models.CharField(_("代理机构"), max_length=200, blank=True)
    region = models.CharField(_("地区"), max_length=100, blank=True)
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    expected_month = models.DateField(_("预计采购月份"), null=True, blank=True)
    media_url = models.URLField(_("指定媒体网址"), max_length=500, blank=True)
    media = ArrayField(
        models.CharField(max_length=200), verbose_name=_("发布媒体"), default=list, blank=True
    )
    notice_period = models.CharField(_("公告期限"), max_length=200, blank=True)

    # where it came from
    key = models.CharField(_("识别码"), max_length=64, unique=True)
    source_name = models.CharField(_("来源文件"), max_length=255)
    source_sha256 = models.CharField(_("来源文件指纹"), max_length=64)
    source_row = models.CharField(_("来源行"), max_length=100)
    raw = models.JSONField(_("原始内容"), encoder=DjangoJSONEncoder)
    imported_at = models.DateTimeField(_("导入时间"))
    ordered_on = models.DateField(_("排序日期"))  # published, else expected, else imported

    objects = ImportedNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("历史公告")
        verbose_name_plural = _("历史公告")
        indexes = [models.Index(fields=["-ordered_on", "-id"], name="imported_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=NoticeType.values), name="imported_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(amount__gt=0),
                name="imported_amount_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.title
