"""Everything a draft tender says, section by section, as its approver reads it."""

from typing import Any

from django.utils.translation import gettext as _

from procurement.templatetags.display import yuan
from procurement.tenders import queries
from procurement.tenders.models import AwardBy, Tender
from procurement.web.agency import tender_forms
from procurement.web.agency.planning import shown
from procurement.web.agency.tender_steps import Step, steps_of

Row = dict[str, Any]


def sections(tender: Tender) -> list[dict[str, Any]]:
    """Return the sections of the review, in the order of the steps."""
    return [
        {"title": step.title, "slug": step.slug, "rows": _answers(step, tender)}
        for step in steps_of(tender)
    ]


def _answers(step: Step, tender: Tender) -> list[Row]:
    rows: list[Row] = []
    if step.form is not None:
        form = step.form(subject=tender)
        own = [name for name in form.names if name in form.fields]
        rows = [_row(form.fields[name].label, shown(form, name)) for name in own]
    extra = {
        "costs": _costs,
        "lots": _lots,
        "criteria": _criteria,
        "supplier": _experts,
        "documents": _documents,
        "draw": _draw,
        "declarations": _reasons,
    }.get(step.slug)
    return rows + extra(tender) if extra else rows


def _row(key: object, value: object) -> Row:
    return {"key": key, "value": value}


def _costs(tender: Tender) -> list[Row]:
    """Return what is paid and what is not, each in one row."""
    paid: list[str] = []
    unpaid: list[str] = []
    for line in tender.cost_policy.all():
        words = str(line.get_line_display())
        if line.maximum_share is not None:
            words += _("（最多 %(share)s%%）") % {"share": f"{line.maximum_share.normalize():f}"}
        (paid if line.is_paid else unpaid).append(words)
    rows = [(_("支付的费用"), paid), (_("不支付的费用"), unpaid)]
    return [_row(key, _("、").join(lines)) for key, lines in rows if lines]


def _lots(tender: Tender) -> list[Row]:
    return [
        _row(
            _("第 %(number)s 包") % {"number": lot.number},
            _("%(title)s\n预算 %(amount)s，选 %(wanted)s 家\n%(description)s")
            % {
                "title": lot.title,
                "amount": yuan(lot.value_amount),
                "wanted": lot.suppliers_wanted,
                "description": lot.description,
            },
        )
        for lot in tender.lots.all()
    ]


def _criteria(tender: Tender) -> list[Row]:
    rows = [_row(_("怎样排名"), tender.get_award_by_display())]
    if tender_forms.leaves_ranking_open(tender):
        rows = []  # the form's own question says it
    if tender.award_by != AwardBy.SCORED:
        return rows
    return rows + [
        _row(
            criterion.name,
            _("%(kind)s，%(weight)s 分\n%(description)s")
            % {
                "kind": criterion.get_kind_display(),
                "weight": criterion.weight,
                "description": criterion.description,
            },
        )
        for criterion in tender.criteria.all()
    ]


def _experts(tender: Tender) -> list[Row]:
    return [
        _row(f"{expert.name}，{expert.employer}，{expert.professional_title}", expert.opinion)
        for expert in tender.experts.all()
    ]


def _documents(tender: Tender) -> list[Row]:
    attached = tender.attachments.select_related("document")
    return [
        _row(each.document.get_document_type_display(), str(each.document)) for each in attached
    ]


def _draw(tender: Tender) -> list[Row]:
    drawn = getattr(tender, "draw", None)
    if drawn is None or drawn.drawn_at is None:
        return [_row(_("抽取"), _("还没有抽取"))]
    invited = list(queries.invitations(tender))
    names = _("、").join(str(each.organization) for each in invited if not each.is_by_hand)
    return [
        _row(_("备选组织"), _("%(count)s 家") % {"count": len(drawn.pool)}),
        _row(_("抽中的组织（开标前保密）"), names),
        *(
            _row(_("人工增加：%(name)s") % {"name": each.organization}, each.reason)
            for each in invited
            if each.is_by_hand
        ),
        _row(_("见证人"), _("、").join(witness.name for witness in drawn.witnesses.all())),
    ]


def _reasons(tender: Tender) -> list[Row]:
    return [_row(_("例外的理由"), reason) for reason in tender.rule_reasons.values()]
