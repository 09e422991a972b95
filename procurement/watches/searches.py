"""The list of tenders as a question: how it reads, and which procurements it would show.

What the list asks is the web's; `settings.TENDER_SEARCH` names the module that answers, so that a
saved search and the list can never disagree.
"""

from collections.abc import Collection
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings


class Search(Protocol):
    """What is asked of the list of tenders."""

    def settled(self, query: str) -> str:
        """Return a query in the one form in which it is kept: only what can match what is new."""

    def in_words(self, query: str) -> str:
        """Return a query in the reader's words; empty for every tender."""

    def among(self, query: str, ocids: Collection[str], *, at: datetime) -> set[str]:
        """Return which of these procurements the list would show at an instant; one query."""


def search() -> Search:
    """Return the list's own question."""
    return cast("Search", import_module(settings.TENDER_SEARCH))
