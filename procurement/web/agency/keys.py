"""The opening keys of an agency: its sets, one set as a list of tasks, its publication and end."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_stubs_ext import StrOrPromise

from organizations import instants
from organizations.refusals import Invalid, Refusal
from organizations.roles import Actor
from organizations.web.requests import AgencyRequest
from procurement import permissions
from procurement.keycards import actions, gates, queries
from procurement.keycards.models import CardKind, KeyCard, KeySet
from procurement.legality import Incomplete
from procurement.lifecycle import Act, KeyStage
from procurement.web import labels
from procurement.web.agency.key_access import at_the_keys, set_of
from procurement.web.agency.key_forms import ReasonForm, SetForm
from procurement.web.refusals import put_on

SHOWN = 30  # sets of a list; one a year is usual


@dataclass(frozen=True)
class Task:
    """A card to prepare, in the words of the task list."""

    name: str
    url: str
    state: str
    hint: StrOrPromise


@require_safe
@at_the_keys
def key_list(request: AgencyRequest) -> HttpResponse:
    """Every set, the newest first; what a set is for where there is none."""
    at = instants.now()
    found = queries.visible_to(request.actor)[:SHOWN]
    rows = [(each, labels.KEY_STAGES[each.stage(at)]) for each in found]
    context = {
        "rows": rows,
        "current": queries.current(request.organization.pk, at),
        "may_begin": permissions.allows(Act.BEGIN_KEYS, by=request.actor)
        and not any(each.stage(at) is KeyStage.PREPARING for each, _label in rows),
    }
    return render(request, "agency/keys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_keys
def key_new(request: AgencyRequest) -> HttpResponse:
    """Begin a set: its name, and what will be needed."""
    permissions.require(Act.BEGIN_KEYS, by=request.actor)
    form = SetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = actions.begin(**form.cleaned_data, by=request.actor, at=instants.now())
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            return redirect("agency:key-set", made.pk)
    status = 422 if form.errors else 200
    return render(request, "agency/key_new.html", {"form": form}, status=status)


@require_safe
@at_the_keys
def key_set(request: AgencyRequest, pk: int) -> HttpResponse:
    """One set: while it is prepared a list of tasks, afterwards who holds which card."""
    at = instants.now()
    found = set_of(request, pk)
    return render(request, "agency/key_set.html", _shown(found, request.actor, at))


@require_POST
@at_the_keys
def key_publish(request: AgencyRequest, pk: int) -> HttpResponse:
    """Publish a whole set: the second person's act."""
    found, at = set_of(request, pk), instants.now()
    try:
        actions.publish(found, gate=_gate(), by=request.actor, at=at)
    except Incomplete as refusal:
        shown = _shown(found, request.actor, at) | {"problems": refusal.problems}
        return render(request, "agency/key_set.html", shown, status=refusal.status)
    messages.success(request, _("这套钥匙已经公布，从现在起用它密封投标。"))
    return redirect("agency:key-set", pk)


def _gate() -> bytes:
    """Return the public key of the time gate. Raises Invalid while the gate has none."""
    gate = gates.current_gate()
    if gate is None:
        raise Invalid(_("时间闸还没有公布它的公钥，现在不能公布。请联系网站运维人员。"))
    return gate


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_keys
def key_retire(request: AgencyRequest, pk: int) -> HttpResponse:
    """Give a set up, with the reason."""
    found, at = set_of(request, pk), instants.now()
    permissions.require(Act.RETIRE_KEYS, by=request.actor, on=found)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.retire(found, **form.cleaned_data, by=request.actor, at=at)
        messages.success(request, _("这套钥匙已经停用。"))
        return redirect("agency:key-list")
    context = {"keys": found, "form": form, "in_use": found.stage(at) is KeyStage.IN_USE}
    status = 422 if form.errors else 200
    return render(request, "agency/key_retire.html", context, status=status)


def _shown(found: KeySet, actor: Actor, at: datetime) -> dict[str, object]:
    stage = found.stage(at)
    return {
        "keys": found,
        "stage": labels.KEY_STAGES[stage],
        "preparing": stage is KeyStage.PREPARING,
        "in_use": stage is KeyStage.IN_USE,
        "kinds": [
            (
                CardKind.COMMITTEE,
                [_task(card) for card in queries.of_kind(found, CardKind.COMMITTEE)],
            ),
            (
                CardKind.RECOVERY,
                [_task(card) for card in queries.of_kind(found, CardKind.RECOVERY)],
            ),
        ],
        "cards": list(found.cards.all()),
        "problems": [],
        "lacking": queries.problems(found) if stage is KeyStage.PREPARING else [],
        "outside": queries.outside(found),
        "drills": list(found.drills.all()[:SHOWN]),
        "may_prepare": permissions.allows(Act.MAKE_CARD, by=actor, on=found),
        "may_publish": permissions.allows(Act.PUBLISH_KEYS, by=actor, on=found),
        "may_retire": permissions.allows(Act.RETIRE_KEYS, by=actor, on=found)
        and stage is not KeyStage.RETIRED,
    }


def _task(card: KeyCard) -> Task:
    """Return the next step of a card: holder, card, typing back."""
    arguments = [card.key_set_id, card.member]
    name = f"{card.member} {card.holder}".strip()
    if not card.holder:
        return Task(
            name, reverse("agency:key-card", args=arguments), "not_started", _("还没有确定持卡人")
        )
    if card.made_at is None:
        url = reverse("agency:key-card-make", args=arguments)
        return Task(
            name, url, "in_progress", _("%(held)s · 下一步：制作卡片") % {"held": card.affiliation}
        )
    if card.confirmed_at is None:
        url = reverse("agency:key-card-confirm", args=arguments)
        words = _("%(held)s · 下一步：持卡人输回核对") % {"held": card.affiliation}
        return Task(name, url, "in_progress", words)
    return Task(name, reverse("agency:key-card", args=arguments), "done", card.affiliation)
