"""Chinese full-text search by character pairs: exact recall without a dictionary. Pure."""

import re
import unicodedata
from itertools import pairwise

_RUN = re.compile(r"[^\W_]+")
LONGEST = 16_383  # positions a PostgreSQL tsvector can hold


def fold(text: str) -> str:
    """Return a text as search compares it: full-width as half-width, capitals as small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def runs(text: str) -> list[str]:
    """Return the runs of letters, figures and Chinese characters of a text, folded, in order."""
    return _RUN.findall(fold(text))


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, in order.

    A run of characters gives its overlapping pairs and, last, its final character alone: that
    keeps a phrase from matching across punctuation, and lets any part of a word be found.
    """
    found: list[str] = []
    for run in runs(text):
        found.extend(first + second for first, second in pairwise(run))
        found.append(run[-1])
    return found


def vector(text: str) -> str:
    """Return the tokens with their positions as a PostgreSQL tsvector literal."""
    places: dict[str, list[str]] = {}
    for place, token in enumerate(tokens(text)[:LONGEST], start=1):
        places.setdefault(token, []).append(str(place))
    return " ".join(f"'{token}':{','.join(at)}" for token, at in places.items())


def query(words: str) -> str:
    """Return a PostgreSQL tsquery for what a person typed; empty when nothing is searchable.

    Each run must occur as it is typed; a single character matches as the beginning of a pair.
    """
    parts: list[str] = []
    for run in runs(words):
        if len(run) == 1:
            parts.append(f"'{run}':*")
        else:
            parts.append("(" + " <-> ".join(f"'{a}{b}'" for a, b in pairwise(run)) + ")")
    return " & ".join(parts)
