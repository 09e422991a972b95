"""All tables of the app: Django looks for them here."""

from procurement.amendments.models import Amendment
from procurement.awards.models import Award
from procurement.bids.models import Bid, BidDraft, BidDraftFile, BidFile, Offer, OfferLine
from procurement.documents.models import Document
from procurement.enquiries.models import Enquiry
from procurement.evaluation.models import PanelMember, Ranking, Score, Verdict
from procurement.history.models import ImportedNotice
from procurement.obligations.models import Feed, Obligation
from procurement.planning.models import PlanningNotice
from procurement.publication.models import (
    AwardListing,
    ContractingProcess,
    DutyListing,
    Entry,
    Listing,
    LogHead,
    RuleTally,
)
from procurement.rulebook.models import BookChange, CalendarWarning, CalendarYear, KeptBook
from procurement.tenders.models import Tender
from procurement.tenders.parts import (
    CostPolicyLine,
    Criterion,
    Draw,
    Expert,
    Invitation,
    Lot,
    TenderDocument,
)

__all__ = [
    "Amendment",
    "Award",
    "AwardListing",
    "Bid",
    "BidDraft",
    "BidDraftFile",
    "BidFile",
    "BookChange",
    "CalendarWarning",
    "CalendarYear",
    "ContractingProcess",
    "CostPolicyLine",
    "Criterion",
    "Document",
    "Draw",
    "DutyListing",
    "Enquiry",
    "Entry",
    "Expert",
    "Feed",
    "ImportedNotice",
    "Invitation",
    "KeptBook",
    "Listing",
    "LogHead",
    "Lot",
    "Obligation",
    "Offer",
    "OfferLine",
    "PanelMember",
    "PlanningNotice",
    "Ranking",
    "RuleTally",
    "Score",
    "Tender",
    "TenderDocument",
    "Verdict",
]
