"""What is asked of enquiries more than once."""

from datetime import date, datetime

from organizations.roles import Actor, Permission
from procurement.enquiries.models import Enquiry, EnquiryQuerySet
from procurement.rulebook.queries import Shelf
from procurement.tenders import queries as tenders
from procurement.tenders.models import Tender


def visible_to(actor: Actor) -> EnquiryQuerySet:
    """Return the enquiries a person may see: the agency its tenders', a CSO its own."""
    if actor.may(Permission.ANSWER_ENQUIRIES):
        return Enquiry.objects.filter(tender__procuring_entity_id=actor.organization_id)
    if actor.may(Permission.ASK_ENQUIRIES):
        return Enquiry.objects.filter(asker_id=actor.organization_id)
    return Enquiry.objects.none()


def answer_due(enquiry: Enquiry, shelf: Shelf | None = None) -> date | None:
    """Return the last day to answer (Regulations Art. 52: 3 working days from receipt).

    A page of many gives its `shelf`, so that an edition is fetched once.
    """
    tender: Tender = enquiry.tender
    edition = (shelf or Shelf(enquiry.asked_at)).pinned(tender.rulebook)
    due = edition.limits(
        tender.procurement_method,
        "enquiry.received",
        enquiry.asked_at,
        on=tenders.day(enquiry.asked_at),
    )
    return due[0].due if due else None


def duplicate(tender: Tender, *, asker_id: int, question: str, at: datetime) -> Enquiry | None:
    """Return the same question by the same organisation, if it was sent before (a double click)."""
    return Enquiry.objects.filter(
        tender=tender, asker_id=asker_id, question=question, asked_at__lte=at
    ).first()
