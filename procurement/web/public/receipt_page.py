"""The page where anyone checks the receipt of a bid. What is handed in is not stored.

Of one that does not fit a digest is kept, and what does not fit (`publication.misfits`).
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from organizations.instants import now
from procurement.publication import heads, misfits
from procurement.publication.tree import Log
from procurement.web.public import receipt_check
from procurement.web.public.receipt_check import LONGEST, Finding, Receipt


class ReceiptForm(forms.Form):
    """A receipt, pasted or as a file, and the procurement it should be of."""

    file = forms.FileField(
        label=_("回执文件"),
        help_text=_("提交投标后下载的文件，名称以 .json 结尾。"),
        required=False,
    )
    text = forms.CharField(
        label=_("或者粘贴回执的全文"),
        help_text=_("从第一个 { 到最后一个 }，一个字符也不要改。"),
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "class": "code"}),
        max_length=LONGEST,
        strip=True,
        required=False,
    )
    tender = forms.CharField(
        label=_("它应该属于哪个项目"),
        help_text=_("项目编号，例如 ocds-yn0000-2026-000001；填了就核对是不是这个项目的。"),
        max_length=60,
        required=False,
    )

    def clean_file(self) -> str:
        """Return the text of the file; empty without one."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is None:
            return ""
        if (file.size or 0) > LONGEST:
            raise forms.ValidationError(_("这个文件太大，不是回执。回执只有大约 1 KB。"))
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("这个文件不是文本，不是回执。")) from None
        return text

    def clean(self) -> dict[str, Any]:
        """Read the receipt; want one that is one."""
        found = super().clean() or self.cleaned_data
        if self.errors:
            return found
        name = "file" if found.get("file") else "text"
        given = found.get(name, "")
        found["receipt"] = receipt_check.read(given)
        if not given:
            self.add_error("text", _("请选择回执文件，或者粘贴回执的全文。"))
        elif found["receipt"] is None:
            self.add_error(
                name, _("这不是投标回执。请用提交投标后下载的原文件；照片和打印件不行。")
            )
        return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Check a receipt; nothing it says is stored, and nothing of it stands in an address."""
    form = ReceiptForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "site": settings.SITE_URL.rstrip("/")}
    if request.method == "POST" and form.is_valid():
        found = checked(form.cleaned_data["receipt"], form.cleaned_data["tender"])
        context |= {"receipt": form.cleaned_data["receipt"], "findings": found, **summed_up(found)}
    return render(request, "public/receipt_verify.html", context)


def checked(given: Receipt, tender: str) -> list[Finding]:
    """Return what is found of a receipt; that it does not fit is noted, as a digest."""
    newest = heads.latest(Log.RECEIPTS)
    found = receipt_check.findings(
        given,
        tender=tender,
        origin=heads.origin(Log.RECEIPTS),
        key=heads.receipts_public().public,
        covered=newest.size if newest else 0,
        at=now(),
    )
    steps = list(found)
    for step in steps:
        if step.wrong:
            misfits.note(step.wrong, given.canonical + given.signature, at=now())
    return steps


def summed_up(found: list[Finding]) -> dict[str, object]:
    """Return the whole in one sentence, with its tone."""
    wrong = next((each for each in found if each.state == "broken"), None)
    if wrong:
        return {"tone": "bad", "sentence": wrong.text}
    if any(each.state == "unknown" for each in found):
        return {"tone": "now", "sentence": _("是真的；有些要等公开以后才能核对，见下。")}
    ended = next((each for each in found if each.is_ended), None)
    if ended:
        return {"tone": "doubt", "sentence": ended.text}
    return {"tone": "good", "sentence": _("都符合。")}
