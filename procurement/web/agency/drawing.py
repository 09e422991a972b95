"""The draw of those invited: begun by the drafter, watched and made by two witnesses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from organizations import instants
from organizations.accounts.models import User
from organizations.refusals import NotFound, Refusal
from organizations.register.models import Organization
from organizations.web.access import as_agency
from organizations.web.requests import AgencyRequest
from procurement import permissions
from procurement.lifecycle import Act
from procurement.ocds import fragments
from procurement.publication import queries as catalogue
from procurement.publication.models import Entry
from procurement.publication.queries import Invited
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.drawing import FEWEST, Secret
from procurement.tenders.models import Tender
from procurement.tenders.parts import Draw, Invitation, Witness
from procurement.web.agency import verdicts
from procurement.web.agency.tender_steps import Step, checked, steps_of

YEAR = timedelta(days=365)  # how far back invitations are counted
MOST = 10  # organisations in the table of those invited most


class CommitForm(forms.Form):
    """How many to draw, and which two people watch."""

    use_required_attribute = False
    count = forms.IntegerField(
        label=gettext_lazy("抽取几家"),
        help_text=gettext_lazy("至少 3 家，备选组织不少于抽取数的两倍。"),
        min_value=FEWEST,
        max_value=50,
        initial=FEWEST,
        error_messages={"required": gettext_lazy("请填写抽取几家，至少 3 家。")},
    )
    witness_1 = forms.TypedChoiceField(
        label=gettext_lazy("第一位见证人"),
        coerce=int,
        error_messages={"required": gettext_lazy("请选第一位见证人。")},
    )
    witness_2 = forms.TypedChoiceField(
        label=gettext_lazy("第二位见证人"),
        coerce=int,
        error_messages={"required": gettext_lazy("请选第二位见证人。")},
    )

    def __init__(self, people: Sequence[User], data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        choices = [("", _("请选择")), *((person.pk, str(person)) for person in people)]
        for name in ("witness_1", "witness_2"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
            field.choices = choices


class AdditionForm(forms.Form):
    """One more by hand, with the reason that is published."""

    use_required_attribute = False
    organization = forms.ModelChoiceField(
        label=gettext_lazy("增加哪一家"),
        queryset=Organization.objects.none(),
        empty_label=gettext_lazy("请选择"),
        error_messages={"required": gettext_lazy("请选择要增加的组织。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("为什么增加这一家"),
        help_text=gettext_lazy("采购结束后和抽取过程一起向公众公开。"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("请写明为什么增加这一家，理由会向公众公开。")},
    )

    def __init__(self, tender: Tender, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        able = Organization.objects.filter(pk__in=queries.eligible().values("pk"))
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
        field.queryset = able.exclude(pk__in=queries.invitees(tender)).order_by("name")


class WordForm(forms.Form):
    """A witness's word."""

    use_required_attribute = False
    word = forms.CharField(
        label=gettext_lazy("您的词"),
        help_text=gettext_lazy(
            "随便一个词或一句短话，例如一种花的名字。采购结束后公开，请不要写人名。"
        ),
        max_length=tenders.WORD_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请写一个词或一句短话，不超过 60 个字。")},
    )


@dataclass(frozen=True)
class Guest:
    """One that is invited, and how often it was in the last twelve months."""

    organization: Organization
    is_by_hand: bool
    reason: str
    before: Invited


@require_http_methods(["GET", "HEAD", "POST"])
@as_agency
def draw(request: AgencyRequest, ocid: str) -> HttpResponse:
    """The draw as its witnesses see it: before, while it waits for their words, and made."""
    mine = queries.draws_visible_to(request.actor).filter(tender__process__ocid=ocid)
    found = mine.select_related("tender__process", "tender__procuring_entity").first()
    if found is None:
        raise NotFound
    at = instants.now()
    if request.method == "POST":
        permissions.require(Act.WITNESS_DRAW, by=request.actor, on=found)
    form = WordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            tenders.witness_draw(found, word=form.cleaned_data["word"], by=request.actor, at=at)
        except Refusal as refusal:
            if refusal.field is None:
                raise
            form.add_error(refusal.field, str(refusal.message))
        else:
            messages.success(request, _("您的词已经记下。"))
            return redirect("agency:draw", ocid)
    context = {"tender": found.tender, "form": form, **_shown(found, request.actor.user_id, at)}
    return render(request, "agency/draw.html", context, status=422 if form.errors else 200)


def step(request: AgencyRequest, tender: Tender, step: Step, at: datetime) -> HttpResponse:
    """The step of the draft: begin the draw; when it is made, add by hand."""
    found = Draw.objects.filter(tender=tender).first()
    form = _asked(request, tender, found)
    if form is not None and form.is_bound and form.is_valid():
        try:
            done = _do(request, tender, form, at)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal.message))
        else:
            messages.success(request, done)
            return redirect("agency:tender-step", tender.ocid, step.slug)
    steps = steps_of(tender)
    number = steps.index(step)
    context = {
        "tender": tender,
        "step": step,
        "number": number + 1,
        "steps": len(steps),
        "onward": steps[number + 1].slug if number + 1 < len(steps) else "",
        "form": form,
        "pool_size": queries.pool(tender).count() if found is None else 0,
        "general": verdicts.beside(checked(tender, at).verdicts, step.slug).get("draw", []),
        "most": _most(tender, at) if found is None else [],
        **(_shown(found, request.actor.user_id, at) if found else {}),
    }
    failed = form is not None and bool(form.errors)
    return render(request, "agency/step_draw.html", context, status=422 if failed else 200)


def _asked(
    request: AgencyRequest, tender: Tender, found: Draw | None
) -> CommitForm | AdditionForm | None:
    """Return the form of what comes next; while the witnesses are awaited there is none."""
    data = request.POST if request.method == "POST" else None
    if found is None:
        people = queries.possible_witnesses(tender, besides=request.actor.person_id)
        return CommitForm(list(people), data)
    return AdditionForm(tender, data) if found.drawn_at else None


def _do(
    request: AgencyRequest, tender: Tender, form: CommitForm | AdditionForm, at: datetime
) -> str:
    """Do what the form asks for; return what to say."""
    answers = form.cleaned_data
    if isinstance(form, AdditionForm):
        tenders.add_invitee(
            tender,
            organization=answers["organization"],
            reason=answers["reason"],
            by=request.actor,
            at=at,
        )
        return _("已经增加。理由在采购结束后公开。")
    tenders.commit_draw(
        tender,
        count=answers["count"],
        witnesses=[answers["witness_1"], answers["witness_2"]],
        secret=Secret.fresh(),
        by=request.actor,
        at=at,
    )
    return _("承诺已经公布。请两位见证人登录自己的账户，在工作台上打开“见证抽取”。")


def _shown(found: Draw, user_id: int | None, at: datetime) -> dict[str, object]:
    """Return what the pages of a draw show: commitments, witnesses, and the result if made."""
    witnesses: list[Witness] = list(found.witnesses.all())
    made = found.drawn_at is not None
    return {
        "draw": found,
        "entry": Entry.objects.filter(release_id=found.release_id).defer("body").first(),
        "witnesses": witnesses,
        "my_turn": any(w.user_id == user_id and w.given_at is None for w in witnesses),
        "is_witness": any(w.user_id == user_id for w in witnesses),
        "missing": [w for w in witnesses if w.given_at is None],
        "record": found.record() if made and found.is_repeatable else None,
        "guests": _guests(found.tender, at) if made else [],
        "pool_count": len(found.pool),
    }


def _guests(tender: Tender, at: datetime) -> list[Guest]:
    invitations: list[Invitation] = list(queries.invitations(tender))
    ids = [fragments.party_id(each.organization) for each in invitations]
    year = catalogue.invitations(since=at - YEAR, until=at).filter(organization_id__in=ids)
    here = fragments.party_id(tender.procuring_entity)
    counted = {each.organization_id: each for each in catalogue.how_often(year, agency_id=here)}
    return [
        Guest(
            each.organization,
            each.is_by_hand,
            each.reason,
            counted.get(number, Invited(number, each.organization.name, 0, 0)),
        )
        for number, each in zip(ids, invitations, strict=True)
    ]


def _most(tender: Tender, at: datetime) -> list[Invited]:
    """Return whom this agency invited most in the last twelve months, as everyone can read."""
    here = fragments.party_id(tender.procuring_entity)
    year = catalogue.invitations(since=at - YEAR, until=at)
    ours = year.filter(agency_id=here).values("organization_id")
    found = year.filter(organization_id__in=ours)
    return catalogue.how_often(found, agency_id=here, most=MOST)
