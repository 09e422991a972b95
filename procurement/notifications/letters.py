"""What the letter about a call says, in the language its reader chose."""

from datetime import datetime
from typing import Final

from django.core.mail import EmailMessage
from django.db.models import Q

from organizations.accounts import queries as people
from organizations.roles import Permission
from procurement.lifecycle import Stage
from procurement.notifications import mail
from procurement.notifications.models import Delivery
from procurement.publication.links import absolute
from procurement.tenders.models import InvitationMode

# Its reader still prepares bids for the organisation it was written to.
FOR_THEM: Final = Q(people.still_holds(Permission.PREPARE_BIDS))


def compose(delivery: Delivery, at: datetime) -> EmailMessage | None:
    """Return the letter of a delivery: plain text, with a link to the call and one to stop.

    An invitation says that it is one, and has no link to stop: it is for its reader alone. None
    when the call is over, or its reader works for the organisation no more.
    """
    tender = delivery.tender
    is_theirs = Delivery.objects.filter(FOR_THEM, pk=delivery.pk).exists()
    if tender.stage(at) is not Stage.OPEN or not is_theirs:
        return None
    is_call = tender.invitation_mode == InvitationMode.PUBLIC_NOTICE
    return mail.written(
        "call" if is_call else "invitation",
        told(delivery),
        to=delivery.person.email,
        language=delivery.person.preferred_language,
        message_id=delivery.message_id,
        stop_url=_stop_url(delivery) if is_call else "",
    )


def told(delivery: Delivery) -> dict[str, object]:
    """Return what a call or an invitation tells."""
    tender = delivery.tender
    return {
        "tender": tender,
        "agency": tender.procuring_entity.name,
        "organization": delivery.organization.name,
        "is_sole": tender.invitation_mode == InvitationMode.DIRECT,
        "call_url": absolute(f"/n/{delivery.token}/"),
        "stop_url": _stop_url(delivery),
    }


def _stop_url(delivery: Delivery) -> str:
    return absolute(f"/n/{delivery.token}/stop/")
