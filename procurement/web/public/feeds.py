"""Atom feeds (RFC 4287): tenders, awards and breaches of a search, the notices of one tender."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_stubs_ext import StrOrPromise

from organizations.instants import now
from procurement.publication import merge
from procurement.publication.links import absolute
from procurement.publication.models import Entry, Listing
from procurement.publication.queries import State, state_of
from procurement.templatetags.display import moment, yuan
from procurement.web import addresses
from procurement.web.public import cards, lists, places, sections, words
from procurement.web.public.answers import answer
from procurement.web.public.breaches import BreachFilter, Line, of_rows
from procurement.web.public.filters import AwardFilter, TenderFilter

MOST = 30  # entries
KIND = "application/atom+xml; charset=utf-8"
FRESH = {"max_age": 600, "stale_while_revalidate": 3600}  # seconds
LANGUAGE = "lang"  # feed readers keep no cookies: the address names the language
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)  # when a feed without entries was last changed


@dataclass(frozen=True)
class Item:
    """One entry of a feed: `path` is its page and `part` where on it, `name` its name for ever."""

    name: str
    title: str
    path: str
    updated: datetime
    author: str
    lines: list[str]
    published: datetime | None = None
    part: str = ""


class Feed(Atom1Feed):
    """Atom as Django writes it; without entries it does not change with every look."""

    def latest_post_date(self) -> datetime:
        """When the newest entry was last changed."""
        return super().latest_post_date() if self.items else NOTHING_YET


def tag(name: str) -> str:
    """Return the name of a thing as a tag URI (RFC 4151), whatever its address becomes."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},2026:{name}"


def asked_language(request: HttpRequest) -> str:
    """Return the language that the address of a feed asks for, else the portal's own."""
    return "en" if request.GET.get(LANGUAGE, "").startswith("en") else settings.LANGUAGE_CODE


def searched(what: StrOrPromise, chips: Iterable[lists.Chip]) -> str:
    """Return the name of a search: what is listed, and each condition in words."""
    return " · ".join([str(what), *(chip.words for chip in chips)])


def _feed(request: HttpRequest, title: str, path: str, items: Iterable[Item]) -> HttpResponse:
    """Answer with a feed; `path` is the page that shows the same to people."""
    here = absolute(request.path) + (f"?{request.GET.urlencode()}" if request.GET else "")
    feed = Feed(
        title=title,
        link=path,
        description="",
        language=get_language(),
        author_name=settings.SITE_NAME_EN if words.in_english() else settings.SITE_NAME_ZH,
        feed_url=here,
        feed_guid=here,
    )
    for item in items:
        told = format_html_join("\n", "<p>{}</p>", ((line,) for line in item.lines if line))
        feed.add_item(
            title=item.title,
            link=absolute(item.path) + item.part,
            description=told,
            unique_id=tag(item.name),
            author_name=item.author,
            pubdate=item.published,
            updateddate=item.updated,
        )
    body = feed.writeString("utf-8").encode()
    return answer(request, body, kind=KIND, name="feed.atom", **FRESH)


@require_safe
def tenders(request: HttpRequest) -> HttpResponse:
    """What the list of tenders shows for the same query, the latest notices first."""
    at = now()
    narrowed = TenderFilter(request.GET, at)
    with_words = narrowed.rows().defer(None).defer("compiled", "bigrams")
    with translation.override(asked_language(request)):
        chips = lists.chips(request, TenderFilter({}, at).form, narrowed.chosen())
        return _feed(
            request,
            searched(_("采购项目"), chips),
            _list_address(request, "public:tender-list"),
            [_tender(row, at) for row in with_words.order_by("-updated_at", "-ocid")[:MOST]],
        )


def _list_address(request: HttpRequest, name: str) -> str:
    """Return the list that people read with the query of its feed."""
    query = addresses.with_changes(request, **{LANGUAGE: ""})
    return absolute(reverse(name)) + (query if query != "?" else "")


def _tender(listing: Listing, at: datetime) -> Item:
    state = state_of(listing, at)
    due = listing.tender_period_end if state is State.OPEN else None
    return Item(
        name=listing.ocid,
        title=f"{listing.title} · {words.STATES[state]}",
        path=cards.address(listing, state),
        published=listing.tender_period_start or listing.planned_at,
        updated=listing.updated_at,
        author=listing.agency_name,
        lines=[
            _("投标截止：%(when)s") % {"when": moment(due, "year")} if due else "",
            " · ".join(filter(None, (places.names(listing.regions[:3]), yuan(listing.budget)))),
            listing.summary,
        ],
    )


@require_safe
def awards(request: HttpRequest) -> HttpResponse:
    """What the award register shows for the same query, the newest first."""
    narrowed = AwardFilter(request.GET)
    with translation.override(asked_language(request)):
        chips = lists.chips(request, AwardFilter({}).form, narrowed.chosen())
        items = [
            Item(
                name=f"{award.ocid}/{award.award_id}/{award.supplier_id}",
                title=f"{award.title} · {award.supplier_name} · {yuan(award.amount)}",
                path=reverse("public:tender", args=[award.ocid]),
                part="#result",
                published=award.awarded_at,
                updated=award.awarded_at,
                author=award.agency_name,
                lines=[words.method(award.method), places.names(award.regions)],
            )
            for award in narrowed.qs.order_by("-awarded_at", "-pk")[:MOST]
        ]
        address = _list_address(request, "public:award-list")
        return _feed(request, searched(_("成交结果"), chips), address, items)


@require_safe
def breaches(request: HttpRequest) -> HttpResponse:
    """What the breach register shows for the same query, the latest first."""
    narrowed = BreachFilter(request.GET)
    with translation.override(asked_language(request)):
        chips = lists.chips(request, BreachFilter({}).form, narrowed.chosen())
        rows = narrowed.qs.order_by("-since", "-public_id")[:MOST]
        items = [_breach(line) for line in of_rows(rows, now())]
        address = _list_address(request, "public:breach-list")
        return _feed(request, searched(_("逾期记录一览"), chips), address, items)


def _breach(line: Line) -> Item:
    told = (line.breached_at, line.done, line.reply.get("at"), line.excuse.get("at"))
    return Item(
        name=line.id,
        title=f"{line.what} · {line.agency_name} · {line.title}",
        path=reverse("public:tender", args=[line.ocid]),
        part=f"#{line.id}",
        published=line.breached_at,
        updated=max(filter(None, told), default=NOTHING_YET),
        author=line.agency_name,
        lines=[line.requirement, line.reply.get("text", "")],
    )


@require_safe
def notices(request: HttpRequest, ocid: str) -> HttpResponse:
    """Every notice of one tender, the latest first."""
    listing = Listing.objects.defer("bigrams", "compiled").filter(pk=ocid).first()
    if listing is None:
        raise Http404
    entries = Entry.objects.of(ocid).order_by("-index")[:MOST]
    with translation.override(asked_language(request)):
        address = absolute(cards.address(listing, state_of(listing, now())))
        items = [_notice(entry, listing) for entry in entries]
        return _feed(request, listing.title, address, items)


def _notice(entry: Entry, listing: Listing) -> Item:
    return Item(
        name=entry.release_id,
        title=f"{words.notice(entry.kind)} · {listing.title}",
        path=reverse("public:notice", args=[entry.release_id]),
        published=entry.published_at,
        updated=entry.published_at,
        author=listing.agency_name,
        lines=list(_said(merge.release_of(entry))),
    )


def _said(release: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a notice says first: its summary, the reasons, the questions and answers."""
    yield release.get("description", "")
    yield release.get("tender", {}).get("statusDetails", "")
    for each in sections.amendments(release):
        yield str(each["rationale"])
    for each in sections.enquiries(release):
        yield _("问：%(text)s") % {"text": each["question"]}
        if each["answer"]:
            yield _("答：%(text)s") % {"text": each["answer"]}
