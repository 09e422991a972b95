"""What the public sees of who could have known: counts, after the opening. Pure."""

from procurement.notifications.queries import Reach
from procurement.ocds.fragments import Fragment
from procurement.tenders.models import Tender


def reach_notice(tender: Tender, reach: Reach) -> Fragment:
    """Return the sections of the release that states how far a call reached."""
    return {
        "tender": {
            "id": tender.ocid,
            "reach": {
                "eligible": reach.eligible,
                "notified": reach.notified,
                "delivered": reach.delivered,
                "opened": reach.opened,
                "firstDelivered": reach.first_sent_at,
                "asked": reach.asked,
                "bid": reach.bid,
                "bidAddedByHand": reach.bid_by_hand,
            },
        }
    }
