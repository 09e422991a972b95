"""The interface of channels: the file by default, a provider's words, the check at the start."""

import json
from pathlib import Path

import pytest
from pytest_django import Settings

from portal import checks
from procurement.notifications.channels.interface import (
    Channel,
    Note,
    Permanent,
    Temporary,
    offered,
)

NOTE = Note(
    Channel.SMS, "+8613800138000", "采购公告", "k1", title="标题", link="https://x.example/"
)


def test_without_a_provider_a_message_is_a_file_for_its_owners_eyes(
    settings: Settings, tmp_path: Path
) -> None:
    settings.MESSAGES_DIR = tmp_path / "messages"
    assert NOTE.send() == NOTE.send() == "sms-k1.json"  # sent again, it is the same file
    [path] = settings.MESSAGES_DIR.iterdir()
    assert json.loads(path.read_text()) == {
        "channel": "sms",
        "to": "+8613800138000",
        "text": "采购公告",
        "key": "k1",
        "title": "标题",
        "link": "https://x.example/",
    }
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "isv.BUSINESS_LIMIT_CONTROL"),
        ("40003", "40003"),
        ("no account 13800138000", ""),
        ("to-13800138000", ""),
        ("a" * 41, ""),
    ],
)
def test_of_a_providers_word_nothing_is_kept_that_could_be_a_number(code: str, kept: str) -> None:
    assert Temporary(code).code == kept
    assert str(Permanent(code)) == f"Permanent {kept}".strip()


def test_a_channel_without_a_provider_is_not_offered(settings: Settings) -> None:
    settings.CHANNELS = {"sms": "", "wechat": "procurement.notifications.channels.files.Files"}
    assert [offered(each) for each in Channel] == [False, True]
    assert checks.channels_are_adapters(None) == []


@pytest.mark.parametrize(
    "path",
    [
        "os.system",
        "django.core.mail.EmailMessage",
        "adapters.nowhere.Provider",
        "procurement.notifications.channels.posting.PATIENCE",
    ],
)
def test_what_is_no_adapter_of_ours_or_the_operators_stops_the_start(
    settings: Settings, path: str
) -> None:
    settings.CHANNELS = {"sms": path, "wechat": ""}
    [error] = checks.channels_are_adapters(None)
    assert (error.id, error.is_serious()) == ("portal.E005", True)
    assert "SMS_ADAPTER" in error.msg
