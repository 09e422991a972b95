"""What may be done with questions: ask in the window, answer to everyone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations.refusals import Invalid
from organizations.roles import Actor
from procurement import lifecycle, permissions
from procurement.enquiries import disclosure, queries
from procurement.enquiries.models import Enquiry
from procurement.lifecycle import Act
from procurement.obligations import actions as obligations
from procurement.obligations.actions import Event
from procurement.publication.models import NoticeKind
from procurement.tenders.actions import locked
from procurement.tenders.models import Tender


@transaction.atomic
def ask(tender: Tender, *, question: str, by: Actor, at: datetime) -> Enquiry:
    """Ask a question in the enquiry window and return it. The same question twice is asked once."""
    tender = locked(tender)
    permissions.require(Act.ASK_ENQUIRY, by=by, on=tender)
    lifecycle.require(Act.ASK_ENQUIRY, tender, at)
    question = question.strip()
    if not question:
        raise Invalid(_("请写下您的问题。"), "question")
    earlier = queries.duplicate(tender, asker_id=by.member_of, question=question, at=at)
    if earlier:
        return earlier
    enquiry = Enquiry.objects.create(
        tender=tender,
        question=question,
        asked_at=at,
        asker_id=by.member_of,
        asked_by_id=by.person_id,
    )
    obligations.happened("enquiry.received", to=tender, subject=enquiry.public_id, at=at)
    return enquiry


@transaction.atomic
def answer(enquiry: Enquiry, *, text: str, by: Actor, at: datetime) -> Enquiry:
    """Answer a question; the answer is public to all at once. An answer is given only once."""
    tender = locked(enquiry.tender)
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    enquiry.tender = tender
    permissions.require(Act.ANSWER_ENQUIRY, by=by, on=tender)
    lifecycle.require(Act.ANSWER_ENQUIRY, tender, at)
    if not text.strip():
        raise Invalid(_("请写下答复。"), "text")
    if enquiry.answered_at:
        raise Invalid(_("这个问题已经答复并公开，不能再改。需要更正时请发布更正公告。"), "text")
    enquiry.answer, enquiry.answered_at, enquiry.answered_by_id = text.strip(), at, by.user_id
    enquiry.save()
    obligations.publish(
        disclosure.clarification_notice(enquiry),
        kind=NoticeKind.CLARIFICATION,
        does=[Event("enquiry.answered", enquiry.public_id)],
        of=tender,
        at=at,
    )
    return enquiry
