"""The first beats of every act of a bidder: the row held, who may, when, and may it take part."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organizations.refusals import Refusal
from organizations.register.models import Organization
from organizations.roles import Actor
from procurement import lifecycle, permissions
from procurement.bids import queries
from procurement.legality import Problem
from procurement.lifecycle import Act
from procurement.tenders.models import Tender


class NotEligible(Refusal):
    """The organisation may not bid; `conditions` says which one is not met, and the way out."""

    status = 403

    def __init__(self, conditions: tuple[queries.Condition, ...]) -> None:
        super().__init__(_("本组织还不能参加这个项目，原因见下。"))
        self.conditions = conditions


class Unfinished(Refusal):
    """The bid lacks something; `problems` says what, beside which step."""

    status = 422

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(_("投标还没有写完，请补齐标出的内容。"))
        self.problems = problems


def held(tender: Tender) -> Tender:
    """Return the tender with its row held: many bids may come at once, the clock must wait."""
    return Tender.objects.raw(
        "SELECT * FROM procurement_tender WHERE id = %s FOR SHARE", [tender.pk]
    )[0]


def entered(act: Act, tender: Tender, by: Actor, at: datetime) -> tuple[Tender, Organization]:
    """Take the first two beats of an act of a bidder, and ask whether it may take part at all.

    Raises NotPermitted, NotNow or NotEligible; returns the held tender and the organisation.
    """
    tender = held(tender)
    permissions.require(act, by=by, on=tender)
    require_taking(act, tender, at)
    organization = Organization.objects.select_related("region").get(pk=by.member_of)
    if not queries.is_eligible(tender, organization):
        raise NotEligible(queries.eligibility(tender, organization))
    return tender, organization


def require_taking(act: Act, tender: Tender, at: datetime) -> None:
    """Raise NotNow unless bids are taken: judged by the act's own instant, but never once closed.

    The clock writes the register only when no request can still be under way (`waiting.GRACE`), so
    a bid that came in time is not overtaken by it.
    """
    lifecycle.require(act, tender, at)
    ended = tender.closed_at or tender.opened_at or tender.cancelled_at
    if ended is not None:
        raise lifecycle.NotNow(act, tender.stage(max(ended, at)))
