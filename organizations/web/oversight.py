"""The overseer's desk: who waits for verification, one organisation's decisions and roles."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.accounts import actions as accounts
from organizations.accounts import queries as people
from organizations.accounts.models import Membership, User
from organizations.agencies.actions import register_agency
from organizations.audit import AuditRow
from organizations.csos import queries as csos
from organizations.refusals import Invalid
from organizations.regions.models import Region
from organizations.register import actions as register
from organizations.register import queries as registered
from organizations.register.models import Kind, Organization, Status, validate_credit_code
from organizations.roles import CSO_ROLES, Actor, Permission, Role
from organizations.web import audit_words, ending
from organizations.web.access import READERS, needs
from organizations.web.forms import region_choices
from organizations.web.mails import tell_decision
from organizations.web.requests import MemberRequest

PAGE = 30  # rows


@dataclass(frozen=True)
class Decision:
    """One act an overseer may do on an organisation: its form and when it is offered."""

    name: str
    button: StrOrPromise
    field: str
    label: StrOrPromise
    hint: StrOrPromise
    offered: frozenset[Status]
    act: Callable[[Organization, str, Actor, datetime], Organization]

    def form(self, data: object = None) -> forms.Form:
        """The one question that the decision asks."""
        form = forms.Form(data, auto_id=f"id_{self.name}_%s")  # type: ignore[arg-type]
        form.fields[self.field] = forms.CharField(
            label=self.label,
            help_text=self.hint,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"required": _("请填写这一项。")},
        )
        return form


DECISIONS = (
    Decision(
        "verify",
        _("核验通过"),
        "evidence",
        _("核验依据"),
        _("看了哪份证书、向谁核实过、什么时候。会留在操作记录里。"),
        frozenset({Status.PENDING, Status.REFUSED}),
        lambda thing, text, by, at: register.verify(thing, by=by, at=at, evidence=text),
    ),
    Decision(
        "refuse",
        _("暂不通过"),
        "reason",
        _("原因"),
        _("写清楚缺什么、补上什么就可以通过。对方会看到这段话。"),
        frozenset({Status.PENDING}),
        lambda thing, text, by, at: register.refuse(thing, by=by, at=at, reason=text),
    ),
    Decision(
        "suspend",
        _("暂停办理"),
        "reason",
        _("暂停的原因"),
        _("写清楚原因和恢复的条件。对方会看到这段话。"),
        frozenset({Status.VERIFIED}),
        lambda thing, text, by, at: register.suspend(thing, by=by, at=at, reason=text),
    ),
    Decision(
        "reinstate",
        _("恢复"),
        "reason",
        _("恢复的理由"),
        _("条件怎样满足了。会留在操作记录里。"),
        frozenset({Status.SUSPENDED}),
        lambda thing, text, by, at: register.reinstate(thing, by=by, at=at, reason=text),
    ),
)


class GrantForm(forms.Form):
    """Whom to give which role in an agency."""

    email = forms.EmailField(label=_("对方的邮箱"), help_text=_("对方要先注册账户。"))
    role = forms.ChoiceField(
        label=_("角色"),
        choices=[(role.value, role.label) for role in Role if role not in CSO_ROLES],
    )

    def clean_email(self) -> User:
        """The account of this address."""
        user = User.objects.filter(email=self.cleaned_data["email"].lower()).first()
        if user is None:
            raise forms.ValidationError(_("没有这个邮箱的账户。请对方先注册。"))
        return user


class AgencyForm(forms.Form):
    """A procuring entity to be put on the register, verified by the same act."""

    name = forms.CharField(label=_("单位名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    region = forms.ChoiceField(label=_("所在地"), choices=region_choices)
    uscc = forms.CharField(
        label=_("统一社会信用代码"), required=False, validators=[validate_credit_code]
    )
    finance_department = forms.CharField(
        label=_("受理投诉的财政部门和联系方式"), max_length=200, required=False
    )
    evidence = forms.CharField(
        label=_("核验依据"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


@require_safe
@needs(*READERS)
def organization_list(request: MemberRequest) -> HttpResponse:
    """Organisations that wait for verification, or all that match a search."""
    words, everyone = request.GET.get("q", "").strip(), "all" in request.GET
    found = registered.search(words) if words or everyone else registered.awaiting_verification()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    waiting = Organization.objects.awaiting_verification().count()
    may_grant = request.actor.may(Permission.GRANT_ROLES)
    context = {
        "page": page,
        "q": words,
        "all": everyone,
        "waiting": waiting,
        "may_grant": may_grant,
        "may_verify": request.actor.may(Permission.VERIFY_ORGANIZATIONS),
    }
    return render(request, "oversight/organization_list.html", context)


@require_safe
@needs(*READERS)
def organization(request: MemberRequest, pk: int) -> HttpResponse:
    """One organisation with all it says, and the decisions open on it."""
    return _page(request, _found(pk))


@require_POST
@needs(Permission.VERIFY_ORGANIZATIONS)
def decide(request: MemberRequest, pk: int, name: str) -> HttpResponse:
    """Verify, refuse, suspend or reinstate."""
    thing = _found(pk)
    decision = next((each for each in DECISIONS if each.name == name), None)
    if decision is None:
        raise Http404
    form = decision.form(request.POST)
    if not form.is_valid():
        return _page(request, thing, sent={name: form})
    try:
        thing = decision.act(
            thing, form.cleaned_data[decision.field], request.actor, instants.now()
        )
    except register.NotThisStatus as refusal:  # a second click, or somebody was faster
        messages.info(request, str(refusal.message))
    else:
        messages.success(request, _("已办理，对方会收到邮件。"))
        tell_decision(thing)
    return redirect("oversight:organization", pk)


@require_POST
@needs(Permission.GRANT_ROLES)
def grant(request: MemberRequest, pk: int) -> HttpResponse:
    """Give a person a role in an agency."""
    thing = _found(pk)
    form = GrantForm(request.POST)
    if form.is_valid():
        try:
            accounts.grant(
                user=form.cleaned_data["email"],
                organization=thing,
                role=Role(form.cleaned_data["role"]),
                by=request.actor,
                at=instants.now(),
            )
        except Invalid as refusal:
            form.add_error(refusal.field, str(refusal.message))
        else:
            messages.success(request, _("已授予。"))
            return redirect("oversight:organization", pk)
    return _page(request, thing, grant_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.GRANT_ROLES)
def end(request: MemberRequest, pk: int, membership: int) -> HttpResponse:
    """Ask whether to end a role in an agency; and end it."""
    held = get_object_or_404(Membership, pk=membership, organization_id=pk)
    back = reverse("oversight:organization", args=[pk])
    return ending.ask(request, held, back=back, done=back)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.GRANT_ROLES)
def agency_new(request: MemberRequest) -> HttpResponse:
    """Put a procuring entity on the register."""
    form = AgencyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"region": Region.objects.get(code=form.cleaned_data["region"])}
        try:
            agency = register_agency(**data, by=request.actor, at=instants.now())
        except Invalid as refusal:
            form.add_error(refusal.field, str(refusal.message))
        else:
            messages.success(request, _("已登记。现在可以给它的工作人员授予角色。"))
            return redirect("oversight:organization", agency.pk)
    return render(request, "oversight/organization_agency.html", {"form": form})


@require_safe
@needs(Permission.READ_AUDIT)
def audit_list(request: MemberRequest) -> HttpResponse:
    """The audit record, latest first; `before` is the last row of the page before."""
    rows = AuditRow.objects.order_by("-pk")
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    shown = list(rows[: PAGE + 1])
    earlier = shown[PAGE - 1].pk if len(shown) > PAGE else None
    lines = audit_words.told(shown[:PAGE])
    context = {"rows": lines, "earlier": earlier, "later": bool(before)}
    return render(request, "oversight/organization_audit.html", context)


def _found(pk: int) -> Organization:
    related = ("region", "cso", "agency")
    return get_object_or_404(Organization.objects.select_related(*related), pk=pk)


def _page(
    request: MemberRequest,
    thing: Organization,
    *,
    sent: dict[str, forms.Form] | None = None,
    grant_form: GrantForm | None = None,
) -> HttpResponse:
    cso = getattr(thing, "cso", None)
    may_verify = request.actor.may(Permission.VERIFY_ORGANIZATIONS)
    may_decide = may_verify and thing.pk != request.actor.organization_id
    may_grant = request.actor.may(Permission.GRANT_ROLES) and thing.kind == Kind.AGENCY
    offered = [each for each in DECISIONS if may_decide and thing.status in each.offered]
    context = {
        "organization": thing,
        "cso": cso,
        "hosting": csos.hosting_of(cso) if cso else None,
        "decisions": [(each, (sent or {}).get(each.name) or each.form()) for each in offered],
        "memberships": people.members(thing),
        "may_verify": may_verify,
        "may_grant": may_grant,
        "grant_form": (grant_form or GrantForm()) if may_grant else None,
        "error_forms": [form for form in (*(sent or {}).values(), grant_form) if form],
    }
    return render(request, "oversight/organization.html", context)
