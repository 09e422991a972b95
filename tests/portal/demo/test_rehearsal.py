"""The rehearsal as a whole: everything in every stage, told in the order of time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from organizations.accounts.models import User
from organizations.csos.models import Cso, Hosting
from organizations.regions import actions as regions
from organizations.register.models import Organization, Status
from portal.demo import accounts
from portal.demo.rehearsal import Size, perform
from portal.demo.world import PASSWORD
from procurement.awards.models import Award
from procurement.bids import waiting
from procurement.bids.waiting import Awaited
from procurement.enquiries.models import Enquiry
from procurement.lifecycle import PlanStage, Stage
from procurement.planning.models import PlanningNotice
from procurement.publication import catalogue
from procurement.publication.models import Entry, Listing
from procurement.tenders.models import OpeningPolicy, Tender
from procurement.tenders.parts import Draw

NOW = datetime(2026, 11, 18, 3, 20, tzinfo=UTC)  # a Wednesday, 11:20 in Beijing


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """The small rehearsal, told once for the tests of this file and then taken back.

    Where the copies of its signed heads are.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        regions.load("530000")
        perform(Size.SMALL, now=NOW, say=lambda _line: None)
        yield configured.HEADS_DIR
        transaction.set_rollback(True)


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("told", "db")]


def test_tenders_stand_in_every_stage() -> None:
    stages = {tender.stage(NOW) for tender in Tender.objects.all()}
    assert stages == set(Stage)
    assert {plan.stage(NOW) for plan in PlanningNotice.objects.all()} == {
        PlanStage.SUBMITTED,
        PlanStage.PUBLISHED,
    }


@pytest.mark.parametrize("stage", [Stage.OPEN, Stage.AWARDED])
def test_every_procedure_is_open_and_awarded_somewhere(stage: Stage) -> None:
    methods = {t.procurement_method for t in Tender.objects.all() if t.stage(NOW) is stage}
    assert methods == {
        "open",
        "invited",
        "negotiation",
        "consultation",
        "single-source",
        "grant",
    }


def test_a_draft_came_back_with_a_reason_and_an_amendment_moved_a_deadline() -> None:
    assert Tender.objects.exclude(return_reason="").get().stage(NOW) is Stage.DRAFT
    amendment = Entry.objects.get(kind="amendment")
    moved = Tender.objects.get(process__ocid=amendment.ocid)
    assert "tender_period_end" in moved.amendments.get().changes


def test_a_draw_waits_for_its_witnesses_and_the_others_are_made() -> None:
    [waiting] = Draw.objects.filter(drawn_at=None)
    assert waiting.witnesses.filter(given_at=None).count() == 2
    made = Draw.objects.exclude(drawn_at=None)
    assert made.count() >= 3
    assert [draw.record().faults() for draw in made] == [[]] * made.count()


def test_a_large_call_waits_for_two_cards_and_another_was_opened_by_them() -> None:
    large = Tender.objects.filter(opening_policy=OpeningPolicy.CARDS).order_by("value_amount")
    waiting_, opened = large
    assert waiting.awaited(waiting_, NOW) is Awaited.CARDS
    assert opened.stage(NOW) is Stage.AWARDED
    kinds = Entry.objects.of(opened.ocid).values_list("kind", flat=True)
    assert list(kinds).count("ceremony") == 3  # the gate, and two cards


def test_some_questions_wait_for_an_answer() -> None:
    assert Enquiry.objects.unanswered().count() >= 2
    assert Enquiry.objects.filter(answered_at__isnull=False).count() >= 20


def test_the_log_is_in_the_order_of_time() -> None:
    instants = list(Entry.objects.order_by("index").values_list("published_at", flat=True))
    assert instants == sorted(instants)
    assert instants[-1] <= NOW
    assert instants[0].year == 2013


def test_the_round_of_2013_funds_33_organisations_with_a_million() -> None:
    awards = Award.objects.filter(tender__process__year=2013)
    assert awards.count() == 33
    assert sum(award.amount or 0 for award in awards) == 1_000_000
    assert {award.decided_at.strftime("%Y-%m") for award in awards} == {"2013-05"}
    supported = {a.offer.bid.organization_id for a in awards if a.offer}
    assert len(supported) == 33


def test_one_of_two_lots_went_to_a_social_service_agency() -> None:
    tender = Tender.objects.get(title="弥勒市采购社会救助经办服务")
    awards = Award.objects.filter(tender=tender).order_by("lot__number")
    suppliers = [award.offer.bid.tenderer for award in awards if award.offer]
    forms = [Cso.objects.get(pk=each.pk).legal_form for each in suppliers]
    assert forms == ["business", "social_service_agency"]


def test_newcomers_wait_for_the_overseer() -> None:
    new = [each.status for each in Organization.objects.filter(registered_at__year=2026)]
    assert sorted(new) == [Status.PENDING, Status.PENDING, Status.PENDING, Status.REFUSED]


def test_hosts_agreed_and_one_request_waits_for_the_host_that_signs_in() -> None:
    [waiting] = Hosting.objects.waiting()
    signatory = User.objects.get(email="host@demo.example")
    assert signatory.memberships.get().organization == waiting.host
    assert Hosting.objects.in_force().count() == Hosting.objects.count() - 1


def test_the_catalogue_is_what_the_log_says() -> None:
    fields = ("ocid", "status", "budget", "awarded_at", "compiled")
    before = list(Listing.objects.order_by("ocid").values_list(*fields))
    catalogue.rebuild()
    assert list(Listing.objects.order_by("ocid").values_list(*fields)) == before


def test_an_audit_of_everything_finds_nothing(told: Path, settings: Settings) -> None:
    settings.HEADS_DIR = told
    out = StringIO()
    call_command("audit_log", stdout=out)
    assert out.getvalue().splitlines()[-1] == "全部相符。"


def test_every_demo_account_signs_in_with_the_printed_password(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    assert [row.email.split("@")[0] for row in accounts.rows()] == list(accounts.ADDRESSES)
    assert PASSWORD in accounts.table()
    assert User.objects.get(email="signatory@demo.example").check_password(PASSWORD)
    signed_in = Client().login(email="drafter@demo.example", password=PASSWORD)
    assert signed_in


def test_demo_changes_nothing_where_there_are_data() -> None:
    before = Organization.objects.count()
    out = StringIO()
    call_command("demo", stdout=out)
    assert "nothing was changed" in out.getvalue()
    assert Organization.objects.count() == before


@pytest.mark.parametrize("command", ["demo", "demo_accounts"])
def test_demo_is_refused_in_production(command: str, settings: Settings) -> None:
    settings.REHEARSAL = False
    with pytest.raises(CommandError, match="rehearsal"):
        call_command(command)


def test_demo_accounts_writes_the_table_where_up_finds_it(
    settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    written = (tmp_path / "demo-accounts.txt").read_text()
    assert written == out.getvalue()
    assert "overseer@demo.example" in written


def test_nothing_is_dated_after_the_present() -> None:
    assert not Tender.objects.filter(published_at__gt=NOW).exists()
    assert not Tender.objects.filter(awarded_at__gt=NOW).exists()
