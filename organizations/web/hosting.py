"""A host's desk: which groups ask it to answer for them, its yes or no, and the end of it."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.csos import hosting, queries
from organizations.csos.models import Cso, Hosting, HostingStanding
from organizations.refusals import NotNow, NotPermitted
from organizations.roles import Permission
from organizations.web import mails
from organizations.web.access import as_cso
from organizations.web.requests import CsoRequest

PAGE = 30  # rows


class ReasonForm(forms.Form):
    """Why not, or why no longer."""

    reason = forms.CharField(
        label=_("原因"),
        help_text=_("对方会看到这段话。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("请写明原因。对方会看到这段话。")},
    )


@require_safe
@as_cso
def hosted(request: CsoRequest) -> HttpResponse:
    """Show who asks us to be its host and for whom we answer."""
    found = queries.hosted_by(request.organization.pk)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "account/hosted.html", {"page": page})


@require_safe
@as_cso
def request_page(request: CsoRequest, pk: int) -> HttpResponse:
    """Show one group that asks us, what our yes would mean, and the ways to answer."""
    return _page(request, _found(request, pk), ReasonForm())


@require_POST
@as_cso
def accept(request: CsoRequest, pk: int) -> HttpResponse:
    """Agree to be the group's host."""
    asked = _to_answer(request, pk)
    try:
        hosting.accept(asked, by=request.actor, at=instants.now())
    except NotNow as refusal:  # somebody was faster, or the group asks another by now
        messages.info(request, str(refusal.message))
    else:
        _told(request, asked, _("已同意，对方会收到邮件。小组通过核验以后，就能由您的组织投标。"))
    return redirect("account:hosting", pk)


@require_POST
@as_cso
def decline(request: CsoRequest, pk: int) -> HttpResponse:
    """Decline to be the group's host, with a reason."""
    asked, form = _to_answer(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form)
    reason = form.cleaned_data["reason"]
    try:
        hosting.decline(asked, by=request.actor, at=instants.now(), reason=reason)
    except hosting.AlreadyAnswered as refusal:
        messages.info(request, str(refusal.message))
    else:
        _told(request, asked, _("已答复，对方会收到邮件和原因。"))
    return redirect("account:hosted")


@require_POST
@as_cso
def end(request: CsoRequest, pk: int) -> HttpResponse:
    """Stop being the group's host, with a reason."""
    asked, form = _to_answer(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form)
    reason = form.cleaned_data["reason"]
    try:
        hosting.end(asked, by=request.actor, at=instants.now(), reason=reason)
    except hosting.AlreadyAnswered as refusal:
        messages.info(request, str(refusal.message))
    else:
        _told(request, asked, _("已结束，对方会收到邮件和原因。"))
    return redirect("account:hosted")


def tell_if_asked(group: Cso, before: Hosting | None) -> bool:
    """Write to the host that the group has asked since `before`; say whether there is one."""
    last = queries.hosting_of(group)
    if last is None or last == before or last.standing is not HostingStanding.ASKED:
        return False
    mails.tell_host(last)
    return True


def _told(request: CsoRequest, asked: Hosting, said: StrOrPromise) -> None:
    messages.success(request, said)
    asked.refresh_from_db()
    mails.tell_group(asked)


def _found(request: CsoRequest, pk: int) -> Hosting:
    return get_object_or_404(queries.requests_to(request.actor.member_of), pk=pk)


def _to_answer(request: CsoRequest, pk: int) -> Hosting:
    if not request.actor.may(Permission.MANAGE_OWN_ORGANIZATION):
        raise NotPermitted
    return _found(request, pk)


def _page(request: CsoRequest, asked: Hosting, form: forms.Form) -> HttpResponse:
    context = {
        "asked": asked,
        "group": asked.group,
        "may_decide": request.actor.may(Permission.MANAGE_OWN_ORGANIZATION),
        "form": form,
    }
    return render(request, "account/hosting.html", context)
