"""The letter that reminds an agency's people of what is due soon: Chinese, with English below."""

import logging
from collections.abc import Sequence
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from organizations.accounts.models import User
from procurement import rules
from procurement.obligations.models import Obligation
from procurement.publication.links import absolute
from procurement.rules import words

logger = logging.getLogger(__name__)

LANGUAGES = ("zh-hans", "en")


def compose(reader: User, due: Sequence[tuple[Obligation, rules.Rule]]) -> EmailMessage:
    """Return the letter to one person about duties of one agency, the most urgent first."""
    subjects, texts = [], []
    for language in LANGUAGES:
        with translation.override(language):
            context = {
                "agency": due[0][0].procuring_entity.name,
                "due": [_line(obligation, rule, language) for obligation, rule in due],
                "url": absolute(reverse("agency:duty-list")),
            }
            subjects.append(render_to_string("emails/duties_subject.txt", context).strip())
            texts.append(render_to_string("emails/duties.txt", context).strip())
    return EmailMessage(" / ".join(subjects), "\n\n———\n\n".join(texts), None, [reader.email])


def send(written: Sequence[EmailMessage]) -> int:
    """Send letters, each by itself; return how many went out."""
    return sum(_sent(letter) for letter in written)


def _sent(letter: EmailMessage) -> bool:
    try:
        return letter.send() > 0
    except (OSError, SMTPException, ValueError) as error:  # one address that cannot be written to
        logger.warning("a reminder could not be sent: %s", type(error).__name__)
        return False


def _line(obligation: Obligation, rule: rules.Rule, language: str) -> dict[str, object]:
    return {
        "what": words.name(obligation.event, language),
        "title": obligation.title,
        "due_at": obligation.due_at,
        "text": words.text(rule, language),
        "basis": words.basis(rule, language),
    }
