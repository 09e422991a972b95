"""Registering a group: what it needs, four short steps, and what happens next."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from organizations import instants
from organizations.accounts import actions as accounts
from organizations.accounts import queries as people
from organizations.csos import queries as csos
from organizations.csos.models import Cso
from organizations.refusals import NotPermitted, Refusal
from organizations.register.models import Organization
from organizations.roles import GOVERNMENT_ROLES
from organizations.web import hosting, steps
from organizations.web.access import signed_in
from organizations.web.middleware import ACTING
from organizations.web.requests import MemberRequest
from organizations.web.steps import STEPS, Step


@require_safe
@signed_in
def start(request: MemberRequest) -> HttpResponse:
    """Say what registering needs and brings, before anything is asked."""
    _require_private(request)
    if waiting := _waiting(request):
        return _to_done(request, waiting)
    context = {"step": steps.first_open(request.session), "steps": STEPS}
    return render(request, "account/register_start.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def step(request: MemberRequest, number: int) -> HttpResponse:
    """One step; the last one registers the group."""
    _require_private(request)
    if waiting := _waiting(request):
        return _to_done(request, waiting)
    current = STEPS[number - 1]
    if request.method != "POST":
        return _page(request, current, steps.answered(request.session, current))
    steps.keep(request.session, current, request.POST)
    form = steps.answered(request.session, current)
    if not form.is_valid():
        return _page(request, current, form)
    if current is not STEPS[-1]:
        return redirect("account:register-step", number + 1)
    if missing := steps.first_open(request.session):
        messages.warning(request, _("这一步还有没填完的地方，填完就可以登记。"))
        return redirect("account:register-step", missing.number)
    try:
        cso = accounts.register_cso(
            steps.profile(request.session),
            by=people.actor_for(request.user, None, request.actor.origin),
            at=instants.now(),
        )
    except Refusal as refusal:
        return _page(request, current, form, refusal)
    hosting.tell_if_asked(cso, None)
    steps.forget(request.session)
    return _to_done(request, cso.organization)


@require_safe
@signed_in
def done(request: MemberRequest) -> HttpResponse:
    """Say what was registered, what happens next and what the group can do meanwhile."""
    cso = Cso.objects.filter(organization=request.organization).first()
    if cso is None:
        return redirect("account:register-cso")
    context = {"cso": cso, "lacking": csos.what_hosting_lacks(cso)}
    return render(request, "account/register_done.html", context)


def _page(
    request: MemberRequest, current: Step, form: object, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "step": current,
        "steps": STEPS,
        "form": form,
        "last": current is STEPS[-1],
        "errors": [refusal.message] if refusal else [],
    }
    status = 409 if refusal else 200
    return render(request, "account/register_step.html", context, status=status)


def _require_private(request: MemberRequest) -> None:
    """An official hears at once, not after four steps, that another account is needed."""
    if request.user.is_superuser:
        raise NotPermitted(accounts.AdministratorHasNoRole().message)
    if any(hat.roles & GOVERNMENT_ROLES for hat in request.hats):
        raise NotPermitted(accounts.BothSides().message)


def _waiting(request: MemberRequest) -> Organization | None:
    """The group this person registered that nobody has verified or refused yet."""
    for hat in request.hats:
        organization = hat.organization
        waits = organization.verified_at is None and organization.refused_at is None
        if hasattr(organization, "cso") and waits:
            return organization
    return None


def _to_done(request: MemberRequest, organization: Organization) -> HttpResponse:
    steps.forget(request.session)
    request.session[ACTING] = organization.pk
    return redirect("account:register-done")
