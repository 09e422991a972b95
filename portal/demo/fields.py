"""What the drafters of the rehearsal fill in: every field of a lawful tender."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from organizations.terms import CostLine
from portal.demo import days
from portal.demo.case import Case
from procurement.tenders.advising import QUESTIONS, Answer
from procurement.tenders.models import AwardBy, InvitationMode, OpeningPolicy

MODES = {"invited": InvitationMode.REGISTER_DRAW, "single-source": InvitationMode.DIRECT}
RANKED_BY = {"negotiation": AwardBy.LOWEST_PRICE, "single-source": AwardBy.AGREED}
WHY = {
    "open": "服务面向公众，有多家组织能够承担，公开招标最公平。",
    "invited": "能做这类服务的组织不多，从登记的组织中随机抽取，同时邀请。",
    "negotiation": "服务内容需要当面商定，且要在年底前开始。",
    "consultation": "属于政府购买服务项目，需要在磋商中完善服务方案。",
    "single-source": "服务对象由这家组织长期陪伴，更换会造成失访，须继续由其服务。",
    "grant": "项目由社会组织自己提出，按公益创投办法资助。",
}
# the question whose yes is the ground of a method; all others are answered no
GROUNDS = {
    "invited": "advice.specialised",
    "negotiation": "advice.needUnclear",
    "single-source": "advice.onlySupplier",
    "grant": "advice.proposed",
}
LEVELS = "优：针对性强、可以核查，得满分；良：基本可行，得八成；一般：笼统，得六成。"
PARTIAL = {CostLine.RENT, CostLine.EQUIPMENT, CostLine.MANAGEMENT_FEE, CostLine.UTILITIES}
MEDIUM = "https://medium.example.org/notice/"  # an invented designated medium


def tender(case: Case, at: datetime) -> dict[str, Any]:
    """Return every field of the draft."""
    return _what(case) | _how(case) | _when(case) | _where(case) | budget(case, at)


def budget(case: Case, at: datetime) -> dict[str, Any]:
    """Return what planning notice and tender both say of money, ban list and medium."""
    year = days.day_of(case.times.published).year
    amount = "budget_amount" if at == case.times.planned else "value_amount"
    return {
        amount: Decimal(case.yuan),
        "budget_reference": f"艾滋病防治专项〔{year}〕{case.yuan // 1000}号",
        "fiscal_year": year,
        "midterm_years": 3,
        "negative_list_declared": True,
        "designated_media_url": f"{MEDIUM}{year}{case.chance.randint(10**6, 10**7 - 1)}",
        "designated_media_date": days.day_of(
            at if at == case.times.planned else case.times.published
        ),
    }


def _what(case: Case) -> dict[str, Any]:
    brief = case.brief
    return {
        "summary": case.words(brief.summary),
        "description": case.words(brief.description),
        "quantity": brief.quantity,
        "services": list(brief.services),
        "populations": list(brief.populations),
        "consultation_summary": "收到三条意见：希望支付人员工资和社会保险；希望晚上也能服务；"
        "希望没有登记的小组也能参加。",
        "consultation_responses": "费用政策已写明是否支付工资和社会保险；服务时间包括晚上；"
        "没有登记的小组可由托管组织参加。",
    }


def _how(case: Case) -> dict[str, Any]:
    supplier = case.bidders[0].cso.organization if case.method == "single-source" else None
    return {
        "procurement_method": case.method,
        "advice_answers": answers(case.method),
        "method_rationale": WHY[case.method],
        "invitation_mode": MODES.get(case.method, InvitationMode.PUBLIC_NOTICE),
        "award_by": RANKED_BY.get(case.method, AwardBy.SCORED),
        "instrument": "grant" if case.method == "grant" else "contract",
        "single_source_supplier": supplier,
        "grant_maximum": Decimal(case.yuan // 4) if case.method == "grant" else None,
        "ceiling_amount": Decimal(case.yuan),
        "opening_policy": OpeningPolicy.CARDS if case.is_large else OpeningPolicy.CLOCK,
        "fixed_price": case.fixed_price,
        "full_cost_covered": case.full_cost,
        "indirect_rate_cap": Decimal(15 if case.full_cost else 8),
        "eligibility": "依法登记、能独立承担民事责任的社会组织；没有登记的小组由托管组织参加。",
        "hosted_may_bid": True,
        "non_discrimination_declared": True,
        "privacy_checked": True,
        "sme_reason": "服务由社会组织提供，预留给中小企业会使社会组织无法参加。",
    }


def answers(method: str) -> dict[str, str]:
    """Return what the drafters answer before they choose a method."""
    yes = GROUNDS.get(method)
    return {name: (Answer.YES if name == yes else Answer.NO).value for name in QUESTIONS}


def _when(case: Case) -> dict[str, Any]:
    times = case.times
    start = days.working((days.day_of(times.decided) + timedelta(days=32)).replace(day=1))
    return {
        "notice_period_end": times.notice_end,
        "documents_end": times.notice_end,
        "publicity_period_end": times.notice_end,
        "enquiry_period_end": times.deadline - timedelta(days=5),
        "tender_period_end": times.deadline,
        "award_expected_date": days.day_of(times.decided),
        "contract_start": start,
        "contract_end": start + timedelta(days=364),
    }


def _where(case: Case) -> dict[str, Any]:
    buyer = case.office.organization
    return {
        "documents_place": "本平台",
        "documents_method": "登录后免费下载，也可以不登录直接查看",
        "documents_price": "免费",
        "opening_address": f"本平台；{buyer.address}二楼会议室可以旁听",
        "contact_name": "性病艾滋病防制科",
        "contact_telephone": buyer.phone,
        "challenge_method": "书面提交、邮寄或通过本平台",
        "challenge_department": "办公室",
        "challenge_telephone": buyer.phone,
        "challenge_address": buyer.address,
    }


def parts(case: Case) -> dict[str, list[dict[str, Any]]]:
    """Return lots, criteria, cost policy and, for a single source, the experts' opinions."""
    lots = case.lots or ((case.words(case.brief.title), "", case.yuan),)
    return {
        "lots": [
            {
                "number": number,
                "title": title,
                "description": content,
                "value_amount": Decimal(yuan),
                "suppliers_wanted": case.suppliers_wanted,
            }
            for number, (title, content, yuan) in enumerate(lots, start=1)
        ],
        "criteria": _criteria(case),
        "cost_policy": [
            {"line": line, "is_paid": case.full_cost or line not in PARTIAL} for line in CostLine
        ],
        "experts": _experts(case) if case.method == "single-source" else [],
    }


def _criteria(case: Case) -> list[dict[str, Any]]:
    weights: tuple[tuple[str, str, int], ...]
    if case.fixed_price:
        weights = (("服务方案", "quality", 70), ("人员和质量保证", "quality", 30))
    else:
        weights = (
            ("报价", "price", 15),
            ("服务方案", "quality", 55),
            ("人员和质量保证", "quality", 30),
        )
    return [_criterion(place, *each) for place, each in enumerate(weights, start=1)]


def _criterion(position: int, name: str, kind: str, weight: int) -> dict[str, Any]:
    levels = "满足要求的最低报价得满分，其他按比例计算。" if kind == "price" else LEVELS
    return {
        "position": position,
        "name": name,
        "kind": kind,
        "weight": weight,
        "description": levels,
    }


def _experts(case: Case) -> list[dict[str, Any]]:
    supplier = case.bidders[0].group.name
    return [
        {
            "name": name,
            "employer": employer,
            "professional_title": "主任医师",
            "opinion": f"{supplier}与服务对象已建立信任，当地没有第二家能够接续，同意单一来源。",
        }
        for name, employer in (
            ("苏秀文", "春山大学公共卫生学院"),
            ("曾明远", "南岭社会工作学院"),
            ("吕安宁", "清川传染病研究所"),
        )
    ]
