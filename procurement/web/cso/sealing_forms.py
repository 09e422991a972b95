"""Forms that take an envelope sealed elsewhere, or its fingerprint."""

import re
import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.bids.envelopes import LARGEST, Sent, TooLarge
from procurement.web.cso.forms import SubmitForm, Typed
from procurement.web.uploads import Files, WholeUpload


class EnvelopeForm(WholeUpload):
    """One sealed file."""

    envelope = forms.FileField(
        label=_("密封件（.ybid）"),
        widget=forms.FileInput(attrs={"accept": ".ybid"}),
        error_messages={
            "required": _("请选择封标工具保存的 .ybid 文件。"),
            "empty": _("这个文件是空的。请选择封标工具保存的 .ybid 文件。"),
        },
    )

    def clean_envelope(self) -> Sent:
        """Return the bytes, or how many there were of a file that was let go as too large."""
        upload = self.cleaned_data["envelope"]
        if getattr(upload, "too_large", False):
            return TooLarge(upload.size)
        content: bytes = upload.read()
        return content


class UploadForm(EnvelopeForm):
    """A sealed file to submit: the key makes a double click one submission."""

    request_key = SubmitForm.base_fields["request_key"]

    def __init__(
        self, data: Typed = None, files: Files | None = None, *, request_key: object = None
    ) -> None:
        super().__init__(data, files)
        self.initial["request_key"] = request_key


class CountField(forms.IntegerField):
    """A whole number, copied with its commas or in full-width digits."""

    def to_python(self, value: object) -> int | None:
        """Return the number. Raises ValidationError."""
        typed = unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
        return super().to_python(re.sub(r"[,\s]", "", typed) if isinstance(typed, str) else typed)


class PromiseForm(forms.Form):
    """What is said of a file that follows: its SHA-256 and its length."""

    use_required_attribute = False

    fingerprint = forms.CharField(
        label=_("密封件的指纹（SHA-256）"),
        help_text=_("封标工具上显示的 64 位数字和字母，空格可以不写。"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("请填写封标工具显示的指纹。")},
    )
    size = CountField(
        label=_("密封件的字节数"),
        help_text=_("封标工具上文件名后面的数。"),
        min_value=1,
        max_value=LARGEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("请填写封标工具显示的字节数。"),
            "invalid": _("请只写数字，例如 18867。"),
            "min_value": _("请填写封标工具显示的字节数。"),
            "max_value": _("密封件太大：最多 32 MB。请压缩附件后重新封标。"),
        },
    )

    request_key = SubmitForm.base_fields["request_key"]

    def clean_fingerprint(self) -> str:
        """Return 64 hexadecimal digits, however they were copied."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["fingerprint"])
        found = re.sub(r"\s", "", typed).lower()
        if not re.fullmatch(r"[0-9a-f]{64}", found):
            raise forms.ValidationError(
                _("指纹是 64 位数字和 a 到 f 的字母，这里有 %(count)s 位。请再核对一遍。"),
                params={"count": len(found)},
            )
        return found
