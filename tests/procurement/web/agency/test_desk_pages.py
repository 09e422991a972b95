"""Every page of the desk answers to the person it is for."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from organizations.roles import Actor
from procurement.planning import actions as planning
from procurement.publication.paging import SIZE
from procurement.tenders import actions as tenders
from procurement.web.agency.plan_steps import PLAN_STEPS
from procurement.web.agency.tender_steps import steps_of
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

SignIn = Callable[[Actor], Client]


@pytest.mark.parametrize("method", sorted(build.MODES))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_step_of_a_tender_is_a_page(
    who: build.Cast, clock: Clock, signed_in: SignIn, method: str, language: str
) -> None:
    who.csos += [build._cso() for _ in range(3)]
    client = signed_in(who.drafter)
    client.cookies["django_language"] = language
    tender = build.draft(who, method)
    for step in steps_of(tender):
        page = client.get(reverse("agency:tender-step", args=[tender.ocid, step.slug]))
        assert page.status_code == 200, step.slug
        assert len(page.content) < 60_000, (step.slug, len(page.content))
    for name in ("tender", "tender-check"):
        assert client.get(reverse(f"agency:{name}", args=[tender.ocid])).status_code == 200
    tenders.submit(tender, by=who.drafter, at=clock.at)
    page = signed_in(who.approver).get(reverse("agency:tender-review", args=[tender.ocid]))
    assert page.status_code == 200
    assert len(page.content) < 60_000


def test_each_step_of_a_plan_is_a_page(who: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    plan = planning.draft(title="随访", by=who.drafter, at=clock.at)
    client = signed_in(who.drafter)
    for step in PLAN_STEPS:
        url = reverse("agency:plan-step", args=[plan.ocid, step.slug])
        page = client.get(url)
        assert page.status_code == 200
        assert len(page.content) < 60_000, (step.slug, len(page.content))
    for name in ("plan", "plan-check"):
        assert client.get(reverse(f"agency:{name}", args=[plan.ocid])).status_code == 200
    for name in ("home", "plan-list", "plan-new", "tender-list", "tender-new"):
        assert client.get(reverse(f"agency:{name}")).status_code == 200


def test_a_long_list_leads_back_in_time_and_forth_again(
    who: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    for number in range(SIZE + 1):
        planning.draft(title=f"第{number}件", by=who.drafter, at=clock.at)
    client, address = signed_in(who.drafter), reverse("agency:plan-list")
    newest = client.get(address).context
    assert (len(newest["rows"]), newest["later_url"]) == (SIZE, "")
    oldest = client.get(address + newest["earlier_url"]).context
    assert [plan.title for plan, _stage in oldest["rows"]] == ["第0件"]
    again = client.get(address + oldest["later_url"]).context
    assert [plan for plan, _stage in again["rows"]] == [plan for plan, _stage in newest["rows"]]
