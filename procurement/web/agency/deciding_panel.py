"""Naming the panel: who may sit, the rules of its composition, a seat filled up again."""

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
from organizations.refusals import Refusal
from organizations.roles import Permission
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement import lifecycle
from procurement.evaluation import actions as judging
from procurement.evaluation import queries as evaluation
from procurement.evaluation.models import Capacity, PanelMember
from procurement.legality import RulesBroken
from procurement.lifecycle import Act
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
    """Name the panel, or fill it up after a member stepped back."""
    at = instants.now()
    tender = decided_on(request.actor, ocid)
    seats = {seat.user_id: seat for seat in evaluation.panel(tender)}
    free = [p for p in evaluation.candidates(tender) if _is_free(seats.get(p.user_id))]
    data = request.POST if request.method == "POST" else None
    form = PanelForm(free, seats, tender.procuring_entity_id, data)
    broken: tuple[Finding, ...] = ()
    if data is not None and form.is_valid():
        kept = {user: seat.capacity for user, seat in seats.items() if seat.has_interest is False}
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
    context = _page(tender, seats, form, at) | {"broken": verdicts.all_placed(broken, {})}
    return render(request, "agency/panel.html", context)


def _is_free(seat: PanelMember | None) -> bool:
    """A member who declared keeps the seat or has left it: neither is chosen any more."""
    return seat is None or seat.declared_at is None


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
        "stepped_back": [seat for seat in seats.values() if seat.has_interest],
        "kept": [seat for seat in seats.values() if seat.has_interest is False],
        "rules": rules,
        "may_appoint": lifecycle.may(Act.APPOINT_PANEL, tender, at),
    }
