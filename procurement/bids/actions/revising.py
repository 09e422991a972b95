"""Bringing a sealed bid back to work on it: only its bidder can, with the receipt code."""

from datetime import datetime

from django.db import transaction

from organizations.roles import Actor
from procurement.bids import package as packages
from procurement.bids.actions.opening import read_own
from procurement.bids.actions.preparing import attach, prepare
from procurement.bids.models import Bid
from procurement.bids.package import Package


@transaction.atomic
def bring_back(bid: Bid, *, code: str, by: Actor, at: datetime) -> Package:
    """Make the content of the own bid the draft again and return it; the bid stays as it is.

    Texts and offers take the place of those in the draft, files join those that are there. Raises
    what `read_own`, `prepare` and `attach` raise.
    """
    content = read_own(bid, code=code, by=by, at=at)
    prepare(bid.tender, changes=packages.form(content), by=by, at=at)
    for each in content.files:
        attach(bid.tender, name=each.name, content=each.content, by=by, at=at)
    return content
