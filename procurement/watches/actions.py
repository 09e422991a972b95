"""What may be done with watches: begin one, change how soon it tells, end it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import User
from organizations.refusals import NotPermitted, Refusal
from organizations.roles import Actor
from procurement.notifications.models import Reader
from procurement.publication.models import Entry
from procurement.watches import queries
from procurement.watches.models import Kind, News, Pace, Watch

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
    person = _held(by)
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
    _require_own(watch, by)
    watch.pace = pace
    watch.save(update_fields=["pace"])
    News.objects.filter(watch=watch, letter__isnull=True).update(pace=pace)
    return watch


@transaction.atomic
def unwatch(watch: Watch, *, by: Actor) -> None:
    """End a watch; what it found and no letter has told yet is told no more."""
    _require_own(watch, by)
    News.objects.filter(watch=watch, letter__isnull=True).delete()
    watch.delete()


def _held(by: Actor) -> User:
    """Return the person who acts, held, so that two clicks at once count one after the other."""
    person = User.objects.select_for_update().filter(pk=by.person_id, is_active=True).first()
    if person is None:
        raise NotPermitted
    return person


def _require_own(watch: Watch, by: Actor) -> None:
    if watch.person_id != by.user_id:
        raise NotPermitted
