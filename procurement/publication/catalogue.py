"""The catalogue: what lists, search and facets read. Written from releases, never from tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Value
from django.db.models.functions import Cast

from procurement.publication import figures, merge, search
from procurement.publication.models import (
    AwardListing,
    DutyListing,
    DutyState,
    Entry,
    Figure,
    InvitationListing,
    Listing,
    RuleTally,
)

AWARD_KEY = ("ocid", "award_id", "supplier_id")
SERVICE_SCHEME = "YN-SERVICE"
POPULATION_SCHEME = "YN-POPULATION"
REGION_SCHEME = "GB-T-2260"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _codes(items: Iterable[Mapping[str, Any]], scheme: str) -> list[str]:
    return sorted(
        {
            code["id"]
            for item in items
            for code in item.get("additionalClassifications", [])
            if code["scheme"] == scheme
        }
    )


def _regions(items: Iterable[Mapping[str, Any]]) -> list[str]:
    found: set[str] = set()
    for item in items:
        gazetteer = item.get("deliveryLocation", {}).get("gazetteer", {})
        if gazetteer.get("scheme") == REGION_SCHEME:
            found.update(gazetteer["identifiers"])
    return sorted(found)


@dataclass(frozen=True)
class Rows:
    """What one release makes of the catalogue; nothing of it is written yet."""

    listing: Listing
    awards: list[AwardListing]
    duties: list[DutyListing]
    invitations: list[InvitationListing]


def rows(compiled: Mapping[str, Any], release: Mapping[str, Any], *, at: datetime) -> Rows:
    """Return the rows that follow from a release, and from its record with it folded in."""
    listing = _listing(compiled, at)
    draw = release.get("tender", {}).get("invitationDraw", {})
    known = duties_of(compiled)
    duties = (_duty(listing, duty, known[duty]) for duty in duties_of(release))
    return Rows(
        listing=listing,
        awards=_awards(compiled, release, at) if release.get("awards") else [],
        duties=[duty for duty in duties if duty],
        invitations=_invitations(listing, draw) if "drawn" in draw else [],
    )


def record(release: Mapping[str, Any], *, at: datetime) -> Listing:
    """Fold one release into the catalogue and return the listing of its process."""
    before = Listing.objects.filter(pk=release["ocid"]).first()
    made = rows(merge.fold(before.compiled if before else None, release), release, at=at)
    made.listing.save(force_insert=before is None, force_update=before is not None)
    AwardListing.objects.bulk_create(
        made.awards,
        update_conflicts=True,
        unique_fields=AWARD_KEY,
        update_fields=[
            f.name for f in AwardListing._meta.fields if f.name not in {*AWARD_KEY, "id"}
        ],
    )
    InvitationListing.objects.bulk_create(made.invitations)
    for duty in made.duties:
        _record_duty(duty)
    figures.keep(figures_of(before) if before else {}, figures_of(made.listing))
    return made.listing


def figures_of(listing: Listing) -> figures.Figures:
    """Return what a listed procurement adds to the figures."""
    said = duties_of(listing.compiled)
    known = (_duty(listing, number, duty) for number, duty in said.items())
    return figures.told(listing, [duty for duty in known if duty])


def _listing(compiled: Mapping[str, Any], at: datetime) -> Listing:
    tender = compiled.get("tender", {})
    items = tender.get("items", [])
    first = {notice["kind"]: notice["date"] for notice in reversed(compiled["notices"])}
    title = tender.get("title") or compiled.get("title", "")
    summary = compiled.get("description", "")
    return Listing(
        ocid=compiled["ocid"],
        title=title,
        summary=summary,
        method=tender.get("procedure", ""),
        services=_codes(items, SERVICE_SCHEME),
        populations=_codes(items, POPULATION_SCHEME),
        regions=_regions(items),
        budget=tender.get("value", {}).get("amount"),
        agency_id=compiled["buyer"]["id"],
        agency_name=compiled["buyer"]["name"],
        status=tender.get("status", "planned"),
        planned_at=_instant(first.get("planning")),
        tender_period_start=_instant(tender.get("tenderPeriod", {}).get("startDate")),
        enquiry_period_end=_instant(tender.get("enquiryPeriod", {}).get("endDate")),
        tender_period_end=_instant(tender.get("tenderPeriod", {}).get("endDate")),
        opened_at=_instant(first.get("opening")),
        awarded_at=_instant(first.get("award")),
        updated_at=at,
        compiled=compiled,
        bigrams=words_of(compiled),
    )


def words_of(compiled: Mapping[str, Any]) -> Cast:
    """Return what a record is searched by, as the database keeps it."""
    tender = compiled.get("tender", {})
    told = (
        tender.get("title") or compiled.get("title", ""),
        compiled["buyer"]["name"],
        compiled.get("description", ""),
        tender.get("description", ""),
    )
    return Cast(Value(search.vector(" ".join(told))), SearchVectorField())


def _awards(
    compiled: Mapping[str, Any], release: Mapping[str, Any], at: datetime
) -> list[AwardListing]:
    tender = compiled["tender"]
    regions = _regions(tender.get("items", []))
    return [
        AwardListing(
            ocid=release["ocid"],
            award_id=award["id"],
            supplier_id=supplier["id"],
            title=_award_title(tender, award),
            method=tender.get("procedure", ""),
            agency_id=compiled["buyer"]["id"],
            agency_name=compiled["buyer"]["name"],
            supplier_name=supplier["name"],
            regions=regions,
            amount=award["value"]["amount"],
            awarded_at=at,
        )
        for award in release["awards"]
        if award["status"] == "active"
        for supplier in award["suppliers"]
    ]


def duties_of(record: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what a record or a release says of duties, by their number.

    What is said of a breach counts over what is said of the same duty as done.
    """
    found: dict[str, dict[str, Any]] = {}
    for section in ("fulfilments", "breaches"):
        for each in record.get(section, []):
            found[each["id"]] = {**found.get(each["id"], {}), **each}
    return found


def _duty(listing: Listing, duty: str, said: Mapping[str, Any]) -> DutyListing | None:
    """Return what became of a duty.

    One without a certain last day counts neither as kept nor as missed: nobody can tell.
    """
    if not said.get("dueDate"):
        return None
    met: str = said.get("curedAt") or said.get("metAt", "")
    return DutyListing(
        public_id=duty,
        ocid=listing.ocid,
        title=listing.title,
        agency_id=listing.agency_id,
        agency_name=listing.agency_name,
        rule_id=said["rule"],
        state=DutyState(said["status"]),
        since=datetime.fromisoformat(said.get("breachedAt") or met),
        due_at=datetime.fromisoformat(said["dueDate"]),
        met_at=_instant(met),
        said=dict(said),
    )


def _record_duty(listed: DutyListing) -> None:
    """List what became of a duty, and count it for its rule."""
    before = DutyListing.objects.filter(pk=listed.pk).first()
    listed.save(force_insert=before is None, force_update=before is not None)
    if before is not None:
        _count(before, -1)
    _count(listed, 1)


def _count(duty: DutyListing, by: int) -> None:
    """Add to, or take from, the tally of the duty's rule."""
    column = DutyState(duty.state).counted
    RuleTally.objects.get_or_create(rule_id=duty.rule_id)
    RuleTally.objects.filter(rule_id=duty.rule_id).update(**{column: F(column) + by})


def _invitations(listing: Listing, draw: Mapping[str, Any]) -> list[InvitationListing]:
    """Return who was invited: drawn, or added by hand with a reason."""
    names = {member["id"]: member["name"] for member in draw["pool"]}
    drawn = [{"id": each, "name": names[each]} for each in draw["drawn"]]
    return [
        InvitationListing(
            ocid=listing.ocid,
            title=listing.title,
            organization_id=each["id"],
            organization_name=each["name"],
            agency_id=listing.agency_id,
            agency_name=listing.agency_name,
            by_hand="reason" in each,
            reason=each.get("reason", ""),
            invited_at=datetime.fromisoformat(draw["dateInvited"]),
        )
        for each in (*drawn, *draw.get("additions", []))
    ]


def _award_title(tender: Mapping[str, Any], award: Mapping[str, Any]) -> str:
    """Return the name of the procurement, and of the lot where there are several."""
    title: str = tender["title"]
    several = len(tender.get("lots", [])) > 1 and award.get("title")
    return f"{title}：{award['title']}" if several else title


def rebuild() -> int:
    """Make the whole catalogue anew from the log; return the number of entries read."""
    Listing.objects.all().delete()
    AwardListing.objects.all().delete()
    DutyListing.objects.all().delete()
    RuleTally.objects.all().delete()
    InvitationListing.objects.all().delete()
    Figure.objects.all().delete()
    read = 0
    for entry in Entry.objects.releases().order_by("index").iterator(chunk_size=500):
        record(merge.release_of(entry), at=entry.published_at)
        read += 1
    return read
