"""What is asked of tenders more than once."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from organizations.accounts import queries as people
from organizations.accounts.models import User
from organizations.csos import queries as csos
from organizations.csos.models import Cso
from organizations.register.models import Organization
from organizations.roles import Actor, Permission
from procurement import rules
from procurement.legality import Problem
from procurement.ocds import fragments
from procurement.rulebook import queries as rulebook
from procurement.rulebook.edition import Edition
from procurement.rules import SHANGHAI
from procurement.rules.adviser import Advice
from procurement.tenders import advising, keys
from procurement.tenders.facts import facts
from procurement.tenders.models import AwardBy, InvitationMode, Tender, TenderQuerySet
from procurement.tenders.parts import Draw, Invitation, Witness

PHASES = frozenset({"planning", "publication", "tender", "eligibility"})


def visible_to(actor: Actor) -> TenderQuerySet:
    """Return the tenders a person works on: those of the own agency."""
    works_here = actor.may(Permission.DRAFT_NOTICES) or actor.may(Permission.APPROVE_NOTICES)
    return Tender.objects.of(actor.organization_id) if works_here else Tender.objects.none()


def day(instant: datetime) -> date:
    """Return the day of an instant in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def lawful_end(day_: date, like: datetime | None = None) -> datetime:
    """Return an instant on a day, Asia/Shanghai: at the hour of `like`, else at 17:00."""
    hour = like.astimezone(SHANGHAI).time() if like else time(17, 0)
    return datetime.combine(day_, hour, SHANGHAI)


def edition(tender: Tender, *, at: datetime) -> Edition:
    """Return the edition of the book a tender was published under; for a draft the current one."""
    if tender.published_at is None:
        return rulebook.current(at)
    return rulebook.pinned(tender.rulebook, at)


def findings(tender: Tender, *, at: datetime) -> tuple[rules.Finding, ...]:
    """Return what the rulebook says of the tender if it were published at the instant."""
    book = edition(tender, at=at)
    return book.check(
        tender.procurement_method,
        facts(tender, published=at) | advising.figures(tender, book),
        on=day(at),
        phases=PHASES,
        reasons=tender.rule_reasons,
    )


def earliest(tender: Tender, *, at: datetime) -> tuple[rules.Earliest, ...]:
    """Return the earliest lawful date of each later step if it were published at the instant."""
    known = facts(tender, published=at)
    return edition(tender, at=at).earliest(tender.procurement_method, known, on=day(at))


def problems(tender: Tender, *, at: datetime) -> list[Problem]:
    """Return what the draft lacks to make sense at all, whatever the law says of it."""
    found = [
        Problem(field, message)
        for field, is_missing, message in (
            ("procurement_method", not tender.procurement_method, _("请选择采购方式。")),
            ("summary", not tender.summary, _("请用一段话说明买什么、为谁、在哪里。")),
            ("services", not tender.services, _("请至少选一项服务内容。")),
            ("populations", not tender.populations, _("请至少选一类服务人群。")),
            ("regions", not tender.regions.exists(), _("请至少选一个服务地区。")),
            ("value_amount", tender.value_amount is None, _("请填写预算金额。")),
            ("tender_period_end", tender.tender_period_end is None, _("请填写投标截止时间。")),
        )
        if is_missing
    ]
    found += _disorder(tender, at) + _lots(tender) + _criteria(tender) + _invitees(tender)
    return found + _choice(tender, at) + keys.problems(tender, at=at)


def advice(tender: Tender, *, at: datetime) -> tuple[Advice, ...]:
    """Return what the book says of each method for the facts and answers of a tender."""
    return advising.advise(tender, edition(tender, at=at))


def _choice(tender: Tender, at: datetime) -> list[Problem]:
    """Return what is wrong with a method chosen without answers, against them, or unexplained."""
    if not advising.is_answered(tender.advice_answers):
        message = _("请先回答选择采购方式前的几个问题。不知道的，选“不确定”。")
        return [Problem("advice_answers", message)]
    if not tender.procurement_method:
        return []
    found = advice(tender, at=at)
    if advising.is_ruled_out(found, tender.procurement_method):
        message = _("按您的回答，没有哪一条规定允许用这种方式。请改选采购方式，或者改正回答。")
        return [Problem("procurement_method", message)]
    if tender.method_rationale.strip():
        return []
    if advising.departs(found, tender.procurement_method):
        message = _("您选的不是建议的方式，请写明理由。理由会和建议一起公开。")
        return [Problem("method_rationale", message)]
    if advising.needs_reason(found, tender.procurement_method):
        message = _("按您的回答，还不能确定该用这种方式，请写明理由。理由会公开。")
        return [Problem("method_rationale", message)]
    return []


def _disorder(tender: Tender, at: datetime) -> list[Problem]:
    end = tender.tender_period_end
    if end is None:
        return []
    found = []
    if end <= at:
        found.append(Problem("tender_period_end", _("投标截止时间已经过去，请改成以后的时间。")))
    if tender.enquiry_period_end and tender.enquiry_period_end > end:
        found.append(Problem("enquiry_period_end", _("提问截止不能晚于投标截止。")))
    start, finish = tender.contract_start, tender.contract_end
    if start and finish and finish < start:
        found.append(Problem("contract_end", _("服务结束日期不能早于开始日期。")))
    return found


def _lots(tender: Tender) -> list[Problem]:
    total = tender.lots.aggregate(total=Sum("value_amount"))["total"]
    if total is None:
        return [Problem("lots", _("请至少填写一个包；不分包的项目填一个即可。"))]
    if tender.value_amount is not None and total > tender.value_amount:
        return [Problem("lots", _("各包预算加起来超过了项目预算，请核对。"))]
    return []


def _criteria(tender: Tender) -> list[Problem]:
    if tender.award_by != AwardBy.SCORED:
        return []
    total = sum(criterion.weight for criterion in tender.criteria.all())
    if total != 100:
        message = _("各项分值加起来应为 100 分，现在是 %(total)s 分。") % {"total": total}
        return [Problem("criteria", message)]
    return []


def _invitees(tender: Tender) -> list[Problem]:
    if tender.invitation_mode == InvitationMode.DIRECT and tender.single_source_supplier is None:
        return [Problem("single_source_supplier", _("请选择拟采购的组织。"))]
    if tender.invitation_mode != InvitationMode.REGISTER_DRAW:
        return []
    if not hasattr(tender, "draw"):
        return [Problem("draw", _("请先从登记的组织中随机抽取受邀组织。"))]
    if tender.draw.drawn_at is None:
        return [Problem("draw", _("两位见证人还没有都给出词，抽取还没有进行。"))]
    return []


def pool(tender: Tender) -> QuerySet[Cso]:
    """Return the organisations that could be invited: able to bid, in its field and area."""
    codes = list(tender.regions.values_list("code", flat=True))
    return csos.pool(codes, tender.services).order_by("organization_id")


def pool_members(tender: Tender) -> list[dict[str, Any]]:
    """Return the pool as a draw keeps it: the public id, the name, and the row, by id."""
    members = (cso.organization for cso in pool(tender).select_related("organization"))
    rows = [
        {"id": fragments.party_id(each), "name": each.name, "organization": each.pk}
        for each in members
    ]
    return sorted(rows, key=lambda row: str(row["id"]))


def eligible() -> QuerySet[Cso]:
    """Return whom a person may add to those drawn: any organisation that can bid."""
    return csos.pool()


def possible_witnesses(tender: Tender, *, besides: int) -> QuerySet[User]:
    """Return the people of the agency who may watch its draw, except the one who begins it."""
    able = people.people_with(Permission.WITNESS_DRAWS, [tender.procuring_entity_id])
    return able.exclude(pk=besides).order_by("name", "pk")


def possible_successors(draw: Draw, *, by: Actor) -> QuerySet[User]:
    """Return who may watch in place of a witness: neither a witness already nor who asks for it."""
    able = possible_witnesses(draw.tender, besides=draw.committed_by_id)
    watching = draw.witnesses.exclude(user_id=None).values("user_id")
    return able.exclude(pk__in=watching).exclude(pk=by.person_id)


def draws_visible_to(actor: Actor) -> QuerySet[Draw]:
    """Return the draws a person may see: those named to them, and at the desk the agency's."""
    draws = Draw.objects.filter(tender__procuring_entity_id=actor.organization_id)
    if actor.may(Permission.DRAFT_NOTICES) or actor.may(Permission.APPROVE_NOTICES):
        return draws
    named = actor.may(Permission.WITNESS_DRAWS) and actor.user_id is not None
    return draws.filter(witnesses__user_id=actor.user_id) if named else draws.none()


def awaiting_word_of(actor: Actor) -> QuerySet[Draw]:
    """Return the draws that wait for this person's word."""
    mine = Witness.objects.filter(user_id=actor.user_id, given_at=None).values("draw")
    return draws_visible_to(actor).filter(pk__in=mine, drawn_at=None)


def invitations(tender: Tender) -> QuerySet[Invitation]:
    """Return who is invited, those drawn before those added by hand."""
    found = Invitation.objects.filter(tender=tender).select_related("organization")
    return found.order_by(F("added_at").asc(nulls_first=True), "pk")


def is_invited(tender: Tender, organization_id: int) -> bool:
    """Say whether the organisation may take part: anyone where the call is public."""
    if tender.invitation_mode == InvitationMode.PUBLIC_NOTICE:
        return True
    invited = Invitation.objects.filter(tender=tender, organization_id=organization_id)
    return invited.filter(sent_at__isnull=False).exists()


def invitees(tender: Tender) -> QuerySet[Organization]:
    """Return who was drawn; for the agency's own eyes, and for the public after the opening."""
    ids = Invitation.objects.filter(tender=tender).values("organization_id")
    return Organization.objects.filter(pk__in=ids).order_by("pk")
