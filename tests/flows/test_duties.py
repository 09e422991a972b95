"""Duties with dates: met, missed, answered for, made good. The breach is dated at the due time."""

from datetime import date, datetime, timedelta

import pytest

from organizations.roles import SYSTEM
from procurement import clock
from procurement.awards import actions as awards
from procurement.awards.actions import Decision
from procurement.enquiries import actions as enquiries
from procurement.lifecycle import DutyStage, NotNow
from procurement.obligations import actions as duties
from procurement.obligations import queries as owed
from procurement.obligations.models import Obligation
from procurement.publication import merge, queries
from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.rules import SHANGHAI
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db

# Judged on Wednesday 29 April 2026. Five working days on: the holiday of 1 to 5 May is off, and
# Saturday 9 May is a make-up day, so 30 April, 6, 7, 8, 9 May.
OTHERS = {"planning", "tender", "register", "opening"}
DUE = datetime(2026, 5, 9, 23, 59, 59, tzinfo=SHANGHAI)
LATE = datetime(2026, 5, 12, 10, 0, tzinfo=SHANGHAI)


def duty(tender: Tender, event: str) -> Obligation:
    return Obligation.objects.get(process=tender.process, event=event)


def notices(tender: Tender) -> list[str]:
    return [entry.kind for entry in Entry.objects.of(tender.ocid)]


def told(tender: Tender, kind: NoticeKind) -> dict[str, object]:
    """What the last notice of a kind says of the breach."""
    entry = Entry.objects.of(tender.ocid).filter(kind=kind).last()
    assert entry is not None
    [breach] = merge.release_of(entry)["breaches"]
    return dict(breach)


def test_an_award_in_time_meets_its_duty_and_begins_the_next() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    decision = duty(tender, "award.decided")
    assert (decision.rule_id, decision.due_at) == ("award-decision-5wd", DUE)
    assert decision.stage(build.JUDGING) is DutyStage.AWAITED

    build.awarded(who, tender)

    assert duty(tender, "award.decided").stage(build.DECISION) is DutyStage.MET
    assert queries.tallies()["award-decision-5wd"] == (1, 0, 0)
    contract = duty(tender, "contract.signed")
    assert (contract.subject, contract.due_at) == (
        "award-1",
        datetime(2026, 6, 1, 23, 59, 59, tzinfo=SHANGHAI),  # day 30 is a Saturday
    )
    assert clock.record_breaches(at=DUE + timedelta(days=1)) == 1  # the link to the medium
    assert [b.event for b in Obligation.objects.breached()] == ["notice.published"]


def test_a_late_award_is_a_breach_at_the_due_time_then_answered_made_good_and_excused() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    decision = duty(tender, "award.decided")

    assert clock.record_breaches(at=DUE + timedelta(seconds=30)) == 0
    assert notices(tender)[-1] == NoticeKind.OPENING
    # the job is two days late: the breach is dated at the due time all the same
    assert clock.record_breaches(at=LATE - timedelta(days=1)) == 1
    assert clock.record_breaches(at=LATE - timedelta(days=1)) == 0
    breach = told(tender, NoticeKind.BREACH)
    assert (breach["breachedAt"], breach["status"]) == ("2026-05-09T23:59:59+08:00", "overdue")
    assert breach["isPolicy"] is False
    assert queries.tallies()["award-decision-5wd"] == (0, 1, 0)

    duties.reply(decision, text="专家临时出差，已另约时间。", by=who.approver, at=LATE)
    assert told(tender, NoticeKind.REPLY)["reply"] == {
        "text": "专家临时出差，已另约时间。",
        "date": "2026-05-12T10:00:00+08:00",
    }

    build.awarded(who, tender, at=LATE)
    cured = told(tender, NoticeKind.CURE)
    assert (cured["status"], cured["daysLate"]) == ("cured", 3)

    overseer = people.overseer()
    duties.excuse(decision, reason="法定节假日前后专家确实难以到场。", by=overseer, at=LATE)
    assert told(tender, NoticeKind.EXCUSE)["status"] == "excused"
    assert queries.tallies()["award-decision-5wd"] == (0, 0, 1)
    # nothing is deleted: every step stays in the log
    assert [kind for kind in notices(tender) if kind not in OTHERS] == [
        "breach",
        "reply",
        "award",
        "cure",
        "excuse",
    ]


def test_a_late_answer_is_a_breach_even_when_the_clock_never_ran() -> None:
    who = build.cast(1)
    tender = build.published(who)
    asked = build.TENDER_DAY + timedelta(days=1)
    enquiry = enquiries.ask(
        tender, question="工资可以列支吗？", by=people.signatory(who.csos[0]), at=asked
    )
    enquiries.answer(enquiry, text="可以。", by=who.drafter, at=asked + timedelta(days=8))
    late = duty(tender, "enquiry.answered")
    assert late.breached_at == datetime(2026, 4, 13, 23, 59, 59, tzinfo=SHANGHAI)
    assert late.stage(asked + timedelta(days=8)) is DutyStage.CURED
    assert notices(tender)[-3:] == ["breach", "clarification", "cure"]


def test_what_happens_outside_the_portal_is_stated_by_the_agency() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    stated = datetime(2026, 5, 20, 10, 0, tzinfo=SHANGHAI)
    duties.state(
        duty(tender, "contract.signed"),
        done_on=date(2026, 5, 18),
        evidence_url="https://example.org/contract",
        statement="",
        by=who.drafter,
        at=stated,
    )
    assert duty(tender, "contract.signed").stage(stated) is DutyStage.MET
    publication = duty(tender, "contract.published")
    assert publication.due_at == datetime(2026, 5, 20, 23, 59, 59, tzinfo=SHANGHAI)
    signed = duty(tender, "contract.signed")
    duties.tell(signed, event="invoice.received", on=date(2026, 5, 19), by=who.drafter, at=stated)
    duties.tell(signed, event="invoice.received", on=date(2026, 5, 19), by=who.drafter, at=stated)
    payment = duty(tender, "payment.made")
    assert payment.due_at == datetime(2026, 6, 18, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_link_to_the_statutory_medium_is_owed_for_the_award_and_joins_its_notice() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    link = duty(tender, "notice.published")
    award = Entry.objects.of(tender.ocid).get(kind=NoticeKind.AWARD)
    assert (link.rule_id, link.clock_id, link.subject) == (
        "designated-medium",
        "media-one-working-day",
        award.release_id,
    )
    duties.state(
        link,
        done_on=build.DECISION.date(),
        evidence_url="https://example.org/award",
        statement="",
        by=who.drafter,
        at=build.DECISION + timedelta(hours=1),
    )
    record = Listing.objects.get(pk=tender.ocid).compiled
    [carried] = [n for n in record["notices"] if n["id"] == award.release_id]
    assert carried["designatedMedium"]["url"] == "https://example.org/award"


def test_a_cancelled_tender_owes_nothing_more_but_stays_late_where_it_was() -> None:
    who = build.cast(1)
    tender = build.published(who)
    asker = people.signatory(who.csos[0])
    early, late = build.TENDER_DAY + timedelta(days=1), build.TENDER_DAY + timedelta(days=10)
    enquiries.ask(tender, question="可以分包吗？", by=asker, at=early)
    enquiries.ask(tender, question="可以用志愿者吗？", by=asker, at=late)
    tenders.cancel(tender, reason="预算被收回。", by=who.approver, at=late)
    first, second = Obligation.objects.filter(event="enquiry.answered").order_by("pk")
    assert first.stage(late) is DutyStage.OVERDUE
    assert second.stage(late + timedelta(days=30)) is DutyStage.LAPSED
    assert [breach.pk for breach in Obligation.objects.breached()] == [first.pk]
    clock.record_breaches(at=late + timedelta(days=30))
    second.refresh_from_db()
    assert second.recorded_at is None


def test_a_duty_that_is_not_late_is_neither_recorded_nor_answered_for() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    decision = duty(tender, "award.decided")
    with pytest.raises(NotNow):
        duties.record(decision, by=SYSTEM, at=build.DECISION)
    with pytest.raises(NotNow):
        duties.reply(decision, text="还没到期。", by=who.approver, at=build.DECISION)
    with pytest.raises(NotNow):
        duties.excuse(decision, reason="无", by=people.overseer(), at=build.DECISION)
    decision.refresh_from_db()
    assert (decision.recorded_at, decision.reply, decision.excuse) == (None, "", "")
    assert NoticeKind.BREACH not in notices(tender)


def test_an_award_to_nobody_meets_the_decision_and_owes_no_contract() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    nobody = Decision(is_awarded=False, reasons="报价都超出预算。")
    awards.decide(tender, decisions={1: nobody}, by=who.approver, at=build.DECISION)

    assert duty(tender, "award.decided").stage(build.DECISION) is DutyStage.MET
    clock.record_breaches(at=build.DECISION + timedelta(days=60))
    assert [b.event for b in Obligation.objects.breached()] == ["notice.published"]


def test_what_was_done_in_time_and_stated_late_is_no_breach_where_none_is_on_record() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    link = duty(tender, "notice.published")
    stated = build.DECISION + timedelta(days=19)
    signed_on = date(2026, 5, 6)
    for event, day in (("contract.signed", signed_on), ("contract.published", date(2026, 5, 8))):
        # the clock runs in between: the second is not late for having been heard of late
        clock.record_breaches(at=stated)
        duties.state(
            duty(tender, event),
            done_on=day,
            evidence_url="https://example.org/contract",
            statement="",
            by=who.drafter,
            at=stated,
        )
    publication = duty(tender, "contract.published")
    assert publication.due_at == datetime(2026, 5, 8, 23, 59, 59, tzinfo=SHANGHAI)
    assert publication.stage(stated) is DutyStage.MET
    assert [b.pk for b in Obligation.objects.breached()] == [link.pk]


def test_a_statement_that_never_comes_is_a_breach_after_the_time_to_state_it() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    stated = build.DECISION + timedelta(days=19)
    duties.state(
        duty(tender, "contract.signed"),
        done_on=date(2026, 5, 6),
        evidence_url="https://example.org/contract",
        statement="",
        by=who.drafter,
        at=stated,
    )
    clock.record_breaches(at=stated + timedelta(days=2))
    assert duty(tender, "contract.published").recorded_at is None
    clock.record_breaches(at=stated + timedelta(days=4))
    assert duty(tender, "contract.published").breached_at == datetime(
        2026, 5, 8, 23, 59, 59, tzinfo=SHANGHAI
    )


def test_a_breach_of_a_cancelled_procurement_grows_no_later() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    tenders.cancel(tender, reason="预算被收回。", by=who.approver, at=LATE)
    decision = duty(tender, "award.decided")
    ended = told(tender, NoticeKind.BREACH)
    assert (ended["status"], ended["endedAt"]) == ("overdue", "2026-05-12T10:00:00+08:00")
    assert owed.days_late(decision, LATE + timedelta(days=300)) == 3
    assert not Obligation.objects.open().filter(process=tender.process, event="award.decided")


def test_the_agreement_of_a_grant_is_stated_and_then_published_in_time() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who, "grant")))
    build.awarded(who, tender)
    signature = duty(tender, "contract.signed")
    assert (signature.rule_id, signature.due_at, signature.is_certain) == (
        "policy-agreement-publication",
        None,
        False,
    )
    duties.state(
        signature,
        done_on=build.DECISION.date(),
        evidence_url="https://example.org/agreement",
        statement="",
        by=who.drafter,
        at=build.DECISION,
    )
    assert duty(tender, "contract.published").due_at is not None


def test_a_result_may_be_challenged_from_the_day_the_medium_carries_it() -> None:
    who = build.cast()
    tender = build.evaluated(who, build.opened(who, build.published(who)))
    build.awarded(who, tender)
    [notice] = _results(tender)
    # decided on 30 April: notice until 6 May after the holiday, then seven working days
    assert notice["challengeWindowEnd"] == "2026-05-14T23:59:59+08:00"
    duties.state(
        duty(tender, "notice.published"),
        done_on=date(2026, 5, 7),
        evidence_url="https://example.org/award",
        statement="",
        by=who.drafter,
        at=datetime(2026, 5, 7, 15, 0, tzinfo=SHANGHAI),
    )
    [notice] = _results(tender)
    assert notice["noticePeriodEnd"] == "2026-05-08T23:59:59+08:00"
    assert notice["challengeWindowEnd"] == "2026-05-18T23:59:59+08:00"


def _results(tender: Tender) -> list[dict[str, str]]:
    """The notices of the record that state a result, as they stand."""
    record = Listing.objects.get(pk=tender.ocid).compiled
    return [notice for notice in record["notices"] if notice.get("kind") == NoticeKind.AWARD]
