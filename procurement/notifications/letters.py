"""What a letter says, in the language its reader chose."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from procurement.notifications.models import Delivery
from procurement.publication.links import absolute


def compose(delivery: Delivery) -> EmailMessage:
    """Return the letter of a delivery: plain text, with a link to the call and one to stop."""
    tender = delivery.tender
    context = {
        "tender": tender,
        "agency": tender.procuring_entity.name,
        "organization": delivery.organization.name,
        "call_url": absolute(f"/n/{delivery.token}/"),
        "stop_url": absolute(f"/n/{delivery.token}/stop/"),
    }
    with translation.override(delivery.person.preferred_language):
        subject = render_to_string("emails/call_subject.txt", context)
        body = render_to_string("emails/call.txt", context)
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.person.email],
        headers={"Message-ID": delivery.message_id, "List-Unsubscribe": f"<{context['stop_url']}>"},
    )
