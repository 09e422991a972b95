"""One's own account and organisation: home, choosing for whom to act, the profile, the members."""

from dataclasses import replace
from typing import cast

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import instants
from organizations.accounts import actions as accounts
from organizations.accounts import queries as people
from organizations.accounts.models import Membership, User
from organizations.agencies import actions as agencies
from organizations.csos import actions as csos
from organizations.csos import queries as cso_queries
from organizations.refusals import NotFound, NotPermitted, Refusal
from organizations.roles import CSO_ROLES, ROLES, Permission, Role
from organizations.web import ending, hosting
from organizations.web.access import READERS, as_agency, as_cso, signed_in
from organizations.web.middleware import ACTING
from organizations.web.requests import AgencyRequest, CsoRequest, MemberRequest
from organizations.web.steps import STEPS, StepForm

PROCURING = (  # who has work on an agency's desk
    Permission.DRAFT_NOTICES,
    Permission.APPROVE_NOTICES,
    Permission.OPEN_BIDS,
)


class PersonForm(forms.ModelForm[User]):
    """One's own name and the language of one's notices."""

    class Meta:
        model = User
        fields = ("name", "preferred_language")


class MemberForm(forms.Form):
    """Whom to add to one's group, and as what."""

    email = forms.EmailField(
        label=_("对方的邮箱"), help_text=_("对方要先用这个邮箱注册账户并确认。")
    )
    role = forms.ChoiceField(
        label=_("角色"),
        widget=forms.RadioSelect,
        choices=[(role.value, role.label) for role in Role if role in CSO_ROLES],
        initial=Role.CSO_MEMBER,
        help_text=_("成员可以提问、准备投标；签署人还可以提交投标、修改资料、添加成员。"),
    )


class ContactForm(forms.Form):
    """An agency's public contact entries."""

    address = forms.CharField(label=_("办公地址"), max_length=200, required=False)
    phone = forms.CharField(label=_("办公电话"), max_length=40, required=False)
    email = forms.EmailField(label=_("办公邮箱"), required=False)
    website = forms.URLField(label=_("网站"), required=False, assume_scheme="https")
    finance_department = forms.CharField(
        label=_("受理投诉的财政部门和联系方式"), max_length=200, required=False
    )


@require_safe
@signed_in
def home(request: MemberRequest) -> HttpResponse:
    """Who am I, where do I belong, for whom do I act, what may I do there."""
    cards = [(role.label, ROLES[role]) for role in Role if role in request.actor.roles]
    ours = request.organization
    context = {
        "cards": cards,
        "hosts": ours is not None and hasattr(ours, "cso") and ours.cso.may_bid_alone,
        "waiting": cso_queries.waiting_for(ours) if ours else 0,
        "hats": request.hats,
        "procures": any(request.actor.may(each) for each in PROCURING),
        "verifies": request.actor.may(Permission.VERIFY_ORGANIZATIONS),
        "evaluates": request.actor.may(Permission.EVALUATE),
        "oversees": any(request.actor.may(each) for each in READERS),
        "reads_audit": request.actor.may(Permission.READ_AUDIT),
        "edits_rules": request.actor.may(Permission.EDIT_RULES),
        "excuses": request.actor.may(Permission.EXCUSE_BREACHES),
    }
    return render(request, "account/home.html", context)


@require_POST
@signed_in
def choose(request: MemberRequest) -> HttpResponse:
    """Act for another of one's organisations from now on."""
    chosen = request.POST.get("organization", "")
    if chosen not in {str(hat.organization.pk) for hat in request.hats}:
        raise NotFound(_("您不在这个机构里。请在“我的工作台”重新选择。"))
    request.session[ACTING] = int(chosen)
    return redirect("account:home")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def person(request: MemberRequest) -> HttpResponse:
    """Correct one's own name and language."""
    form = PersonForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("已保存。"))
        return redirect("account:home")
    return render(request, "account/person.html", {"form": form})


@require_safe
@signed_in
def organization(request: MemberRequest) -> HttpResponse:
    """What the organisation one acts for says about itself, and what may be corrected."""
    if request.organization is None:
        return redirect("account:register-cso")
    context: dict[str, object] = {
        "organization": request.organization,
        "may_edit": request.actor.may(Permission.MANAGE_OWN_ORGANIZATION),
        "steps": STEPS,
    }
    if hasattr(request.organization, "cso"):
        cso = request.organization.cso
        context |= {
            "cso": cso,
            "bidder": cso_queries.bidder_for(cso),
            "hosting": cso_queries.hosting_of(cso),
            "lacking": cso_queries.what_hosting_lacks(cso),
        }
    return render(request, "account/organization.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@as_cso
def section(request: CsoRequest, number: int) -> HttpResponse:
    """Correct one section of one's own group."""
    if not request.actor.may(Permission.MANAGE_OWN_ORGANIZATION):
        raise NotPermitted
    current = STEPS[number - 1]
    profile = csos.profile_of(request.cso)
    form = (
        current.form(request.POST)
        if request.method == "POST"
        else current.form(initial=current.form.initial_of(profile))
    )
    errors = []
    if request.method == "POST" and form.is_valid():
        try:
            changed = replace(profile, **cast("StepForm", form).parts())  # type: ignore[arg-type]
            before = cso_queries.hosting_of(request.cso)
            csos.revise(request.cso, changed, by=request.actor, at=instants.now())
        except NotPermitted:
            raise
        except Refusal as refusal:
            errors.append(refusal.message)
        else:
            asked = hosting.tell_if_asked(request.cso, before)
            messages.success(
                request,
                _("已保存。托管组织会收到请求，同意以后就能一起投标。") if asked else _("已保存。"),
            )
            return redirect("account:organization")
    context = {"step": current, "form": form, "errors": errors}
    return render(request, "account/organization_section.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@as_agency
def contact(request: AgencyRequest) -> HttpResponse:
    """Correct an agency's public contact entries."""
    if not request.actor.may(Permission.MANAGE_OWN_ORGANIZATION):
        raise NotPermitted
    names = ("address", "phone", "email", "website")
    initial = {name: getattr(request.organization, name) for name in names}
    initial["finance_department"] = request.agency.finance_department
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        agencies.revise(request.agency, **form.cleaned_data, by=request.actor, at=instants.now())
        messages.success(request, _("已保存。"))
        return redirect("account:organization")
    return render(request, "account/organization_contact.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@as_cso
def members(request: CsoRequest) -> HttpResponse:
    """Who belongs to one's group; the signatory adds people here."""
    may_add = request.actor.may(Permission.MANAGE_OWN_ORGANIZATION)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_add:
            raise NotPermitted
        if form.is_valid():
            try:
                accounts.add_member(
                    email=form.cleaned_data["email"],
                    organization=request.organization,
                    role=Role(form.cleaned_data["role"]),
                    by=request.actor,
                    at=instants.now(),
                )
            except accounts.CannotBeAdded as refusal:
                form.add_error(refusal.field, str(refusal.message))
            else:
                messages.success(request, _("已添加。"))
                return redirect("account:members")
    held = people.members(request.organization)
    context = {"memberships": held, "form": form, "may_add": may_add}
    return render(request, "account/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def end_membership(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask whether to end a role in one's own group, or one's own role anywhere; and end it."""
    known = Q(user=request.user) | Q(organization=request.organization)
    membership = get_object_or_404(Membership.objects.filter(known), pk=pk)
    desk = reverse("account:home")
    back = reverse("account:members") if membership.role in CSO_ROLES else desk
    is_own = membership.user_id == request.user.pk
    return ending.ask(request, membership, back=back, done=desk if is_own else back)
