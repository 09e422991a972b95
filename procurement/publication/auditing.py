"""Auditing a log: everything computed again from its first entry, nothing believed."""

import heapq
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice, pairwise
from typing import NamedTuple

import rfc8785
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from procurement.publication import heads, merkle, notes, outside
from procurement.publication.models import STATEMENTS, Entry, NoticeKind
from procurement.publication.tree import (
    RECEIPT_BYTES,
    Checkpoint,
    Cosignature,
    Log,
    LogHead,
    LogNode,
    ReceiptLeaf,
)

BATCH = 256  # leaves in memory at a time
_QUOTED = re.compile(r"^[> \t]+")
MOST = 20  # findings of a kind that are told one by one

Say = Callable[[str], None]
Tell = Callable[[str, str], None]  # the kind of a finding, and the finding in words


class Told(NamedTuple):
    """A head that somebody has: the tree must have had this root at this size."""

    size: int
    root: bytes
    source: str


class Sums(NamedTuple):
    """How much was looked at."""

    entries: int
    heads: int


class Teller:
    """Tells findings line by line: of each kind the first ones, then how many more there are."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._told: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def tell(self, kind: str, finding: str) -> None:
        """Tell one finding."""
        self._told[kind] += 1
        self._first.setdefault(kind, finding)
        if self._told[kind] <= MOST:
            self._say(finding)

    def rest(self) -> int:
        """Say how many were not told; return how many findings there were."""
        for kind, count in self._told.items():
            if count > MOST:
                words = _("与“%(first)s”同类的还有 %(more)s 处，没有列出")
                self._say(words % {"first": self._first[kind], "more": count - MOST})
        return self._told.total()


def told(note: str, source: str) -> tuple[Log, Told]:
    """Return a head that somebody kept, and of which log; also from a mail with it.

    Raises notes.NoteError.
    """
    lines = [_QUOTED.sub("", line).rstrip() for line in note.split("\n")]
    for start, (line, size) in enumerate(pairwise(lines)):
        if "/log/" not in line or not size.isdecimal():
            continue
        end = next((n for n in range(start + 4, len(lines)) if not lines[n].startswith("— ")), None)
        head = heads.opened("\n".join(lines[start:end]) + "\n")
        log = heads.log_of(head)
        if log:
            return log, Told(head.size, head.root, source)
    raise notes.Malformed(_("里面没有日志头"))


def audit(log: Log, *, at: datetime, tell: Tell, kept: Iterable[Told] = ()) -> Sums:
    """Look at every entry, node, head and cosignature of a log; tell what does not fit.

    `kept` are heads of this log that somebody else has; heads signed after `at` are left to the
    next audit. Memory does not grow with the log.
    """
    awaited = heapq.merge(_signed(log, tell), _copied(log, at, tell), sorted(kept))
    tree = _Tree(log, tell, awaited)
    rows = _rows(log)
    while batch := list(islice(rows, BATCH)):
        tree.grow(batch)
    return tree.close()


class _Tree:
    """The tree as the entries make it, beside the one that is stored and the heads of it."""

    def __init__(self, log: Log, tell: Tell, awaited: Iterator[Told]) -> None:
        self.log, self.tell, self.awaited = log, tell, awaited
        self.frontier = merkle.Frontier()
        self.heads = self.nodes = 0
        self.next = next(awaited, None)
        self._meet()

    def grow(self, rows: list[Entry | ReceiptLeaf]) -> None:
        """Add stored leaves, in order."""
        made: dict[merkle.Place, bytes] = {}
        start = self.frontier.size
        for row in rows:
            if row.index != self.frontier.size:
                self.tell("gap", _("第 %(n)s 条缺失或序号不对") % {"n": self.frontier.size})
            body = bytes(row.body)
            for fault in _faults(row, body):
                self.tell("entry", _("第 %(n)s 条：%(fault)s") % {"n": row.index, "fault": fault})
            leaf = merkle.leaf_hash(body)
            if leaf != bytes(row.leaf_hash):
                self.tell("leaf", _("第 %(n)s 条的叶子哈希不是它正文的") % {"n": row.index})
            made.update(self.frontier.append(leaf))
            self._meet()
        self._compare(made, start)

    def close(self) -> Sums:
        """Look at what only the end shows; return how much was looked at."""
        size = self.frontier.size
        while self.next:
            words = _("%(source)s：头有 %(size)s 条，日志只有 %(entries)s 条（恢复了旧的备份？）")
            said = {"source": self.next.source, "size": self.next.size, "entries": size}
            self.tell("short", words % said)
            self._take()
        stored = LogNode.objects.filter(log=self.log).count()
        if stored != self.nodes:
            words = _("存有 %(stored)s 个节点，应有 %(made)s 个")
            self.tell("node", words % {"stored": stored, "made": self.nodes})
        counted = LogHead.objects.get(pk=self.log).size
        if counted != size:
            words = _("记录的条数是 %(counted)s，实际有 %(entries)s 条")
            self.tell("count", words % {"counted": counted, "entries": size})
        return Sums(size, self.heads)

    def _take(self) -> None:
        self.heads += 1
        self.next = next(self.awaited, None)

    def _meet(self) -> None:
        """Compare every head of the present size with the root."""
        root = self.frontier.root() if self.next and self.next.size <= self.frontier.size else b""
        while self.next and self.next.size <= self.frontier.size:
            said = {"source": self.next.source, "size": self.next.size}
            if self.next.size < self.frontier.size:
                self.tell("order", _("%(source)s：%(size)s 条的头不在它的位置上") % said)
            elif self.next.root != root:
                words = _("%(source)s：%(size)s 条时签名的根与现在的内容不符（历史被改写）")
                self.tell("root", words % said)
            self._take()

    def _compare(self, made: dict[merkle.Place, bytes], start: int) -> None:
        """Compare the stored nodes that leaves from a place on complete; one query."""
        self.nodes += len(made)
        end = self.frontier.size
        of_level = [
            Q(level=level, index__gte=start >> level, index__lt=end >> level)
            for level in range(end.bit_length())
        ]
        rows = LogNode.objects.filter(_any(of_level), log=self.log)
        stored = {
            merkle.Place(level, number): bytes(node)
            for level, number, node in rows.values_list("level", "index", "hash")
        }
        for place, node in made.items():
            if stored.get(place) != node:
                words = _("节点 %(level)s/%(number)s 缺失，或与内容不符")
                self.tell("node", words % {"level": place.level, "number": place.number})


def _any(conditions: list[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _rows(log: Log) -> Iterator[Entry | ReceiptLeaf]:
    if log is Log.NOTICES:
        yield from Entry.objects.order_by("index").iterator(BATCH)
    else:
        yield from ReceiptLeaf.objects.order_by("index").iterator(BATCH)


def _faults(row: Entry | ReceiptLeaf, body: bytes) -> Iterator[str]:
    """Yield what is wrong with the text of one entry, or with what is stored beside it."""
    if isinstance(row, ReceiptLeaf):
        if len(body) != RECEIPT_BYTES:
            yield _("长度不对")
        return
    try:
        said = json.loads(body)
        if rfc8785.dumps(said) != body:
            yield _("不是规范的 JSON（RFC 8785）")
        kind = said["kind"] if row.kind in STATEMENTS else said["notices"][0]["kind"]
        stated = (said["id"], said.get("ocid", ""), NoticeKind(kind))
        dated = datetime.fromisoformat(said["date"])
    except (ValueError, KeyError, IndexError, TypeError):
        yield _("正文读不懂")
        return
    if (*stated, dated) != (row.release_id, row.ocid, row.kind, row.published_at):
        yield _("编号、类型或日期与正文不符")


def _signed(log: Log, tell: Tell) -> Iterator[Told]:
    """Yield the heads in the database, smallest first; look at signatures on the way."""
    keys = {key.name: key for key in heads.witnesses()}
    rows = Checkpoint.objects.filter(log=log).order_by("size").iterator(BATCH)
    while batch := list(islice(rows, BATCH)):
        for checkpoint in batch:
            source = _("数据库里的日志头 %(size)s") % {"size": checkpoint.size}
            head = _opened(log, checkpoint.note, source, tell)
            if head and (head.size, head.root) != (checkpoint.size, bytes(checkpoint.root)):
                tell("row", _("%(source)s：与它签名的文字不符") % {"source": source})
            yield Told(checkpoint.size, bytes(checkpoint.root), source)
        _look_at_words(log, {row.size: row.note for row in batch}, keys, tell)
    there = Checkpoint.objects.filter(log=log, size=OuterRef("size"))
    for row in Cosignature.objects.filter(~Exists(there), log=log).order_by("size")[: MOST + 1]:
        words = _("%(witness)s 签过的 %(size)s 条的日志头不在了")
        tell("cosignature", words % {"witness": row.witness, "size": row.size})


def _look_at_words(
    log: Log,
    signed: dict[int, str],
    keys: dict[str, notes.Key],
    tell: Tell,
) -> None:
    """Check what the witnesses we know signed under these heads."""
    rows = Cosignature.objects.filter(log=log, size__in=signed, witness__in=keys)
    for row in rows.order_by("size", "pk").iterator(BATCH):
        try:
            text = notes.Note.parse(signed[row.size]).text
            signature = notes.Signature.parse(row.line)
            seconds = notes.cosigned_at(text, signature, keys[row.witness])
            wrong = seconds != int(row.cosigned_at.timestamp())
        except notes.NoteError:
            wrong = True
        if wrong:
            words = _("%(witness)s 在 %(size)s 条的日志头上的签名不对")
            tell("cosignature", words % {"witness": row.witness, "size": row.size})


def _copied(log: Log, at: datetime, tell: Tell) -> Iterator[Told]:
    """Yield the heads in the copy outside the database."""
    path = heads.copy_of(log)
    newest = 0
    try:
        for number, copied in enumerate(outside.copied(path), start=1):
            source = _("库外副本第 %(n)s 行") % {"n": number}
            head = _opened(log, copied.note, source, tell)
            if head:
                newest = max(newest, head.size)
            if head and copied.signed_at <= at:
                yield Told(head.size, head.root, source)
    except outside.CopyDamaged as damaged:
        tell("copy", _("库外副本损坏：%(fault)s") % {"fault": damaged})
    latest = heads.latest(log)
    if latest and newest < latest.size:
        words = _("库外副本 %(path)s 缺少最新的日志头（%(size)s 条）")
        tell("copy", words % {"path": path, "size": latest.size})


def _opened(log: Log, note: str, source: str, tell: Tell) -> notes.Head | None:
    try:
        return heads.opened(note, log)
    except (notes.NoteError, heads.WillNotSign) as error:
        words = _("%(source)s：签名不对（%(fault)s）")
        tell("signature", words % {"source": source, "fault": error})
        return None
