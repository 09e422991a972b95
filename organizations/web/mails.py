"""Mails about an organisation's standing and its host, in each reader's own language."""

import logging
from collections.abc import Mapping
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django_stubs_ext import StrOrPromise

from organizations.accounts import queries as people
from organizations.csos.models import Hosting
from organizations.register.models import Organization
from organizations.roles import Permission

log = logging.getLogger(__name__)


def tell_decision(organization: Organization) -> None:
    """Tell those who manage the organisation how it stands now."""
    words = {"name": organization.name, "status": organization.status.label}
    _tell(
        organization,
        _("%(name)s：%(status)s"),
        words,
        "emails/account_decision.txt",
        {"organization": organization},
        reverse("account:organization"),
    )


def tell_host(hosting: Hosting) -> None:
    """Tell those who sign for a host that a group asks for its answer."""
    _tell(
        hosting.host,
        _("%(group)s 请您的组织托管"),
        {"group": hosting.group.organization.name},
        "emails/account_host_asked.txt",
        {"hosting": hosting},
        reverse("account:hosting", args=[hosting.pk]),
    )


def tell_group(hosting: Hosting) -> None:
    """Tell those who sign for a group what its host has answered, or that it ended."""
    _tell(
        hosting.group.organization,
        _("%(host)s：%(standing)s"),
        {"host": hosting.host.name, "standing": hosting.standing.label},
        "emails/account_host_answered.txt",
        {"hosting": hosting},
        reverse("account:organization"),
    )


def _tell(
    organization: Organization,
    subject: StrOrPromise,
    words: Mapping[str, object],
    template: str,
    context: dict[str, object],
    path: str,
) -> None:
    """Write to those who manage the organisation.

    A mail that cannot be sent is logged and undoes nothing: what it says is shown at home too.
    """
    readers = people.people_with(Permission.MANAGE_OWN_ORGANIZATION, [organization.pk])
    url = settings.SITE_URL + path
    for reader in readers:
        with override(reader.preferred_language):
            text = render_to_string(template, context | {"url": url})
            try:
                send_mail(str(subject) % words, text, None, [reader.email])
            except (OSError, SMTPException):
                log.exception("mail about organisation %s was not sent", organization.pk)
