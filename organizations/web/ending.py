"""Ending a role: a page that asks first, shared by a group's signatory and the overseer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from organizations import instants
from organizations.accounts import actions as accounts
from organizations.accounts.models import Membership
from organizations.refusals import NotNow
from organizations.roles import ROLES, Role
from organizations.web.requests import MemberRequest


def ask(request: MemberRequest, membership: Membership, *, back: str, done: str) -> HttpResponse:
    """Say what ends with the role; a POST ends it and goes to `done`, leaving goes `back`.

    Raises NotPermitted for who may not end it; that it is the last of its kind is said on the page.
    """
    accounts.require_ending(membership, by=request.actor)
    errors = []
    if request.method == "POST":
        try:
            accounts.end(membership, by=request.actor, at=instants.now())
        except NotNow as refusal:
            errors.append(refusal.message)
        else:
            messages.success(request, _("这项职务已经结束。"))
            return redirect(done)
    context = {
        "membership": membership,
        "card": ROLES[Role(membership.role)],
        "is_own": membership.user_id == request.actor.user_id,
        "back": back,
        "errors": errors,
    }
    status = 409 if errors else 200
    return render(request, "account/member_end.html", context, status=status)
