"""The delivery log for whoever runs the portal: how what leaves went, and what each kind says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations.roles import Permission
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement.notifications import outbox
from procurement.post import queries as log
from procurement.post import samples
from procurement.post.kinds import About, Kind
from procurement.post.queries import State
from procurement.publication import paging
from procurement.watches import hooks
from procurement.web import addresses
from procurement.web.widgets import DateInput

LONGEST = 100
LANGUAGES = (("zh-hans", "zh-Hans", "中文"), ("en", "en", "English"))
TONES: Mapping[State, str] = {
    State.WAITING: "now",
    State.RETRYING: "doubt",
    State.SENT: "good",
    State.BOUNCED: "bad",
    State.GIVEN_UP: "bad",
    State.DROPPED: "quiet",
}
# What a failed attempt was called, in words with the way out; all else keeps its name.
ERRORS: Mapping[str, StrOrPromise] = {
    log.REFUSED: _("对方的邮件服务器不收这个地址的信。请联系本人改正邮箱。"),
    "SMTPAuthenticationError": _("邮件服务器不接受我们的账户或密码。请检查邮件设置。"),
    "SMTPSenderRefused": _("邮件服务器不接受我们的发信地址。请检查邮件设置。"),
    "SMTPDataError": _("邮件服务器不接受信的内容，可能当成了垃圾邮件。"),
    "SMTPServerDisconnected": _("邮件服务器中断了连接。"),
    "SMTPConnectError": _("连不上邮件服务器。"),
    "ConnectionRefusedError": _("连不上邮件服务器。"),
    "TimeoutError": _("邮件服务器没有回应。"),
    "gaierror": _("找不到邮件服务器的地址。请检查邮件设置。"),
    log.BACK: _("信发出了，又被退回来。退信代码："),
    f"Permanent {outbox.CAME_BACK}": _("这个邮箱退过信，本人还没有确认它恢复，所以没有发。"),
    "Permanent": _("服务商说这个号码收不到。"),
    "Temporary": _("服务商暂时没有送出。"),
    outbox.KILLED: _("发送时我们的程序中断了。"),
    "KeyMissing": _("这台服务器读不出号码或密钥。请检查存放密钥的文件夹（KEYS_DIR）。"),
    log.OFF: _("一直送不到，推送停了。主人在自己的页面上重新启用以后，才能再试。"),
}
STOPPED: Final = _("收信人不要了，或者要求不再发这种信。")
MOOT: Final = _("发出以前就不需要了。")


class SearchForm(forms.Form):
    """What the log is searched by; the address holds it all."""

    kind = forms.ChoiceField(label=_("哪一种信"), choices=Kind.choices)
    state = forms.ChoiceField(
        label=_("状态"), choices=[("", _("不限")), *State.choices], required=False
    )
    day = forms.DateField(label=_("记入的日子"), widget=DateInput, required=False)
    tender = forms.CharField(label=_("项目编号或名称里的词"), max_length=LONGEST, required=False)


@dataclass(frozen=True)
class Row:
    """One letter in words: about what, how it went, why not, when again. Never to whom."""

    kind: Kind
    letter: Any
    about: About

    @property
    def state(self) -> State:
        """How it went."""
        return log.state_of(self.letter)

    @property
    def tone(self) -> str:
        """The tone of how it went."""
        return TONES[self.state]

    @property
    def why(self) -> str:
        """Why it has not gone out; empty where there is nothing to say."""
        error = self.letter.error
        if self.state is State.DROPPED:
            return str(MOOT if error == log.MOOT else STOPPED)
        if self.state is State.SENT or not error:
            return ""
        if error in ERRORS:
            return str(ERRORS[error])
        name, _blank, code = error.partition(" ")
        if self.kind is Kind.HOOK:
            return _why_not_posted(name, code)
        said = ERRORS.get(name) or gettext("没有发出，原因是 %(error)s。") % {"error": name}
        return f"{said} {code}".strip()

    @property
    def answer(self) -> str:
        """What the other side said of it: a provider's number, or the status of a POST."""
        return str(getattr(self.letter, "reference", ""))

    @property
    def is_post(self) -> bool:
        """Whether it goes to a system rather than to a person."""
        return self.kind is Kind.HOOK

    @property
    def again(self) -> datetime | None:
        """When it is tried again."""
        return self.letter.send_after if self.state is State.RETRYING else None


def _why_not_posted(name: str, code: str) -> str:
    """Return why a POST did not arrive, and what follows where its address is off."""
    cause = ERRORS.get(code)
    if cause is None:
        cause = gettext("原因：%(why)s。") % {"why": hooks.why(code or name)}
    return f"{cause} {ERRORS[name]}" if name == log.OFF else str(cause)


@require_safe
@needs(Permission.READ_AUDIT)
def letter_list(request: MemberRequest) -> HttpResponse:
    """What left or is to leave, of one kind, the latest first, narrowed by the address alone."""
    form = SearchForm({"kind": Kind.CALL.value, **request.GET.dict()})
    form.is_valid()
    asked = form.cleaned_data
    kind = Kind(asked.get("kind") or Kind.CALL)
    found = log.search(
        kind,
        state=asked.get("state") or "",
        day=asked.get("day"),
        subject=asked.get("tender") or "",
    )
    page = paging.page(found, by="-pk", cursor=addresses.cursor(request))
    told = zip(page.rows, log.about(kind, page.rows), strict=True)
    context = {
        "form": form,
        "kind": kind.value,
        "rows": [Row(kind, letter, about) for letter, about in told],
        **addresses.beside(request, page),
    }
    return render(request, "oversight/letter_list.html", context)


@require_safe
@needs(Permission.READ_AUDIT)
def letter_samples(request: MemberRequest) -> HttpResponse:
    """Each text in both languages, about a tender that does not exist."""
    by_language = []
    for code, *_names in LANGUAGES:
        with translation.override(code):
            by_language.append(samples.all_kinds())
    # names are translated when they are shown: those of the first language do for both
    texts = [
        (each[0].name, list(zip(LANGUAGES, each, strict=True)))
        for each in zip(*by_language, strict=True)
    ]
    return render(request, "oversight/letter_samples.html", {"texts": texts})
