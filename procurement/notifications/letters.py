"""What the letter about a call says, in the language its reader chose."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from procurement.lifecycle import Stage
from procurement.notifications.models import Delivery
from procurement.publication.links import absolute
from procurement.tenders.models import InvitationMode


def compose(delivery: Delivery, at: datetime) -> EmailMessage | None:
    """Return the letter of a delivery: plain text, with a link to the call and one to stop.

    An invitation says that it is one, and has no link to stop: it is for its reader alone. None
    when the call is over.
    """
    tender = delivery.tender
    if tender.stage(at) is not Stage.OPEN:
        return None
    is_call = tender.invitation_mode == InvitationMode.PUBLIC_NOTICE
    name = "call" if is_call else "invitation"
    context = {
        "tender": tender,
        "agency": tender.procuring_entity.name,
        "organization": delivery.organization.name,
        "is_sole": tender.invitation_mode == InvitationMode.DIRECT,
        "call_url": absolute(f"/n/{delivery.token}/"),
        "stop_url": absolute(f"/n/{delivery.token}/stop/"),
    }
    with translation.override(delivery.person.preferred_language):
        subject = render_to_string(f"emails/{name}_subject.txt", context)
        body = render_to_string(f"emails/{name}.txt", context)
    unsubscribe = {"List-Unsubscribe": f"<{context['stop_url']}>"}
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=body.strip(),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.person.email],
        headers={"Message-ID": delivery.message_id} | (unsubscribe if is_call else {}),
    )
