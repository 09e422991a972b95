"""A file an agency attaches. It is public from the moment a notice that names it is published."""

from datetime import datetime
from pathlib import PurePath

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentType(models.TextChoices):
    """What a document is for; the values are codes of the OCDS documentType codelist."""

    BIDDING_DOCUMENTS = "biddingDocuments", _("采购文件")
    TECHNICAL_SPECIFICATIONS = "technicalSpecifications", _("服务需求说明")
    EVALUATION_CRITERIA = "evaluationCriteria", _("评审办法")
    CONTRACT_DRAFT = "contractDraft", _("合同草稿")
    CLARIFICATIONS = "clarifications", _("澄清与更正")


def storage_path(document: "Document", filename: str) -> str:
    """Name the stored file by its digest: the same bytes lie at one place, no name is guessable."""
    return f"documents/{document.sha256[:2]}/{document.sha256}{PurePath(filename).suffix.lower()}"


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents, in the words of the domain."""

    def public_at(self, at: datetime) -> "DocumentQuerySet":
        """Keep what the public may read at an instant."""
        return self.filter(published_at__isnull=False, published_at__lte=at)


class Document(models.Model):
    """One file with its digest. Never changed: a new version is a new document."""

    # what
    title = models.CharField(_("标题"), max_length=200)
    document_type = models.CharField(_("文件类别"), max_length=40, choices=DocumentType.choices)
    name = models.CharField(_("文件名"), max_length=255)
    media_type = models.CharField(_("格式"), max_length=100)
    size = models.PositiveIntegerField(_("字节数"))
    sha256 = models.CharField(_("指纹"), max_length=64, db_index=True)
    content = models.FileField(_("内容"), upload_to=storage_path, max_length=200)

    # whose, and since when
    organization_id = models.BigIntegerField(_("机构编号"))
    uploaded_by_id = models.BigIntegerField(_("上传人编号"))
    uploaded_at = models.DateTimeField(_("上传时间"))
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")

    def __str__(self) -> str:
        return self.title
