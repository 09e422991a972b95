"""Letters to a bidder's own people: what changed, a reminder, each receipt, opening and outcome."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from organizations.accounts import queries as people
from organizations.accounts.models import Membership, User
from organizations.register.models import Organization
from organizations.roles import Permission
from procurement.bids import sealed
from procurement.bids.disclosure import FILES_LATER
from procurement.bids.models import Bid, BidDraft, BidQuerySet
from procurement.bids.parts import Receipt, ReceiptAction, UntoldReceipt
from procurement.lifecycle import Stage
from procurement.notifications import inbox, mail
from procurement.notifications.models import Message, Topic
from procurement.notifications.parts import BidLetter
from procurement.publication.links import absolute
from procurement.publication.merge import release_of
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.models import Tender

# What is told later than this is no news: a history that is imported or told writes to nobody.
TOO_LATE = timedelta(days=30)
# The notices that bidders are told of, and what their letters are called.
TOLD: Mapping[str, Topic] = {
    NoticeKind.AMENDMENT: Topic.CHANGE,
    NoticeKind.CLARIFICATION: Topic.ANSWER,
    NoticeKind.CEREMONY: Topic.FILES,  # of its steps the one that gives promised files longer
    NoticeKind.REGISTER: Topic.REGISTER,
    NoticeKind.OPENING: Topic.OPENING,
    NoticeKind.AWARD: Topic.OUTCOME,
    NoticeKind.FAILURE: Topic.OUTCOME,
    NoticeKind.CANCELLATION: Topic.OUTCOME,
}
A_CHANGE = frozenset({NoticeKind.AMENDMENT, NoticeKind.CLARIFICATION})
OF_AN_OPENING = frozenset({NoticeKind.REGISTER, NoticeKind.CEREMONY})
REMIND_BEFORE = timedelta(days=2)  # before the deadline, whoever began a bid and sent none
TOO_CLOSE = timedelta(hours=1)  # to the deadline, for a reminder to help
# Its reader still prepares bids for the bidder; a receipt is also for whoever acted.
_ACTED = Q(receipt__bid__submitted_by_id=F("person")) | Q(receipt__bid__withdrawn_by_id=F("person"))
FOR_THEM = Q(people.still_holds(Permission.PREPARE_BIDS)) | Q(_ACTED, person__is_active=True)
CHECKER = "verify/verify_notice.py"  # the file for whoever does not want to believe the portal


@transaction.atomic
def note_receipts(*, at: datetime, limit: int = 200) -> int:
    """Note a letter for each receipt to who acted and to the signatories; return how many letters.

    What is read was written with the receipt and goes when the letters are noted: killed, it all
    stands as before; two workers at once take different receipts.
    """
    untold = UntoldReceipt.objects.select_related("receipt__bid__tender")
    untold = untold.defer("receipt__bid__envelope")
    rows = list(untold.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:limit])
    fresh = [row.receipt for row in rows if row.receipt.issued_at > at - TOO_LATE]
    noted = [letter for receipt in fresh for letter in _of_receipt(receipt, at)]
    BidLetter.objects.bulk_create(noted, ignore_conflicts=True)
    inbox.put([_message(letter) for letter in noted])
    UntoldReceipt.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(noted)


def _of_receipt(receipt: Receipt, at: datetime) -> Iterable[BidLetter]:
    bid = receipt.bid
    own = Organization.objects.filter(pk=bid.organization_id)
    told = set(people.hands(Permission.SUBMIT_BIDS, own).values_list("user_id", flat=True))
    is_withdrawn = receipt.action == ReceiptAction.WITHDRAW
    acted = (bid.withdrawn_by_id if is_withdrawn else None) or bid.submitted_by_id
    told |= set(User.objects.filter(pk=acted, is_active=True).values_list("pk", flat=True))
    for person in sorted(told):
        yield BidLetter(
            receipt=receipt,
            tender=bid.tender,
            organization_id=bid.organization_id,
            person_id=person,
            noted_at=at,
            send_after=at,
        )


def _message(letter: BidLetter) -> Message:
    """Return the message of an inbox about a receipt or a deadline that comes."""
    if letter.receipt is not None:
        topic, key = Topic.RECEIPT, f"receipt-{letter.receipt_id}"
        path = reverse("cso:receipt", args=[letter.receipt.bid.receipt_number])
    else:
        topic, key = Topic.REMINDER, f"deadline-{letter.tender_id}-{letter.reminds_of:%Y%m%d%H%M}"
        path = reverse("cso:bid", args=[letter.tender.ocid])
    return Message(
        person_id=letter.person_id,
        topic=topic,
        key=key,
        title=letter.tender.title,
        path=path,
        noted_at=letter.noted_at,
    )


@transaction.atomic
def note_reminders(*, at: datetime, limit: int = 200) -> int:
    """Note a reminder to whoever prepares a bid for an organisation that began one and sent none.

    Two days before the deadline, once for each deadline a call has had; return how many letters.
    """
    same = {"tender": OuterRef("tender"), "organization": OuterRef("organization")}
    reminded = BidLetter.objects.filter(**same, reminds_of=OuterRef("tender__tender_period_end"))
    drafts = BidDraft.objects.filter(
        ~Exists(Bid.objects.filter(**same)),
        ~Exists(reminded),
        organization__in=_with_people(),  # others would stand in the way of those behind them
        tender__tender_period_end__gt=at + TOO_CLOSE,
        tender__tender_period_end__lte=at + REMIND_BEFORE,
        tender__published_at__isnull=False,
        tender__cancelled_at__isnull=True,
    )
    begun = drafts.select_related("tender__process").order_by("pk")[:limit]
    noted = [letter for draft in begun for letter in _reminders(draft, at)]
    BidLetter.objects.bulk_create(noted, ignore_conflicts=True)
    inbox.put([_message(letter) for letter in noted])
    return len(noted)


def _reminders(draft: BidDraft, at: datetime) -> list[BidLetter]:
    return [
        BidLetter(
            reminds_of=draft.tender.tender_period_end,
            tender=draft.tender,
            organization_id=draft.organization_id,
            person_id=person,
            noted_at=at,
            send_after=at,
        )
        for _organization, person in _preparing([draft.organization_id])
    ]


def _with_people() -> QuerySet[Membership, int]:
    """Return the organisations in which somebody may prepare bids, as a question in another."""
    hands = people.hands(Permission.PREPARE_BIDS, Organization.objects.all())
    return hands.order_by().values_list("organization_id", flat=True)


def _preparing(organizations: Sequence[int]) -> list[tuple[int, int]]:
    """Return organisation and person of whoever may prepare bids for these."""
    found = Organization.objects.filter(pk__in=organizations)
    hands = people.hands(Permission.PREPARE_BIDS, found)
    return sorted(set(hands.values_list("organization_id", "user_id")))


def note_notice(entry: Entry, *, at: datetime) -> int:
    """Note a letter about a notice to the people of each bidder it concerns; return how many."""
    if entry.published_at <= at - TOO_LATE:
        return 0
    tender = Tender.objects.filter(process__ocid=entry.ocid).first()
    if tender is None:
        return 0
    told = _preparing(sorted(_concerned(entry, tender)))
    noted = [
        BidLetter(
            entry_index=entry.index,
            tender=tender,
            organization_id=organization,
            person_id=person,
            noted_at=at,
            send_after=at,
        )
        for organization, person in told
    ]
    page = reverse("public:opening", args=[entry.ocid]) if entry.kind in OF_AN_OPENING else ""
    topic, title = TOLD[entry.kind], tender.title
    inbox.put(
        inbox.of_entry(entry, title=title, topic=topic, person=person, at=at, path=page)
        for person in sorted({person for _organization, person in told})
    )
    return len(BidLetter.objects.bulk_create(noted, ignore_conflicts=True))


def _concerned(entry: Entry, tender: Tender) -> set[int]:
    """Return the organisations a notice concerns.

    What changes a call, whoever began a bid or made one (Order 87 Art. 27: all who have the papers
    are told); the register, whoever holds a receipt; longer time for promised files, whose file is
    awaited; the opening and the outcome, whose bid counted.
    """
    counted = Bid.objects.in_force().filter(tender=tender)
    match entry.kind:
        case kind if kind in {*A_CHANGE, NoticeKind.CANCELLATION}:
            begun = BidDraft.objects.filter(tender=tender).values_list("organization_id", flat=True)
            return {*begun, *counted.values_list("organization_id", flat=True)}
        case NoticeKind.REGISTER:
            counted = Bid.objects.filter(tender=tender)
        case NoticeKind.CEREMONY:
            steps = release_of(entry)["tender"]["openingEvents"]
            if steps[-1]["kind"] != FILES_LATER:
                return set()
            counted = counted.filter(envelope=None)
    return set(counted.values_list("organization_id", flat=True))


def compose(letter: BidLetter, at: datetime) -> EmailMessage | None:
    """Return a letter in the language of its reader; a receipt's carries the signed file.

    None for one that is needed no more, or whose reader works for the bidder no more.
    """
    if not BidLetter.objects.filter(FOR_THEM, pk=letter.pk).exists():
        return None
    receipt = _receipt(letter)
    if letter.reminds_of is not None:
        if not _still_reminds(letter, at):
            return None
        name, context = Topic.REMINDER, reminder(letter)
    elif receipt:
        name, context = Topic.RECEIPT, of_receipt(letter, receipt)
    else:
        entry = _entry(letter)
        if not _still_tells(letter, entry, at):
            return None
        has_bid = _standing(letter).exists()
        name, context = TOLD[entry.kind], notice(letter, entry, _given(letter), has_bid=has_bid)
    message = mail.written(
        name,
        context,
        to=letter.person.email,
        language=letter.person.preferred_language,
        message_id=letter.message_id,
    )
    if receipt:
        message.attach(_file_name(receipt), bytes(receipt.body), "application/json")
    return message


def _still_reminds(letter: BidLetter, at: datetime) -> bool:
    """Say whether bids are still due at the deadline it reminds of, and none has come from here."""
    tender = letter.tender
    is_due = tender.stage(at) is Stage.OPEN and tender.tender_period_end == letter.reminds_of
    return is_due and not _standing(letter).exists()


def _still_tells(letter: BidLetter, entry: Entry, at: datetime) -> bool:
    """Say whether its reader can still do what a letter about a notice asks for."""
    tender = letter.tender
    if entry.kind in A_CHANGE:
        return tender.stage(at) is Stage.OPEN
    if entry.kind == NoticeKind.CEREMONY:
        is_over = tender.delivery_ended_at is not None or at > sealed.end_of_delivery(tender)
        return not is_over and _standing(letter).filter(envelope=None).exists()
    return True


def _standing(letter: BidLetter) -> BidQuerySet:
    """Return the bid of its reader's organisation that stands, if any."""
    found = Bid.objects.in_force().filter(tender=letter.tender)
    return found.filter(organization=letter.organization_id)


def _each(letter: BidLetter) -> dict[str, object]:
    """Return what each letter to a bidder tells."""
    return {
        "tender": letter.tender,
        "organization": letter.organization.name,
        "check_url": absolute(reverse("public:receipt-check")),
        "checker_url": absolute(f"{settings.STATIC_URL}{CHECKER}"),
        "site": settings.SITE_URL.rstrip("/"),
    }


def reminder(letter: BidLetter) -> dict[str, object]:
    """Return what a reminder tells."""
    return _each(letter) | {"bid_url": absolute(reverse("cso:bid", args=[letter.tender.ocid]))}


def _receipt(letter: BidLetter) -> Receipt | None:
    found = Receipt.objects.select_related("bid__tender").defer("bid__envelope")
    return found.filter(pk=letter.receipt_id).first() if letter.receipt_id is not None else None


def of_receipt(letter: BidLetter, receipt: Receipt) -> dict[str, object]:
    """Return what the letter with a receipt tells."""
    bid = receipt.bid
    digest = bid.envelope_sha256
    return _each(letter) | {
        "receipt": receipt,
        "bid": bid,
        "number": bid.receipt_number,
        "file": _file_name(receipt),
        "fingerprint": " ".join(digest[at : at + 4] for at in range(0, len(digest), 4)),
        "is_withdrawn": receipt.action == ReceiptAction.WITHDRAW,
        "is_promise": receipt.action == ReceiptAction.PROMISE,
        "deliver_until": sealed.end_of_delivery(bid.tender),
        "own_url": absolute(reverse("cso:receipt", args=[bid.receipt_number])),
    }


def _file_name(receipt: Receipt) -> str:
    return f"receipt-{receipt.bid.receipt_number}-{receipt.action}.json"


def _given(letter: BidLetter) -> Iterable[Receipt]:
    """Return the receipts of a bidder, the oldest first."""
    found = Receipt.objects.filter(bid__tender=letter.tender, bid__organization=letter.organization)
    return found.select_related("bid").defer("bid__envelope").order_by("issued_at")


def notice(
    letter: BidLetter, entry: Entry, given: Iterable[Receipt], *, has_bid: bool
) -> dict[str, object]:
    """Return what the letter about a change, a register, an opening or an outcome tells.

    `given` are the bidder's receipts; `has_bid` says whether a bid of theirs stands.
    """
    return _each(letter) | {
        "has_bid": has_bid,
        "bid_url": absolute(reverse("cso:bid", args=[letter.tender.ocid])),
        "deliver_until": sealed.end_of_delivery(letter.tender),
        "receipts": given,
        "opening_url": absolute(reverse("public:opening", args=[letter.tender.ocid])),
        "notice_url": absolute(reverse("public:notice", args=[entry.release_id])),
        "verify_url": absolute(reverse("public:notice-verify", args=[entry.release_id])),
        "bids_url": absolute(reverse("cso:bids")),
        "kind": NoticeKind(entry.kind).label,
    }


def _entry(letter: BidLetter) -> Entry:
    if letter.entry_index is None:
        raise LookupError("a letter about a receipt is about no entry")
    return Entry.objects.defer("body").get(index=letter.entry_index)
