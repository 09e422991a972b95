"""What the agency owes by a day: the list, one duty, and what is said of it in public."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.roles import Permission
from organizations.web.requests import AgencyRequest
from procurement import lifecycle, permissions
from procurement.lifecycle import BREACHED, Act
from procurement.obligations import actions, queries, stating
from procurement.obligations.duties import SIGNED
from procurement.obligations.models import Obligation
from procurement.web.agency import duty_calendar, duty_rows
from procurement.web.agency.access import at_the_desk
from procurement.web.agency.duty_forms import EventForm, ReplyForm, StatementForm
from procurement.web.refusals import put_on

MOST = 200  # open duties on the page; the rest follow as these are done
LATEST = 20  # contracts, and breaches that may still be answered for
SEND, EDIT = "send", "edit"


@require_safe
@at_the_desk
def duty_list(request: AgencyRequest) -> HttpResponse:
    """What is owed, the most urgent first; then breaches to answer for, and running contracts."""
    at = instants.now()
    own = queries.visible_to(request.actor).select_related("process")
    waiting = own.open()[: MOST + 1]
    breached = own.breached().filter(replied_at__isnull=True, met_at__isnull=False)[:LATEST]
    signed = own.filter(event=SIGNED, met_at__isnull=False).order_by("-met_at")[:LATEST]
    told = duty_rows.rows([*waiting, *breached, *signed], at)
    owed = [row for row in told if row.duty.met_at is None]
    context = {
        "groups": duty_rows.grouped(owed[:MOST], at),
        "more": len(owed) > MOST,
        "unanswered": [r for r in told if r.duty.met_at and r.is_late and not r.duty.replied_at],
        "signed": [row for row in told if row.duty.event == SIGNED and row.duty.met_at],
        "feed_url": duty_calendar.address(request.organization.pk),
        "at": at,
    }
    return render(request, "agency/duties.html", context)


@require_safe
@at_the_desk
def duty(request: AgencyRequest, pk: int) -> HttpResponse:
    """One duty: the rule, the days, how it went, and what may be said of it now."""
    at, found = instants.now(), _found(request, pk)
    [row] = duty_rows.rows([found], at)
    by = request.actor
    context = {
        "row": row,
        "duty": found,
        "at": at,
        "may_state": found.is_stated and found.met_at is None and found.lapsed_at is None,
        "may_tell": found.event == SIGNED and found.done_on is not None,
        "may_reply": row.stage in BREACHED
        and found.replied_at is None
        and permissions.allows(Act.REPLY_TO_BREACH, by=by, on=found),
        "late": queries.days_late(found, at) if row.stage in BREACHED else 0,
    }
    return render(request, "agency/duties_one.html", context)


@dataclass(frozen=True)
class Statement:
    """One thing the agency may say of a duty: its form, its words, its checks and its act."""

    act: Act
    form: type[forms.Form]
    title: StrOrPromise
    lede: StrOrPromise
    done: StrOrPromise
    is_said: Callable[[Obligation], bool]
    check: Callable[[Obligation, Mapping[str, Any], datetime], None]
    say: Callable[..., object]


DONE = Statement(
    Act.STATE_DUTY_DONE,
    StatementForm,
    gettext_lazy("说明已经办好"),
    gettext_lazy("这件事在平台以外办理，平台看不到。请写明哪一天办好、公众在哪里可以看到。"),
    gettext_lazy("说明已经公开。"),
    lambda duty: duty.met_at is not None,
    lambda duty, said, at: stating.require_statement(duty, **said, at=at),
    actions.state,
)
REPLY = Statement(
    Act.REPLY_TO_BREACH,
    ReplyForm,
    gettext_lazy("对逾期作说明"),
    gettext_lazy("每条逾期记录可以说明一次，和记录并列公开，篇幅相同。"),
    gettext_lazy("说明已经公开，和逾期记录并列。"),
    lambda duty: duty.replied_at is not None,
    lambda _duty, _said, _at: None,
    actions.reply,
)
EVENT = Statement(
    Act.TELL_EVENT,
    EventForm,
    gettext_lazy("登记合同履行中的事"),
    gettext_lazy("收到发票、验收结束以后，付款和公布验收结果的期限从这一天起算。"),
    gettext_lazy("已经公开，随之产生的期限已列入要办的事。"),
    lambda _duty: False,
    lambda duty, said, at: stating.require_event(duty, said["event"], said["on"], at),
    actions.tell,
)


@at_the_desk
def duty_done(request: AgencyRequest, pk: int) -> HttpResponse:
    """State that a duty is done outside the portal."""
    return _state(request, pk, DONE)


@at_the_desk
def duty_reply(request: AgencyRequest, pk: int) -> HttpResponse:
    """Put the agency's words beside a breach."""
    return _state(request, pk, REPLY)


@at_the_desk
def duty_event(request: AgencyRequest, pk: int) -> HttpResponse:
    """Tell that an invoice came or the acceptance ended."""
    return _state(request, pk, EVENT)


def _state(request: AgencyRequest, pk: int, statement: Statement) -> HttpResponse:
    """Write it, see it as everyone will, send it; what was sent already is only shown."""
    at, found = instants.now(), _found(request, pk)
    permissions.require(statement.act, by=request.actor, on=found)
    if statement.is_said(found):  # a second click
        return redirect("agency:duty", pk)
    lifecycle.require_duty(statement.act, found, at)
    form = statement.form(request.POST if request.method == "POST" else None)
    is_whole = request.method == "POST" and form.is_valid()
    if is_whole:
        try:
            statement.check(found, form.cleaned_data, at)
            if SEND in request.POST:
                statement.say(found, **form.cleaned_data, by=request.actor, at=at)
                messages.success(request, statement.done)
                return redirect("agency:duty", pk)
        except Refusal as refusal:
            put_on(form, refusal)
            is_whole = False
    [row] = duty_rows.rows([found], at)
    context = {
        "row": row,
        "duty": found,
        "statement": statement,
        "form": form,
        "preview": is_whole and EDIT not in request.POST,
        "said": _as_shown(form) if is_whole else [],
        "at": at,
    }
    return render(request, "agency/duties_form.html", context)


def _as_shown(form: forms.Form) -> list[tuple[StrOrPromise, object]]:
    """Return what was typed as everyone will read it."""
    shown = []
    for name, field in form.fields.items():
        value = form.cleaned_data[name]
        if isinstance(field, forms.ChoiceField):
            value = dict(field.choices)[value]  # type: ignore[arg-type]
        if value:
            shown.append((field.label or "", value))
    return shown


@require_POST
@at_the_desk
def feed_renew(request: AgencyRequest) -> HttpResponse:
    """Give the calendar a new address; the old one stops working."""
    actions.renew_feed(by=request.actor, at=instants.now())
    messages.success(request, _("日历换了新地址，旧地址已经失效。请把新地址添加到您的日历里。"))
    return redirect("agency:duty-list")


def _found(request: AgencyRequest, pk: int) -> Obligation:
    """Return a duty of the own agency, or raise NotFound."""
    own = queries.visible_to(request.actor) if request.actor.may(Permission.STATE_DUTIES) else None
    found = own.select_related("process").filter(pk=pk).first() if own is not None else None
    if found is None:
        raise NotFound
    return found
