"""Files of past notices as rows, and rows as what we keep or the faults that stop them. Pure."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement.history import cells, headings
from procurement.history.models import NoticeType
from procurement.rulebook import queries as rulebook

SHOWN = 80  # characters of a cell that a report quotes
EXTRA = "\x00extra"  # where the csv module puts cells beyond the headings

# what the words of a notice's type say; the first that occurs counts
TYPES = (
    ("意向", NoticeType.INTENTION),
    ("更正", NoticeType.CHANGE),
    ("澄清", NoticeType.CHANGE),
    ("终止", NoticeType.END),
    ("废标", NoticeType.END),
    ("中标", NoticeType.RESULT),
    ("成交", NoticeType.RESULT),
    ("结果", NoticeType.RESULT),
    ("招标", NoticeType.CALL),
    ("磋商", NoticeType.CALL),
    ("谈判", NoticeType.CALL),
    ("询价", NoticeType.CALL),
    ("采购公告", NoticeType.CALL),
    ("资格预审", NoticeType.CALL),
)


class Unusable(ValueError):
    """A file that holds no rows we can look at; the message says why and what to do."""


@dataclass(frozen=True)
class Fault:
    """One cell that cannot be taken: under which heading, what was found, what is expected."""

    field: str
    found: str
    expected: StrOrPromise


@dataclass(frozen=True)
class Row:
    """One row of a file, as it stands there."""

    place: str  # such as "notices 3" or "row 7"
    cells: Mapping[str, object]


@dataclass(frozen=True)
class Reading:
    """What a row says to us: values to keep, or the faults because of which nothing is kept."""

    row: Row
    values: Mapping[str, Any]
    faults: tuple[Fault, ...]


def rows(name: str, content: bytes) -> list[Row]:
    """Return the rows of a JSON or CSV file. Raises Unusable."""
    text = _decoded(content)
    found = _csv_rows(text) if name.lower().endswith(".csv") else _json_rows(text)
    if not found:
        raise Unusable(str(_("文件里没有任何一行。")))
    return found


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unusable(str(_("文件不是 UTF-8 或 GB18030 编码的文字，请另存后再试。")))


def _csv_rows(text: str) -> list[Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey=EXTRA, strict=True)
    known = set(reader.fieldnames or ())
    for field in ("title", "agency"):
        if not headings.standing_under(headings.HEADINGS[field], dict.fromkeys(known)):
            names = "、".join(headings.HEADINGS[field])
            raise Unusable(str(_("缺少一列，表头应为其中之一：%(names)s。") % {"names": names}))
    try:
        return [Row(f"row {reader.line_num}", dict(each)) for each in reader if any(each.values())]
    except csv.Error as error:
        message = _("第 %(line)s 行不是完整的 CSV：%(error)s。")
        raise Unusable(str(message % {"line": reader.line_num, "error": error})) from error


def _json_rows(text: str) -> list[Row]:
    try:
        # Decimal, so that no amount ever passes through a float
        parsed = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unusable(str(_("文件不是完整的 JSON：%(error)s。") % {"error": error})) from error
    if isinstance(parsed, list):
        return list(_section("row", parsed))
    if not isinstance(parsed, dict):
        raise Unusable(str(_("JSON 应是一个列表，或以列表为值的对象。")))
    return [row for name, value in parsed.items() for row in _section(name, value)]


def _no_number(name: str) -> None:
    raise ValueError(name)


def _section(name: str, value: object) -> Iterator[Row]:
    """Yield the rows of one part of a file; a text beside them is a remark, no row."""
    if isinstance(value, Mapping):
        yield Row(name, value)
    elif isinstance(value, list):
        for number, each in enumerate(value, start=1):
            cells_ = each if isinstance(each, Mapping) else {"": each}
            yield Row(f"{name} {number}", cells_)


def read(row: Row) -> Reading:
    """Return what a row says; every fault of the row is named, not the first alone."""
    reader = _RowReader(row)
    values = reader.values()
    return Reading(row, {} if reader.faults else values, tuple(reader.faults))


class _RowReader:
    """Reads one row cell by cell and gathers the faults."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.faults: list[Fault] = []

    def values(self) -> dict[str, Any]:
        if "" in self.row.cells or EXTRA in self.row.cells:
            found = self.row.cells.get("") or self.row.cells.get(EXTRA)
            self._fault("", found, _("每个单元格都在一个表头下面"))
            return {}
        lots = self._lots()
        stated = self._text("stated_type", 100)
        procedure = self._text("stated_procedure", 200)
        title = self._text("title", 400)
        notice_title = self._text("notice_title", 400)
        url = self._cell("media_url", cells.address) or ""
        self._require("title", title)
        agency = self._text("agency", 200)
        self._require("agency", agency)
        return {
            "kind": self._kind(stated, notice_title, has_lots=bool(lots)),
            "stated_type": stated,
            "title": title,
            "notice_title": "" if notice_title == title else notice_title,
            "code": self._text("code", 100),
            "need": self._text("need", 20000),
            "procedure": procedure_id(procedure),
            "stated_procedure": procedure,
            "amount": self.amount(lots),
            "lots": lots,
            "winners": self._winners(lots),
            "sme_reserved": self._cell("sme_reserved", cells.answer),
            "agency": agency,
            "agency_address": self._text("agency_address", 300),
            "agent": self._text("agent", 200),
            "region": self._text("region", 100),
            "published_on": self._cell("published_on", cells.day),
            "expected_month": self._cell("expected_month", cells.month),
            "media_url": url,
            "media": self._media(),
            "notice_period": self._text("notice_period", 200),
            "key": _key(self.row, url, title),
        }

    def _fault(self, heading: str, found: object, expected: StrOrPromise) -> None:
        self.faults.append(Fault(heading, str(found)[:SHOWN], expected))

    def _require(self, field: str, value: str) -> None:
        names = headings.HEADINGS[field]
        own = headings.standing_under(names, self.row.cells) or [names[0]]
        if not value and not any(fault.field in own for fault in self.faults):
            self._fault(own[0], "", _("一个名称"))

    def _cell(self, field: str, read_: Callable[[object], Any]) -> Any:  # noqa: ANN401
        for heading in headings.standing_under(headings.HEADINGS[field], self.row.cells):
            cell = self.row.cells[heading]
            if cells.is_blank(cell):
                continue
            try:
                return read_(cell)
            except cells.Unreadable as unreadable:
                self._fault(heading, cell, unreadable.expected)
                return None
        return None

    def _text(self, field: str, longest: int) -> str:
        return self._cell(field, lambda cell: cells.text(cell, longest)) or ""

    def amount(self, lots: list[dict[str, Any]]) -> Decimal | None:
        for heading in headings.standing_under(tuple(headings.AMOUNTS), self.row.cells):
            cell = self.row.cells[heading]
            if cells.is_blank(cell):
                continue
            unit = _unit(heading)
            try:
                return cells.yuan(cell, unit)
            except cells.Unreadable as unreadable:
                self._fault(heading, cell, unreadable.expected)
                return None
        stated = [Decimal(lot["amount"]) for lot in lots if lot["amount"]]
        return sum(stated, Decimal(0)) or None

    def _lots(self) -> list[dict[str, Any]]:
        found = self.row.cells.get("lots")
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
            self._fault("lots", found, _("各包的列表"))
            return []
        return [self._lot(number, each) for number, each in enumerate(found, start=1)]

    def _lot(self, number: int, lot: Mapping[str, object]) -> dict[str, Any]:
        inner = _RowReader(Row(f"{self.row.place} lots {number}", lot))
        amount = inner.amount([])
        kept = {
            "number": inner.free("no", 20) or str(number),
            "name": inner.free("name", 400),
            "area": inner.free("area", 2000),
            "time": inner.free("serviceTime", 400),
            "winner": inner.free("winner", 400),
            "winner_address": inner.free("winnerAddress", 400),
            "amount": str(amount) if amount is not None else "",
        }
        self.faults += [
            Fault(f"lots {number} {fault.field}", fault.found, fault.expected)
            for fault in inner.faults
        ]
        return kept

    def free(self, heading: str, longest: int) -> str:
        cell = self.row.cells.get(heading)
        try:
            return "" if cells.is_blank(cell) else cells.text(cell, longest)
        except cells.Unreadable as unreadable:
            self._fault(heading, cell, unreadable.expected)
            return ""

    def _winners(self, lots: list[dict[str, Any]]) -> list[str]:
        own = self._text("winner", 400)
        named = [own] if own else [lot["winner"] for lot in lots if lot["winner"]]
        return list(dict.fromkeys(named))

    def _media(self) -> list[str]:
        found = self.row.cells.get("publishedAt")
        if isinstance(found, list):
            reader = _RowReader(Row(self.row.place, {str(n): one for n, one in enumerate(found)}))
            media = [reader.free(str(number), 200) for number in range(len(found))]
            self.faults += [Fault("publishedAt", f.found, f.expected) for f in reader.faults]
            return [each for each in media if each]
        text = self._text("media", 200)
        return [text] if text else []

    def _kind(self, stated: str, title: str, *, has_lots: bool) -> NoticeType:
        for words in (stated, title):
            for word, kind in TYPES:
                if word in words:
                    return kind
        names = headings.HEADINGS["expected_month"]
        if headings.standing_under(names, self.row.cells):
            return NoticeType.INTENTION
        return NoticeType.RESULT if has_lots else NoticeType.OTHER


def _unit(heading: str) -> Decimal | None:
    known = {headings.folded(name): worth for name, worth in headings.AMOUNTS.items()}
    return known[headings.folded(heading)]


def procedure_id(stated: str) -> str:
    """Return the id of the one method of the rulebook whose name occurs in the words, else ""."""
    named = [method.id for method in rulebook.files().methods if method.name_zh in stated]
    return named[0] if len(named) == 1 else ""


def _key(row: Row, url: str, title: str) -> str:
    """Return what tells rows apart: the address with the project, else the whole row."""
    if url:
        identity = f"{url}\n{title}"
    else:
        identity = json.dumps(row.cells, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
