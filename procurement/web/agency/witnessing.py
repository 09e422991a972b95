"""Another witness in place of one who gives no word: who and why, read through, then done."""

from collections.abc import Iterable, Mapping

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
from organizations.web.requests import AgencyRequest
from procurement.lifecycle import Act
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.invitees import NOT_ABLE_EITHER
from procurement.tenders.parts import Draw
from procurement.web.agency.access import at_the_desk, require, tender_of
from procurement.web.refusals import put_on


class SuccessorForm(forms.Form):
    """Who watches instead, and why."""

    use_required_attribute = False
    successor = forms.TypedChoiceField(
        label=gettext_lazy("换成哪一位"),
        coerce=int,
        error_messages={
            "required": gettext_lazy("请选换成哪一位见证人。"),
            "invalid_choice": NOT_ABLE_EITHER,
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("为什么更换"),
        help_text=gettext_lazy("采购结束后和抽取过程一起向公众公开，请不要写人名。"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("请写明为什么更换见证人，理由会向公众公开。")},
    )

    def __init__(self, people: Iterable[User], data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        self.names = {person.pk: str(person) for person in people}
        field = self.fields["successor"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = [("", _("请选择")), *self.names.items()]

    def chosen(self) -> str:
        """Return the name of who was chosen."""
        return self.names[self.cleaned_data["successor"]]


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_desk
def replace(request: AgencyRequest, ocid: str, user: int) -> HttpResponse:
    """Replace a witness whose word is missing: who and why, a page to read it, then the act."""
    tender, at = tender_of(request, ocid), instants.now()
    require(Act.REPLACE_WITNESS, request, tender, at)
    draw = Draw.objects.filter(tender=tender).first()
    if draw is None:
        raise NotFound
    witness = draw.witnesses.filter(user_id=user, given_at=None).first()
    if witness is None:  # the word came meanwhile, or a double click
        messages.info(request, _("这位见证人已经给出了词，或者已经换过，现在不用更换。"))
        return redirect("agency:tender-step", ocid, "draw")
    people = queries.possible_successors(draw, by=request.actor)
    form = SuccessorForm(people, request.POST if request.method == "POST" else None)
    is_preview = form.is_valid()
    if is_preview and "confirm" in request.POST:
        try:
            tenders.replace_witness(
                draw, witness=user, **form.cleaned_data, by=request.actor, at=at
            )
        except Refusal as refusal:
            put_on(form, refusal)
            is_preview = False
        else:
            messages.success(request, _("见证人已经更换。请新的见证人在工作台上打开“见证抽取”。"))
            return redirect("agency:tender-step", ocid, "draw")
    context = {
        "tender": tender,
        "witness": witness,
        "form": form,
        "preview": is_preview,
        "successor": form.chosen() if is_preview else "",
        "nobody": not form.names,
    }
    status = 422 if form.errors else 200
    return render(request, "agency/draw_witness.html", context, status=status)
