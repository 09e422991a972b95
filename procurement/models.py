"""All tables of the app: Django looks for them here."""

from procurement.amendments.models import Amendment
from procurement.awards.models import Award
from procurement.bids.models import Bid, BidDraft, BidDraftFile, BidFile, Offer, OfferLine
from procurement.bids.parts import (
    CardShare,
    CardUse,
    GatePart,
    Receipt,
    ReceiptSlot,
    RefusedEnvelope,
    UntoldReceipt,
)
from procurement.documents.models import Document
from procurement.enquiries.models import Enquiry
from procurement.evaluation.models import PanelMember, Ranking, Score, Verdict
from procurement.history.models import ImportedNotice
from procurement.keycards.gates import GateKey
from procurement.keycards.models import Drill, DrillTurn, KeyCard, KeySet
from procurement.notifications.models import Audience, Delivery, Message, Reader, Silence
from procurement.notifications.parts import (
    BidLetter,
    Bounced,
    CodeSent,
    Contact,
    HeadLetter,
    ShortLetter,
)
from procurement.obligations.models import Feed, Obligation
from procurement.planning.models import PlanningNotice
from procurement.publication.misfits import Misfit
from procurement.publication.models import (
    AwardListing,
    ContractingProcess,
    DutyListing,
    Entry,
    Figure,
    InvitationListing,
    Listing,
    RuleTally,
)
from procurement.publication.tree import Checkpoint, Cosignature, LogHead, LogNode, ReceiptLeaf
from procurement.pulse.models import Canary, Heartbeat, Outage
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
    Witness,
)
from procurement.watches.models import News, Watch, WatchLetter
from procurement.watches.parts import Hook, HookLetter

__all__ = [
    "Amendment",
    "Audience",
    "Award",
    "AwardListing",
    "Bid",
    "BidDraft",
    "BidDraftFile",
    "BidFile",
    "BidLetter",
    "BookChange",
    "Bounced",
    "CalendarWarning",
    "CalendarYear",
    "Canary",
    "CardShare",
    "CardUse",
    "Checkpoint",
    "CodeSent",
    "Contact",
    "ContractingProcess",
    "Cosignature",
    "CostPolicyLine",
    "Criterion",
    "Delivery",
    "Document",
    "Draw",
    "Drill",
    "DrillTurn",
    "DutyListing",
    "Enquiry",
    "Entry",
    "Expert",
    "Feed",
    "Figure",
    "GateKey",
    "GatePart",
    "HeadLetter",
    "Heartbeat",
    "Hook",
    "HookLetter",
    "ImportedNotice",
    "Invitation",
    "InvitationListing",
    "KeptBook",
    "KeyCard",
    "KeySet",
    "Listing",
    "LogHead",
    "LogNode",
    "Lot",
    "Message",
    "Misfit",
    "News",
    "Obligation",
    "Offer",
    "OfferLine",
    "Outage",
    "PanelMember",
    "PlanningNotice",
    "Ranking",
    "Reader",
    "Receipt",
    "ReceiptLeaf",
    "ReceiptSlot",
    "RefusedEnvelope",
    "RuleTally",
    "Score",
    "ShortLetter",
    "Silence",
    "Tender",
    "TenderDocument",
    "UntoldReceipt",
    "Verdict",
    "Watch",
    "WatchLetter",
    "Witness",
]
