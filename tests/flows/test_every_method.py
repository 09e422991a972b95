"""The main job, once under each procedure: from planning notice to award record."""

import pytest

from procurement.lifecycle import Stage
from procurement.publication import catalogue
from procurement.publication.models import AwardListing, Entry, Listing
from tests.builders import procurement as build

METHODS = {
    "open": 3,
    "invited": 6,
    "negotiation": 3,
    "consultation": 2,
    "single-source": 1,
    "grant": 3,
}


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "csos"), METHODS.items())
def test_a_tender_lives_from_plan_to_award(method: str, csos: int) -> None:
    who = build.cast(csos)
    tender = build.published(who, method)
    if method == "invited":
        invited = set(build.invited(tender))
        who.csos = [cso for cso in who.csos if cso.pk in invited]
    tender = build.opened(who, tender)
    tender = build.evaluated(who, tender)
    build.awarded(who, tender)

    tender.refresh_from_db()
    assert tender.stage(build.DECISION) is Stage.AWARDED
    plan = [] if method == "grant" else ["planning"]
    kinds = list(Entry.objects.of(tender.ocid).values_list("kind", flat=True))
    draw = ["draw"] if method == "invited" else []
    assert kinds == [*plan, *draw, "tender", "register", "opening", "award"]
    award = AwardListing.objects.get(ocid=tender.ocid)
    assert award.supplier_name == who.csos[0].organization.name
    assert award.amount == 100000


@pytest.mark.django_db
def test_the_catalogue_is_the_same_when_rebuilt_from_the_log() -> None:
    who = build.cast(3)
    tender = build.published(who)
    build.awarded(who, build.evaluated(who, build.opened(who, tender)))
    before = Listing.objects.values().get(pk=tender.ocid)

    assert catalogue.rebuild() == 5

    assert Listing.objects.values().get(pk=tender.ocid) == before
