"""One key card: its holder, the card shown once to print or copy, typed back, reported lost."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from organizations import instants
from organizations.refusals import Refusal
from organizations.web.requests import AgencyRequest
from procurement import lifecycle, permissions
from procurement.keycards import actions, cards
from procurement.keycards.models import CardKind, KeyCard
from procurement.keycards.refusals import Unreadable
from procurement.lifecycle import Act
from procurement.web import qr
from procurement.web.agency.key_access import at_the_keys, card_of
from procurement.web.agency.key_forms import (
    AGENCY,
    ELSEWHERE,
    DigitsForm,
    HolderForm,
    ReasonForm,
)
from procurement.web.refusals import put_on


def typed_groups(text: str, refusal: Refusal) -> list[tuple[int, str, bool]]:
    """Return the groups somebody typed with their numbers, and which of them to look at."""
    wrong = refusal.groups if isinstance(refusal, Unreadable) else ()
    runs = text.split()
    if not isinstance(refusal, Unreadable) or not 1 < len(runs) <= cards.GROUPS:
        return []
    return [(number, run, number in wrong) for number, run in enumerate(runs, start=1)]


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_keys
def card(request: AgencyRequest, pk: int, member: str) -> HttpResponse:
    """Who holds a card."""
    found = _to_change(request, pk, member, Act.NAME_HOLDER)
    first = {"holder": found.holder, "affiliation": found.affiliation}
    if found.holder:
        first["whose"] = ELSEWHERE if found.is_outside else AGENCY
    form = HolderForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        try:
            actions.name_holder(
                found,
                holder=form.cleaned_data["holder"],
                affiliation=form.cleaned_data["affiliation"],
                is_outside=form.cleaned_data["whose"] == ELSEWHERE,
                by=request.actor,
                at=instants.now(),
            )
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            return redirect("agency:key-set", pk)
    return _page(request, "agency/key_card.html", found, form)


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_keys
@sensitive_variables()
def make(request: AgencyRequest, pk: int, member: str) -> HttpResponse:
    """Ask whether the holder is at the screen; then show the card, once."""
    found = _to_change(request, pk, member, Act.MAKE_CARD)
    if request.method != "POST":
        return _page(request, "agency/key_card_make.html", found, None)
    made, digits = actions.make(found, by=request.actor, at=instants.now())
    context = {
        "groups": list(enumerate(cards.printed(digits), start=1)),
        "qr": qr.code(cards.qr_payload(digits, made.member)),
    }
    return _page(request, "agency/key_card_made.html", made, None, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("digits")
@at_the_keys
def confirm(request: AgencyRequest, pk: int, member: str) -> HttpResponse:
    """The holder types the card back; a slip is shown at its group."""
    found = _to_change(request, pk, member, Act.CONFIRM_CARD)
    if found.made_at is None:
        return redirect("agency:key-card-make", pk, member)
    form = DigitsForm(request.POST if request.method == "POST" else None)
    groups: list[tuple[int, str, bool]] = []
    if form.is_valid():
        typed = form.cleaned_data["digits"]
        try:
            actions.confirm(found, digits=typed, by=request.actor, at=instants.now())
        except Refusal as refusal:
            put_on(form, refusal)
            groups = typed_groups(typed, refusal)
        else:
            words = _("%(card)s 的数字全部正确。请持卡人把卡收好，单独保管。")
            messages.success(request, words % {"card": found})
            return redirect("agency:key-set", pk)
    return _page(request, "agency/key_card_confirm.html", found, form, groups=groups)


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_keys
def lost(request: AgencyRequest, pk: int, member: str) -> HttpResponse:
    """Report a card lost, stolen or seen by others: on the public record at once."""
    found = _to_change(request, pk, member, Act.REPORT_LOST_CARD)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            actions.report_lost(found, reason=reason, by=request.actor, at=instants.now())
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            messages.success(request, _("遗失已经登记并公开。这一张以后不再用。"))
            return redirect("agency:key-set", pk)
    return _page(request, "agency/key_card_lost.html", found, form)


def _to_change(request: AgencyRequest, pk: int, member: str, act: Act) -> KeyCard:
    """Return a card for a page about an act; refuse who may not do it, or not now."""
    found = card_of(request, pk, member)
    permissions.require(act, by=request.actor, on=found.key_set)
    lifecycle.require_keys(act, found.key_set, instants.now())
    return found


def _page(
    request: AgencyRequest, template: str, found: KeyCard, form: forms.Form | None, **more: object
) -> HttpResponse:
    context = {
        "keys": found.key_set,
        "card": found,
        "is_committee": found.kind == CardKind.COMMITTEE,
        "form": form,
        **more,
    }
    failed = form is not None and bool(form.errors)
    return render(request, template, context, status=422 if failed else 200)
