"""A judge who never finishes is released, with a published reason; nobody is swapped in silence."""

from datetime import timedelta

import pytest

from organizations.audit import AuditRow
from organizations.refusals import Invalid, NotPermitted
from organizations.roles import Actor, Role
from procurement import legality
from procurement.bids import queries as bidding
from procurement.evaluation import actions as evaluation
from procurement.evaluation import queries as judging
from procurement.evaluation.models import Capacity, PanelMember, Verdict
from procurement.lifecycle import NotNow
from procurement.publication import merge
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
LATER = build.JUDGING + timedelta(hours=2)
WHY = "因病住院，不能按时评审。"


def seated(who: build.Cast, tender: Tender) -> dict[int, PanelMember]:
    """The seats of a panel of five, by person."""
    roles = {by.person_id: Capacity.EXPERT.value for by in who.panel}
    seats = evaluation.appoint(tender, members=roles, by=who.approver, at=build.JUDGING)
    return {seat.user_id: seat for seat in seats}


def waiting(who: build.Cast) -> tuple[Tender, PanelMember]:
    """A tender whose judges have finished but one, who declared and judged one offer."""
    tender = build.opened(who, build.published(who))
    seats = seated(who, tender)
    for by in who.panel[1:]:
        build.judge(seats[by.person_id], build.JUDGING)
    idle, by = seats[who.panel[0].person_id], who.panel[0]
    at = build.JUDGING
    evaluation.declare(idle, has_interest=False, declaration="无", by=by, at=at)
    offer = bidding.valid_offers(tender)[0]
    evaluation.score(
        idle, offer=offer, is_responsive=False, comment="不完整", points={}, by=by, at=at
    )
    return tender, PanelMember.objects.get(pk=idle.pk)


def substitute(who: build.Cast) -> Actor:
    """Another panel member of the agency."""
    return people.member(who.agency, Role.PANEL_MEMBER)[1]


def filled(who: build.Cast, tender: Tender, *others: Actor) -> list[PanelMember]:
    """The seats of the panel after these took the empty ones."""
    members = {seat.user_id: seat.capacity for seat in judging.sitting(tender)}
    members |= {by.person_id: Capacity.EXPERT.value for by in others}
    return evaluation.appoint(tender, members=members, by=who.approver, at=LATER)


def test_a_judge_who_does_not_finish_is_released_and_replaced() -> None:
    who = build.cast()
    tender, idle = waiting(who)

    evaluation.release(idle, reason=WHY, by=who.approver, at=LATER)

    tender.refresh_from_db()
    assert tender.evaluated_at is None  # four are no panel
    newcomer = substitute(who)
    [seat] = [s for s in filled(who, tender, newcomer) if s.user_id == newcomer.user_id]
    build.judge(seat, LATER)
    tender.refresh_from_db()
    assert tender.evaluated_at == LATER
    assert [place.is_responsive for place in judging.ranking(tender)] == [True, True, True]
    judged = Verdict.objects.filter(offer__bid__tender=tender)
    assert judged.filter(member=idle).count() == 1  # kept, and not counted
    assert judging.ranking(tender)[0].points == 100


def test_the_award_notice_says_who_was_released_and_who_came_after_the_opening() -> None:
    who = build.cast()
    tender = build.published(who)
    early = build.DEADLINE - timedelta(days=1)
    roles = {by.person_id: Capacity.EXPERT.value for by in who.panel}
    evaluation.appoint(tender, members=roles, by=who.approver, at=early)
    tender = build.opened(who, tender)
    seats = {seat.user_id: seat for seat in judging.panel(tender)}
    idle = seats.pop(who.panel[0].person_id)
    evaluation.release(idle, reason=WHY, by=who.approver, at=build.JUDGING)
    newcomer = substitute(who)
    for seat in filled(who, tender, newcomer):
        if seat.sits:
            build.judge(seat, LATER)
    build.awarded(who, Tender.objects.get(pk=tender.pk))

    release = merge.release_of(Entry.objects.get(ocid=tender.ocid, kind=NoticeKind.AWARD))
    panel = {seat["name"]: seat for seat in release["notices"][0]["panel"]}
    assert len(panel) == 6
    assert panel[idle.user.name] == {
        "id": panel[idle.user.name]["id"],
        "name": idle.user.name,
        "capacity": "expert",
        "dateAppointed": early.isoformat(),
        "appointedAfterOpening": False,
        "steppedBack": False,
        "released": {"date": build.JUDGING.isoformat(), "reason": WHY},
    }
    late = [name for name, seat in panel.items() if seat["appointedAfterOpening"]]
    assert late == [people.person(newcomer).name]
    assert panel[late[0]]["dateAppointed"] == LATER.isoformat()


def test_a_release_asks_for_a_reason_and_is_audited_with_it() -> None:
    who = build.cast()
    _tender, idle = waiting(who)
    with pytest.raises(Invalid, match="请写明退出的理由") as refusal:
        evaluation.release(idle, reason=" ", by=who.approver, at=LATER)
    assert refusal.value.field == "reason"
    idle.refresh_from_db()
    assert idle.released_at is None

    evaluation.release(idle, reason=WHY, by=who.approver, at=LATER)

    row = AuditRow.objects.get(kind="evaluation.release")
    assert (row.subject, row.user_id) == (idle.tender.ocid, who.approver.user_id)
    assert row.reason == f"{idle.user}：{WHY}"


def test_who_has_finished_or_left_already_is_not_released() -> None:
    who = build.cast()
    tender = build.opened(who, build.published(who))
    seats = seated(who, tender)
    done, aside = (seats[by.person_id] for by in who.panel[:2])
    build.judge(done, build.JUDGING)
    evaluation.declare(
        aside, has_interest=True, declaration="旧同事。", by=who.panel[1], at=build.JUDGING
    )
    with pytest.raises(Invalid, match="已经提交评审"):
        evaluation.release(done, reason=WHY, by=who.approver, at=LATER)
    with pytest.raises(Invalid, match="已经不在评审小组里"):
        evaluation.release(aside, reason=WHY, by=who.approver, at=LATER)
    assert not PanelMember.objects.filter(released_at__isnull=False).exists()


def test_only_an_own_approver_who_does_not_judge_releases() -> None:
    who = build.cast()
    both = people.member(who.agency, Role.APPROVER, Role.PANEL_MEMBER)[1]
    who.panel[4] = both
    _tender, idle = waiting(who)
    for by in (who.drafter, both, build.cast(0).approver, who.panel[1]):
        with pytest.raises(NotPermitted):
            evaluation.release(idle, reason=WHY, by=by, at=LATER)
    idle.refresh_from_db()
    assert idle.released_at is None
    assert not AuditRow.objects.filter(kind="evaluation.release").exists()


def test_nobody_is_released_before_the_opening_or_after_the_ranking() -> None:
    who = build.cast()
    tender = build.published(who)
    seat = next(iter(seated(who, tender).values()))
    with pytest.raises(NotNow):
        evaluation.release(seat, reason=WHY, by=who.approver, at=build.DEADLINE)
    ranked = build.evaluated(who, build.opened(who, build.published(who)))
    seat = judging.panel(ranked)[0]
    with pytest.raises(NotNow):
        evaluation.release(seat, reason=WHY, by=who.approver, at=build.DECISION)
    assert not PanelMember.objects.filter(released_at__isnull=False).exists()


def test_who_was_released_reads_and_judges_no_more_and_does_not_come_back() -> None:
    who = build.cast()
    tender, idle = waiting(who)
    by = who.panel[0]
    assert judging.may_read_bids(tender, by)

    evaluation.release(idle, reason=WHY, by=who.approver, at=LATER)

    assert not judging.may_read_bids(tender, by)
    with pytest.raises(NotPermitted, match="已经退出"):
        evaluation.finish(idle, by=by, at=LATER)
    with pytest.raises(Invalid, match="已经退出的成员不能再选"):
        filled(who, tender, by)
    assert judging.judges(tender).count() == 4


def test_once_the_bids_are_open_nobody_is_swapped_or_added() -> None:
    who = build.cast()
    tender = build.opened(who, build.published(who))
    seats = seated(who, tender)  # nobody has declared yet
    others = [substitute(who) for _ in range(2)]
    swapped = dict.fromkeys([by.person_id for by in who.panel[1:]], Capacity.EXPERT.value)
    swapped |= {others[0].person_id: Capacity.EXPERT.value}
    with pytest.raises(Invalid, match="请先办理退出"):
        evaluation.appoint(tender, members=swapped, by=who.approver, at=LATER)
    with pytest.raises(Invalid, match="只能补上空缺"):
        filled(who, tender, *others)  # seven would be lawful, and would be packing the panel
    assert {seat.user_id for seat in judging.panel(tender)} == seats.keys()


def test_an_empty_seat_is_filled_by_as_many_as_are_lacking_and_lawfully() -> None:
    who = build.cast()
    tender = build.opened(who, build.published(who))
    seats = seated(who, tender)
    for by in who.panel[:2]:
        evaluation.release(seats[by.person_id], reason=WHY, by=who.approver, at=LATER)
    with pytest.raises(legality.RulesBroken):
        filled(who, tender, substitute(who))
    with pytest.raises(Invalid, match="只能补上空缺"):
        filled(who, tender, *[substitute(who) for _ in range(4)])
    assert judging.panel(tender).count() == 5

    filled(who, tender, *[substitute(who) for _ in range(2)])

    assert judging.sitting(tender).count() == 5
    assert judging.panel(tender).count() == 7


def test_until_the_opening_the_panel_may_be_named_anew() -> None:
    who = build.cast()
    tender = build.published(who)
    at = build.DEADLINE - timedelta(days=1)
    roles = {by.person_id: Capacity.EXPERT.value for by in who.panel}
    evaluation.appoint(tender, members=roles, by=who.approver, at=at)
    del roles[who.panel[0].person_id]
    roles |= {substitute(who).person_id: Capacity.BUYER.value}

    evaluation.appoint(tender, members=roles, by=who.approver, at=build.DEADLINE)

    assert {seat.user_id: seat.capacity for seat in judging.panel(tender)} == roles
    kept = judging.panel(tender).filter(user_id=who.panel[1].person_id).get()
    assert kept.appointed_at == at
