"""A provider of short messages that tests plug in."""

from dataclasses import dataclass, field

import pytest

from procurement.notifications.channels import interface
from procurement.notifications.channels.interface import Channel, Note


@dataclass
class Provider:
    """Keeps what it is handed; fails as told, before or after it has taken the message."""

    notes: list[Note] = field(default_factory=list)
    trouble: BaseException | None = None
    takes_it: bool = False

    def send(self, note: Note) -> str:
        if self.trouble is None or self.takes_it:
            self.notes.append(note)
        if self.trouble is not None:
            raise self.trouble
        return f"ref-{len(self.notes)}"

    def code(self) -> str:
        """The code of the last message."""
        return self.notes[-1].text.removeprefix("验证码 ").partition("，")[0]


def plug(monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Plug in a provider for both channels."""
    provider = Provider()

    def adapter(_channel: Channel) -> Provider:
        return provider

    monkeypatch.setattr(interface, "adapter", adapter)
    return provider
