"""The words that were looked for, marked where they stand in a text. Pure; safe against HTML."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from procurement.publication import search

AROUND = 36  # characters of a long text that are shown on each side of the first word found


@dataclass(frozen=True)
class Span:
    """A stretch of a text, from its first character to the one after its last."""

    start: int
    end: int


def _pieces(text: str) -> list[str]:
    """Cut a text where folding the parts gives the folded whole: mostly characters."""
    if unicodedata.is_normalized("NFKC", text):
        return list(text)
    pieces: list[str] = []
    for character in text:
        before = pieces[-1] if pieces else ""
        joined = search.fold(before + character)
        if before and joined != search.fold(before) + search.fold(character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def spans(text: str, words: str) -> list[Span]:
    """Return where the runs of `words` stand in `text`, compared as search compares; in order.

    Stretches that touch or overlap are one.
    """
    wanted = search.runs(words)
    if not wanted:
        return []
    origin: list[Span] = []  # of each folded character: the stretch of the text it came from
    folded, place = "", 0
    for piece in _pieces(text):
        known = search.fold(piece)
        origin += [Span(place, place + len(piece))] * len(known)
        folded, place = folded + known, place + len(piece)
    found: list[Span] = []
    for run in wanted:
        at = folded.find(run)
        while at >= 0:
            found.append(Span(origin[at].start, origin[at + len(run) - 1].end))
            at = folded.find(run, at + 1)
    return _joined(found)


def _joined(found: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(found, key=lambda each: each.start):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def marked(text: str, words: str) -> SafeString:
    """Return a text as HTML, what was looked for inside <mark>, all else as it was."""
    parts: list[SafeString] = []
    place = 0
    for span in spans(text, words):
        parts.append(
            format_html("{}<mark>{}</mark>", text[place : span.start], text[span.start : span.end])
        )
        place = span.end
    return format_html_join("", "{}", [*((part,) for part in parts), (text[place:],)])


def missing(words: str, *texts: str) -> str:
    """Return those runs of `words` that stand in none of the texts."""
    return " ".join(
        run for run in search.runs(words) if not any(spans(text, run) for text in texts)
    )


def excerpt(words: str, *texts: str) -> SafeString | None:
    """Return a short piece, marked, of the first text in which one of the words stands.

    It shows the surroundings of the first word found; None where none is found.
    """
    for text in texts:
        found = spans(text, words)
        if found:
            start, end = max(0, found[0].start - AROUND), found[0].end + AROUND
            before, after = "…" if start else "", "…" if end < len(text) else ""
            return format_html("{}{}{}", before, marked(text[start:end], words), after)
    return None
