"""Comparing the tables the portal works with with what it published: titles, deadlines, results."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from procurement.awards.models import Award, AwardStatus
from procurement.bids.disclosure import FILES_LATER, FILES_OVER, said_until
from procurement.ocds import fragments
from procurement.planning.models import PlanningNotice
from procurement.publication.models import AwardListing, Listing
from procurement.tenders.models import Tender

SAME = timedelta(seconds=1)  # a notice is dated after the one before it, by a microsecond
ENDS = {"cancelled_at": "cancelled", "unsuccessful_at": "unsuccessful", "awarded_at": "complete"}


def compare() -> Iterator[str]:
    """Yield what a procurement says in the tables otherwise than in its notices."""
    tenders = Tender.objects.filter(published_at__isnull=False).select_related("process")
    for tender in tenders.order_by("pk").iterator(200):
        listing = Listing.objects.filter(pk=tender.ocid).first()
        faults = _tender(tender, listing) if listing else iter([_("没有公开过")])
        for fault in faults:
            yield _("%(ocid)s：%(fault)s") % {"ocid": tender.ocid, "fault": fault}
    yield from _plans()
    yield from _gone()


def _tender(tender: Tender, listing: Listing) -> Iterator[str]:
    """Yield which columns of a tender are not what was published."""
    sealing = listing.compiled["tender"].get("sealing", {})
    pairs = {
        _("标题"): (tender.title, listing.title),
        _("采购方式"): (tender.procurement_method, listing.method),
        _("开标方式"): (tender.opening_policy, sealing.get("policy")),
        _("封标公钥"): (bytes(tender.sealing_keys).decode(), sealing.get("manifest")),
        _("投标截止"): (tender.tender_period_end, listing.tender_period_end),
        _("提问截止"): (tender.enquiry_period_end, listing.enquiry_period_end),
        _("预算"): (tender.value_amount, listing.budget),
        _("延后的补交文件期限"): (_files_later(tender), _step(listing, FILES_LATER)),
        _("不再等补交文件的时间"): (tender.delivery_ended_at, _files_over(listing)),
        _("开标时间"): (tender.opened_at, listing.opened_at),
        _("结果公布时间"): (tender.awarded_at, listing.awarded_at),
        _("状态"): (_end(tender), listing.status),
    }
    for name, (held, published) in pairs.items():
        if not _alike(held, published):
            words = _("%(name)s在库中是“%(held)s”，公开的是“%(published)s”")
            yield words % {"name": name, "held": held, "published": published}
    if _decided(tender) != _announced(tender.ocid):
        yield _("成交结果与公告不符")


def _files_over(listing: Listing) -> datetime | None:
    """Return since when promised files are awaited no more, as the log says."""
    said = _step(listing, FILES_OVER, "date")
    return datetime.fromisoformat(said) if said else None


def _files_later(tender: Tender) -> str:
    """Return how the last sentence about the time for promised files must end."""
    return said_until(tender.delivery_until) if tender.delivery_until else ""


def _step(listing: Listing, kind: str, field: str = "text") -> str:
    """Return what the last step of a kind says in the log: its day, or its last words."""
    steps = listing.compiled["tender"].get("openingEvents", [])
    said = [str(each[field]) for each in steps if each["kind"] == kind]
    return said[-1].rpartition("期限")[2] if said and field == "text" else said[-1] if said else ""


def _end(tender: Tender) -> str:
    ended = [status for at, status in ENDS.items() if getattr(tender, at)]
    return ended[0] if ended else "active"


def _alike(held: object, published: object) -> bool:
    if isinstance(held, datetime) and isinstance(published, datetime):
        return abs(held - published) < SAME
    return held == published


def _decided(tender: Tender) -> Counter[tuple[str, Decimal]]:
    active = Award.objects.filter(tender=tender, status=AwardStatus.ACTIVE)
    return Counter(
        (fragments.party_id(award.offer.bid.tenderer), award.amount or Decimal(0))
        for award in active.select_related("offer__bid__tenderer")
        if award.offer
    )


def _announced(ocid: str) -> Counter[tuple[str, Decimal]]:
    rows = AwardListing.objects.filter(ocid=ocid)
    return Counter((row.supplier_id, row.amount) for row in rows)


def _plans() -> Iterator[str]:
    published = PlanningNotice.objects.filter(published_at__isnull=False)
    for plan in published.select_related("process").order_by("pk").iterator(200):
        if not Listing.objects.filter(pk=plan.ocid, planned_at__isnull=False).exists():
            yield _("%(ocid)s：%(fault)s") % {"ocid": plan.ocid, "fault": _("没有公开过")}


def _gone() -> Iterator[str]:
    """Yield the published calls that are in no table any more."""
    there = Exists(Tender.objects.filter(process__ocid=OuterRef("ocid")))
    called = Listing.objects.filter(~there, tender_period_start__isnull=False)
    for ocid in called.order_by("pk").values_list("pk", flat=True):
        yield _("%(ocid)s：公开过，库中没有了") % {"ocid": ocid}
