"""Changes of a published tender: propose, compare before and after, publish or withdraw; cancel."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import instants
from organizations.refusals import Invalid
from organizations.web.requests import AgencyRequest
from procurement import permissions
from procurement.amendments import actions as amendments
from procurement.amendments import queries
from procurement.amendments.models import Amendment
from procurement.legality import RulesBroken
from procurement.lifecycle import Act
from procurement.rules import Finding
from procurement.tenders import actions as tenders
from procurement.tenders.editable import AMENDABLE
from procurement.tenders.models import Tender
from procurement.web import changed
from procurement.web.agency import verdicts
from procurement.web.agency.access import amendment_of, at_the_desk, once, require, tender_of
from procurement.web.agency.drafts import drawn, yes_or_no
from procurement.web.agency.fields import TENDER_PLACES
from procurement.web.agency.planning import GET_POST
from procurement.web.changed import Changed
from procurement.web.refusals import put_on


class AmendmentForm(forms.Form):
    """What may still change, with the present values; why; whether it affects the bids."""

    use_required_attribute = False
    rationale = forms.CharField(
        label=_("修改的理由"),
        help_text=_("理由会和修改一起公开。"),
        widget=forms.Textarea({"rows": 4}),
        max_length=2000,
        error_messages={"required": _("请写明修改的理由，理由会和修改一起公开。")},
    )
    affects_preparation = yes_or_no(
        _("会不会影响投标文件的编制"),
        _("会影响的，法律要求留出足够时间，截止时间可能自动顺延。拿不准请选“是”。"),
    )

    def __init__(self, data: QueryDict | None = None, *, tender: Tender) -> None:
        held = {name: getattr(tender, name) for name in AMENDABLE}
        super().__init__(data, initial=held)
        made = fields_for_model(Tender, AMENDABLE, formfield_callback=drawn)
        for field in made.values():
            field.required = False
        self.fields = {**made, **self.fields}
        question = self.fields["affects_preparation"]
        question.required = True
        question.error_messages["required"] = _("请回答会不会影响投标文件的编制。")

    def put_beside(self, findings: Iterable[Finding]) -> None:
        """Put each broken rule beside its field, in words and with its source."""
        for verdict in verdicts.all_placed(findings, TENDER_PLACES):
            field = verdict.place.field if verdict.place.field in self.fields else None
            self.add_error(field, f"{verdict.text} {verdict.citation}")

    def changes(self) -> dict[str, Any]:
        """Return the new values of what was changed."""
        return {name: self.cleaned_data[name] for name in AMENDABLE if name in self.changed_data}


def differences(amendment: Amendment) -> list[Changed]:
    """Return what an amendment changes, in words."""
    return [
        changed.read(name, change["label"], change["before"], change["after"])
        for name, change in amendment.changes.items()
    ]


def _moved(tender: Tender, at: datetime) -> datetime | None:
    """Return the deadline the law moves to if a change that affects bids is published now."""
    proposal = Amendment(tender=tender, changes={}, affects_preparation=True)
    deadline = queries.lawful_deadline(proposal, at=at)
    return deadline if deadline != tender.tender_period_end else None


@require_http_methods(GET_POST)
@at_the_desk
def tender_amend(request: AgencyRequest, ocid: str) -> HttpResponse:
    """Propose a change of a published tender; another person publishes it."""
    tender, at = tender_of(request, ocid), instants.now()
    require(Act.PROPOSE_AMENDMENT, request, tender, at)
    form = AmendmentForm(request.POST if request.method == "POST" else None, tender=tender)
    if request.method == "POST" and form.is_valid():
        try:
            amendments.propose(
                tender,
                changes=form.changes(),
                rationale=form.cleaned_data["rationale"],
                affects_preparation=form.cleaned_data["affects_preparation"],
                by=request.actor,
                at=at,
            )
        except RulesBroken as refusal:
            form.put_beside(refusal.findings)
        except Invalid as refusal:
            put_on(form, refusal)
        else:
            return redirect("agency:tender-done", tender.ocid, "proposed")
    context = {
        "tender": tender,
        "form": form,
        "moved": _moved(tender, at),
        "waiting": queries.in_preparation(tender),
    }
    return render(request, "agency/tender_amend.html", context, status=422 if form.errors else 200)


@require_safe
@at_the_desk
def amendment(request: AgencyRequest, pk: int) -> HttpResponse:
    """One amendment, before beside after, and what may be done with it."""
    return _amendment(request, amendment_of(request, pk))


def _amendment(
    request: AgencyRequest, found: Amendment, broken: tuple[Finding, ...] = ()
) -> HttpResponse:
    at = instants.now()
    waits = found.published_at is None and found.withdrawn_at is None
    refusal = permissions.refusal(Act.PUBLISH_AMENDMENT, by=request.actor, on=found)
    context = {
        "amendment": found,
        "tender": found.tender,
        "differences": differences(found),
        "waits": waits,
        "deadline": queries.lawful_deadline(found, at=at) if waits else None,
        "cannot_publish": refusal,
        "broken": verdicts.all_placed(broken, {}),
        "may_withdraw": waits
        and permissions.allows(Act.PROPOSE_AMENDMENT, by=request.actor, on=found.tender),
    }
    status = 422 if broken else 200
    return render(request, "agency/amendment.html", context, status=status)


@require_POST
@at_the_desk
def amendment_publish(request: AgencyRequest, pk: int) -> HttpResponse:
    """Publish a change; the deadline moves as the law says."""
    found = amendment_of(request, pk)
    if found.published_by_id != request.actor.user_id:  # the second click of a double click
        try:
            amendments.publish(found, by=request.actor, at=instants.now())
        except RulesBroken as refusal:
            return _amendment(request, amendment_of(request, pk), refusal.findings)
    return redirect("agency:tender-done", found.tender.ocid, "amended")


@require_POST
@at_the_desk
def amendment_withdraw(request: AgencyRequest, pk: int) -> HttpResponse:
    """Take back a change that is not published yet."""
    found = amendment_of(request, pk)
    amendments.withdraw(found, by=request.actor, at=instants.now())
    return redirect("agency:tender-done", found.tender.ocid, "withdrawn")


class CancelForm(forms.Form):
    """Why a procurement ends before its award."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("终止的理由"),
        help_text=_("理由会原样公开，请写清事实，不写个人信息。"),
        widget=forms.Textarea({"rows": 5}),
        max_length=2000,
        error_messages={"required": _("请写明终止的理由，理由会向公众公开。")},
    )


@require_http_methods(GET_POST)
@at_the_desk
def tender_cancel(request: AgencyRequest, ocid: str) -> HttpResponse:
    """End a published tender: first the reason, then what will be published, then the act."""
    tender, at = tender_of(request, ocid), instants.now()
    form = CancelForm(request.POST if request.method == "POST" else None)
    is_preview = request.method == "POST" and form.is_valid()
    if is_preview and "confirm" in request.POST:
        reason = form.cleaned_data["reason"]
        once(
            lambda: tenders.cancel(tender, reason=reason, by=request.actor, at=at),
            tender,
            "cancelled_by_id",
            request,
        )
        return redirect("agency:tender-done", tender.ocid, "cancelled")
    require(Act.CANCEL_TENDER, request, tender, at)
    context = {"tender": tender, "form": form, "preview": is_preview, "at": at}
    status = 422 if form.errors else 200
    return render(request, "agency/tender_cancel.html", context, status=status)
