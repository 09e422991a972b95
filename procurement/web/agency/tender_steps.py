"""The steps in which a tender is written; which of them a procedure asks for; how far each is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement.rulebook import queries as rulebook
from procurement.tenders import queries
from procurement.tenders.models import AwardBy, InvitationMode, Tender
from procurement.web.agency import progress, tender_forms, verdicts
from procurement.web.agency.drafts import DraftForm
from procurement.web.agency.fields import PROBLEM_STEPS, TENDER_PLACES
from procurement.web.agency.progress import Checked, Lack
from procurement.web.agency.rows import CriterionRow, ExpertRow, LotRow, RowForm

APPROVAL = "planning.approval.authority"


def _always(_tender: Tender) -> bool:
    return True


def _is_consulted(tender: Tender) -> bool:
    return tender.planning_notice_id is not None


def _needs_approval(tender: Tender) -> bool:
    """Say whether a rule of the procedure asks for an approval."""
    if not tender.procurement_method:
        return False
    book = rulebook.files()
    method = book.method(tender.procurement_method)
    asking = (rule for rule in book.rules if APPROVAL in rule.required_fields)
    return any(method.id in rule.procedures for rule in asking)


def _is_direct(tender: Tender) -> bool:
    return tender.invitation_mode == InvitationMode.DIRECT


def _is_drawn(tender: Tender) -> bool:
    return tender.invitation_mode == InvitationMode.REGISTER_DRAW


@dataclass(frozen=True)
class Step:
    """One page of a tender's draft."""

    slug: str
    title: StrOrPromise
    form: type[DraftForm] | None
    row: type[RowForm] | None = None
    part: str = ""  # the list its rows fill, a name of editable.PARTS
    wanted: Callable[[Tender], bool] = _always


TENDER_STEPS = (
    Step("summary", _("名称和简介"), tender_forms.SummaryForm),
    Step("need", _("买什么、为谁、在哪里"), tender_forms.NeedForm),
    Step("consultation", _("公众说了什么"), tender_forms.ConsultationForm, wanted=_is_consulted),
    Step("procedure", _("采购方式"), tender_forms.ProcedureForm),
    Step("approval", _("采购方式的批准"), tender_forms.ApprovalForm, wanted=_needs_approval),
    Step(
        "supplier", _("拟采购的组织和专家意见"), tender_forms.SupplierForm, ExpertRow, "experts",
        _is_direct,
    ),
    Step("money", _("预算"), tender_forms.MoneyForm),
    Step("costs", _("支付哪些费用"), tender_forms.CostsForm),
    Step("lots", _("分包"), tender_forms.LotsForm, LotRow, "lots"),
    Step("criteria", _("评审因素和分值"), tender_forms.CriteriaForm, CriterionRow, "criteria"),
    Step("dates", _("时间安排"), tender_forms.DatesForm),
    Step("eligibility", _("谁可以参加"), tender_forms.EligibilityForm),
    Step("draw", _("抽取受邀组织"), None, wanted=_is_drawn),
    Step("documents", _("采购文件"), None),
    Step("contacts", _("地点和联系人"), tender_forms.ContactsForm),
    Step("declarations", _("声明和指定媒体"), tender_forms.DeclarationsForm),
)  # fmt: skip


def steps_of(tender: Tender) -> list[Step]:
    """Return the steps this tender's procedure asks for, in order."""
    return [step for step in TENDER_STEPS if step.wanted(tender)]


def checked(tender: Tender, at: datetime) -> Checked:
    """Return the tender with what it lacks, what the rules say, and the earliest lawful days."""
    lacks = [
        Lack(PROBLEM_STEPS[problem.field], problem.field, str(problem.message))
        for problem in queries.problems(tender, at=at)
    ]
    if not tender.procurement_method:
        return Checked(tender, (), (), lacks)
    found = queries.findings(tender, at=at)
    earliest = queries.earliest(tender, at=at)
    days = verdicts.lawful_days(earliest, TENDER_PLACES, on=queries.day(at))
    return Checked(tender, found, verdicts.all_placed(found, TENDER_PLACES), lacks, days)


def tasks(tender: Tender, check: Checked) -> list[dict[str, str]]:
    """Return the rows of the task list."""
    rows = []
    for step in steps_of(tender):
        begun = _begun(step, tender)
        blank = _blank(step, tender) if begun or step.form else [str(step.title)]
        state, hint = progress.state(step, check, begun=begun, blank=blank)
        rows.append(
            {"name": str(step.title), "url": address(tender, step), "state": state, "hint": hint}
        )
    return rows


def address(tender: Tender, step: Step) -> str:
    """Return the address of a step's page."""
    return reverse("agency:tender-step", args=[tender.ocid, step.slug])


def _begun(step: Step, tender: Tender) -> bool:
    if step.slug == "draw":
        return hasattr(tender, "draw") and tender.draw.drawn_at is not None
    if step.slug == "documents":
        return tender.attachments.exists()
    if step.slug == "criteria" and tender.award_by != AwardBy.SCORED:
        return True
    if step.slug == "costs" and tender.cost_policy.exists():
        return True
    if step.row is not None and step.row.model.objects.filter(tender=tender).exists():
        return True
    return step.form is not None and step.form.is_begun(tender)


def _blank(step: Step, tender: Tender) -> list[str]:
    if step.form is None:
        return []
    names = step.form.blank_names(tender)
    form = step.form(subject=tender)
    return [str(form.fields[name].label) for name in names if name in form.fields]
