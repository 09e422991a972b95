"""Notices by SMS or WeChat: naming a number, typing in the code sent to it, stopping."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.web.access import signed_in
from organizations.web.requests import MemberRequest
from procurement.notifications import contacts
from procurement.notifications.channels.interface import Channel, offered
from procurement.notifications.parts import Contact
from procurement.web.refusals import put_on

UNREADABLE = _("读不出来，请重新填写")  # the key of what was confided is not here
LONGEST = 80  # characters typed
LABELS: Mapping[Channel, StrOrPromise] = {
    Channel.SMS: _("您的手机号码"),
    Channel.WECHAT: _("公众号给您的编号"),
}
HINTS: Mapping[Channel, StrOrPromise] = {
    Channel.SMS: _("11 位，只支持中国内地的手机。"),
    Channel.WECHAT: _("关注本站的公众号，发“编号”两个字，把它的回答复制到这里。"),
}
MISSING: Mapping[Channel, StrOrPromise] = {
    Channel.SMS: _("请填写您的手机号码。"),
    Channel.WECHAT: _("请填写公众号给您的编号。"),
}


class AddressForm(forms.Form):
    """A number to be reached by."""

    address = forms.CharField(max_length=LONGEST)

    def __init__(self, channel: Channel, posted: Mapping[str, object] | None = None) -> None:
        super().__init__(posted)
        field = self.fields["address"]
        field.label, field.help_text = LABELS[channel], HINTS[channel]
        field.error_messages["required"] = MISSING[channel]
        by_phone = {"inputmode": "tel", "autocomplete": "tel-national"}
        field.widget.attrs.update(by_phone if channel is Channel.SMS else {"autocomplete": "off"})


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("验证码"),
        help_text=_("6 位数字，10 分钟内有效。"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("请填写收到的验证码。")},
    )


@dataclass(frozen=True)
class Line:
    """One channel as the page shows it."""

    channel: Channel
    contact: Contact | None

    @property
    def number(self) -> StrOrPromise:
        """Enough of the number for its owner to know it by."""
        return contacts.masked(self.contact) or UNREADABLE if self.contact else ""


def _channel(name: str) -> Channel:
    if name not in Channel.values:
        raise NotFound
    return Channel(name)


@require_safe
@signed_in
def contact_list(request: MemberRequest) -> HttpResponse:
    """Each channel that is offered here: on, waiting for its code, or off."""
    own = contacts.own(request.actor)
    lines = [Line(each, own.get(each)) for each in Channel if offered(each)]
    return render(request, "own/contacts.html", {"lines": lines})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contact(request: MemberRequest, channel: str) -> HttpResponse:
    """Ask for a number and send a code to it."""
    chosen = _channel(channel)
    form = AddressForm(chosen, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["address"]
        try:
            contacts.ask(chosen, typed, by=request.actor, at=instants.now())
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            return redirect("own:contact-confirm", channel)
    return render(request, "own/contact.html", {"form": form, "channel": chosen})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def confirm(request: MemberRequest, channel: str) -> HttpResponse:
    """Ask for the code, and begin to send."""
    chosen = _channel(channel)
    found = contacts.own(request.actor).get(chosen)
    if found is None:
        return redirect("own:contact", channel)
    number = contacts.masked(found)
    if not number:
        messages.warning(request, UNREADABLE)
        return redirect("own:contact", channel)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            contacts.confirm(chosen, code, by=request.actor, at=instants.now())
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            messages.success(request, _("已确认。以后的新消息也会发到这里。"))
            return redirect("own:contact-list")
    context = {"form": form, "channel": chosen, "number": number}
    return render(request, "own/contact_confirm.html", context)


@require_POST
@signed_in
def end(request: MemberRequest, channel: str) -> HttpResponse:
    """Stop, and erase the number."""
    contacts.forget(_channel(channel), by=request.actor)
    messages.success(request, _("已停止，号码已经删除。"))
    return redirect("own:contact-list")
