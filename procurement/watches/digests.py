"""News into letters: at once one a notice, else one a day or a week; none about nothing."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

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
    return len(letters)


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
        return f"entry-{news.entry_index}"
    return _name(pace, latest(pace, at))


def _name(pace: Pace, due: datetime) -> str:
    return f"{pace}-{due.date().isoformat()}"
