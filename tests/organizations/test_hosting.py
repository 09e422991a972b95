"""A host is asked, agrees or declines, and may end it: nothing is bid in its name before."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from organizations.audit import AuditRow
from organizations.csos import actions as csos
from organizations.csos import hosting, queries
from organizations.csos.models import Cso, Hosting, HostingStanding, LegalForm
from organizations.refusals import Invalid, NotNow, NotPermitted
from organizations.register import actions as register
from organizations.register.models import Organization, Status
from organizations.roles import Role
from tests.builders import organizations as make

pytestmark = pytest.mark.django_db
REASON = "今年托管的小组已经满了"


def asking(host: Cso, *, accepted: bool = False) -> Cso:
    return make.cso(legal_form=LegalForm.HOSTED, host=host.organization, accepted=accepted)


def rename_host(group: Cso, host: Organization | None) -> Cso:
    """Let the group name another host, or none, in its profile."""
    changed = replace(csos.profile_of(group), host=host)
    return csos.revise(group, changed, by=make.signatory(group), at=make.AT)


def acts() -> list[str]:
    rows = AuditRow.objects.filter(kind__startswith="hosting.").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def test_choose_at_registration_asks_the_host_and_nobody_bids_yet() -> None:
    host = make.cso()
    group = asking(host)
    asked = make.request(group)
    assert asked.standing is HostingStanding.ASKED
    assert asked.asked_by_id == make.signatory(group).user_id
    assert queries.bidder_for(group) is None
    assert queries.waiting_for(host.organization) == 1
    assert str(queries.what_hosting_lacks(group)).startswith(f"“{host}”还没有答复托管请求。")


def test_accept_by_the_hosts_signatory_lets_the_group_bid() -> None:
    host = make.cso()
    group, by = asking(host), make.signatory(host)
    accepted = hosting.accept(make.request(group), by=by, at=make.AT)
    assert (accepted.accepted_at, accepted.accepted_by_id) == (make.AT, by.user_id)
    assert queries.bidder_for(group) == host.organization
    assert queries.what_hosting_lacks(group) == ""
    assert acts() == ["hosting.ask", "hosting.accept"]
    hosting.accept(make.request(group), by=by, at=make.AT)  # a second click
    assert acts() == ["hosting.ask", "hosting.accept"]


def test_accept_is_the_hosts_signatorys_alone() -> None:
    host = make.cso()
    group = asking(host)
    _person, member = make.member(host.organization, Role.CSO_MEMBER)
    for by in (make.signatory(group), make.signatory(make.cso()), make.overseer(), member):
        with pytest.raises(NotPermitted):
            hosting.accept(make.request(group), by=by, at=make.AT)
    assert make.request(group).standing is HostingStanding.ASKED


def test_accept_of_a_suspended_host_is_refused() -> None:
    host = make.cso()
    group = asking(host)
    register.suspend(host.organization, by=make.overseer(), at=make.AT, reason="证书到期")
    with pytest.raises(NotNow):
        hosting.accept(make.request(group), by=make.signatory(host), at=make.AT)
    assert make.request(group).standing is HostingStanding.ASKED


def test_decline_gives_the_group_the_reason_and_the_way_out() -> None:
    host = make.cso()
    group, by = asking(host), make.signatory(host)
    with pytest.raises(Invalid) as refused:
        hosting.decline(make.request(group), by=by, at=make.AT, reason=" ")
    assert refused.value.field == "reason"
    declined = hosting.decline(make.request(group), by=by, at=make.AT, reason=REASON)
    assert declined.standing is HostingStanding.DECLINED
    assert queries.bidder_for(group) is None
    assert str(queries.what_hosting_lacks(group)) == (
        f"“{host}”没有同意托管（原因：{REASON}）。请商量好再请求一次，或另选一个。"
    )
    with pytest.raises(hosting.AlreadyAnswered):
        hosting.accept(declined, by=by, at=make.AT)


def test_ask_the_same_host_again_after_its_no_is_a_new_request() -> None:
    host = make.cso()
    group = asking(host)
    hosting.decline(make.request(group), by=make.signatory(host), at=make.AT, reason=REASON)
    group = rename_host(group, host.organization)
    assert make.request(group).standing is HostingStanding.ASKED
    assert Hosting.objects.filter(group=group).count() == 2
    assert group.organization.status is Status.VERIFIED  # nothing about the group has changed


def test_end_by_the_host_says_why_and_the_group_bids_no_more() -> None:
    host = make.cso()
    group, by = asking(host, accepted=True), make.signatory(host)
    ended = hosting.end(make.request(group), by=by, at=make.AT, reason=REASON)
    assert (ended.standing, ended.ended_by_id) == (HostingStanding.ENDED, by.user_id)
    assert queries.bidder_for(group) is None
    assert group not in queries.pool([], [])
    assert str(queries.what_hosting_lacks(group)) == (
        f"“{host}”已经不再托管（原因：{REASON}）。请在组织资料里另选托管组织。"
    )


def test_end_of_what_was_never_agreed_is_refused() -> None:
    host = make.cso()
    group = asking(host)
    with pytest.raises(hosting.AlreadyAnswered):
        hosting.end(make.request(group), by=make.signatory(host), at=make.AT, reason=REASON)
    assert make.request(group).standing is HostingStanding.ASKED


def test_another_host_is_asked_anew_and_the_first_answers_no_longer() -> None:
    first, second = make.cso(), make.cso()
    group = asking(first, accepted=True)
    group = rename_host(group, second.organization)
    assert queries.bidder_for(group) is None
    assert group.organization.status is Status.PENDING
    assert [h.standing for h in Hosting.objects.filter(group=group).order_by("pk")] == [
        HostingStanding.ENDED,
        HostingStanding.ASKED,
    ]
    assert acts() == ["hosting.ask", "hosting.accept", "hosting.end", "hosting.ask"]
    with pytest.raises(NotPermitted):
        hosting.accept(make.request(group), by=make.signatory(first), at=make.AT)


def test_no_host_any_more_ends_the_hosting_and_says_what_to_do() -> None:
    group = rename_host(asking(make.cso(), accepted=True), None)
    assert make.request(group).standing is HostingStanding.ENDED
    assert str(queries.what_hosting_lacks(group)) == (
        "请在组织资料里选择托管组织，请它同意；也可以先办理登记。"
    )


def test_a_correction_of_something_else_leaves_the_hosting_alone() -> None:
    group = asking(make.cso(), accepted=True)
    changed = replace(csos.profile_of(group), purpose="陪伴")
    csos.revise(group, changed, by=make.signatory(group), at=make.AT)
    assert make.request(group).standing is HostingStanding.ACCEPTED
    assert acts() == ["hosting.ask", "hosting.accept"]


def test_pool_holds_no_group_whose_host_has_not_agreed() -> None:
    host = make.cso()
    waiting, agreed = asking(host), asking(host, accepted=True)
    assert set(queries.pool([], [])) == {host, agreed}
    assert list(queries.hosted_by(host.pk)) == [
        make.request(waiting),
        make.request(agreed),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"accepted_at": make.AT},
        {"accepted_by_id": 1},
        {"declined_at": make.AT, "declined_by_id": 1},  # without a reason
        {"declined_by_id": 1, "decline_reason": REASON},
        {"ended_at": make.AT},
        {"end_reason": REASON},
    ],
)
def test_the_database_refuses_an_answer_that_is_not_whole(facts: dict[str, object]) -> None:
    asked = make.request(asking(make.cso()))
    with pytest.raises(IntegrityError), transaction.atomic():
        Hosting.objects.filter(pk=asked.pk).update(**facts)


def test_the_database_refuses_two_open_requests_and_oneself_as_host() -> None:
    host, other = make.cso(), make.cso()
    group, alone = asking(host), make.cso(legal_form=LegalForm.HOSTED)
    for asks, named in ((group, other), (alone, alone)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hosting.objects.create(
                group=asks, host=named.organization, asked_at=make.AT, asked_by_id=1
            )
    assert Hosting.objects.count() == 1
