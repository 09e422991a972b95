"""The questions of a tender, a form for each step."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from organizations.csos import queries as csos
from organizations.register.models import Organization
from organizations.terms import CostLine
from procurement import rules
from procurement.rulebook import queries as rulebook
from procurement.rules import OcdsMethod
from procurement.tenders.models import AwardBy, InvitationMode, Tender
from procurement.web.agency.choosing import AdviceForm, MethodField
from procurement.web.agency.drafts import NO, YES, Draft, DraftForm, RegionsField
from procurement.web.agency.plan_steps import offered_methods

MODES: Mapping[OcdsMethod, InvitationMode] = {
    OcdsMethod.SELECTIVE: InvitationMode.REGISTER_DRAW,
    OcdsMethod.DIRECT: InvitationMode.DIRECT,
}
RANKINGS: Mapping[rules.AwardBy, AwardBy] = {
    rules.AwardBy.SCORE: AwardBy.SCORED,
    rules.AwardBy.LOWEST_PRICE: AwardBy.LOWEST_PRICE,
    rules.AwardBy.AGREED: AwardBy.AGREED,
}


class TenderForm(DraftForm):
    """A step of a tender."""

    model: ClassVar[type[Tender]] = Tender


class SummaryForm(TenderForm):
    """Title and plain summary."""

    names = ("title", "summary")
    essential = frozenset(names)
    obligatory = frozenset({"title"})
    helps: ClassVar[Mapping[str, Any]] = {
        "summary": _("五行以内：买什么、为谁、在哪里、多久、谁可以参加。写给第一次来的人看。")
    }


class NeedForm(TenderForm):
    """What, for whom, where, how much of it."""

    names = ("description", "quantity", "services", "populations", "regions")
    essential = frozenset(names)
    regions = RegionsField(label=_("服务地区"), help_text=_("点开州市，可以选整个州市或其中的县。"))  # type: ignore[assignment]
    helps: ClassVar[Mapping[str, Any]] = {
        "description": _("做哪些事、做到什么程度、怎样算合格。"),
        "quantity": _("例如：200 人，每人每月随访一次。"),
    }


class ConsultationForm(TenderForm):
    """What the public said of the need, and what was done with it."""

    names = ("consultation_summary", "consultation_responses")
    essential = frozenset(names)
    helps: ClassVar[Mapping[str, Any]] = {
        "consultation_summary": _(
            "收到几条、主要说什么。没有收到意见，也请写明。不写提意见人的姓名。"
        ),
        "consultation_responses": _("采纳了什么、没有采纳什么、为什么。"),
    }


class ProcedureForm(AdviceForm, TenderForm):
    """A few questions, which contracting procedure, and why."""

    names = ("procurement_method", "method_rationale")
    essential = frozenset(names)
    procurement_method = MethodField(
        label=_("采购方式"), widget=forms.RadioSelect, choices=offered_methods
    )
    helps: ClassVar[Mapping[str, Any]] = {
        "method_rationale": _("为什么这种方式适合这个项目。理由会随公告公开。")
    }

    def __init__(self, data: QueryDict | None = None, *, subject: Draft) -> None:
        super().__init__(data, subject=subject)
        self.ask(subject)

    def changes(self) -> dict[str, Any]:
        """Return the choice with all that follows from it: how to invite, to rank, what to sign."""
        chosen = super().changes() | self.said()
        if not chosen["procurement_method"]:
            return chosen
        method = rulebook.files().method(chosen["procurement_method"])
        ranking = RANKINGS.get(method.award_by)
        if ranking:
            chosen["award_by"] = ranking
        elif self.subject.procurement_method != method.id:
            chosen["award_by"] = AwardBy.SCORED
        mode = MODES.get(method.ocds_method, InvitationMode.PUBLIC_NOTICE)
        return chosen | {"invitation_mode": mode, "instrument": method.instrument.value}


class ApprovalForm(TenderForm):
    """Who approved a procedure other than public invitation; asked above the threshold."""

    names = ("approval_authority", "approval_number", "approval_date")
    helps: ClassVar[Mapping[str, Any]] = {
        "approval_authority": _(
            "达到公开招标数额标准、又不用公开招标的，须先获批准。没有达到的不用填。"
        )
    }


def _supplier_choices() -> list[tuple[str, str]]:
    return [("", "–"), *((str(host.pk), host.name) for host in csos.hosts())]


class SupplierForm(TenderForm):
    """The one organisation a single source is bought from."""

    names = ("single_source_supplier",)
    essential = frozenset(names)
    single_source_supplier = forms.ChoiceField(
        label=_("拟采购的组织"),
        help_text=_("只列出已核验、能独立承担民事责任的组织。"),
        choices=_supplier_choices,
    )

    def changes(self) -> dict[str, Any]:
        """Return the organisation chosen."""
        chosen = self.cleaned_data["single_source_supplier"]
        found = Organization.objects.verified().filter(pk=chosen).first() if chosen else None
        return {"single_source_supplier": found}


class MoneyForm(TenderForm):
    """Budget, ceiling, where the money comes from."""

    names = (
        "value_amount",
        "ceiling_amount",
        "grant_maximum",
        "fixed_price",
        "budget_reference",
        "fiscal_year",
        "midterm_years",
    )
    essential = frozenset({"value_amount", "budget_reference", "fiscal_year"})
    helps: ClassVar[Mapping[str, Any]] = {
        "value_amount": _("可以写 48,000 或 4.8万。"),
        "ceiling_amount": _("设最高限价才填。法律不允许设最低限价。"),
        "fixed_price": _("价格定死，只比质量，可以防止低价竞争压低人员工资。"),
        "fiscal_year": _("例如 2026。"),
    }

    def __init__(self, data: QueryDict | None = None, *, subject: Draft) -> None:
        super().__init__(data, subject=subject)
        if isinstance(subject, Tender) and subject.instrument != "grant":
            del self.fields["grant_maximum"]

    def changes(self) -> dict[str, Any]:
        """Return what was asked; a maximum per organisation is asked of grants only."""
        return {name: self.cleaned_data[name] for name in self.fields}


class CostsForm(TenderForm):
    """Whether the price pays what the service really costs, line by line."""

    names = ("full_cost_covered", "indirect_rate_cap")
    essential = frozenset({"full_cost_covered"})
    helps: ClassVar[Mapping[str, Any]] = {
        "full_cost_covered": _("包括工资、社保、场地、管理等。答“否”也可以发布，但会公开说明。"),
        "indirect_rate_cap": _("没有上限就不填。"),
    }

    def __init__(self, data: QueryDict | None = None, *, subject: Tender) -> None:
        super().__init__(data, subject=subject)
        known = {line.line: line for line in subject.cost_policy.all()}
        for value, label in CostLine.choices:
            line = known.get(value)
            answer = "" if line is None else (YES if line.is_paid else NO)
            self.fields[f"paid_{value}"] = forms.ChoiceField(
                label=label,
                required=False,
                initial=answer,
                choices=[("", _("没有说明")), (YES, _("支付")), (NO, _("不支付"))],
            )
            self.fields[f"share_{value}"] = forms.DecimalField(
                label=_("%(line)s最多占预算的百分之几") % {"line": label},
                required=False,
                initial=line.maximum_share if line else None,
                min_value=Decimal(0),
                max_value=Decimal(100),
                max_digits=5,
                decimal_places=2,
            )

    def parts(self) -> dict[str, list[dict[str, Any]]]:
        """Return a row for every cost line that was answered."""
        data = self.cleaned_data
        return {
            "cost_policy": [
                {
                    "line": line,
                    "is_paid": data[f"paid_{line}"] == YES,
                    "maximum_share": data[f"share_{line}"],
                }
                for line in CostLine.values
                if data[f"paid_{line}"]
            ]
        }


class LotsForm(TenderForm):
    """Lots have no question beside their rows."""


class CriteriaForm(TenderForm):
    """How offers are ranked, where the procedure leaves a choice."""

    names = ("award_by",)
    essential = frozenset(names)
    award_by = forms.ChoiceField(
        label=_("评审办法"),
        widget=forms.RadioSelect,
        choices=[
            (AwardBy.SCORED, _("综合评分：按下面的因素打分，总分最高的排第一")),
            (AwardBy.LOWEST_PRICE, _("最低价：满足全部要求的投标里，报价最低的排第一")),
        ],
    )

    def __init__(self, data: QueryDict | None = None, *, subject: Tender) -> None:
        super().__init__(data, subject=subject)
        if not leaves_ranking_open(subject):
            del self.fields["award_by"]

    def changes(self) -> dict[str, Any]:
        """Return the choice, where there was one."""
        chosen = self.cleaned_data.get("award_by")
        return {"award_by": chosen} if chosen else {}


def leaves_ranking_open(tender: Tender) -> bool:
    """Say whether the procedure lets the agency choose how offers are ranked."""
    if not tender.procurement_method:
        return False
    return rulebook.files().method(tender.procurement_method).award_by not in RANKINGS


class DatesForm(TenderForm):
    """The timetable."""

    names = (
        "tender_period_end",
        "notice_period_end",
        "documents_end",
        "enquiry_period_end",
        "publicity_period_end",
        "award_expected_date",
        "contract_start",
        "contract_end",
    )
    essential = frozenset({"tender_period_end", "contract_start", "contract_end"})
    helps: ClassVar[Mapping[str, Any]] = {
        "tender_period_end": _("到这一刻为止可以提交。过一秒就不再接收，随即开标。"),
        "enquiry_period_end": _("不填就和投标截止相同。"),
    }

    def __init__(self, data: QueryDict | None = None, *, subject: Draft) -> None:
        super().__init__(data, subject=subject)
        if isinstance(subject, Tender) and subject.invitation_mode != InvitationMode.DIRECT:
            del self.fields["publicity_period_end"]

    def changes(self) -> dict[str, Any]:
        """Return the dates asked for; a publicity is held for a single source only."""
        return {name: self.cleaned_data[name] for name in self.fields}


class EligibilityForm(TenderForm):
    """Who may take part."""

    names = ("eligibility", "hosted_may_bid")
    essential = frozenset({"eligibility"})
    helps: ClassVar[Mapping[str, Any]] = {
        "eligibility": _("不能要求成立满几年，不能限定名单、所在地或所有制。"),
        "hosted_may_bid": _("没有登记的志愿小组可以由托管组织签字、负责。"),
    }


class ContactsForm(TenderForm):
    """Where the documents are, where bids are opened, whom to ask and where to object."""

    names = (
        "documents_place",
        "documents_method",
        "documents_price",
        "opening_policy",
        "opening_address",
        "contact_name",
        "contact_telephone",
        "challenge_method",
        "challenge_department",
        "challenge_telephone",
        "challenge_address",
    )
    essential = frozenset(names)
    helps: ClassVar[Mapping[str, Any]] = {
        "documents_place": _("例如：本网站。"),
        "documents_method": _("例如：免费下载。"),
        "documents_price": _("例如：免费。"),
        "opening_policy": _("金额小的项目可以到时间自动打开；金额大的还要两张钥匙卡。"),
        "challenge_method": _("例如：书面当面提交或邮寄。"),
    }


class DeclarationsForm(TenderForm):
    """What the agency declares, where else the notice stands, and reasons for exceptions."""

    names = (
        "non_discrimination_declared",
        "negative_list_declared",
        "privacy_checked",
        "sme_reserved",
        "sme_reason",
        "designated_media_url",
        "designated_media_date",
    )
    essential = frozenset(
        {
            "non_discrimination_declared",
            "negative_list_declared",
            "privacy_checked",
            "designated_media_url",
            "designated_media_date",
        }
    )
    helps: ClassVar[Mapping[str, Any]] = {
        "sme_reserved": _("中小企业不包括社会组织：勾选以后，社会组织就不能参加了。"),
        "designated_media_url": _(
            "同一份公告在政府采购网云南分网上的地址。两处不一致时，以那里为准。"
        ),
    }

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        subject: Tender,
        excusable: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, subject=subject)
        self.excusable = tuple(excusable or {})
        for rule_id, text in (excusable or {}).items():
            self.fields[f"reason_{rule_id}"] = forms.CharField(
                label=_("例外的理由"),
                help_text=text,
                required=False,
                initial=subject.rule_reasons.get(rule_id, ""),
                widget=forms.Textarea({"rows": 3}),
                max_length=500,
            )

    def changes(self) -> dict[str, Any]:
        """Return the declarations, and the reasons that were given."""
        kept = dict(self.subject.rule_reasons) if isinstance(self.subject, Tender) else {}
        for rule_id in self.excusable:
            reason = self.cleaned_data[f"reason_{rule_id}"].strip()
            kept.pop(rule_id, None)
            if reason:
                kept[rule_id] = reason
        return super().changes() | {"rule_reasons": kept}
