"""Many procurements, quickly: rows of catalogue and log, like those that acts have written."""

from collections import defaultdict
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max, Model

from organizations.csos.models import Cso
from procurement.publication import figures, search
from procurement.publication.models import AwardListing, DutyListing, Entry, Listing

OPEN, ENDED = "active", "complete"
SOME = 30  # among so few there is already one of each kind, and a list fills its page
# Every one is for follow-up in one place and bears the same words; what else there is goes round.
TITLE = "'第' || n || '号随访检测服务'"
CALLED = "now() - interval '25 days' - n * interval '1 minute'"
AHEAD = timedelta(days=9)  # from now to the end of those that are open
# The first thirty are open for bids; of the others, one in ten, and the rest are over.
CLOSES = (
    f"CASE WHEN n <= {SOME} OR n %% 10 = 0"
    f" THEN now() + interval '{AHEAD.days} days' + n * interval '1 second'"
    f" ELSE now() - interval '9 days' - n * interval '1 minute' END"
)
STATUS = f"CASE WHEN n <= {SOME} OR n %% 10 IN (0, 1) THEN '{OPEN}' ELSE '{ENDED}' END"
PREFECTURE = "'53' || (ARRAY['03','04','05','06','07','08','09'])[1 + n %% 7] || '00'"
PLACES = f"ARRAY['530100', {PREFECTURE}]::varchar[]"
METHOD = "(ARRAY['open', 'consultation', 'grant'])[1 + n %% 3]"
RARE = "n IN (3, 7)"  # two awards unlike all others, among however many
OURS = "ocds-yn0000-2000-"  # how the numbers of all these begin
BASE = 1_000_000  # the first number of an organisation that is a copy


def grow(first: int, last: int) -> None:
    """Add the procurements numbered from `first` up to `last`, as many awards, duties, groups."""
    called = Listing.objects.filter(status=OPEN, tender_period_start__isnull=False)
    ocid = f"'{OURS}' || lpad(n::text, 6, '0')"
    titled = {"ocid": ocid, "title": TITLE}
    listing = called.earliest("tender_period_start")
    words = search.vector("第1号随访检测服务")
    _copies(
        listing,
        first,
        last,
        **titled,
        status=STATUS,
        method=METHOD,
        services="ARRAY['follow_up', 'testing']::varchar[]",
        regions=PLACES,
        planned_at=CALLED,
        tender_period_start=CALLED,
        enquiry_period_end=CLOSES,
        tender_period_end=CLOSES,
        opened_at=f"CASE WHEN n > {SOME} AND n %% 10 > 1 THEN now() - interval '8 days' END",
        updated_at=CALLED,
        bigrams=f"$words${words}$words$::tsvector",
    )
    since = "now() - n * interval '1 minute'"
    award = AwardListing.objects.earliest("pk")
    _copies(
        award,
        first,
        last,
        **titled,
        awarded_at=since,
        method=f"CASE WHEN {RARE} THEN 'quotation' ELSE {METHOD} END",
        regions=f"CASE WHEN {RARE} THEN ARRAY['532500']::varchar[] ELSE {PLACES} END",
        agency_name=f"CASE WHEN {RARE} THEN '红河州疾控中心' ELSE row.agency_name END",
        supplier_name=f"CASE WHEN {RARE} THEN '红河互助会' ELSE '第' || n || '号关怀小组' END",
        amount=f"CASE WHEN {RARE} THEN 9000000 ELSE 100000 + n END",
    )
    duty = DutyListing.objects.exclude(state="met").earliest("pk")
    _copies(duty, first, last, **titled, public_id="'late-' || n", since=since)
    _entries(listing, first, last, ocid)
    _groups(first, last)
    _count(first, last)


def _entries(listing: Listing, first: int, last: int, ocid: str) -> None:
    """Notices outside the chain: pages read them, nobody proves anything of them."""
    entry = Entry.objects.of(listing.ocid).earliest("index")
    top = Entry.objects.aggregate(top=Max("index"))["top"]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    _copies(
        entry,
        first,
        last,
        ocid=ocid,
        index=f"{top - first + 1} + n",
        release_id=f"{ocid} || '-001-tender'",
        published_at=CALLED,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")


@transaction.atomic
def _count(first: int, last: int) -> None:
    """Count them into the figures, all in one step."""
    summed: defaultdict[figures.Key, figures.Part] = defaultdict(figures.Part)
    numbers = {"pk__gte": f"{OURS}{first:06}", "pk__lt": f"{OURS}{last:06}"}
    for listing in Listing.objects.defer("bigrams").filter(**numbers).iterator(200):
        for key, part in figures.told(listing, ()).items():
            summed[key] = summed[key].plus(part)
    figures.keep({}, summed)


def _groups(first: int, last: int) -> None:
    group = Cso.objects.select_related("organization").earliest("pk")
    name = f"CASE WHEN {RARE} THEN '一心互助会' || n ELSE '第' || n || '号关怀小组' END"
    names = {"id": f"{BASE} + n", "uscc": "NULL", "name": name}
    _copies(group.organization, first, last, **names)
    offers = f"CASE WHEN {RARE} THEN ARRAY['advocacy']::varchar[] ELSE row.services END"
    _copies(group, first, last, organization_id=f"{BASE} + n", services=offers)


def _copies(model: Model, first: int, last: int, **changes: str) -> None:
    """Write a row again and again; `changes` are columns as SQL over the number `n`."""
    table = model._meta.db_table
    own = model._meta.pk
    assert own is not None
    kept = [str(field.column) for field in model._meta.concrete_fields]
    if own.get_internal_type() == "BigAutoField" and own.column not in changes:
        kept.remove(str(own.column))
    names = ", ".join(f'"{name}"' for name in kept)
    values = ", ".join(changes.get(name, f'row."{name}"') for name in kept)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS row "
            f'CROSS JOIN generate_series(%s, %s - 1) AS n WHERE row."{own.column}" = %s',
            [first, last, model.pk],
        )
