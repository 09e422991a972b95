"""What every form that takes files shares: it knows whether they arrived whole."""

from collections.abc import Mapping

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

Files = MultiValueDict[str, UploadedFile[bytes]]
WHOLE = "whole"


class WholeUpload(forms.Form):
    """A form with files. Its last field travels behind them; cut short, it does not arrive."""

    def __init__(
        self, data: Mapping[str, object] | None = None, files: Files | None = None
    ) -> None:
        super().__init__(data, files)
        self.fields[WHOLE] = forms.CharField(
            widget=forms.HiddenInput,
            initial="1",
            error_messages={
                "required": _("连接中断，文件没有收全。请重新上传；您以前保存和提交的内容都还在。")
            },
        )
