"""The panel: who may sit, the rules of its composition, a member released, a seat filled again."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organizations import instants
from organizations.accounts.models import Membership
from organizations.refusals import NotFound, Refusal
from organizations.roles import Actor, Permission
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement import lifecycle, permissions
from procurement.evaluation import actions as judging
from procurement.evaluation import queries as evaluation
from procurement.evaluation.models import Capacity, PanelMember
from procurement.legality import RulesBroken
from procurement.lifecycle import Act, Stage
from procurement.rules import Finding, Outcome, words
from procurement.tenders.models import Tender
from procurement.web.agency import verdicts
from procurement.web.agency.deciding import decided_on
from procurement.web.refusals import put_on

ABSENT = "none"
CHOICES = [(ABSENT, gettext_lazy("不参加")), *Capacity.choices]


class SeatField(forms.ChoiceField):
    """In which capacity a person sits; whoever is not mentioned does not."""

    def clean(self, value: object) -> str:
        """Return the capacity, or that the person does not sit."""
        chosen: str = super().clean(value or ABSENT)
        return chosen


class PanelForm(forms.Form):
    """For each person who may sit: in which capacity, or not at all."""

    def __init__(
        self,
        people: Iterable[Membership],
        seats: Mapping[int, PanelMember],
        own_agency: int,
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data)
        self.own: list[str] = []
        self.elsewhere: list[str] = []
        for person in people:
            name = f"member_{person.user_id}"
            seat = seats.get(person.user_id)
            is_own = person.organization_id == own_agency
            self.fields[name] = SeatField(
                label=person.user.name or person.user.email,
                help_text="" if is_own else person.organization.name,
                choices=CHOICES,
                initial=seat.capacity if seat else ABSENT,
            )
            (self.own if is_own else self.elsewhere).append(name)

    def own_people(self) -> list[forms.BoundField]:
        """Return the fields of the people of the own agency."""
        return [self[name] for name in self.own]

    def other_people(self) -> list[forms.BoundField]:
        """Return the fields of people who judge for other agencies."""
        return [self[name] for name in self.elsewhere]

    def members(self) -> dict[int, str]:
        """Return who was chosen, with the capacity."""
        chosen = {int(name.removeprefix("member_")): c for name, c in self.cleaned_data.items()}
        return {person: capacity for person, capacity in chosen.items() if capacity != ABSENT}


@needs(Permission.APPOINT_PANEL)
def panel(request: MemberRequest, ocid: str) -> HttpResponse:
    """Name the panel, or fill it up after a member left it."""
    at = instants.now()
    tender = decided_on(request.actor, ocid)
    seats = {seat.user_id: seat for seat in evaluation.panel(tender)}
    kept = {user: seat.capacity for user, seat in seats.items() if seat.sits and tender.opened_at}
    free = [p for p in evaluation.candidates(tender) if _is_free(seats.get(p.user_id), tender)]
    data = request.POST if request.method == "POST" else None
    form = PanelForm(free, seats, tender.procuring_entity_id, data)
    broken: tuple[Finding, ...] = ()
    if data is not None and form.is_valid():
        members = kept | form.members()
        try:
            judging.appoint(tender, members=members, by=request.actor, at=at)
        except RulesBroken as refusal:
            broken = refusal.findings
            form.add_error(None, _("评审小组的组成还不符合规则，请按下面的说明调整。"))
        except Refusal as refusal:
            put_on(form, refusal)
        else:
            messages.success(request, _("评审小组已经组建。开标后，请各位成员先声明利害关系。"))
            return redirect("agency:panel", ocid)
    context = _page(tender, seats, form, at) | {
        "broken": verdicts.all_placed(broken, {}),
        "may_release": _may_release(request.actor, tender, seats.values(), at),
    }
    return render(request, "agency/panel.html", context)


def _is_free(seat: PanelMember | None, tender: Tender) -> bool:
    """Who has left is not chosen again; once the bids are open, who sits stays."""
    return seat is None or (seat.sits and tender.opened_at is None)


def _may_release(actor: Actor, tender: Tender, seats: Iterable[PanelMember], at: datetime) -> bool:
    """Say whether this person may release a member of the panel now."""
    seat = next(iter(seats), None)
    if seat is None or not lifecycle.may(Act.RELEASE_JUDGE, tender, at):
        return False
    return permissions.allows(Act.RELEASE_JUDGE, by=actor, on=seat)


def _page(
    tender: Tender, seats: Mapping[int, PanelMember], form: PanelForm, at: datetime
) -> dict[str, object]:
    tongue = verdicts.language()
    rules = [
        (words.text(found.rule, tongue), words.basis(found.rule, tongue))
        for found in evaluation.panel_findings(tender, [], at=at)
        if found.outcome is not Outcome.NOT_APPLICABLE
    ]
    return {
        "tender": tender,
        "form": form,
        "seats": seats.values(),
        "left": [seat for seat in seats.values() if not seat.sits],
        "sitting": [seat for seat in seats.values() if seat.sits],
        "rules": rules,
        "may_appoint": evaluation.may_fill(tender, at=at),
        "is_judged": tender.stage(at) is Stage.OPENED,
    }


class ReleaseForm(forms.Form):
    """Why a member leaves the panel without having finished."""

    use_required_attribute = False
    reason = forms.CharField(
        label=gettext_lazy("退出的理由"),
        help_text=gettext_lazy("理由会和结果一起公开，请写清事实，不写病情等个人信息。"),
        widget=forms.Textarea({"rows": 4}),
        max_length=2000,
        error_messages={"required": gettext_lazy("请写明退出的理由，理由会和结果一起公开。")},
    )


@needs(Permission.APPOINT_PANEL)
def release(request: MemberRequest, ocid: str, seat_id: int) -> HttpResponse:
    """Release a judge who does not finish: the reason, a page to read it through, then the act."""
    at = instants.now()
    tender = decided_on(request.actor, ocid)
    seat = evaluation.panel(tender).select_related("tender", "user").filter(pk=seat_id).first()
    if seat is None:
        raise NotFound
    permissions.require(Act.RELEASE_JUDGE, by=request.actor, on=seat)
    lifecycle.require(Act.RELEASE_JUDGE, tender, at)
    if not seat.sits or seat.finished_at:  # left or finished meanwhile, or a double click
        return redirect("agency:panel", ocid)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    is_preview = form.is_valid()
    if is_preview and "confirm" in request.POST:
        try:
            reason = form.cleaned_data["reason"]
            judging.release(seat, reason=reason, by=request.actor, at=at)
        except Refusal as refusal:
            put_on(form, refusal)
            is_preview = False
        else:
            messages.success(request, _("成员已经退出。请补上空缺，其他成员的评分不变。"))
            return redirect("agency:panel", ocid)
    context = {"tender": tender, "seat": seat, "form": form, "preview": is_preview, "at": at}
    status = 422 if form.errors else 200
    return render(request, "agency/panel_release.html", context, status=status)
