"""What an agency says of its duties in public: that one is done, what happened, why it was late."""

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.obligations.duties import TOLD
from procurement.web import labels
from procurement.web.widgets import DateInput

LONGEST = 2000
TOO_LONG = _("写得太长，请写在 2,000 字以内。")


class StatementForm(forms.Form):
    """That a duty which the portal cannot see is done: when, and where anyone can see it."""

    done_on = forms.DateField(
        label=_("哪一天办好的"),
        widget=DateInput,
        error_messages={
            "required": _("请填写办好的日期。"),
            "invalid": _("请填写日期，例如 2026-12-08。"),
        },
    )
    evidence_url = forms.URLField(
        label=_("公众在哪里可以看到"),
        help_text=_("公众能打开的网址，例如法定媒体上的公告。"),
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": _("请填写完整的网址，例如 https://www.ccgp.gov.cn/。")},
    )
    statement = forms.CharField(
        label=_("说明"),
        help_text=_("没有网址时，写明怎样可以核对。不要写任何人的姓名或病情。"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": TOO_LONG},
    )


class ReplyForm(forms.Form):
    """What the agency says about a breach: once, at equal size beside it."""

    text = forms.CharField(
        label=_("本单位的说明"),
        help_text=_(
            "写清楚原因和补办的安排。会和逾期记录并列公开，不能再改。不要写任何人的姓名或病情。"
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("请写下本单位的说明。"), "max_length": TOO_LONG},
    )


class EventForm(forms.Form):
    """What happened under a signed contract."""

    event = forms.ChoiceField(
        label=_("发生了什么"),
        choices=lambda: [(event, labels.HAPPENED[event]) for event in TOLD],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择发生了什么。")},
    )
    on = forms.DateField(
        label=_("发生在哪一天"),
        widget=DateInput,
        error_messages={
            "required": _("请填写日期。"),
            "invalid": _("请填写日期，例如 2026-12-08。"),
        },
    )
