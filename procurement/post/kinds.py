"""Every kind of thing that leaves: one row each, with all that the delivery log knows of it.

None says to whom. A letter to a bidder exists because somebody began or made a bid, one with an
invitation because somebody was invited, and what a watch brings because somebody looks at a call:
before the opening, who and how many is for nobody's eyes (Order 87 Art. 28). Until then they are
in no list and in no count; of a call that was never opened, never.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextChoices
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement.bids.models import Bid
from procurement.notifications import bidders, inbox, letters, short, witnesses
from procurement.notifications.channels.interface import Channel
from procurement.notifications.models import Delivery, Letter, Silence, Topic
from procurement.notifications.parts import BidLetter, HeadLetter, ShortLetter, by_day
from procurement.publication import queries as publication
from procurement.publication.models import Entry, Listing
from procurement.tenders.models import InvitationMode, Tender
from procurement.watches import digests
from procurement.watches import letters as watching
from procurement.watches.models import News, Pace, WatchLetter
from procurement.watches.parts import HookLetter

EVERY: Final = Q()
NOTHING: Final = Q(pk__in=())
OPENED: Final = Q(tender__opened_at__isnull=False)
MADE_A_BID: Final = Exists(
    Bid.objects.filter(tender=OuterRef("tender"), organization=OuterRef("organization"))
)
A_CALL: Final = Q(tender__invitation_mode=InvitationMode.PUBLIC_NOTICE)


class Kind(TextChoices):
    """What a letter is about, and where it is no mail, by what it goes."""

    CALL = "call", _("新公告和邀请")
    BID = "bid", _("寄给投标人的信")
    WATCH = "watch", _("寄给关注者的信")
    SMS = "sms", _("短信")
    WECHAT = "wechat", _("微信消息")
    HOOK = "hook", _("推送到系统")
    HEAD = "head", _("寄给见证方的日志头")


@dataclass(frozen=True)
class About:
    """What a letter is about: words, the public page they lead to, and what tells it from others.

    Nothing of its reader: no name, no address, no number, no link that is theirs.
    """

    text: StrOrPromise
    path: str = ""
    detail: StrOrPromise = ""


@dataclass(frozen=True)
class Row:
    """One kind: where it is kept, when it may be told, what it says, how it is tried again."""

    model: type[Letter]
    about: Callable[[Sequence[Any]], list[About]]  # of each; as many queries for one as for many
    matching: Callable[[str], Q]  # is about this: a procurement's number, or words of its title
    first_line: Callable[[Any, datetime], str | None]  # as it would leave; None when it is moot
    told: Q = EVERY  # its being there tells of no bid, no invitation and no look at a call
    kept_as: Q = EVERY  # which rows of its model are of this kind
    wanted: Q = EVERY  # its reader would still have it
    begins: Callable[[datetime], datetime] = lambda at: at  # the earliest it may leave
    beside: tuple[str, ...] = ()
    is_mail: bool = True

    def all(self) -> QuerySet[Any]:
        """Return every letter of this kind, told or not."""
        return self.model._default_manager.filter(self.kept_as)


def _unopened() -> QuerySet[Tender, Any]:
    """Return the numbers of the calls that are out and not opened."""
    found = Tender.objects.filter(published_at__isnull=False, opened_at__isnull=True)
    return found.values("process__ocid")


def _untold() -> QuerySet[Entry]:
    """Return the notices of such calls: few, however many letters there are."""
    return Entry.objects.filter(ocid__in=_unopened())


def _of_unopened(news: QuerySet[News]) -> QuerySet[News]:
    """Return what of news is about such calls: a digest with one tells that somebody looks."""
    return news.filter(ocid__in=_unopened())


def _goes_on(news: QuerySet[News]) -> Q:
    """Ask whether a watch that brought news has not ended."""
    return Q(Exists(news.filter(watch__isnull=False)))


def _meant(subject: str) -> QuerySet[Listing, Any]:
    """Return the numbers of the procurements with a number, or with such words in their title.

    An index finds the words; only where they occur the title is looked at.
    """
    saying = publication.matching(Listing.objects.order_by(), subject)
    titled = saying.filter(title__icontains=subject).values("pk")
    return Listing.objects.order_by().filter(pk=subject).values("pk").union(titled)


def _like(subject: str) -> Q:
    """Ask whether a notice, or news of one, is about a procurement: its number, or its title."""
    return Q(ocid__in=_meant(subject))


def _of_letter() -> QuerySet[News]:
    return News.objects.filter(letter=OuterRef("pk"))


# what each is about


def _procurement(found: Sequence[Any]) -> list[About]:
    return [_of_tender(each.tender) for each in found]


def _of_tender(tender: Tender) -> About:
    return About(tender.title, reverse("public:tender", args=[tender.ocid]))


def _head(found: Sequence[HeadLetter]) -> list[About]:
    return [About(str(each.checkpoint)) for each in found]


def _line(found: Sequence[ShortLetter]) -> list[About]:
    return [_of_line(each) for each in found]


def _of_line(letter: ShortLetter) -> About:
    if letter.tender is not None:
        return _of_tender(letter.tender)
    if letter.notice:
        return About(letter.title, letter.path, Topic.WATCH.label)
    return About(_("关注的汇总"), detail=_period(letter.key))


def _watched(found: Sequence[WatchLetter]) -> list[About]:
    notices = _notices(inbox.index_of(each.period) for each in found)
    return [_of_watch(each, notices) for each in found]


def _of_watch(letter: WatchLetter, notices: Mapping[int | None, About]) -> About:
    index = inbox.index_of(letter.period)
    if index is None:
        return About(Pace(letter.pace).label, detail=_period(letter.period))
    return notices.get(index, About(Pace(letter.pace).label))


def _period(key: str) -> str:
    """Return the day that a digest was due on, as its key says it."""
    return key.partition("-")[2]


def _posted(found: Sequence[HookLetter]) -> list[About]:
    notices = _notices(each.entry_index for each in found)
    return [_of_hook(each, notices) for each in found]


def _of_hook(letter: HookLetter, notices: Mapping[int | None, About]) -> About:
    # its number is in each POST: its owner can name it, and nobody else knows whose it is
    number = gettext("关注 %(number)s 的推送") % {"number": letter.hook.watch_id}
    notice = notices.get(letter.entry_index, About(_("试推送")))
    return About(notice.text, notice.path, number)


def _notices(indexes: Iterable[int | None]) -> dict[int | None, About]:
    """Return by place in the log what notices are called, and their pages; two queries."""
    wanted = {index for index in indexes if index is not None}
    found = Entry.objects.filter(index__in=wanted).values_list("index", "ocid", "release_id")
    entries = list(found)
    named = Listing.objects.filter(pk__in={ocid for _index, ocid, _id in entries})
    titles = dict(named.values_list("pk", "title"))
    return {
        index: About(titles.get(ocid, ocid), reverse("public:notice", args=[release]))
        for index, ocid, release in entries
    }


# which are about a procurement, by its number or words of its title


def _by_tender(subject: str) -> Q:
    return Q(tender__process__ocid__in=_meant(subject))


def _by_line(subject: str) -> Q:
    return _by_tender(subject) | Q(key__in=inbox.keys(Entry.objects.filter(_like(subject))))


def _by_news(subject: str) -> Q:
    return Q(Exists(_of_letter().filter(_like(subject))))


def _by_notice(subject: str) -> Q:
    return Q(entry_index__in=Entry.objects.filter(_like(subject)).values("index"))


# how each would begin, if it left now


def _subject(compose: Callable[[Any, datetime], Any]) -> Callable[[Any, datetime], str | None]:
    def first_line(letter: Letter, at: datetime) -> str | None:
        message = compose(letter, at)
        return str(message.subject) if message else None

    return first_line


def _of_a_post(letter: HookLetter, _at: datetime) -> str | None:
    """Return what is posted, without composing it: that would count against its address."""
    if letter.hook.stopped_at is not None:
        return None
    [about] = _posted([letter])
    return f"{about.detail} · {about.text}"


def _short(channel: Channel) -> Row:
    """Return the row of a way by which short letters go."""
    return Row(
        ShortLetter,
        kept_as=Q(channel=channel),
        told=Q(tender__isnull=False) | Q(~Exists(_of_unopened(digests.told_by_line()))),
        about=_line,
        matching=_by_line,
        first_line=short.first_line,
        wanted=~Q(topic=Topic.WATCH) | _goes_on(digests.told_by_line()),
        begins=by_day,
        beside=("tender__process",),
        is_mail=False,
    )


# In the order in which they leave.
ROWS: Final[Mapping[Kind, Row]] = {
    Kind.BID: Row(
        BidLetter,
        told=OPENED & Q(MADE_A_BID),  # who began and never bid stays unsaid
        about=_procurement,
        matching=_by_tender,
        first_line=_subject(bidders.compose),
        wanted=bidders.FOR_THEM,
        beside=("tender__process",),
    ),
    Kind.HEAD: Row(
        HeadLetter,
        about=_head,
        matching=lambda _subject: NOTHING,
        first_line=_subject(witnesses.compose),
        beside=("checkpoint",),
    ),
    Kind.CALL: Row(
        Delivery,
        told=A_CALL | OPENED,
        about=_procurement,
        matching=_by_tender,
        first_line=_subject(letters.compose),
        wanted=letters.FOR_THEM & ~(A_CALL & Q(person__in=Silence.objects.values("person"))),
        beside=("tender__process",),
    ),
    Kind.WATCH: Row(
        WatchLetter,
        told=~Q(pk__in=_of_unopened(News.objects.filter(letter__isnull=False)).values("letter")),
        about=_watched,
        matching=_by_news,
        first_line=_subject(watching.compose),
        wanted=_goes_on(_of_letter()),
    ),
    Kind.SMS: _short(Channel.SMS),
    Kind.WECHAT: _short(Channel.WECHAT),
    Kind.HOOK: Row(
        HookLetter,
        told=~Q(entry_index__in=_untold().values("index")),
        about=_posted,
        matching=_by_notice,
        first_line=_of_a_post,
        # off until its owner switches it on; and nothing noted for an address goes to the next one
        wanted=Q(hook__stopped_at__isnull=True, hook__since__lte=F("noted_at")),
        beside=("hook",),
        is_mail=False,
    ),
}
MAIL: Final = tuple(row.model for row in ROWS.values() if row.is_mail)
