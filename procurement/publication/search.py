"""Chinese full-text search by character pairs: exact recall without a dictionary. Pure."""

import re
import unicodedata
from itertools import pairwise

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).lower())


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, in order.

    A run of Chinese characters gives its overlapping pairs and, last, its final character alone:
    that keeps phrases from matching across punctuation. Latin words and figures stay whole.
    """
    found: list[str] = []
    for run in _runs(text):
        if run[0].isascii():
            found.append(run)
        else:
            found.extend(first + second for first, second in pairwise(run))
            found.append(run[-1])
    return found


def query(words: str) -> str:
    """Return a PostgreSQL tsquery for what a person typed; empty when nothing is searchable.

    Each run must occur as a phrase; a single character matches as the beginning of a pair.
    """
    parts: list[str] = []
    for run in _runs(words):
        if run[0].isascii() or len(run) == 1:
            parts.append(f"'{run}':*")
        else:
            parts.append("(" + " <-> ".join(f"'{a}{b}'" for a, b in pairwise(run)) + ")")
    return " & ".join(parts)
