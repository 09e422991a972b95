"""A small world at one instant: something at every stage, and one person of each kind."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from organizations.accounts.models import Membership, User
from organizations.csos.models import LegalForm
from organizations.roles import SYSTEM, Actor, Role
from procurement.amendments import actions as amendments
from procurement.bids import actions as bids
from procurement.bids import queries as bidding
from procurement.bids.models import Bid, BidFile
from procurement.bids.parts import Receipt
from procurement.documents import actions as documents
from procurement.documents.models import Document
from procurement.enquiries import actions as enquiries
from procurement.evaluation import actions as evaluation
from procurement.evaluation.models import Capacity
from procurement.history.models import ImportedNotice, NoticeType
from procurement.keycards import actions as keycards
from procurement.notifications import actions as letters
from procurement.notifications import confided
from procurement.notifications.models import Delivery
from procurement.notifications.parts import Bounced, Contact, ShortLetter
from procurement.obligations import actions as duties
from procurement.obligations.models import Obligation
from procurement.ocds import fragments
from procurement.planning import actions as planning
from procurement.publication import heads
from procurement.publication.models import Entry
from procurement.publication.tree import Log
from procurement.rules import SHANGHAI, Change
from procurement.tenders import actions as tenders
from procurement.tenders.models import InvitationMode, OpeningPolicy, Tender
from procurement.watches import actions as watches
from procurement.watches.models import Kind, Pace, Watch, WatchLetter
from procurement.watches.parts import Hook, HookLetter
from tests.builders import keycards as paper
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.builders import rulebook as book

NOW = build.DECISION.replace(hour=12, tzinfo=SHANGHAI)  # an evaluated tender awaits its decision
LATER = NOW + timedelta(days=20)
PDF = b"%PDF-1.4 a file"

PEOPLE = (
    *("anonymous", "newcomer", "member", "signatory", "other cso", "drafter", "approver"),
    *("panel", "other agency", "overseer", "verifier", "auditor", "rule editor"),
    "administrator",
)


@dataclass
class World:
    """Who there is, and what each address points at."""

    people: dict[str, User | None] = field(default_factory=dict)
    arguments: dict[str, list[Any]] = field(default_factory=dict)

    def at(self, names: str, *arguments: object) -> None:
        """Say what these addresses point at."""
        for name in names.split():
            self.arguments[name] = list(arguments)


def make() -> World:
    """Return the world at NOW."""
    world, who = World(), build.cast(3)
    _people(world, who)
    _organisations(world, who)
    _plans(world, who)
    _drafts(world, who)
    _open(world, who)
    _judged(world, who)
    _keys(world, who)
    _owed(world, who)
    _public(world, who)
    _letters(world)
    _book(world)
    _log(world)
    return world


def _people(world: World, who: build.Cast) -> None:
    group, other = who.csos[0], who.csos[1]
    office = people.office()
    world.people = {
        "anonymous": None,
        "newcomer": people.user(),
        "member": people.member(group.organization, Role.CSO_MEMBER)[0],
        "signatory": people.person(people.signatory(group)),
        "other cso": people.person(people.signatory(other)),
        "drafter": people.person(who.drafter),
        "approver": people.person(who.approver),
        "panel": people.person(who.panel[0]),
        "other agency": people.member(people.agency().organization, Role.APPROVER)[0],
        "overseer": people.person(people.overseer()),
        "verifier": people.member(office, Role.VERIFIER)[0],
        "auditor": people.member(office, Role.AUDITOR)[0],
        "rule editor": people.person(book.editor()),
        "administrator": User.objects.create_superuser("root@example.org", people.PASSWORD),
    }


def _organisations(world: World, who: build.Cast) -> None:
    pending = people.cso(verified=False)
    leaving, _actor = people.member(who.csos[0].organization, Role.CSO_MEMBER)
    ending = Membership.objects.get(user=leaving)
    drafting = Membership.objects.get(user_id=who.drafter.person_id)
    world.at("account:register-step account:organization-section", 1)
    world.at("account:member-end", ending.pk)
    groups = [
        people.cso(legal_form=LegalForm.HOSTED, host=who.csos[0].organization, accepted=accepted)
        for accepted in (False, True)
    ]
    asked, agreed = (people.request(group) for group in groups)
    world.at("account:hosting account:hosting-accept account:hosting-decline", asked.pk)
    world.at("account:hosting-end", agreed.pk)
    world.at("oversight:organization", pending.pk)
    world.at("oversight:organization-decide", pending.pk, "verify")
    world.at("oversight:role-grant", who.agency.pk)
    world.at("oversight:role-end", who.agency.pk, drafting.pk)


def _plans(world: World, who: build.Cast) -> None:
    draft = planning.draft(title="检测", by=who.drafter, at=NOW)
    submitted = planning.submit(build.planning_draft(who), by=who.drafter, at=NOW)
    world.at("agency:plan agency:plan-check", draft.ocid)
    world.at("agency:plan-step", draft.ocid, "need")
    world.at("agency:plan-review agency:plan-publish agency:plan-return", submitted.ocid)
    published = build.planning_notice(who)
    world.at("agency:plan-done", published.ocid, "published")
    world.at("public:planning", published.ocid)


def _attached(tender: Tender, by: Actor) -> tuple[Document, int]:
    document = documents.store(
        title="采购文件",
        document_type="biddingDocuments",
        name="call.pdf",
        content=PDF,
        by=by,
        at=NOW,
    )
    return document, tenders.attach(tender, document=document, by=by, at=NOW).pk


def _drafts(world: World, who: build.Cast) -> None:
    draft = build.draft(who)
    _document, attachment = _attached(draft, who.drafter)
    submitted = build.draft(who)
    tenders.submit(submitted, by=who.drafter, at=build.TENDER_DAY)
    for _ in range(3):
        build._cso()  # six could be invited: the least that three may be drawn from
    mode = InvitationMode.REGISTER_DRAW
    invited = build.draft(who, procurement_method="invited", invitation_mode=mode)
    build.committed(who, invited)
    world.at("agency:draw", invited.ocid)
    world.at("agency:draw-witness", invited.ocid, who.approver.person_id)
    world.at("agency:tender agency:tender-check agency:tender-timetable", draft.ocid)
    world.at("agency:tender-step", draft.ocid, "summary")
    world.at("agency:tender-document agency:tender-document-remove", draft.ocid, attachment)
    world.at("agency:tender-review agency:tender-publish agency:tender-return", submitted.ocid)


def _open(world: World, who: build.Cast) -> None:
    tender = build.draft(who, tender_period_end=LATER, enquiry_period_end=LATER)
    document, _attachment = _attached(tender, who.drafter)
    tenders.submit(tender, by=who.drafter, at=build.TENDER_DAY)
    tender = tenders.publish(tender, by=who.approver, at=build.TENDER_DAY)
    signatory = people.signatory(who.csos[0])
    enquiry = enquiries.ask(tender, question="工资可以列支吗？", by=signatory, at=NOW)
    bid = build.bid(tender, signatory, at=NOW)
    bids.attach(tender, name="plan.pdf", content=PDF, by=signatory, at=NOW)
    [file_id] = bids.draft_files(tender, by=signatory)
    amendment = amendments.propose(
        tender,
        changes={"quantity": "220 人"},
        rationale="人数增加。",
        affects_preparation=False,
        by=who.drafter,
        at=NOW,
    )
    world.at("agency:tender-amend agency:tender-cancel", tender.ocid)
    world.at("agency:tender-done", tender.ocid, "published")
    world.at("agency:amendment agency:amendment-publish agency:amendment-withdraw", amendment.pk)
    world.at("agency:enquiry-answer", enquiry.pk)
    world.at("cso:tender cso:enquiry-ask cso:bid cso:bid-price cso:bid-files", tender.ocid)
    world.at("cso:bid-check cso:bid-submit cso:bid-withdraw", tender.ocid)
    world.at("cso:bid-seal cso:bid-kit cso:bid-upload cso:bid-promise cso:bid-deliver", tender.ocid)
    world.at("cso:bid-text", tender.ocid, "proposal")
    world.at("cso:bid-file-remove", tender.ocid, file_id)
    world.at("cso:receipt", bid.receipt_number)
    world.at("cso:receipt-file", bid.receipt_number, Receipt.objects.get(bid=bid).place)
    world.at("cso:bid-open", bid.receipt_number)
    world.at("public:tender public:record public:opening", tender.ocid)
    world.at("public:notice-feed public:calendar public:wall", tender.ocid)
    world.at("public:document", document.pk, document.name)


def _judged(world: World, who: build.Cast) -> None:
    signatory = people.signatory(who.csos[0])
    judging = build.published(who)
    early = build.DEADLINE - timedelta(days=3)
    bids.attach(judging, name="plan.pdf", content=PDF, by=signatory, at=early)
    judging = build.opened(who, judging)
    roles = {by.person_id: Capacity.EXPERT for by in who.panel}
    seats = evaluation.appoint(judging, members=roles, by=who.approver, at=build.JUDGING)
    mine = next(seat for seat in seats if seat.user_id == who.panel[0].user_id)
    evaluation.declare(
        mine, has_interest=False, declaration="无", by=who.panel[0], at=build.JUDGING
    )
    bid = Bid.objects.get(tender=judging, organization=who.csos[0].organization)
    [file] = BidFile.objects.filter(bid=bid)
    offer = bidding.valid_offers(judging)[0]
    world.at("agency:opening agency:panel panel:seat panel:finish", judging.ocid)
    world.at("agency:panel-release", judging.ocid, mine.pk)
    world.at("agency:bid", judging.ocid, bid.receipt_number)
    world.at("agency:bid-file", judging.ocid, file.pk)
    world.at("panel:offer", judging.ocid, offer.pk)
    world.at("cso:bid-result", bid.receipt_number)
    world.at("cso:bid-file", bid.receipt_number, file.pk)
    decided = build.evaluated(who, build.opened(who, build.published(who)))
    world.at("agency:award", decided.ocid)


def _keys(world: World, who: build.Cast) -> None:
    in_use = paper.published(who.clerk, who.approver, build.START)
    drill = keycards.begin_drill(in_use.key_set, witnesses="张三、李四", by=who.clerk, at=NOW)
    by_cards = build.published(who, opening_policy=OpeningPolicy.CARDS)
    making = paper.confirmed(who.clerk, NOW)
    card = making.card("C1")
    world.at("agency:key-set agency:key-publish agency:key-retire", making.key_set.pk)
    world.at("agency:key-card agency:key-card-make", making.key_set.pk, card.member)
    world.at("agency:key-card-confirm", making.key_set.pk, card.member)
    world.at("agency:key-card-lost", in_use.key_set.pk, in_use.card("C1").member)
    world.at("public:keys", 1)
    world.at("agency:ceremony", by_cards.ocid)
    world.at("agency:key-drill-new", in_use.key_set.pk)
    world.at("agency:key-drill agency:key-drill-stop", in_use.key_set.pk, drill.pk)


def _book(world: World) -> None:
    book.edition(at=NOW)
    figure = Change("policy-enquiry-3wd", "amount", Decimal(2))
    proposal = book.proposal(figure, at=NOW)
    year = book.proposed_year(at=NOW)
    world.at("public:edition", 1)
    world.at("book:change book:change-approve book:change-decline", proposal.pk)
    world.at("book:year book:year-confirm book:year-decline", year.pk)


def _log(world: World) -> None:
    heads.sign_all(at=NOW)
    size = Entry.objects.count()
    world.at("public:log-checkpoint public:log-cosignatures", Log.NOTICES)
    world.at("public:log-head", Log.NOTICES, size)
    world.at("public:log-entry public:log-proof public:log-proof-json", Log.NOTICES, 0)
    world.at("public:log-consistency public:log-consistency-json", Log.NOTICES, 1, size)
    world.at("public:log-bundle", Log.NOTICES, "000.p/1")
    world.at("public:log-tile", Log.NOTICES, "0", "000.p/1")
    world.at("public:notice-verify", Entry.objects.earliest("index").release_id)


def _owed(world: World, who: build.Cast) -> None:
    tender = build.published(who)
    enquiries.ask(
        tender,
        question="可以分包吗？",
        by=people.signatory(who.csos[0]),
        at=build.OPENING - timedelta(days=12),
    )
    late = Obligation.objects.get(process=tender.process)
    duties.record(late, by=SYSTEM, at=NOW)
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender, at=NOW)
    mine = Obligation.objects.filter(process=tender.process)
    signed = duties.state(
        mine.get(event="contract.signed"),
        done_on=NOW.date(),
        evidence_url="",
        statement="可以到办公室查看。",
        by=who.drafter,
        at=NOW,
    )
    world.at("agency:duty agency:duty-done", mine.get(event="notice.published").pk)
    world.at("agency:duty-event", signed.pk)
    world.at("agency:duty-reply breaches:breach", late.pk)


def _public(world: World, who: build.Cast) -> None:
    entry = Entry.objects.order_by("index")[0]
    world.at("public:notice public:release", entry.release_id)
    world.at("practice:journey", entry.ocid)
    world.at("public:organization", fragments.party_id(who.agency))
    world.at("public:rule", "bid-period-20-days")
    imported = ImportedNotice.objects.create(
        kind=NoticeType.RESULT,
        title="往年项目",
        agency="疾病预防控制中心",
        key="one",
        source_name="past.json",
        source_sha256="0" * 64,
        source_row="1",
        imported_at=NOW,
        ordered_on=NOW.date(),
        raw={},
    )
    world.at("public:history", imported.pk)


def _letters(world: World) -> None:
    letters.collect(at=NOW)
    letter = Delivery.objects.order_by("pk")[0]
    world.at("letters:follow letters:stop", letter.token)
    newcomer = world.people["newcomer"]
    assert newcomer is not None
    own = Actor(user_id=newcomer.pk, organization_id=None)
    watch = watches.watch(Kind.SEARCH, "", pace=Pace.DAILY, by=own, at=NOW)
    world.at("own:watch own:watch-end own:hook own:hook-try own:hook-end", watch.pk)
    told = WatchLetter.objects.create(
        person=newcomer, pace=Pace.DAILY, period="day", noted_at=NOW, send_after=NOW
    )
    world.at("letters:end letters:mail", told.token)
    _other_ways(world, newcomer, watch)


def _other_ways(world: World, person: User, watch: Watch) -> None:
    """A number that waits for its code, a system that answers no more, an address that failed."""
    line = ShortLetter.objects.create(
        person=person, channel="sms", key="day", path="/", noted_at=NOW, send_after=NOW
    )
    world.at("letters:short", line.slug)
    contact = Contact(person=person, channel="sms", code_sent_at=NOW)
    contact.sealed = confided.lock("+8613800138000", contact.label)
    contact.save()
    world.at("own:contact own:contact-confirm own:contact-end", "sms")
    hook = Hook(watch=watch, since=NOW, failing_since=NOW)
    hook.sealed_address = confided.lock(f"https://hook.example/{'a' * 60}", hook.label)
    hook.sealed_secret = confided.lock("", hook.label)
    hook.save()
    for error in ("Temporary certificate", "Temporary http-500"):
        HookLetter.objects.create(
            hook=hook,
            noted_at=NOW - timedelta(days=1),
            send_after=NOW,
            attempts=3,
            error=error,
        )
    Bounced.objects.create(person=person, address=person.email, bounced_at=NOW, status="5.1.1")
