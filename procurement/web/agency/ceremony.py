"""The opening ceremony: card after card at the table, each step on the public record."""

from collections.abc import Iterable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.roles import Actor, Permission
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement import permissions
from procurement.bids import actions as bids
from procurement.bids import sealed, waiting
from procurement.bids.waiting import Awaited, Ceremony
from procurement.keycards import queries as keycards
from procurement.keycards.models import CardKind, KeyCard, KeySet
from procurement.lifecycle import Act, Stage
from procurement.tenders.models import OpeningPolicy, Tender
from procurement.web.agency.key_cards import typed_groups
from procurement.web.agency.key_forms import CardForm
from procurement.web.refusals import put_on

WITNESSES = 2  # at least
RECOVERY = "recovery"  # in the address: the cards in reserve are used
WATCHERS = (
    *(Permission.OPEN_BIDS, Permission.APPROVE_NOTICES, Permission.DRAFT_NOTICES),
    Permission.READ_AUDIT,
)


class CeremonyForm(CardForm):
    """Whose card, its digits, and who watches."""

    field_order: Iterable[str] = ("witnesses", "card", "digits")
    witnesses = forms.CharField(
        label=gettext_lazy("在场见证人"),
        help_text=gettext_lazy("至少两位，姓名用顿号分开。会向公众公开。"),
        max_length=300,
        error_messages={
            "required": gettext_lazy("请写至少两位见证人的姓名，用顿号分开，会向公众公开。")
        },
    )

    def __init__(
        self, cards: list[KeyCard], data: QueryDict | None = None, witnesses: str = ""
    ) -> None:
        super().__init__(cards, data)
        self.initial["witnesses"] = witnesses

    def clean_witnesses(self) -> str:
        """Read the names; two people at least see what happens."""
        typed = str(self.cleaned_data["witnesses"]).replace("，", "、").replace(",", "、")
        names = [" ".join(name.split()) for name in typed.split("、") if name.strip()]
        if len(names) < WITNESSES:
            raise forms.ValidationError(_("请写至少两位见证人的姓名，用顿号分开，会向公众公开。"))
        return "、".join(names)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("digits")
@never_cache
@needs(*WATCHERS)
def ceremony(request: MemberRequest, ocid: str) -> HttpResponse:
    """Where the opening stands, and the form of the next card while cards are awaited."""
    at = instants.now()
    tender = _watched(request.actor, ocid)
    told = waiting.ceremony(tender, at)
    key_set = keycards.of_digest(sealed.keyset(tender))
    if request.method == "POST":
        permissions.require(Act.CONTRIBUTE_CARD, by=request.actor, on=tender)
    if told.opened_at is not None and request.method == "POST":
        return redirect("agency:ceremony", ocid)
    may = permissions.allows(Act.CONTRIBUTE_CARD, by=request.actor, on=tender)
    form, groups = None, []
    if key_set is not None and may and told.awaited is Awaited.CARDS:
        form = _form(request, key_set, told)
    if form is not None and form.is_valid():
        typed = form.cleaned_data["digits"]
        try:
            tender = _contribute(tender, form, request.actor, at)
        except Refusal as refusal:
            _put(form, refusal)
            groups = typed_groups(typed, refusal)
        else:
            messages.success(request, _done(tender, form))
            return redirect("agency:ceremony", ocid)
    context = _shown(tender, told, key_set, at) | {
        "form": form,
        "groups": groups,
        "recovery": RECOVERY in request.GET,
        "may_open": may,
        "ours": tender.procuring_entity_id == request.actor.organization_id,
    }
    failed = form is not None and bool(form.errors)
    return render(request, "agency/ceremony.html", context, status=422 if failed else 200)


def _watched(actor: Actor, ocid: str) -> Tender:
    """Return a published tender opened by cards: of the own agency, any for who oversees."""
    found = Tender.objects.filter(process__ocid=ocid, published_at__isnull=False)
    if not actor.may(Permission.READ_AUDIT):
        found = found.filter(procuring_entity_id=actor.organization_id)
    tender = found.select_related("process", "procuring_entity").first()
    if tender is None or tender.opening_policy != OpeningPolicy.CARDS:
        raise NotFound
    return tender


def _form(request: MemberRequest, key_set: KeySet, told: Ceremony) -> CeremonyForm:
    kind = CardKind.RECOVERY if RECOVERY in request.GET else CardKind.COMMITTEE
    data = request.POST if request.method == "POST" else None
    witnesses = told.used[-1].witnesses if told.used else ""
    return CeremonyForm(_left(key_set, kind, told), data, witnesses)


def _left(key_set: KeySet, kind: CardKind, told: Ceremony) -> list[KeyCard]:
    """Return the cards of a kind to choose from: not used yet, and not lost.

    Where those are too few, lost ones too: one that was found again may save the opening.
    """
    used = {use.member for use in told.used}
    cards = keycards.of_kind(key_set, kind)
    unused = [card for card in cards if card.member not in used]
    working = [card for card in unused if card.works]
    needed = key_set.k if kind == CardKind.COMMITTEE else key_set.kr
    return working if len(working) + len(cards) - len(unused) >= needed else unused


def _contribute(tender: Tender, form: CeremonyForm, by: Actor, at: datetime) -> Tender:
    answers = form.cleaned_data
    return bids.contribute(
        tender,
        member=answers["card"],
        digits=answers["digits"],
        witnesses=answers["witnesses"],
        by=by,
        at=at,
    )


def _put(form: CeremonyForm, refusal: Refusal) -> None:
    """Put a refusal beside its field; the domain calls the card by its member."""
    if refusal.field == "member":
        form.add_error("card", str(refusal.message))
    else:
        put_on(form, refusal)


def _done(tender: Tender, form: CeremonyForm) -> str:
    if tender.opened_at is not None:
        return _("两张卡都有效，投标已经全部打开，开标记录已公开。")
    return _("%(card)s 有效，已经公开记录。请下一位持卡人到屏幕前。") % {"card": form.chosen()}


def _shown(
    tender: Tender, told: Ceremony, key_set: KeySet | None, at: datetime
) -> dict[str, object]:
    cards = list(key_set.cards.all()) if key_set else []
    used = {use.member for use in told.used}
    committee = [card for card in cards if card.kind == CardKind.COMMITTEE]
    return {
        "tender": tender,
        "at": at,
        "told": told,
        "keys": key_set,
        "stage": tender.stage(at),
        "is_open": tender.stage(at) is Stage.OPEN,
        "is_over": tender.stage(at) not in {Stage.OPEN, Stage.CLOSED},
        "awaited": told.awaited.value if told.awaited else "",
        "until": sealed.end_of_delivery(tender),
        "committee": committee,
        "reserve": [card for card in cards if card.kind == CardKind.RECOVERY],
        "short": key_set is not None and sum(card.works for card in committee) < key_set.k,
        "inside_only": bool(used)
        and not any(card.is_outside for card in cards if card.member in used),
    }
