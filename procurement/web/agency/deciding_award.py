"""The decision: the ranking lot by lot, the reasons, a page to read it through, then for good."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organizations import instants
from organizations.refusals import Refusal
from organizations.roles import Permission
from organizations.web.access import needs
from organizations.web.requests import MemberRequest
from procurement import lifecycle, permissions
from procurement.awards import actions as awarding
from procurement.awards import queries as awards
from procurement.awards.actions import Decision
from procurement.evaluation import queries as evaluation
from procurement.evaluation.models import Ranking
from procurement.legality import RulesBroken
from procurement.lifecycle import Act, NotNow, Stage
from procurement.rules import Finding, Rule, words
from procurement.tenders.models import Tender
from procurement.tenders.parts import Lot
from procurement.web import labels
from procurement.web.agency import verdicts
from procurement.web.agency.deciding import decided_on
from procurement.web.refusals import put_on

AWARD, NOBODY = "award", "nobody"
DECIDE = "decide"  # the button of the page that reads the decision through
DECIDED = frozenset({Stage.AWARDED, Stage.UNSUCCESSFUL})


class AwardForm(forms.Form):
    """For each lot: award as ranked or award nobody, and why."""

    def __init__(
        self,
        lots: list[Lot],
        data: Mapping[str, object] | None = None,
        *,
        barred: Collection[int] = (),
    ) -> None:
        super().__init__(data)
        self.lots = lots
        nobody = (NOBODY, gettext_lazy("这一包不授予任何人"))
        for lot in lots:
            self.fields[f"decision_{lot.number}"] = forms.ChoiceField(
                label=gettext_lazy("您的决定"),
                widget=forms.RadioSelect,
                choices=[nobody]
                if lot.number in barred
                else [(AWARD, gettext_lazy("按排名授予")), nobody],
                error_messages={
                    "required": gettext_lazy("请选择怎样决定。"),
                    "invalid_choice": gettext_lazy(
                        "请从列出的决定里选一个，原因见排名下面的说明。"
                    ),
                },
            )
            self.fields[f"reasons_{lot.number}"] = forms.CharField(
                label=gettext_lazy("理由"),
                help_text=gettext_lazy("会公开。写清为什么选它，或者为什么都不选。"),
                max_length=3000,
                widget=forms.Textarea(attrs={"rows": 5}),
                error_messages={"required": gettext_lazy("请写明决定的理由，理由会公开。")},
            )

    def of(self, lot: Lot) -> list[forms.BoundField]:
        """Return the two fields of a lot."""
        return [self[f"decision_{lot.number}"], self[f"reasons_{lot.number}"]]

    def decisions(self) -> dict[int, Decision]:
        """Return what was decided, by lot number."""
        given = self.cleaned_data
        return {
            lot.number: Decision(
                is_awarded=given[f"decision_{lot.number}"] == AWARD,
                reasons=given[f"reasons_{lot.number}"],
            )
            for lot in self.lots
        }


@dataclass(frozen=True)
class LotPage:
    """A lot as the deciding page shows it; `barred` says why it can be awarded to nobody."""

    lot: Lot
    ranking: list[Ranking]
    recommended: list[Ranking]
    barred: str
    fields: list[forms.BoundField]
    decision: Decision | None


@needs(Permission.DECIDE_AWARDS)
def award(request: MemberRequest, ocid: str) -> HttpResponse:
    """Decide every lot in two steps: write, read through. Once decided, say what happens next."""
    at = instants.now()
    tender = decided_on(request.actor, ocid)
    stage = tender.stage(at)
    if stage in DECIDED:
        done = request.method != "POST"
        return _done(request, tender) if done else redirect("agency:award", ocid)
    lifecycle.require(Act.DECIDE_AWARD, tender, at)
    data = request.POST if request.method == "POST" else None
    lots = awards.open_lots(tender)
    barred = _barred(tender, lots, at)
    form = AwardForm(lots, data, barred=barred)
    broken: tuple[Finding, ...] = ()
    if data is not None and DECIDE in data and form.is_valid():
        try:
            awarding.decide(tender, decisions=form.decisions(), by=request.actor, at=at)
        except RulesBroken as refusal:
            broken = refusal.findings
            form.add_error(None, str(refusal.message))
        except Refusal as refusal:
            put_on(form, refusal)
        except NotNow:  # the other click was first
            return redirect("agency:award", ocid)
        else:
            return redirect("agency:award", ocid)
    return _deciding(request, tender, form, barred, broken)


def _barred(tender: Tender, lots: list[Lot], at: datetime) -> dict[int, str]:
    """Return why a lot can be awarded to nobody, by lot number; the others may be awarded."""
    found = {
        number: _(
            "符合要求的组织只有 %(count)s 家，规则要求至少 %(needed)s 家，这一包只能决定不授予。"
        )
        % {"count": short.bidders, "needed": short.needed}
        + _source(short.rule)
        for number, short in awards.shortages(tender, lots, at=at).items()
    }
    for lot in lots:
        if lot.number in found or awards.recommended(lot):
            continue
        found[lot.number] = (
            _("排名第一的报价超过这一包的预算，只能决定不授予。")
            if awards.ranked(lot).exists()
            else _("没有符合要求的报价，只能决定不授予。")
        )
    return found


def _source(rule: Rule | None) -> str:
    return f" {words.basis(rule, verdicts.language())}" if rule else ""


def _deciding(
    request: MemberRequest,
    tender: Tender,
    form: AwardForm,
    barred: Mapping[int, str],
    broken: tuple[Finding, ...],
) -> HttpResponse:
    """Show the ranking and the form; after a valid form, the decision to be read through."""
    whole = form.is_bound and "edit" not in form.data and form.is_valid()
    decisions = form.decisions() if whole else {}
    ranking = list(evaluation.ranking(tender))
    lots = [
        LotPage(
            lot=lot,
            ranking=[place for place in ranking if place.offer.lot_id == lot.pk],
            recommended=[] if lot.number in barred else awards.recommended(lot),
            barred=barred.get(lot.number, ""),
            fields=form.of(lot),
            decision=decisions.get(lot.number),
        )
        for lot in form.lots
    ]
    act, subject = Act.DECIDE_AWARD, awarding.subject(tender)
    context = {
        "tender": tender,
        "form": form,
        "lots": lots,
        "preview": whole,
        "broken": verdicts.all_placed(broken, {}),
        "not_you": permissions.refusal(act, by=request.actor, on=subject),
    }
    return render(request, "agency/award.html", context)


def _done(request: MemberRequest, tender: Tender) -> HttpResponse:
    """Say what was decided, until when it may be challenged, and where the public reads it."""
    decided_at = tender.awarded_at or tender.unsuccessful_at
    decided = list(awards.of(tender))
    context = {
        "tender": tender,
        "awards": decided,
        "window": awards.challenge_window(tender, decided_at) if decided and decided_at else None,
        "title": _("采购结果已经公布") if decided else labels.STAGES[Stage.UNSUCCESSFUL],
    }
    return render(request, "agency/award_done.html", context)
