"""The offline sealer in the public log: stated once for each version, and linked where offered."""

import json

import pytest
from django.core.management import call_command

from organizations import instants
from procurement.publication.models import Entry, NoticeKind
from procurement.web.cso import sealer
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.cso import desk
from tests.procurement.web.cso.desk import browser, page, text

pytestmark = pytest.mark.django_db


def stated() -> list[str]:
    """The fingerprints in the log, in order."""
    entries = Entry.objects.filter(kind=NoticeKind.SEALER).order_by("index")
    return [json.loads(bytes(entry.body))["sha256"] for entry in entries]


def test_each_version_is_stated_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(instants, "now", lambda: build.START)
    for _ in range(2):
        call_command("state_sealer")
    first = sealer.fingerprint()
    assert stated() == [first]
    assert capsys.readouterr().out.count(first) == 2
    monkeypatch.setattr(sealer, "offline", lambda: b"another version")
    assert sealer.stated() is None
    call_command("state_sealer", verbosity=0)
    assert stated() == [first, sealer.fingerprint()]


def test_the_page_that_offers_the_file_leads_to_its_statement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who = build.cast(1)
    tender = build.published(who)
    desk.stand_still(monkeypatch, desk.BIDDING)
    client = browser(people.signatory(who.csos[0]))
    words = "看公开记录里的封标工具公告"
    assert words not in text(page(client, "cso:bid-seal", tender.ocid))
    call_command("state_sealer", verbosity=0)
    said = text(page(client, "cso:bid-seal", tender.ocid))
    assert words in said
    assert sealer.fingerprint()[:4] in said
