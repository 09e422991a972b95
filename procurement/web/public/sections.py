"""The sections of a release or a merged record in words: what, who, money, dates, offers, result.

Everything here comes from the published record. A section the record does not have is empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from procurement.publication.catalogue import POPULATION_SCHEME, REGION_SCHEME, SERVICE_SCHEME
from procurement.templatetags.display import day, moment, percent, yuan
from procurement.web import changed
from procurement.web.public import places, words

Record = Mapping[str, Any]
COUNTS = "counts"  # the status, in a closing register, of a bid that is opened

LONG = 100  # characters

MILESTONES: Mapping[str, StrOrPromise] = {
    "expected-procurement": gettext_lazy("预计采购时间"),
    "public-comment": gettext_lazy("征求意见截止"),
}


@dataclass(frozen=True)
class Fact:
    """One fact: its label, its text, and whether the text is the agency's own Chinese."""

    label: StrOrPromise
    text: str
    is_content: bool = False
    url: str = ""

    @property
    def is_clause(self) -> bool:
        """Whether it is a clause of several sentences that has a page of its own."""
        return bool(self.url) and len(self.text) > LONG


OPENING: Mapping[str, StrOrPromise] = {
    "clock": gettext_lazy("截标登记公布以后，由时间闸自动打开。"),
    "clock-and-cards": gettext_lazy("截标登记公布以后，时间闸放行，再由两张钥匙卡当众打开。"),
}


def instant(text: str | None) -> datetime | None:
    """Return an instant of the record."""
    return datetime.fromisoformat(text) if text else None


def amount(value: Record | None) -> Decimal | None:
    """Return an amount of the record in yuan."""
    return None if not value or "amount" not in value else Decimal(str(value["amount"]))


def _facts(*facts: Fact) -> list[Fact]:
    return [fact for fact in facts if fact.text]


def _said(label: StrOrPromise, text: str | None, url: str = "") -> Fact:
    return Fact(label, text or "", is_content=True, url=url)


def _codes(tender: Record, scheme: str) -> list[str]:
    found: dict[str, None] = {}
    for item in tender.get("items", []):
        for code in item.get("additionalClassifications", []):
            if code["scheme"] == scheme:
                found[code["id"]] = None
    return list(found)


def _regions(tender: Record) -> list[str]:
    found: dict[str, None] = {}
    for item in tender.get("items", []):
        gazetteer = item.get("deliveryLocation", {}).get("gazetteer", {})
        if gazetteer.get("scheme") == REGION_SCHEME:
            found.update(dict.fromkeys(gazetteer["identifiers"]))
    return list(found)


def what(release: Record) -> list[Fact]:
    """Return what is bought, for whom, where and how."""
    tender = release.get("tender", {})
    method = tender.get("procedure", "")
    return _facts(
        _said(_("要做什么"), tender.get("description") if tender.get("procedure") else ""),
        _said(_("买多少"), tender.get("quantityDescription")),
        Fact(_("服务"), words.services(_codes(tender, SERVICE_SCHEME))),
        Fact(_("服务人群"), words.populations(_codes(tender, POPULATION_SCHEME))),
        Fact(_("地区"), places.names(_regions(tender))),
        Fact(_("采购方式"), words.method(method) if method else ""),
        _said(_("选用这种方式的理由"), tender.get("procurementMethodRationale")),
        _said(_("依据"), tender.get("legalBasis", {}).get("description")),
        Fact(_("签订"), str(words.INSTRUMENTS.get(tender.get("instrument", ""), ""))),
    )


def who(release: Record) -> list[Fact]:
    """Return who may take part."""
    tender = release.get("tender", {})
    method = tender.get("procurementMethod", "")
    hosted = bool(tender.get("hostedGroupsMayBid"))
    only = tender.get("singleSource", {}).get("supplier", {}).get("name")
    return _facts(
        Fact(_("面向"), words.who_may_bid(method, hosted=hosted) if method else ""),
        _said(_("资格要求"), tender.get("eligibilityCriteria")),
        _said(_("拟商定的组织"), only),
    )


def money(release: Record) -> list[Fact]:
    """Return the budget and its limits."""
    tender = release.get("tender", {})
    plan = release.get("planning", {}).get("budget", {})
    budget = amount(tender.get("value")) or amount(plan.get("amount"))
    return _facts(
        Fact(_("预算"), yuan(budget)),
        Fact(_("最高限价"), yuan(amount(tender.get("ceilingPrice")))),
        Fact(_("每项资助最多"), yuan(amount(tender.get("grantMaximum")))),
    )


@dataclass(frozen=True)
class Costs:
    """Which costs are paid, in words."""

    is_full: bool
    paid: str
    unpaid: str
    cap: str
    shares: list[Fact]


def costs(release: Record) -> Costs | None:
    """Return the cost policy; None when the record has none."""
    policy = release.get("tender", {}).get("costPolicy")
    if not policy:
        return None
    lines = policy.get("lines", [])
    cap = policy.get("indirectRateCap")
    return Costs(
        is_full=bool(policy.get("fullCostCovered")),
        paid=words.cost_lines(line["id"] for line in lines if line.get("paid")),
        unpaid=words.cost_lines(line["id"] for line in lines if not line.get("paid")),
        cap="" if cap is None else percent(Decimal(str(cap)) / 100),
        shares=[
            Fact(
                words.cost_lines([line["id"]]),
                percent(Decimal(str(line["maximumShare"])) / 100),
            )
            for line in lines
            if line.get("maximumShare") is not None
        ],
    )


def dates(release: Record) -> list[Fact]:
    """Return the dated facts of the call, in order."""
    tender = release.get("tender", {})
    contract = tender.get("contractPeriod", {})
    papers = tender.get("documentsAvailability", {})
    opening = tender.get("bidOpening", {})
    milestones = release.get("planning", {}).get("milestones", [])
    milestones = sorted(milestones, key=lambda m: str(m.get("dueDate", "")))
    return _facts(
        *(
            Fact(str(MILESTONES.get(m["id"], m["title"])), day(instant(m.get("dueDate")), "year"))
            for m in milestones
        ),
        Fact(_("公告期至"), _when(tender.get("noticePeriod", {}).get("endDate"))),
        Fact(_("领取采购文件至"), _when(papers.get("endDate"))),
        _said(
            _("采购文件"), _joined(papers.get("place"), papers.get("method"), papers.get("price"))
        ),
        Fact(_("提问截止"), _when(tender.get("enquiryPeriod", {}).get("endDate"))),
        Fact(_("投标截止"), _when(tender.get("tenderPeriod", {}).get("endDate"))),
        _said(
            _("截止前后平台中断"),
            tender.get("submissionMethodDetails"),
            f"{reverse('public:status')}#rule",
        ),
        Fact(_("开标"), _when(opening.get("date"))),
        Fact(_("怎样开标"), str(OPENING.get(tender.get("sealing", {}).get("policy", ""), ""))),
        _said(_("开标地点"), opening.get("address", {}).get("streetAddress")),
        Fact(_("公示期至"), _when(tender.get("singleSource", {}).get("publicityEndDate"))),
        Fact(_("预计公布结果"), day(instant(tender.get("awardPeriod", {}).get("endDate")), "year")),
        Fact(_("服务开始"), day(instant(contract.get("startDate")), "year")),
        Fact(_("服务结束"), day(instant(contract.get("endDate")), "year")),
    )


def _when(text: str | None) -> str:
    return moment(instant(text), "year")


def _joined(*texts: str | None) -> str:
    return "，".join(text for text in texts if text)


def office(release: Record) -> Record:
    """Return the buyer as a party of the record: its address and whom to call."""
    buyer = release.get("buyer", {}).get("id")
    found: Record = next((p for p in release.get("parties", []) if p["id"] == buyer), {})
    return found


def contacts(release: Record) -> list[Fact]:
    """Return whom to ask and where to object: offices, never private persons."""
    tender = release.get("tender", {})
    buyer = office(release)
    point = buyer.get("contactPoint", {})
    objections = tender.get("challengeContact", {})
    return _facts(
        _said(_("采购人地址"), buyer.get("address", {}).get("streetAddress")),
        _said(_("联系人"), _joined(point.get("name"), point.get("telephone"))),
        _said(
            _("质疑受理"),
            _joined(
                objections.get("department"),
                objections.get("telephone"),
                objections.get("address"),
                objections.get("method"),
            ),
        ),
    )


def consultation(release: Record) -> list[Fact]:
    """Return what the public said about the need, and what was done about it."""
    tender = release.get("tender", {})
    asked = tender.get("publicConsultation", {})
    plan = release.get("planning", {})
    milestones = plan.get("milestones", [])
    contact = next((m.get("description") for m in milestones if m["id"] == "public-comment"), "")
    return _facts(
        _said(_("为什么要买"), plan.get("rationale")),
        _said(_("意见发到哪里"), contact),
        _said(_("收到的意见"), asked.get("summary")),
        _said(_("怎样采纳"), asked.get("responses")),
    )


def comment(release: Record, at: datetime) -> dict[str, object] | None:
    """Return where to comment on a plan and until when; None when it is over or not said."""
    milestones = release.get("planning", {}).get("milestones", [])
    asked: Record = next((m for m in milestones if m["id"] == "public-comment"), {})
    due = instant(asked.get("dueDate"))
    contact = asked.get("description", "")
    return {"due": due, "contact": contact} if due and due >= at and contact else None


def experts(release: Record) -> list[Record]:
    """Return the experts who say that only one organisation can do it, with their opinions."""
    found: list[Record] = release.get("tender", {}).get("singleSource", {}).get("experts", [])
    return found


@dataclass(frozen=True)
class Lot:
    """One lot."""

    id: str
    title: str
    description: str
    amount: Decimal | None
    wanted: int
    has_failed: bool

    @property
    def says_more(self) -> bool:
        """Whether a lot that is the only one says anything the tender itself does not."""
        return bool(self.description) or self.wanted > 1 or self.has_failed


def lots(release: Record) -> list[Lot]:
    """Return the lots."""
    return [
        Lot(
            id=lot["id"],
            title=lot.get("title", ""),
            description=lot.get("description", ""),
            amount=amount(lot.get("value")),
            wanted=lot.get("suppliersWanted", 1),
            has_failed=lot.get("status") == "unsuccessful",
        )
        for lot in release.get("tender", {}).get("lots", [])
        if lot.get("title")
    ]


@dataclass(frozen=True)
class Criterion:
    """One criterion with its weight in points."""

    name: str
    description: str
    weight: str


def criteria(release: Record) -> list[Criterion]:
    """Return the criteria; all lots of a tender share them."""
    tender = release.get("tender", {})
    told = next(filter(None, map(_weighed, (*tender.get("lots", []), tender))), [])
    return [
        Criterion(
            name=each.get("name", ""),
            description=each.get("description", ""),
            weight=", ".join(f"{n['number']:g}" for n in each.get("numbers", [])),
        )
        for each in told
    ]


def _weighed(section: Record) -> list[Record]:
    told = section.get("awardCriteria")
    return list(told.get("criteria", [])) if isinstance(told, Mapping) else []


def documents(release: Record) -> list[dict[str, object]]:
    """Return the files, as the file list shows them."""
    return [
        {
            "name": file.get("title", file["id"]),
            "url": urlsplit(file["url"]).path,
            "size": file.get("size"),
            "sha256": file.get("sha256", ""),
            "note": words.DOCUMENT_TYPES.get(file.get("documentType", ""), ""),
        }
        for file in release.get("tender", {}).get("documents", [])
        if file.get("url")
    ]


def enquiries(release: Record) -> list[dict[str, object]]:
    """Return questions and answers, oldest first; who asked is nowhere in the record."""
    return [
        {
            "question": each.get("description", ""),
            "answer": each.get("answer", ""),
            "asked_at": instant(each.get("date")),
            "answered_at": instant(each.get("dateAnswered")),
        }
        for each in release.get("tender", {}).get("enquiries", [])
    ]


def amendments(release: Record) -> list[dict[str, object]]:
    """Return what each amendment changed: before, and after."""
    return [
        {
            "date": instant(each.get("date")),
            "rationale": each.get("rationale", ""),
            "differences": [
                changed.read(change["id"], change["title"], change["before"], change["after"])
                for change in each.get("differences", [])
            ],
            "description": each.get("description", ""),
        }
        for each in release.get("tender", {}).get("amendments", [])
    ]
