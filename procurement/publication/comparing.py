"""Comparing the catalogue with the log it was written from; nothing is written here."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Count, Exists, Model, OuterRef
from django.utils.translation import gettext as _
from ocdsmerge.exceptions import OCDSMergeError

from procurement.publication import catalogue, figures, merge
from procurement.publication.models import (
    COUNTED,
    AwardListing,
    DutyListing,
    DutyState,
    Entry,
    InvitationListing,
    Listing,
    RuleTally,
)

M = TypeVar("M", bound=Model)
UNCOMPARED = {"id", "bigrams"}  # a number of the database's own; compared by the database


def compare() -> Iterator[str]:
    """Yield what in the catalogue is not what the log makes of it, process by process."""
    ocids = Entry.objects.releases().order_by("ocid").values_list("ocid", flat=True).distinct()
    for ocid in ocids.iterator(500):
        for fault in _process(ocid):
            yield _("%(ocid)s：%(fault)s") % {"ocid": ocid, "fault": fault}
    yield from _unfounded()
    yield from _tallies()
    yield from _figures()


def _process(ocid: str) -> Iterator[str]:
    """Yield what the catalogue says of one process otherwise than its notices."""
    try:
        yield from _made_anew(ocid)
    except (OCDSMergeError, KeyError, TypeError, ValueError) as error:
        yield _("公告读不懂，无法重做目录（%(fault)s）") % {"fault": error}


def _made_anew(ocid: str) -> Iterator[str]:
    """Make the rows of one process anew in memory, and compare them with those there are."""
    compiled: dict[str, Any] | None = None
    awards: dict[tuple[str, ...], AwardListing] = {}
    duties: dict[str, DutyListing] = {}
    invitations: list[InvitationListing] = []
    listing = None
    for entry in Entry.objects.of(ocid).releases():
        release = merge.release_of(entry)
        compiled = merge.fold(compiled, release)
        rows = catalogue.rows(compiled, release, at=entry.published_at)
        awards |= {(award.award_id, award.supplier_id): award for award in rows.awards}
        duties |= {duty.public_id: duty for duty in rows.duties}
        invitations += rows.invitations
        listing = rows.listing
    if listing is None or compiled is None:
        return
    there = Listing.objects.filter(pk=ocid)
    yield from _differences(Listing, [listing], there)
    searched = there.annotate(made=catalogue.words_of(compiled)).values_list("bigrams", "made")
    if any(held != made for held, made in searched):
        yield _("检索词与公告不符")
    yield from _differences(AwardListing, awards.values(), AwardListing.objects.filter(ocid=ocid))
    yield from _differences(DutyListing, duties.values(), DutyListing.objects.filter(ocid=ocid))
    yield from _differences(
        InvitationListing, invitations, InvitationListing.objects.filter(ocid=ocid)
    )


def _differences(model: type[M], made: Iterable[M], there: Iterable[M]) -> Iterator[str]:
    """Yield a line for each row that is missing, too many, or says something else."""
    expected = Counter(_said(row) for row in made)
    found = Counter(_said(row) for row in there)
    for said in (expected - found) + (found - expected):
        is_missing = said in expected
        words = _("目录缺少一行“%(row)s”") if is_missing else _("目录多出一行“%(row)s”")
        columns = dict(said)
        row = columns["organization_name" if "organization_name" in columns else "title"]
        yield f"{model._meta.verbose_name}：{words % {'row': row}}"


def _said(row: Model) -> tuple[tuple[str, str], ...]:
    """Return what a row says, column by column, as values of the database."""
    fields = [field for field in row._meta.concrete_fields if field.attname not in UNCOMPARED]
    return tuple(
        (field.attname, _plain(field.to_python(getattr(row, field.attname)))) for field in fields
    )


def _plain(value: object) -> str:
    """Return a value in one form: numbers that are equal are written alike."""
    match value:
        case str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case bool() | None:
            return repr(value)
        case int() | float() | Decimal():
            return str(float(value))
        case dict():
            return str(sorted((key, _plain(inner)) for key, inner in value.items()))
        case list() | tuple():
            return str([_plain(inner) for inner in value])
    return str(value)


def _unfounded() -> Iterator[str]:
    """Yield the rows of processes that the log does not know."""
    known = Exists(Entry.objects.filter(ocid=OuterRef("ocid")))
    for model in (Listing, AwardListing, DutyListing, InvitationListing):
        for ocid in model._default_manager.filter(~known).values_list("ocid", flat=True):
            yield _("%(ocid)s：在目录里，公开记录里没有") % {"ocid": ocid}


def _tallies() -> Iterator[str]:
    """Yield the rules whose count is not that of the duties."""
    counted: Counter[tuple[str, str]] = Counter()
    groups = DutyListing.objects.values_list("rule_id", "state").order_by()
    for rule, state, n in groups.annotate(n=Count("pk")):
        counted[rule, DutyState(state).counted] += n
    there = Counter(
        {
            (row.rule_id, column): getattr(row, column)
            for row in RuleTally.objects.all()
            for column in COUNTED
        }
    )
    for rule, _column in sorted((counted - there) + (there - counted)):
        yield _("规则 %(rule)s 的遵守次数与公告不符") % {"rule": rule}


def _figures() -> Iterator[str]:
    """Yield the figures that are not the sum of what the listed procurements add."""
    summed: defaultdict[figures.Key, figures.Part] = defaultdict(figures.Part)
    for listing in Listing.objects.iterator(100):
        for key, part in catalogue.figures_of(listing).items():
            summed[key] = summed[key].plus(part)
    kept = figures.kept()
    for key in sorted(summed.keys() | kept.keys()):
        if summed.get(key) != kept.get(key):
            told = {"kind": key.kind.label, "year": key.year, "part": f"{key.region} {key.part}"}
            yield _("数据“%(kind)s”%(year)s 年“%(part)s”与公告不符") % told
