"""Which events of the book are duties of the agency, and who witnesses that one is done. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

# What always holds on this portal: agencies buy services for the public, without an agent.
STANDING: Mapping[str, object] = {
    "procurement.hasAgency": False,
    "mainProcurementCategory": "services",
    "service.audience": "public",
    "isGovernmentPurchaseOfServices": True,
    "tender.bidBond.amount": None,
}


class Witness(StrEnum):
    """How the portal knows that a duty is done."""

    PORTAL = "portal"  # an act on the portal is the duty itself
    AGENCY = "agency"  # the agency says so in public, with a date and where it can be seen


# The later events of max-interval rules that an agency owes. Other events end a period in which
# somebody may act (a challenge), or are owed by a reviewing department or a medium.
OWED: Mapping[str, Witness] = {
    "enquiry.answered": Witness.PORTAL,
    "award.decided": Witness.PORTAL,
    "award.published": Witness.PORTAL,
    "award.notification.sent": Witness.PORTAL,
    "contract.signed": Witness.AGENCY,
    "contract.published": Witness.AGENCY,
    "contract.filed": Witness.AGENCY,
    "payment.made": Witness.AGENCY,
    "acceptance.published": Witness.AGENCY,
    "notice.published": Witness.AGENCY,
}

IN_MEDIUM = "notice.published"  # the statutory medium carries a notice
SIGNED = "contract.signed"

# What the agency tells the portal because nothing on it shows it; each begins further duties.
TOLD = ("invoice.received", "acceptance.ended")

# A notice is owed to the statutory medium too (Order 101 Art. 8, which gives no days); the days
# are those the medium itself has to publish what it received (Art. 13).
SUBMITTED = "notice.submitted"
BEARS: Mapping[str, str] = {"media-one-working-day": "designated-medium"}


# What follows from something the agency tells afterwards may be due already when it is told: it
# has this long to tell the rest before a breach is on record.
TIME_TO_STATE = timedelta(days=3)


def witness(event: str) -> Witness | None:
    """Return who witnesses that a duty is done; None for an event that is no duty of an agency."""
    return OWED.get(event)
