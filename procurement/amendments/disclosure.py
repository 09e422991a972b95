"""What the public sees of an amendment: the new values, and before beside after."""

from datetime import datetime

from procurement.amendments.models import Amendment
from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment


def amendment_notice(amendment: Amendment, number: int, at: datetime) -> Fragment:
    """Return the sections of an amendment release: the new values, and before beside after."""
    tender = amendment.tender
    contact = {"name": tender.contact_name, "telephone": tender.contact_telephone}
    return {
        "parties": [
            fragments.party(tender.procuring_entity, "buyer", "procuringEntity", "payer")
            | {"contactPoint": contact}
        ],
        "tender": {
            "id": tender.ocid,
            "description": tender.description,
            "quantityDescription": tender.quantity,
            "tenderPeriod": fragments.period(None, tender.tender_period_end),
            "enquiryPeriod": fragments.period(None, tender.enquiry_period_end),
            "awardPeriod": fragments.period(None, fragments.end_of_day(tender.award_expected_date)),
            "contractPeriod": fragments.period(
                fragments.start_of_day(tender.contract_start),
                fragments.end_of_day(tender.contract_end),
            ),
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
