"""What changed between two texts, word by word (character by character in Chinese)."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django import template

register = template.Library()

# A run of Latin letters, a number with its signs, white space, or one other character.
WORDS = re.compile(r"[A-Za-z]+|\d[\d,.:%]*|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of text, changed or not."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Difference:
    """Both texts, cut where they differ."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@register.filter
def difference(before: object, after: object) -> Difference:
    """Return `before` and `after` in pieces; what only one of them has is marked changed."""
    old = WORDS.findall("" if before is None else str(before))
    new = WORDS.findall("" if after is None else str(after))
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        changed = kind != "equal"
        if i2 > i1:
            left.append(Piece("".join(old[i1:i2]), changed))
        if j2 > j1:
            right.append(Piece("".join(new[j1:j2]), changed))
    return Difference(tuple(left), tuple(right))
