"""The tender page tells the contract and how it is carried out, apart from what came before it."""

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from procurement import clock
from procurement.obligations import actions as duties
from procurement.obligations.models import Obligation
from procurement.publication.models import AwardListing
from procurement.rules import SHANGHAI
from procurement.tenders.models import Tender
from tests.builders import procurement as build
from tests.builders.procurement import Cast

pytestmark = pytest.mark.django_db

STATED = datetime(2026, 5, 20, 10, 0, tzinfo=SHANGHAI)


def part(client: Client, tender: Tender, name: str) -> str:
    """A section of the tender page; empty where it is not there."""
    page = client.get(reverse("public:tender", args=[tender.ocid])).content.decode()
    return page.partition(f'<section id="{name}">')[2].partition("</section>")[0]


def signed(who: Cast, tender: Tender) -> Obligation:
    """The contract, signed on a day as the agency states."""
    duty = Obligation.objects.get(process=tender.process, event="contract.signed")
    return duties.state(
        duty,
        done_on=date(2026, 5, 18),
        evidence_url="https://example.org/contract",
        statement="",
        by=who.drafter,
        at=STATED,
    )


def test_before_the_award_there_is_no_contract(client: Client, who: Cast) -> None:
    assert part(client, build.published(who), "contract") == ""


def test_after_the_award_it_says_with_whom_for_how_much_and_that_nothing_is_known_yet(
    client: Client, awarded: Tender
) -> None:
    section = part(client, awarded, "contract")
    assert AwardListing.objects.get(ocid=awarded.ocid).supplier_name in section
    assert "还没有合同和履约的消息" in section
    assert "提前" not in section


def test_what_is_stated_of_the_contract_stands_there_and_not_among_the_rest(
    client: Client, who: Cast, awarded: Tender
) -> None:
    duty = signed(who, awarded)
    duties.tell(duty, event="invoice.received", on=date(2026, 5, 19), by=who.drafter, at=STATED)
    section, rest = part(client, awarded, "contract"), part(client, awarded, "duties")
    assert "https://example.org/contract" in section
    assert "收到了发票" in section
    assert "还没有合同和履约的消息" not in section
    assert "https://example.org/contract" not in rest
    assert "决定采购结果" in rest


def test_what_is_late_of_the_contract_is_told_there(client: Client, awarded: Tender) -> None:
    late = datetime(2026, 6, 5, 10, 0, tzinfo=SHANGHAI)
    assert clock.record_breaches(at=late) > 0
    duty = Obligation.objects.get(process=awarded.process, event="contract.signed")
    assert f'id="{duty.public_id}"' in part(client, awarded, "contract")
