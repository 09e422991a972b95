"""What a letter about watched things says, in the language its reader chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.mail import EmailMessage
from django.urls import reverse

from procurement.notifications import mail
from procurement.publication.links import absolute
from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.watches.models import Kind, News, Pace, WatchLetter
from procurement.watches.searches import search

MOST = 50  # notices in one letter; the rest are counted, and in the inbox


@dataclass(frozen=True)
class Item:
    """One notice as a letter tells it."""

    entry: Entry
    listing: Listing
    news: News

    @property
    def kind(self) -> str:
        """What was published."""
        return str(NoticeKind(self.entry.kind).label)

    @property
    def due(self) -> datetime | None:
        """Until when bids are taken, where that is the news."""
        begins = self.entry.kind == NoticeKind.TENDER
        return self.listing.tender_period_end if begins else None

    @property
    def url(self) -> str:
        """The notice."""
        return absolute(reverse("public:notice", args=[self.entry.release_id]))

    @property
    def search(self) -> str:
        """The saved search that found it, in words; empty where it was not a search."""
        watch = self.news.watch
        found = watch is not None and watch.kind == Kind.SEARCH
        return search().in_words(watch.subject) if watch is not None and found else ""


def compose(letter: WatchLetter, _at: datetime) -> EmailMessage | None:
    """Return a letter; None when none of its watches goes on, or its reader's account is closed."""
    news = list(
        News.objects.filter(letter=letter, watch__isnull=False)
        .select_related("watch")
        .order_by("entry_index")
    )
    if not news or not letter.person.is_active:
        return None
    return mail.written(
        "watch",
        told(letter, _items(news[:MOST]), len(news)),
        to=letter.person.email,
        language=letter.person.preferred_language,
        message_id=letter.message_id,
        stop_url=_stop_url(letter),
    )


def told(letter: WatchLetter, items: Sequence[Item], count: int) -> dict[str, object]:
    """Return what a letter tells: some notices, and how many there are."""
    return {
        "items": items,
        "first": items[0],
        "count": count,
        "more": count - len(items),
        "is_digest": letter.pace != Pace.AT_ONCE,
        "is_weekly": letter.pace == Pace.WEEKLY,
        "inbox_url": absolute(reverse("own:inbox")),
        "watches_url": absolute(reverse("own:watch-list")),
        "stop_url": _stop_url(letter),
    }


def _stop_url(letter: WatchLetter) -> str:
    return absolute(reverse("letters:end", args=[letter.token]))


def _items(news: list[News]) -> list[Item]:
    entries = Entry.objects.defer("body").in_bulk([each.entry_index for each in news])
    found = Listing.objects.defer("compiled", "bigrams", "summary")
    listings = found.in_bulk({each.ocid for each in news})
    return [Item(entries[each.entry_index], listings[each.ocid], each) for each in news]
