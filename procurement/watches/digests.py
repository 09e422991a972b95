"""News into letters: at once one a notice, else one a day or a week; none about nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from procurement.notifications import inbox, short
from procurement.notifications.models import WAITING, Topic
from procurement.notifications.parts import ShortLetter
from procurement.publication.models import Entry, Listing
from procurement.rules import SHANGHAI
from procurement.watches.models import News, Pace, WatchLetter

HOUR = 8  # o'clock in Shanghai, on every day or on Mondays


def latest(pace: Pace, at: datetime) -> datetime:
    """Return when the last digest of this pace fell due: 8:00 Asia/Shanghai, weekly on Mondays."""
    local = at.astimezone(SHANGHAI)
    due = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if due > local:
        due -= timedelta(days=1)
    return due - timedelta(days=due.weekday()) if pace is Pace.WEEKLY else due


def bundle(*, at: datetime, most: int = 500) -> int:
    """Put news into letters that are due and return how many letters.

    A person gets one letter a period, with everything noted before it fell due; what comes while it
    is written waits for the next. The caller holds the reader's row: no two run at once.
    """
    return sum(_bundle(pace, at, most) for pace in Pace)


def _bundle(pace: Pace, at: datetime, most: int) -> int:
    news = _due(pace, at, most)
    letters: dict[tuple[int, str], WatchLetter] = {}
    for each in news:
        period = _period(each, at)
        each.letter = letters.setdefault(
            (each.person_id, period),
            WatchLetter(
                person_id=each.person_id, pace=pace, period=period, noted_at=at, send_after=at
            ),
        )
    WatchLetter.objects.bulk_create(letters.values())
    News.objects.bulk_update(news, ["letter"], batch_size=500)
    if letters:
        _note_short(news, at)
    return len(letters)


def _note_short(news: Sequence[News], at: datetime) -> None:
    """Note a line about each letter for whoever wants one by another channel."""
    channels = short.wanting({each.person_id for each in news})
    told = [each for each in news if each.person_id in channels]
    if not told:
        return
    numbers = Counter((each.person_id, _period(each, at)) for each in told)
    entries = Entry.objects.defer("body").in_bulk({each.entry_index for each in told})
    titles = dict(
        Listing.objects.filter(pk__in={each.ocid for each in told}).values_list("pk", "title")
    )
    short.put([_line(each, entries, titles, numbers, at) for each in told], channels)


def _line(
    news: News,
    entries: dict[int, Entry],
    titles: dict[str, str],
    numbers: Counter[tuple[int, str]],
    at: datetime,
) -> ShortLetter:
    """Return the line about a letter: about its notice, or how many a digest has."""
    period, entry = _period(news, at), entries[news.entry_index]
    line = ShortLetter(person_id=news.person_id, key=period, topic=Topic.WATCH, noted_at=at)
    if news.pace == Pace.AT_ONCE:
        line.notice, line.title = entry.kind, titles.get(news.ocid, "")
        line.path = reverse("public:notice", args=[entry.release_id])
    else:
        line.count, line.path = numbers[news.person_id, period], reverse("own:inbox")
    return line


def hush(people: Sequence[int]) -> None:
    """Drop the lines that wait to tell these people of letters none of whose watches goes on."""
    waiting = ShortLetter.objects.filter(WAITING, person__in=people, topic=Topic.WATCH)
    waiting.filter(~Exists(told_by_line().filter(watch__isnull=False))).delete()


def told_by_line() -> QuerySet[News]:
    """Return the news that a short letter tells of, as a question inside one about such letters."""
    return News.objects.filter(letter__person=OuterRef("person"), letter__period=OuterRef("key"))


def _due(pace: Pace, at: datetime, most: int) -> list[News]:
    """Return the news of at most so many letters."""
    waiting = News.objects.filter(letter__isnull=True, watch__isnull=False, pace=pace)
    if pace is Pace.AT_ONCE:
        return list(waiting.order_by("pk")[:most])
    until = latest(pace, at)
    written = WatchLetter.objects.filter(person=OuterRef("person"), period=_name(pace, until))
    due = waiting.filter(~Exists(written), noted_at__lt=until)
    people = due.order_by("person").values_list("person", flat=True).distinct()[:most]
    return list(due.filter(person__in=list(people)).order_by("pk"))


def _period(news: News, at: datetime) -> str:
    pace = Pace(news.pace)
    if pace is Pace.AT_ONCE:
        return inbox.key(news.entry_index)
    return _name(pace, latest(pace, at))


def _name(pace: Pace, due: datetime) -> str:
    return f"{pace}-{due.date().isoformat()}"
