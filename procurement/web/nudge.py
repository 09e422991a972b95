"""After a bid came in: ask the worker to write at once. What is due is due without it too."""

import logging
from typing import Final

from django.core.cache import cache
from django.db import transaction

from procurement import tasks

logger = logging.getLogger(__name__)

_ASKED: Final = "nudge:tell-bidders"
_APART: Final = 1  # seconds; in a rush one run writes to many


def tell_bidders() -> None:
    """Have receipts sent as soon as what was written is committed.

    Whatever goes wrong here the bidder never notices: beat and `manage.py sweep` send them too.
    """
    transaction.on_commit(_ask)


def _ask() -> None:
    try:
        if cache.add(_ASKED, value=True, timeout=_APART):
            tasks.tell_bidders.apply_async(retry=False)
    except Exception as error:  # noqa: BLE001 -- the bid is in; only its letter waits a little
        logger.warning("the worker could not be asked to send receipts: %s", type(error).__name__)
