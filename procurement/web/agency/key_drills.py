"""Drills: witnesses named, then card after card, and what each round opened."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.refusals import Refusal
from organizations.web.requests import AgencyRequest
from procurement import lifecycle, permissions
from procurement.keycards import actions, queries
from procurement.keycards.models import Drill, DrillRound, DrillTurn
from procurement.lifecycle import Act
from procurement.web.agency.key_access import at_the_keys, drill_of, set_of
from procurement.web.agency.key_cards import typed_groups
from procurement.web.agency.key_forms import CardForm, ReasonForm, WitnessesForm
from procurement.web.refusals import put_on


@dataclass(frozen=True)
class Round:
    """One round as the page shows it."""

    name: StrOrPromise
    turns: list[DrillTurn]
    word: str
    is_now: bool


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_keys
def drill_new(request: AgencyRequest, pk: int) -> HttpResponse:
    """Begin a drill: who watches."""
    found, at = set_of(request, pk), instants.now()
    permissions.require(Act.BEGIN_DRILL, by=request.actor, on=found)
    lifecycle.require_keys(Act.BEGIN_DRILL, found, at)
    form = WitnessesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            begun = actions.begin_drill(found, **form.cleaned_data, by=request.actor, at=at)
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            return redirect("agency:key-drill", pk, begun.pk)
    context = {"keys": found, "form": form}
    status = 422 if form.errors else 200
    return render(request, "agency/key_drill_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("digits")
@at_the_keys
def drill(request: AgencyRequest, pk: int, drill: int) -> HttpResponse:
    """The drill as it stands; the next card is typed here."""
    found = drill_of(request, pk, drill)
    now = None if found.is_over else queries.current_round(found)
    form, groups = None, []
    if now is not None:
        form = CardForm(
            queries.may_turn(found, now), request.POST if request.method == "POST" else None
        )
    if form is not None and form.is_valid():
        typed, card = form.cleaned_data["digits"], form.chosen()
        try:
            actions.drill_card(found, card=card, digits=typed, by=request.actor, at=instants.now())
        except Refusal as refusal:
            put_on(form, refusal)
            groups = typed_groups(typed, refusal)
        else:
            messages.success(request, _("%(card)s 有效。") % {"card": card})
            return redirect("agency:key-drill", pk, drill)
    context = {
        "keys": found.key_set,
        "drill": found,
        "rounds": [_round(found, each, now) for each in DrillRound],
        "now": now,
        "aside": queries.set_aside(found) if now is DrillRound.ONE_LOST else None,
        "form": form,
        "groups": groups,
    }
    failed = form is not None and bool(form.errors)
    return render(request, "agency/key_drill.html", context, status=422 if failed else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_keys
def drill_stop(request: AgencyRequest, pk: int, drill: int) -> HttpResponse:
    """Stop a drill that cannot be finished, with the reason."""
    found = drill_of(request, pk, drill)
    permissions.require(Act.END_DRILL, by=request.actor, on=found)
    if found.is_over:
        return redirect("agency:key-drill", pk, drill)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.end_drill(found, reason=reason, by=request.actor, at=instants.now())
        messages.success(request, _("演练已经停止，结果已公开。"))
        return redirect("agency:key-drill", pk, drill)
    context = {"keys": found.key_set, "drill": found, "form": form}
    status = 422 if form.errors else 200
    return render(request, "agency/key_drill_stop.html", context, status=status)


def _round(found: Drill, each: DrillRound, now: DrillRound | None) -> Round:
    return Round(each.label, queries.turns(found, each), queries.word(found, each), each is now)
