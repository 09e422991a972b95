"""Breaches of the province: the overseer reads them all, and may excuse one with a reason."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.roles import Permission
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement import lifecycle, permissions
from procurement.lifecycle import Act
from procurement.obligations import actions, queries
from procurement.obligations.models import Obligation
from procurement.obligations.queries import Told
from procurement.publication import paging
from procurement.rules import words
from procurement.web import addresses, labels
from procurement.web.refusals import put_on

SEND, EDIT = "send", "edit"


class ExcuseForm(forms.Form):
    """Why a breach is excused; everyone reads it."""

    reason = forms.CharField(
        label=gettext_lazy("谅解的理由"),
        help_text=gettext_lazy(
            "写清楚为什么可以谅解。会和逾期记录并列公开，不能再改；逾期本身仍然留在记录里。"
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": gettext_lazy("请写明为什么可以谅解，理由会向公众公开。"),
            "max_length": gettext_lazy("写得太长，请写在 2,000 字以内。"),
        },
    )


@dataclass(frozen=True)
class Row:
    """One breach in words."""

    duty: Obligation
    what: StrOrPromise
    text: str
    basis: str
    is_policy: bool
    word: StrOrPromise
    days: int


def _row(told: Told, at: datetime) -> Row:
    duty, language = told.obligation, get_language() or "zh-hans"
    return Row(
        duty=duty,
        what=labels.DUTIES.get(duty.event) or words.name(duty.event, language),
        text=words.text(told.rule, language),
        basis=words.basis(told.rule, language),
        is_policy=told.rule.is_policy,
        word=labels.DUTY_STAGES[duty.stage(at)],
        days=queries.days_late(duty, at),
    )


@require_safe
@needs(Permission.EXCUSE_BREACHES)
def breach_list(request: MemberRequest) -> HttpResponse:
    """Every breach on record, the latest first; or only those that are not excused."""
    at = instants.now()
    found = queries.visible_to(request.actor).breached()
    everything = "all" in request.GET
    kept = found if everything else found.filter(excused_at__isnull=True)
    with_names = kept.select_related("process", "procuring_entity")
    page = paging.page(with_names, by="-breached_at", cursor=addresses.cursor(request))
    context = {
        "rows": [_row(told, at) for told in queries.told(page.rows, at)],
        "all": everything,
        **addresses.beside(request, page),
    }
    return render(request, "oversight/breach_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EXCUSE_BREACHES)
def breach(request: MemberRequest, pk: int) -> HttpResponse:
    """One breach with the agency's words; a reason to excuse it is seen before it is public."""
    at = instants.now()
    on_record = queries.visible_to(request.actor).breached()
    found = on_record.select_related("process", "procuring_entity").filter(pk=pk).first()
    if found is None:
        raise NotFound
    form = ExcuseForm(request.POST if request.method == "POST" else None)
    is_whole = request.method == "POST" and not found.excused_at and form.is_valid()
    if is_whole:
        permissions.require(Act.EXCUSE_BREACH, by=request.actor, on=found)
        lifecycle.require_duty(Act.EXCUSE_BREACH, found, at)
        if SEND in request.POST:
            try:
                reason = form.cleaned_data["reason"]
                actions.excuse(found, reason=reason, by=request.actor, at=at)
            except Refusal as refusal:
                put_on(form, refusal)
                is_whole = False
            else:
                messages.success(request, _("谅解已经公开，和逾期记录并列。"))
                return redirect("breaches:breach", pk)
    [told] = queries.told([found], at)
    context = {
        "row": _row(told, at),
        "duty": found,
        "form": form,
        "preview": is_whole and EDIT not in request.POST,
    }
    return render(request, "oversight/breach.html", context)
