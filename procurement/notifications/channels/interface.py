"""What every channel is asked, and how it says that something did not leave.

An operator plugs in a provider by naming a class of this form in the environment (SMS_ADAPTER,
WECHAT_ADAPTER; docs/operations.md). It is made without arguments, once for each message.
"""

import re
from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings
from django.db.models import TextChoices
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
_LIKE_A_NUMBER = re.compile(r"\d{6,}")


class Channel(TextChoices):
    """A way to reach a person that an operator plugs in."""

    SMS = "sms", _("短信")
    WECHAT = "wechat", _("微信")


class Trouble(Exception):
    """A message did not leave. `code` is the provider's word for why, and nothing personal.

    What does not look like such a word, or holds what could be a number, is dropped: it would be
    kept in the delivery log.
    """

    name = "Trouble"

    def __init__(self, code: str = "") -> None:
        is_word = _CODE.fullmatch(code) and not _LIKE_A_NUMBER.search(code)
        self.code = code if is_word else ""
        super().__init__(f"{self.name} {self.code}".strip())


class Temporary(Trouble):
    """It may leave later: the provider is away, busy, or out of credit."""

    name = "Temporary"


class Permanent(Trouble):
    """It will never leave: there is no such number, or its owner refuses."""

    name = "Permanent"


@dataclass(frozen=True)
class Note:
    """One short message. `key` is the same at every attempt, so that a provider can drop a second.

    `title` and `link` are parts of the text again, for providers that fill templates.
    """

    channel: Channel
    to: str  # a mobile number as +8613800138000, or the follower's number of a WeChat account
    text: str
    key: str
    title: str = ""
    link: str = ""

    @property
    def subject(self) -> str:
        """What it says, without the link: that is its reader's alone."""
        return self.text.replace(self.link, "…") if self.link else self.text

    def send(self) -> str:
        """Hand it to the channel's adapter; return the provider's reference. Raises Trouble."""
        return adapter(self.channel).send(self)


class Adapter(Protocol):
    """A provider: what an operator's class must be able to do."""

    def send(self, note: Note) -> str:
        """Hand a message over and return the provider's reference, or an empty one.

        Raises `Temporary` to be asked again later, `Permanent` to be asked no more; anything else
        that goes wrong counts as temporary. Must end within some seconds.
        """


def offered(channel: Channel) -> bool:
    """Say whether there is a way to send by a channel here."""
    return bool(settings.CHANNELS[channel.value])


def adapter(channel: Channel) -> Adapter:
    """Return the adapter that the settings name for a channel."""
    return cast("Adapter", import_string(settings.CHANNELS[channel.value])())
