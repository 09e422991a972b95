"""What the public sees of an amendment: the new values, and before beside after."""

from datetime import datetime

from procurement.amendments.models import Amendment
from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment


def amendment_notice(amendment: Amendment, number: int, at: datetime) -> Fragment:
    """Return the sections of an amendment release: the new values, and before beside after."""
    tender = amendment.tender
    return {
        "parties": [fragments.party(tender.procuring_entity, "buyer", "procuringEntity", "payer")],
        "tender": {
            "id": tender.ocid,
            "description": tender.description,
            "quantityDescription": tender.quantity,
            "tenderPeriod": fragments.period(None, tender.tender_period_end),
            "enquiryPeriod": fragments.period(None, tender.enquiry_period_end),
            "bidOpening": {
                "date": tender.tender_period_end,
                "address": {"streetAddress": tender.opening_address},
            },
            "amendments": [
                {
                    "id": str(number),
                    "date": at,
                    "rationale": amendment.rationale,
                    "description": "；".join(
                        f"{change['label']}：{change['before'] or '（无）'} → {change['after']}"
                        for change in amendment.changes.values()
                    ),
                    "differences": [
                        {
                            "id": name,
                            "title": change["label"],
                            "before": change["before"],
                            "after": change["after"],
                        }
                        for name, change in amendment.changes.items()
                    ],
                }
            ],
        },
    }
