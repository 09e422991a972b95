"""How a letter is written: plain text under one line, in its reader's language, by a machine."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation


def written(
    name: str,
    context: Mapping[str, Any],
    *,
    to: str,
    language: str,
    message_id: str = "",
    stop_url: str = "",
) -> EmailMessage:
    """Return the letter of a name (`emails/<name>.txt`) to an address, in a language.

    `message_id` is the same at every attempt; at `stop_url` one press of the mail program ends such
    letters (RFC 8058).
    """
    with translation.override(language):
        subject, body = texts(name, context)
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: answering machines stay silent
    if message_id:
        headers["Message-ID"] = message_id
    if stop_url:
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)


def texts(name: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Return subject, in one line, and text of a letter in the active language."""
    subject = render_to_string(f"emails/{name}_subject.txt", dict(context))
    body = render_to_string(f"emails/{name}.txt", dict(context))
    return " ".join(subject.split()), body.strip() + "\n"  # the last line of a signed head ends too
