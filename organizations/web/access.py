"""Decorators that say who a page is for. Signed-out visitors go to sign in and come back."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from organizations.refusals import NotPermitted
from organizations.register.models import Kind
from organizations.roles import CSO_ROLES, GOVERNMENT_ROLES, PROVINCE_ROLES, Permission
from organizations.web.requests import ActorRequest, AgencyRequest, CsoRequest, MemberRequest

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
MemberPage = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
AgencyPage = Callable[Concatenate[AgencyRequest, P], HttpResponseBase]
CsoPage = Callable[Concatenate[CsoRequest, P], HttpResponseBase]

READERS = (Permission.VERIFY_ORGANIZATIONS, Permission.GRANT_ROLES, Permission.READ_AUDIT)
AGENCY_ROLES = GOVERNMENT_ROLES - PROVINCE_ROLES


def signed_in(view: MemberPage[P]) -> Page[P]:
    """For everyone with an account, whatever their roles."""
    return _guarded(view, lambda _request: None)


def needs(*permissions: Permission) -> Callable[[MemberPage[P]], Page[P]]:
    """For people who hold one of the permissions where they act."""

    def check(request: MemberRequest) -> None:
        if not any(request.actor.may(permission) for permission in permissions):
            raise NotPermitted

    return lambda view: _guarded(view, check)


def as_oversight(view: MemberPage[P]) -> Page[P]:
    """For people with a provincial role: overseer, verifier, rule editor, auditor."""

    def check(request: MemberRequest) -> None:
        if not request.actor.roles & PROVINCE_ROLES:
            raise NotPermitted(_("这一页供省级监督人员使用。请换用有这个角色的账户。"))

    return _guarded(view, check)


def as_agency(view: AgencyPage[P]) -> Page[P]:
    """For people who act for an agency; the view gets `request.agency`."""

    def check(request: MemberRequest) -> None:
        organization = request.organization
        ours = organization is not None and organization.kind == Kind.AGENCY
        if organization is None or not ours or not request.actor.roles & AGENCY_ROLES:
            raise NotPermitted(_("这一页供采购人使用。请换用采购单位的账户，或换一个机构办理。"))
        cast("AgencyRequest", request).agency = organization.agency

    return _guarded(cast("MemberPage[P]", view), check)


def as_cso(view: CsoPage[P]) -> Page[P]:
    """For people who act for a social organisation; the view gets `request.cso`."""

    def check(request: MemberRequest) -> None:
        organization = request.organization
        ours = organization is not None and organization.kind == Kind.CSO
        if organization is None or not ours or not request.actor.roles & CSO_ROLES:
            raise NotPermitted(_("这一页供社会组织使用。请先登记您的组织，或换用它的账户。"))
        cast("CsoRequest", request).cso = organization.cso

    return _guarded(cast("MemberPage[P]", view), check)


def _guarded(view: MemberPage[P], check: Callable[[MemberRequest], None]) -> Page[P]:
    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        acting = cast("ActorRequest", request)
        if acting.actor.user_id is None:
            # After signing in, a form that was sent cannot be sent again: back to one's desk.
            safe = request.method in {"GET", "HEAD"}
            return redirect_to_login(request.get_full_path() if safe else reverse("account:home"))
        member = cast("MemberRequest", request)
        check(member)
        return view(member, *args, **kwargs)

    return page
