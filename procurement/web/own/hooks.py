"""Where a watch posts its notices to: an address, its secret shown once, a trial, ending."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_stubs_ext import StrOrPromise
from redis.exceptions import RedisError

from organizations import instants
from organizations.refusals import NotFound, NotNow, Refusal
from organizations.roles import Actor
from organizations.web.access import signed_in
from organizations.web.requests import MemberRequest
from procurement.notifications.channels import posting
from procurement.watches import hooks, queries
from procurement.watches.models import Watch
from procurement.watches.parts import HookLetter
from procurement.web.own.contacts import UNREADABLE
from procurement.web.own.watches import row_of
from procurement.web.refusals import put_on

SHOWN = 10  # posts on the page
TRIES, MINUTE = 5, 60  # of a person within so many seconds: each has a name looked up


class AddressForm(forms.Form):
    """Where to post."""

    address = forms.CharField(
        label=_("接收推送的网址"),
        help_text=_("以 https:// 开头，互联网上能打开。"),
        max_length=posting.LONGEST,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写接收推送的网址。")},
    )


@dataclass(frozen=True)
class Line:
    """One POST as the page shows it."""

    letter: HookLetter

    @property
    def is_trial(self) -> bool:
        """Whether it is about no notice."""
        return self.letter.entry_index is None

    @property
    def why(self) -> StrOrPromise:
        """Why it has not arrived; empty where there is nothing to say."""
        code = self.letter.error.rpartition(" ")[2]
        if self.letter.sent_at or code in {"", "moot", hooks.SwitchedOff.name}:
            return ""
        return hooks.why(code)

    @property
    def again(self) -> datetime | None:
        """When it is tried again."""
        waits = not (self.letter.sent_at or self.letter.failed_at)
        return self.letter.send_after if waits and self.letter.attempts else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def hook(request: MemberRequest, pk: int) -> HttpResponse:
    """Show where a watch posts to and how that went; set the address and show the secret, once."""
    watch = get_object_or_404(queries.own(request.actor), pk=pk)
    form, secret = AddressForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        try:
            _count_try(request.actor)
            secret = hooks.put(watch, address, by=request.actor, at=instants.now())
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            form = AddressForm()
    return render(request, "own/hook.html", _context(watch, form, secret))


def _count_try(by: Actor) -> None:
    """Count a try against who makes it. Raises NotNow over the limit.

    While the cache is away nothing is counted: a look-up ends within seconds all the same.
    """
    key, tries = f"hook-tries-{by.person_id}", 0
    try:
        if not cache.add(key, 1, timeout=MINUTE):
            tries = cache.incr(key)
    except (RedisError, ValueError):  # away, or the minute has just ended
        return
    if tries > TRIES:
        raise NotNow(_("试得太快了。请过一分钟再保存。"))


def _context(watch: Watch, form: AddressForm, secret: str) -> dict[str, object]:
    found = hooks.of(watch)
    address = hooks.address_of(found) if found else ""
    return {
        "row": row_of(watch),
        "form": form,
        "secret": secret,
        "hook": found,
        "address": address or UNREADABLE,
        "is_readable": bool(address),
        "lines": [Line(each) for each in hooks.latest(found)[:SHOWN]] if found else [],
        "days": hooks.SWITCHED_OFF_AFTER.days,
    }


@require_POST
@signed_in
def try_again(request: MemberRequest, pk: int) -> HttpResponse:
    """Note a trial, and switch on again what was off."""
    hooks.try_again(_own(request, pk), by=request.actor, at=instants.now())
    messages.success(request, _("一分钟内会试推送一次。请过一会儿刷新这一页看结果。"))
    return redirect("own:hook", pk)


@require_POST
@signed_in
def end(request: MemberRequest, pk: int) -> HttpResponse:
    """Post no more."""
    hooks.end(_own(request, pk), by=request.actor)
    messages.success(request, _("不再推送，网址和密钥已经删除。"))
    return redirect("own:watch", pk)


def _own(request: MemberRequest, pk: int) -> Watch:
    found = queries.own(request.actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
