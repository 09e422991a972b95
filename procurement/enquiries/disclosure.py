"""What the public sees of an enquiry: question and answer, never who asked."""

from procurement.enquiries.models import Enquiry
from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment


def clarification_notice(enquiry: Enquiry) -> Fragment:
    """Return the sections of the release that carries one answered question."""
    tender = enquiry.tender
    return {
        "parties": [fragments.party(tender.procuring_entity, "buyer", "procuringEntity", "payer")],
        "tender": {
            "id": tender.ocid,
            "hasEnquiries": True,
            "enquiries": [
                {
                    "id": enquiry.public_id,
                    "date": enquiry.asked_at,
                    "description": enquiry.question,
                    "answer": enquiry.answer,
                    "dateAnswered": enquiry.answered_at,
                }
            ],
        },
    }
