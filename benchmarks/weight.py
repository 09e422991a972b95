"""What a public page costs its reader and the database: bytes, queries, rows read."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.urls import reverse

from benchmarks import crowd
from organizations import instants
from portal.shared_pages import PAGES
from procurement.publication.models import Listing
from procurement.rules import SHANGHAI

GZIP: Final = {"Accept-Encoding": "gzip"}
FIRST_VISIT, AFTER = 60_000, 15_000  # bytes as sent, of a list and of a tender page
ROWS = 100
QUERIES: Final[Mapping[str, int]] = {"list": 4, "tender": 5}  # the session's included
# One of each question that people ask most; of all others, each page that caches may keep. Not
# weighed: files, feeds, calendars and the sheet for the wall.
LISTS: Final[Mapping[str, str]] = {
    "tender list": "/tenders/",
    "… open now, closing soonest": "/tenders/?status=open&sort=closing",
    "… one service, one place": "/tenders/?service=follow_up&region=530100",
    "… a search": "/tenders/?q=随访",
    "… a word nobody uses": "/tenders/?q=宇宙",
    "… a filter nothing passes": "/tenders/?service=advocacy&method=quotation",
    "award list": "/awards/",
    "planning list": "/planning/",
}
OTHERS: Final[Mapping[str, str]] = {
    "home, of one place": "/?region=530100",
    "award list, a search": "/awards/?q=随访",
    "… a word few have": "/awards/?q=红河",
    "… a supplier few chose": "/awards/?supplier=互助会",
    "… an agency with few": "/awards/?agency=红河州",
    "… a place with few": "/awards/?region=532500",
    "… a method few used": "/awards/?method=quotation",
    "… an amount few reached": "/awards/?amount_from=5000000",
    "… a year without any": "/awards/?year=2001",
    "organisations, a search": "/organizations/?q=关怀",
    "… a word in few": "/organizations/?q=一心",
    "… a service few offer": "/organizations/?service=advocacy",
    "… one place": "/organizations/?region=530100",
    "… a place with none": "/organizations/?region=532500",
    "agencies": "/organizations/?kind=agency",
    "status": "/status/",
    "receipt check": "/verify/",
}
Size = Callable[[str], int]  # the bytes in which a file of ours is sent


@dataclass(frozen=True)
class Page:
    """A page to weigh; `kind` says which budget holds: list, tender, or only the rows."""

    name: str
    address: str
    kind: str = ""


@dataclass(frozen=True)
class Cost:
    """What one page cost one reader."""

    plain: int
    sent: int  # compressed, as a browser gets it
    files: int  # styles, scripts and pictures, compressed: only a first visit loads them
    queries: int
    rows: int  # handed over by the database
    touched: int  # looked at by the database on the way


@dataclass
class Asked:
    """Every statement of a page, and how many rows came back."""

    statements: list[tuple[str, Any]] = field(default_factory=list)
    rows: int = 0

    def __call__(
        self,
        execute: Callable[..., object],
        sql: str,
        params: Any,  # noqa: ANN401 - as the driver takes them
        many: bool,
        context: dict[str, Any],
    ) -> object:
        """Count, on the way through."""
        answer = execute(sql, params, many, context)
        self.statements.append((sql, params))
        self.rows += max(cast("CursorWrapper", context["cursor"]).rowcount, 0)
        return answer


class Files(HTMLParser):
    """What a browser loads with a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note styles, scripts, icons and pictures."""
        told = dict(attrs)
        if tag == "link" and told.get("rel") in {"stylesheet", "icon"}:
            self.found.add(told.get("href") or "")
        elif tag in {"script", "img", "source", "iframe"}:
            self.found.add(told.get("src") or "")

    @property
    def ours(self) -> set[str]:
        """The addresses below /static/."""
        return {address for address in self.found if address.startswith("/static/")}


def pages(arguments: Mapping[str, Sequence[Any]]) -> list[Page]:
    """Return the pages to weigh; `arguments` are those of each name that needs some."""
    lists = [Page(name, address, "list") for name, address in LISTS.items()]
    known = {page.address for page in lists}
    others = [Page(name, address) for name, address in OTHERS.items()]
    others.append(Page("calendar, a full month", f"/calendar/?month={_full_month()}"))
    for name in sorted({*PAGES, "public:opening"}):
        page = Page(name.removeprefix("public:"), reverse(name, args=arguments.get(name, [])))
        if page.name not in {"tender", "deadlines"} and page.address not in known:
            others.append(page)
    return [*lists, *_tenders(), *others]


def _full_month() -> str:
    """Return the month in which what is open closes: full among few already."""
    return f"{instants.now().astimezone(SHANGHAI) + crowd.AHEAD:%Y-%m}"


def _tenders() -> Iterator[Page]:
    """The page of each procurement of the cast: the more has happened, the longer it is."""
    for ocid in (
        Listing.objects.exclude(ocid__contains="-2000-").order_by("pk").values_list("pk", flat=True)
    ):
        yield Page(f"tender {ocid[-6:]}", reverse("public:tender", args=[ocid]), "tender")


def weigh(client: Client, page: Page, size: Size) -> Cost:
    """Read a page as a browser does, and say what it cost; what processes keep is kept already."""
    _read(client, page)
    asked = Asked()
    with connection.execute_wrapper(asked):
        plain = _read(client, page)
    sent = client.get(page.address, headers=GZIP)
    return Cost(
        plain=len(plain),
        sent=len(sent.content),
        files=sum(size(address) for address in Files(plain.decode()).ours),
        queries=len(asked.statements),
        rows=asked.rows,
        touched=sum(touched(sql, params) for sql, params in asked.statements),
    )


def _read(client: Client, page: Page) -> bytes:
    answer = client.get(page.address)
    if answer.status_code != 200:
        raise AssertionError(f"{page.address} answered {answer.status_code}")
    content: bytes = answer.content
    return content


def touched(sql: str, params: Any) -> int:  # noqa: ANN401 - as the driver takes them
    """Return how many rows the scans of a statement looked at, kept or not; run once more."""
    if not re.match(r"\s*\(*\s*(SELECT|WITH)\b", sql):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        [told] = cursor.fetchone()
    [plan] = json.loads(told) if isinstance(told, str) else told
    return round(sum(_looked_at(node) for node in _nodes(plan["Plan"])))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)


def _looked_at(node: dict[str, Any]) -> float:
    """Return the rows of a table or an index that one node went through, in all its loops."""
    if "Relation Name" not in node and "Index Name" not in node:
        return 0
    gone = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    total: float = (node["Actual Rows"] + gone) * node["Actual Loops"]
    return total


@dataclass(frozen=True)
class Weighed:
    """One page among few and among many procurements, for two readers."""

    page: Page
    few: Cost
    many: Cost
    named_few: Cost
    named_many: Cost

    @property
    def first_visit(self) -> int:
        """Bytes of a first visit, the heavier of both."""
        return max(cost.sent + cost.files for cost in (self.few, self.many))

    @property
    def after(self) -> int:
        """Bytes of a visit whose styles and scripts are there already."""
        return max(self.few.sent, self.many.sent)

    @property
    def broken(self) -> list[str]:
        """Return what breaks the budget, in words."""
        name, found = self.page.name, []
        costs = (self.few, self.many, self.named_few, self.named_many)
        most = max(cost.rows for cost in costs)
        if most > ROWS:
            found.append(f"{name}: {most} rows read, at most {ROWS}")
        for who, few, many in (
            ("", self.few, self.many),
            (", signed in", self.named_few, self.named_many),
        ):
            if few.rows != many.rows:
                found.append(f"{name}{who}: {few.rows} rows read among few, {many.rows} among many")
        allowed = QUERIES.get(self.page.kind)
        if allowed is None:
            return found
        queries = max(cost.queries for cost in costs)
        if queries > allowed:
            found.append(f"{name}: {queries} queries, at most {allowed}")
        if self.first_visit > FIRST_VISIT:
            found.append(f"{name}: {self.first_visit} bytes at first, at most {FIRST_VISIT}")
        if self.after > AFTER:
            found.append(f"{name}: {self.after} bytes after that, at most {AFTER}")
        return found


def table(found: Sequence[Weighed], few: int, many: int) -> str:
    """Return everything as a table in Markdown."""
    head = (
        f"| page | HTML kB | sent kB | first visit kB | queries | signed in | rows read, {few:,} "
        f"| rows read, {many:,} | rows scanned, {few:,} | rows scanned, {many:,} |"
    )
    lines = [head, "|---|" + "---:|" * 9]
    for each in found:
        cells = (
            each.page.name,
            _kilo(max(each.few.plain, each.many.plain)),
            _kilo(each.after),
            _kilo(each.first_visit),
            max(each.few.queries, each.many.queries),
            max(each.named_few.queries, each.named_many.queries),
            *(each.few.rows, each.many.rows, each.few.touched, each.many.touched),
        )
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _kilo(size: int) -> str:
    return f"{size / 1000:.1f}"
