"""Hosts over HTTP: a group asks, the host's desk shows it, its signatory answers; roles end."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from organizations.accounts.models import Membership
from organizations.csos.models import Cso, HostingStanding, LegalForm
from organizations.roles import Actor, Role
from tests.builders import organizations as make
from tests.organizations.test_cost import assert_same_after

pytestmark = pytest.mark.django_db
REASON = "今年托管的小组已经满了"


def browser(by: Actor) -> Client:
    client = Client()
    client.force_login(make.person(by))
    return client


def text(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def asking(host: Cso, *, accepted: bool = False) -> Cso:
    return make.cso(legal_form=LegalForm.HOSTED, host=host.organization, accepted=accepted)


def test_a_group_asks_in_its_profile_and_the_host_hears_of_it() -> None:
    host, group = make.cso(), make.cso(legal_form=LegalForm.HOSTED)
    client = browser(make.signatory(group))
    standing = {"legal_form": "hosted", "uscc": "", "host": str(host.pk)}
    done = client.post(reverse("account:organization-section", args=[2]), standing)
    assert done.headers["Location"] == reverse("account:organization")
    shown = text(client, "account:organization")
    assert "已保存。托管组织会收到请求，同意以后就能一起投标。" in shown
    assert f"“{host}”还没有答复托管请求。" in shown.replace("&quot;", '"')
    asked = make.request(group)
    [letter] = mail.outbox
    assert letter.to == [make.person(make.signatory(host)).email]
    assert letter.subject == f"{group} 请您的组织托管"
    assert reverse("account:hosting", args=[asked.pk]) in letter.body


def test_a_profile_saved_again_asks_and_writes_once() -> None:
    host, group = make.cso(), make.cso(legal_form=LegalForm.HOSTED)
    client = browser(make.signatory(group))
    standing = {"legal_form": "hosted", "uscc": "", "host": str(host.pk)}
    for _click in range(2):
        client.post(reverse("account:organization-section", args=[2]), standing)
    assert group.hostings.count() == 1
    assert len(mail.outbox) == 1


def test_the_hosts_desk_shows_the_request_and_its_signatory_accepts() -> None:
    host = make.cso()
    group = asking(host)
    asked, client = make.request(group), browser(make.signatory(host))
    for desk in ("account:home", "cso:home"):
        assert "1 个小组在等答复。" in text(client, desk)
    assert group.organization.name in text(client, "account:hosted")
    page = text(client, "account:hosting", asked.pk)
    assert "同意托管" in page
    assert "已经递交的投标继续有效" in page
    done = client.post(reverse("account:hosting-accept", args=[asked.pk]), follow=True)
    assert "已同意，对方会收到邮件。小组通过核验以后，就能由您的组织投标。" in done.content.decode()
    assert make.request(group).standing is HostingStanding.ACCEPTED
    assert [letter.to for letter in mail.outbox] == [[make.person(make.signatory(group)).email]]
    assert "个小组在等答复" not in text(client, "account:home")


def test_decline_without_a_reason_names_the_field_and_writes_nothing() -> None:
    host = make.cso()
    group = asking(host)
    client, asked = browser(make.signatory(host)), make.request(group)
    answer = client.post(reverse("account:hosting-decline", args=[asked.pk]), {"reason": " "})
    assert 'href="#id_reason"' in answer.content.decode()
    assert make.request(group).standing is HostingStanding.ASKED
    assert mail.outbox == []


def test_decline_shows_the_group_why_and_is_said_once() -> None:
    host = make.cso()
    group = asking(host)
    client, asked = browser(make.signatory(host)), make.request(group)
    decline = reverse("account:hosting-decline", args=[asked.pk])
    client.post(decline, {"reason": REASON})
    second = client.post(decline, {"reason": "别的"}, follow=True)
    assert "这项托管现在的状态是“没有同意”" in second.content.decode()
    assert make.request(group).decline_reason == REASON
    assert len(mail.outbox) == 1
    assert REASON in mail.outbox[0].body
    assert REASON in text(browser(make.signatory(group)), "account:organization")


def test_end_says_why_and_the_public_page_names_the_host_no_more() -> None:
    host = make.cso()
    group = asking(host, accepted=True)
    public = reverse("public:organization", args=[group.pk])
    assert host.organization.name in Client().get(public).content.decode()
    client, asked = browser(make.signatory(host)), make.request(group)
    client.post(reverse("account:hosting-end", args=[asked.pk]), {"reason": REASON})
    assert make.request(group).end_reason == REASON
    assert host.organization.name not in Client().get(public).content.decode()


def test_the_public_page_names_no_host_that_has_not_agreed() -> None:
    host = make.cso()
    page = Client().get(reverse("public:organization", args=[asking(host).pk]))
    assert host.organization.name not in page.content.decode()


def test_a_member_of_the_host_reads_and_does_not_answer() -> None:
    host = make.cso()
    group = asking(host)
    _person, member = make.member(host.organization, Role.CSO_MEMBER)
    asked = make.request(group)
    page = text(browser(member), "account:hosting", asked.pk)
    assert "由您组织的签署人答复。" in page
    assert "</textarea>" not in page
    refused = browser(member).post(reverse("account:hosting-accept", args=[asked.pk]))
    assert refused.status_code == 403
    assert make.request(group).standing is HostingStanding.ASKED


def test_the_request_to_another_is_not_found() -> None:
    asked = make.request(asking(make.cso()))
    client = browser(make.signatory(make.cso()))
    assert client.get(reverse("account:hosting", args=[asked.pk])).status_code == 404
    for act in ("accept", "decline", "end"):
        answer = client.post(reverse(f"account:hosting-{act}", args=[asked.pk]), {"reason": "x"})
        assert answer.status_code == 404


def test_hosted_costs_the_same_for_one_group_and_many() -> None:
    host = make.cso()
    asking(host)
    client = browser(make.signatory(host))
    assert_same_after(client, reverse("account:hosted"), lambda: asking(host, accepted=True))


def test_a_role_ends_after_a_page_that_asks() -> None:
    group = make.cso()
    person, _actor = make.member(group.organization, Role.CSO_MEMBER)
    held = Membership.objects.get(user=person)
    client = browser(make.signatory(group))
    page = text(client, "account:member-end", held.pk)
    assert person.name in page
    assert "结束以后马上生效。" in page
    active = Membership.objects.filter(pk=held.pk, ended_at=None)
    assert active.exists()  # looking ends nothing
    client.post(reverse("account:member-end", args=[held.pk]))
    assert not active.exists()
    assert "这个角色已经结束。" in text(client, "account:member-end", held.pk)


def test_the_last_signatory_is_told_on_the_page_and_stays() -> None:
    group = make.cso()
    by = make.signatory(group)
    held = Membership.objects.get(user_id=by.person_id)
    answer = browser(by).post(reverse("account:member-end", args=[held.pk]))
    assert answer.status_code == 409
    assert "这是最后一位担任这个角色的人。" in answer.content.decode()
    held.refresh_from_db()
    assert held.ended_at is None
