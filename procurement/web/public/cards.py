"""What a list shows of one procurement: ready words, so that the template only places them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.urls import reverse
from django_stubs_ext import StrOrPromise

from procurement.publication.models import Listing
from procurement.publication.queries import State, state_of
from procurement.web.public import highlights, places, words


@dataclass(frozen=True)
class Card:
    """One procurement in a list."""

    title: str
    url: str
    agency: str
    region: str
    amount: Decimal | None
    method: str
    who: str
    state: State
    status: StrOrPromise
    tone: str
    due: datetime | None
    opened: datetime | None
    excerpt: str = ""


def with_eligibility(found: QuerySet[Listing]) -> QuerySet[Listing]:
    """Take who may bid out of the record, in the database: the record itself stays there."""
    return found.annotate(
        ocds_method=KT("compiled__tender__procurementMethod"),
        hosted=KT("compiled__tender__hostedGroupsMayBid"),
    )


def with_texts(found: QuerySet[Listing]) -> QuerySet[Listing]:
    """Take the texts that search looks through besides the title: the summary, and the work."""
    texts = found.defer(None).defer("compiled", "bigrams")
    return texts.annotate(work=KT("compiled__tender__description"))


def card(listing: Listing, at: datetime, words_sought: str = "") -> Card:
    """Return what a list shows of a listing that `with_eligibility` has read.

    The words that were looked for are marked. Those that are neither in the title nor in the
    agency's name are shown in their surroundings: read the listing by `with_texts` then.
    """
    state = state_of(listing, at)
    is_open = state is State.OPEN
    hosted = getattr(listing, "hosted", "") == "true"
    return Card(
        title=highlights.marked(listing.title, words_sought),
        url=address(listing, state),
        agency=highlights.marked(listing.agency_name, words_sought),
        region=places.names(listing.regions[:3]),
        amount=listing.budget,
        method=words.method(listing.method) if listing.method else "",
        who=words.who_may_bid(getattr(listing, "ocds_method", "") or "", hosted=hosted)
        if is_open
        else "",
        state=state,
        status=words.STATES[state],
        tone=words.TONES[state],
        due=listing.tender_period_end if is_open else None,
        opened=listing.tender_period_start or listing.planned_at,
        excerpt=_excerpt(listing, words_sought),
    )


def _excerpt(listing: Listing, sought: str) -> str:
    if not sought:
        return ""
    missing = highlights.missing(sought, listing.title, listing.agency_name)
    work = getattr(listing, "work", "") or ""
    return (missing and highlights.excerpt(missing, listing.summary, work)) or ""


def address(listing: Listing, state: State) -> str:
    """Return where the whole story is read: what is only planned has a page of its own."""
    name = "public:planning" if state is State.PLANNED else "public:tender"
    return reverse(name, args=[listing.ocid])
