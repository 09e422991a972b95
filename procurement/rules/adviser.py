"""Which contracting methods the facts allow, under which clause, and which comes first; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from procurement.rules import conditions
from procurement.rules.conditions import Truth
from procurement.rules.facts import Facts
from procurement.rules.types import Book, Ground, Method

# What is certain comes before what cannot be told, and that before what is not so.
ORDER = {Truth.TRUE: 0, Truth.UNKNOWN: 1, Truth.FALSE: 2}


@dataclass(frozen=True)
class Advice:
    """What the book says of one method for these facts.

    `ground` is the clause that allows it, or the one that might when a fact were known; `missing`
    are the names of the facts that would settle what is unknown.
    """

    method: Method
    may: Truth
    ground: Ground | None
    suggested: Truth
    missing: tuple[str, ...] = ()


def advise(book: Book, facts: Mapping[str, object]) -> tuple[Advice, ...]:
    """Return one piece of advice a method: what is suggested first, then what is allowed.

    `facts` holds `value` (yuan), `buyer.level`, and the answers `advice.*` of the grounds; one
    that is not in the mapping is unknown, and what hangs on it is never guessed. A threshold the
    province has not set is unknown too.
    """
    found = [_of(method, book, facts) for method in book.methods]
    return tuple(sorted(found, key=lambda each: (ORDER[each.suggested], ORDER[each.may])))


def _of(method: Method, book: Book, facts: Mapping[str, object]) -> Advice:
    lookup = Facts(facts, book=book, method=method).value
    judged = [(conditions.judge(ground.when, lookup), ground) for ground in method.grounds]
    if not judged:
        return Advice(method, Truth.FALSE, None, Truth.FALSE)
    verdict, ground = min(judged, key=lambda pair: ORDER[pair[0].truth])
    if verdict.truth is Truth.FALSE:
        return Advice(method, Truth.FALSE, None, Truth.FALSE)
    if verdict.truth is Truth.UNKNOWN or not method.suggested_when:
        return Advice(method, verdict.truth, ground, Truth.FALSE, verdict.missing)
    first = conditions.judge(method.suggested_when, lookup)
    return Advice(method, verdict.truth, ground, first.truth, first.missing)
