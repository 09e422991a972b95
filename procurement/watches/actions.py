"""What may be done with watches: begin one, change, end it; hear what is new, tell, stop."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations.refusals import Refusal
from organizations.roles import Actor
from procurement.notifications import actions as notifications
from procurement.notifications import inbox, outbox
from procurement.notifications.bidders import TOO_LATE
from procurement.notifications.models import Reader, Topic
from procurement.publication.models import Entry, Listing
from procurement.watches import digests, hearing, hooks, letters, queries
from procurement.watches.hearing import Pair
from procurement.watches.models import Kind, News, Pace, Watch, WatchLetter

MOST = 50
READER = "watches"


class TooMany(Refusal):
    """Somebody watches as much as one person may."""

    def __init__(self) -> None:
        super().__init__(
            _("您已经关注了 %(most)s 项，这是每个人的上限。请先结束不再需要的关注。")
            % {"most": MOST}
        )


@transaction.atomic
def watch(kind: Kind, subject: str, *, pace: Pace, by: Actor, at: datetime) -> Watch:
    """Begin to watch a thing and return the watch; what is watched already only changes its pace.

    `subject` is an ocid, an agency's number in the open data, or the query of the tender list. The
    first watch of all sets the place in the log from which on anybody is told.
    """
    person = queries.held(by)
    subject, title = queries.settled(kind, subject)
    known = queries.own(by).filter(kind=kind, subject=subject).first()
    if known is not None:
        return change(known, pace=pace, by=by)
    if queries.own(by).count() >= MOST:
        raise TooMany
    newest = Entry.objects.order_by("-index").values_list("index", flat=True).first()
    begin = 0 if newest is None else newest + 1
    Reader.objects.get_or_create(name=READER, defaults={"next_index": begin})
    return Watch.objects.create(
        person=person, kind=kind, subject=subject, title=title, pace=pace, since=at
    )


@transaction.atomic
def change(watch: Watch, *, pace: Pace, by: Actor) -> Watch:
    """Tell sooner or later from now on, news that waits for a letter too; return the watch."""
    queries.require_own(watch, by)
    watch.pace = pace
    watch.save(update_fields=["pace"])
    News.objects.filter(watch=watch, letter__isnull=True).update(pace=pace)
    return watch


@transaction.atomic
def unwatch(watch: Watch, *, by: Actor) -> None:
    """End a watch; what it found and no letter has told yet is told no more."""
    queries.require_own(watch, by)
    _end([watch.pk])
    digests.hush([watch.person_id])


@transaction.atomic
def stop(letter: WatchLetter) -> None:
    """End the watches that a letter told of: who holds its link is who got it."""
    told = News.objects.filter(letter=letter, watch__isnull=False)
    _end(set(told.values_list("watch", flat=True)))
    digests.hush([letter.person_id])


def _end(watches: Collection[int]) -> None:
    """End watches, their rows held first: what a worker is just noting for them is seen then."""
    ended = Watch.objects.filter(pk__in=watches)
    list(ended.select_for_update().order_by("pk"))
    News.objects.filter(watch__in=watches, letter__isnull=True).delete()
    ended.delete()


@transaction.atomic
def collect(*, at: datetime, limit: int = 100) -> int:
    """Read on in the log, note what is news to whom, and return how many letters are due of it.

    Read as far as `notifications.collect` has come: who is told of a notice as a bidder, or as
    somebody who could take part, is not told of it again. The place in the log, the news and the
    letters are written together: killed, it begins again where it stood.
    """
    reader = Reader.objects.select_for_update().filter(name=READER).first()
    if reader is None:
        return 0  # nobody ever watched anything
    heard = Reader.objects.filter(name=notifications.READER).values_list("next_index", flat=True)
    fresh = Entry.objects.defer("body").filter(
        index__gte=reader.next_index, index__lt=heard.first() or 0
    )
    entries = list(fresh.order_by("index")[:limit])
    if entries:
        _note([each for each in entries if each.published_at > at - TOO_LATE], at)
        reader.next_index = entries[-1].index + 1
        reader.save(update_fields=["next_index"])
    return digests.bundle(at=at)


def _going_on(pairs: Sequence[Pair]) -> list[Pair]:
    """Keep those whose watch nobody ended meanwhile; until this is committed nobody can."""
    numbers = {watch.pk for watch, _entry in pairs}
    held = Watch.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk")
    on = set(held.values_list("pk", flat=True))
    return [pair for pair in pairs if pair[0].pk in on]


def _note(entries: Sequence[Entry], at: datetime) -> None:
    """Note news of these notices for whom they are news, and put it into their inboxes.

    A system that a watch posts to hears of each, whatever its owner was told otherwise.
    """
    found = Listing.objects.only("ocid", "title", "agency_id")
    listings = found.in_bulk({entry.ocid for entry in entries})
    pairs = _going_on(hearing.heard(entries, listings, at=at))
    hooks.note(pairs, at=at)
    wanted = hearing.soonest(pairs)
    told = inbox.told({person for _index, person in wanted}, {index for index, _person in wanted})
    new = {key: watch for key, watch in wanted.items() if key not in told}
    by_index = {entry.index: entry for entry in entries}
    News.objects.bulk_create(
        [
            News(
                person_id=person,
                entry_index=index,
                ocid=by_index[index].ocid,
                watch=watch,
                pace=watch.pace,
                noted_at=at,
            )
            for (index, person), watch in new.items()
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    inbox.put(
        inbox.of_entry(
            by_index[index],
            title=listings[by_index[index].ocid].title,
            topic=Topic.WATCH,
            person=person,
            at=at,
        )
        for index, person in new
    )


def send(*, at: datetime, limit: int = 100) -> int:
    """Send the letters that are due and return how many went out."""
    return outbox.send(WatchLetter, letters.compose, at=at, limit=limit)
