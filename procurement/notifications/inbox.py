"""A person's inbox: what is put into it, of each matter once, and what was opened."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from procurement.notifications.models import Message, Topic
from procurement.publication.models import Entry, NoticeKind

_ENTRY = "entry-"


def put(messages: Iterable[Message]) -> None:
    """Put messages into inboxes; what somebody was told of already stays as it is."""
    Message.objects.bulk_create(list(messages), ignore_conflicts=True, batch_size=500)


def key(index: int) -> str:
    """Return what a message about a notice is told once by: the notice's place in the log."""
    return f"{_ENTRY}{index}"


def keys(entries: QuerySet[Entry]) -> QuerySet[Entry, str]:
    """Return the keys of messages about these notices, as a question inside another."""
    place = Concat(Value(_ENTRY), Cast("index", CharField()))
    return entries.annotate(key=place).values_list("key", flat=True)


def index_of(key: str) -> int | None:
    """Return the place in the log of the notice that a message is about; None where about none."""
    return int(key.removeprefix(_ENTRY)) if key.startswith(_ENTRY) else None


def of_entry(
    entry: Entry, *, title: str, topic: Topic, person: int, at: datetime, path: str = ""
) -> Message:
    """Return a message about a notice; it leads to the notice unless another page says more."""
    return Message(
        person_id=person,
        topic=topic,
        key=key(entry.index),
        title=title,
        path=path or reverse("public:notice", args=[entry.release_id]),
        noted_at=at,
    )


def told(people: Collection[int], indexes: Collection[int]) -> set[tuple[int, int]]:
    """Return which of these notices (index) which of these people were told of; one query."""
    found = Message.objects.filter(person__in=people, key__in=[key(index) for index in indexes])
    return {
        (index, person)
        for each, person in found.values_list("key", "person_id")
        if (index := index_of(each)) is not None
    }


def entries(messages: Iterable[Message]) -> dict[str, str]:
    """Return by key what kind of notice each message is about, where it is about one; one query."""
    indexes = [index for each in messages if (index := index_of(each.key)) is not None]
    found = Entry.objects.filter(index__in=indexes).values_list("index", "kind")
    return {key(index): str(NoticeKind(kind).label) for index, kind in found}
