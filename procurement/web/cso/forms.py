"""Forms of the CSO desk. Every field says what to write in words a volunteer group uses."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from organizations.terms import CostLine
from procurement.bids.package import LotOffer
from procurement.documents import kinds
from procurement.keycards import cards
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot
from procurement.web.cso.steps import QUALITY, Step
from procurement.web.uploads import WholeUpload
from procurement.web.widgets import MoneyInput

Upload = UploadedFile[bytes]
Typed = Mapping[str, object] | None

LONGEST = 20_000  # characters of one text of a bid
YUAN_LIMIT = Decimal(10) ** 12  # what the columns of an opened bid hold


class EnquiryForm(forms.Form):
    """One question, public with its answer."""

    question = forms.CharField(
        label=_("您的问题"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("一次问一件事，写清是采购文件的哪一条。请不要写任何人的姓名或病情。"),
        error_messages={
            "required": _("请写下您的问题。"),
            "max_length": _("问题太长，请分成几个问题，每个不超过 2,000 字。"),
        },
    )


class LaterField(forms.CharField):
    """A text that is asked for at the end: saved empty until then, yet not marked as optional."""

    def clean(self, value: object) -> str:
        """Return the text, or nothing where nothing was typed."""
        typed = value.strip() if isinstance(value, str) else ""
        return str(super().clean(typed)) if typed else ""


class TextForm(forms.Form):
    """The one text of a step; the step says what it is called and what to write."""

    use_required_attribute = False

    def __init__(self, step: Step, data: Typed = None, *, text: str = "") -> None:
        super().__init__(data, initial={"text": text})
        self.fields["text"] = LaterField(
            label=step.question,
            help_text=step.hint,
            max_length=LONGEST,
            required=step is not QUALITY,
            widget=forms.Textarea(attrs={"rows": 12}),
            error_messages={
                "max_length": _("写得太长了，请精简到 20,000 字以内，细节可以放进附件。")
            },
        )


class AmountField(forms.DecimalField):
    """An amount in yuan. Empty means none, so it is not marked as something to leave out."""

    def clean(self, value: object) -> Decimal | None:
        """Return the amount, or None where nothing was typed."""
        typed = value.strip() if isinstance(value, str) else value
        return None if typed in self.empty_values else super().clean(typed)


class PriceForm(forms.Form):
    """One amount for each lot and each cost line the tender pays."""

    use_required_attribute = False

    def __init__(
        self, tender: Tender, data: Typed = None, *, saved: Iterable[LotOffer] = ()
    ) -> None:
        super().__init__(data, initial=_initial(saved))
        self.lots: list[Lot] = list(tender.lots.all())
        self.lines = paid_lines(tender)
        shares = {each.line: each.maximum_share for each in tender.cost_policy.all()}
        for lot in self.lots:
            for line in self.lines:
                self.fields[_name(lot.number, line)] = _amount(line, shares.get(line))

    def groups(
        self, sums: Mapping[int, Decimal]
    ) -> list[tuple[Lot, list[forms.BoundField], Decimal | None]]:
        """Return lots, their fields and the sums saved, as the page shows them."""
        return [
            (lot, [self[_name(lot.number, line)] for line in self.lines], sums.get(lot.number))
            for lot in self.lots
        ]

    def offers(self) -> list[dict[str, object]]:
        """Return what was typed as a draft keeps it; a lot without amounts is not bid for."""
        found: list[dict[str, object]] = []
        for lot in self.lots:
            amounts = {line: self.cleaned_data[_name(lot.number, line)] for line in self.lines}
            lines = {line: str(yuan) for line, yuan in amounts.items() if yuan}
            if lines:
                found.append({"lot": lot.number, "lines": lines})
        return found


def _initial(offers: Iterable[LotOffer]) -> dict[str, Decimal]:
    return {_name(offer.lot, line): yuan for offer in offers for line, yuan in offer.lines.items()}


def paid_lines(tender: Tender) -> list[str]:
    """Return the cost lines the tender pays; all of them where it states no policy."""
    policy = list(tender.cost_policy.all())
    paid = [each.line for each in policy if each.is_paid]
    return paid if policy else list(CostLine.values)


def _name(lot: int, line: str) -> str:
    return f"lot{lot}-{line}"


def _amount(line: str, share: Decimal | None) -> AmountField:
    limit = _("最多占报价的 %(share)s%%。") % {"share": f"{share.normalize():f}"} if share else ""
    return AmountField(
        label=CostLine(line).label,
        help_text=limit,
        widget=MoneyInput,
        decimal_places=2,
        validators=[
            MinValueValidator(0, _("金额不能是负数，请改一下；没有这项费用就空着。")),
            MaxValueValidator(YUAN_LIMIT, _("这个数太大了，请检查是不是多写了零。")),
        ],
        error_messages={
            "invalid": _("请写成数字，例如 48000 或 4.8万。"),
            "max_decimal_places": _("最多写到分，请改成两位小数。"),
        },
    )


class ManyFilesInput(forms.ClearableFileInput):
    """Several files in one choice."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """A list of files; each is judged on its own, so that a bad one spoils no good one."""

    def clean(
        self, data: Sequence[Upload | None] | None, _initial: object = None
    ) -> Sequence[Upload]:
        """Return the files chosen; at least one."""
        chosen = [each for each in data or () if each]
        if not chosen:
            raise forms.ValidationError(_("请先选一个文件，再点上传。"))
        return chosen


class FilesForm(WholeUpload):
    """One or more files to add to a bid."""

    attachments = ManyFilesField(
        label=_("选文件"),
        help_text=_(
            "PDF、图片、Word、Excel 都可以，每个不超过 10 MB。可以一次选几个，也可以分几次传。"
        ),
        widget=ManyFilesInput(attrs={"multiple": True, "accept": kinds.ACCEPT_ATTRIBUTE}),
    )

    def chosen(self) -> list[Upload]:
        """Return the files of a valid form."""
        return list(self.cleaned_data["attachments"])


class SubmitForm(forms.Form):
    """The key that makes a double click one submission, and the bidder's own receipt code.

    The code is made for the page, printed on it and sent back with it; the portal keeps it nowhere.
    """

    request_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("页面已经过期，请再看一遍内容后提交。"),
            "invalid": _("页面已经过期，请再看一遍内容后提交。"),
        },
    )
    code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)
    keeps_draft = forms.BooleanField(
        label=_("提交以后，把草稿留在网站上"),
        help_text=_(
            "留着，改起来方便，但是能同时拿到数据库和网站钥匙的人看得见草稿。不留，网站就忘掉它；"
            "要修改，用回执码把内容取回来。"
        ),
        required=False,
    )

    def clean_code(self) -> str | None:
        """Return the forty digits, or None where the page carried no code."""
        typed = self.cleaned_data["code"]
        try:
            return cards.parse(typed) if typed else None
        except cards.Mistyped as slip:
            raise forms.ValidationError(_("页面已经过期，请再看一遍内容后提交。")) from slip


class CodeForm(forms.Form):
    """The receipt code that opens the own bid."""

    code = forms.CharField(
        label=_("回执码"),
        help_text=_("提交时抄下或打印的八组数字。它只用来打开您自己的这一份投标。"),
        max_length=120,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
