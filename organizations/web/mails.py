"""Mails about an organisation's standing, in each reader's own language."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from organizations.accounts import queries as people
from organizations.register.models import Organization
from organizations.roles import Permission

log = logging.getLogger(__name__)


def tell_decision(organization: Organization) -> None:
    """Tell those who manage the organisation how it stands now.

    A mail that cannot be sent is logged and does not undo the decision: it is shown at home too.
    """
    readers = people.people_with(Permission.MANAGE_OWN_ORGANIZATION, [organization.pk])
    for reader in readers:
        with override(reader.preferred_language):
            context = {
                "organization": organization,
                "site_url": settings.SITE_URL,
                "url": settings.SITE_URL + reverse("account:organization"),
            }
            text = render_to_string("emails/account_decision.txt", context)
            subject = _("%(name)s：%(status)s") % {
                "name": organization.name,
                "status": organization.status.label,
            }
            try:
                send_mail(subject, text, None, [reader.email])
            except (OSError, SMTPException):
                log.exception("mail about organisation %s was not sent", organization.pk)
