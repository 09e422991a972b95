"""The pages over HTTP: signing up, registering a group, verification, roles, refusals."""

import re
from collections.abc import Mapping

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from organizations.accounts.models import Membership, User
from organizations.agencies.models import Agency
from organizations.audit import AuditRow
from organizations.csos.models import Cso, CsoType
from organizations.register.models import Organization, Status
from organizations.roles import Actor, Role
from tests.builders import organizations as make

pytestmark = pytest.mark.django_db

NAME = {
    "name": "滇池同行小组",
    "name_en": "Dianchi Companions",
    "region": "530102",
    "paid_staff": "0",
    "decides": "members",
    "cso_type": "",
}
STANDING = {"legal_form": "unregistered", "uscc": "", "host": ""}
REACH = {
    "regions": ["530100"],
    "populations": ["plhiv"],
    "services": ["follow_up"],
    "purpose": "陪伴",
    "networks": "",
}
PEOPLE = {"full_time": "0", "part_time": "0", "volunteers": "8"}


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def client_of_actor(actor: Actor) -> Client:
    return client_of(make.person(actor))


def answer(client: Client, number: int, data: Mapping[str, object]) -> str:
    """Send a step; return where the browser goes next ("" when it stays)."""
    response = client.post(reverse("account:register-step", args=[number]), data)
    return response.headers.get("Location", "")


def register(client: Client) -> str:
    steps: tuple[Mapping[str, object], ...] = (NAME, STANDING, REACH)
    for number, data in enumerate(steps, start=1):
        assert answer(client, number, data) == reverse("account:register-step", args=[number + 1])
    return answer(client, 4, PEOPLE)


def test_a_group_signs_up_registers_and_is_verified() -> None:
    make.region("530000")
    visitor = Client()
    visitor.post(
        reverse("account_signup"),
        {"name": "李一", "email": "li@example.org", "password1": "spring-water-9821"},
    )
    assert User.objects.get().name == "李一"
    link = re.search(r"https?://\S+(/account/confirm-email/\S+)", str(mail.outbox[0].body))
    assert link is not None
    visitor.post(link[1])
    assert EmailAddress.objects.get().verified
    visitor.post(
        reverse("account_login"), {"login": "li@example.org", "password": "spring-water-9821"}
    )
    assert visitor.get(reverse("account:home")).status_code == 200
    assert register(visitor) == reverse("account:register-done")
    cso = Cso.objects.get()
    assert cso.cso_type == CsoType.VOLUNTEER_GROUP
    assert cso.volunteers == 8
    assert "现在还不能" in visitor.get(reverse("account:register-done")).content.decode()

    mail.outbox.clear()
    overseer = client_of_actor(make.overseer())
    waiting = overseer.get(reverse("oversight:organization-list")).content.decode()
    assert "滇池同行小组" in waiting
    overseer.post(
        reverse("oversight:organization-decide", args=[cso.pk, "verify"]),
        {"evidence": "电话核实"},
    )
    organization = Organization.objects.get(pk=cso.pk)
    assert organization.status is Status.VERIFIED
    assert organization.verification_evidence == "电话核实"
    assert [message.to for message in mail.outbox] == [["li@example.org"]]
    assert "滇池同行小组" in str(mail.outbox[0].body)


def test_registration_keeps_what_was_typed_and_names_the_field() -> None:
    make.region("530000")
    client = client_of(make.user())
    register_url = reverse("account:register-step", args=[2])
    page = client.post(
        register_url, {"legal_form": "business", "uscc": "123", "host": ""}
    ).content.decode()
    assert "统一社会信用代码应为 18 位" in page
    assert 'value="123"' in page
    again = client.get(register_url).content.decode()
    assert 'value="123"' in again


def test_registration_asks_for_a_step_that_was_skipped() -> None:
    make.region("530000")
    client = client_of(make.user())
    assert answer(client, 4, PEOPLE) == reverse("account:register-step", args=[1])
    assert not Cso.objects.exists()


def test_registration_sent_twice_registers_once() -> None:
    make.region("530000")
    client = client_of(make.user())
    register(client)
    assert answer(client, 4, PEOPLE) == reverse("account:register-done")
    assert Cso.objects.count() == 1


def test_registration_of_a_taken_name_says_so_and_writes_nothing() -> None:
    taken = make.cso(name=NAME["name"])
    client = client_of(make.user())
    assert register(client) == ""
    page = client.post(reverse("account:register-step", args=[4]), PEOPLE)
    assert page.status_code == 409
    assert "同名" in page.content.decode()
    assert list(Cso.objects.all()) == [taken]


def test_registration_sends_visitors_to_sign_in_and_back() -> None:
    path = reverse("account:register-cso")
    response = Client().get(path)
    assert response.headers["Location"] == f"{reverse('account_login')}?next={path}"


def test_decide_refuses_with_a_reason_the_group_sees() -> None:
    cso = make.cso(verified=False)
    overseer = client_of_actor(make.overseer())
    url = reverse("oversight:organization-decide", args=[cso.pk, "refuse"])
    assert overseer.post(url, {"reason": " "}).status_code == 200
    assert Organization.objects.get(pk=cso.pk).status is Status.PENDING
    overseer.post(url, {"reason": "请补一张证书照片"})
    signatory = client_of_actor(make.signatory(cso))
    assert "请补一张证书照片" in signatory.get(reverse("account:home")).content.decode()


def test_decide_twice_is_told_and_changes_nothing() -> None:
    cso = make.cso(verified=False)
    overseer = client_of_actor(make.overseer())
    url = reverse("oversight:organization-decide", args=[cso.pk, "verify"])
    for evidence in ("第一次", "第二次"):
        response = overseer.post(url, {"evidence": evidence})
        assert response.headers["Location"] == reverse("oversight:organization", args=[cso.pk])
    assert Organization.objects.get(pk=cso.pk).verification_evidence == "第一次"


@pytest.mark.parametrize(
    ("role", "way_back"), [(Role.VERIFIER, "核验机构"), (Role.AUDITOR, "机构名单")]
)
def test_the_way_back_is_named_after_what_one_may_do_there(role: Role, way_back: str) -> None:
    cso = make.cso(verified=False)
    person, _actor = make.member(make.office(), role)
    client = client_of(person)
    back = reverse("oversight:organization-list")
    shown = client.get(reverse("oversight:organization", args=[cso.pk])).content.decode()
    assert f'<a href="{back}">{way_back}</a>' in shown
    assert f"<h1>{way_back}</h1>" in client.get(back).content.decode()


def test_decide_is_refused_to_an_auditor_and_put_on_record() -> None:
    cso = make.cso(verified=False)
    auditor, _actor = make.member(make.office(), Role.AUDITOR)
    client = client_of(auditor)
    assert client.get(reverse("oversight:organization", args=[cso.pk])).status_code == 200
    response = client.post(
        reverse("oversight:organization-decide", args=[cso.pk, "verify"]), {"evidence": "x"}
    )
    assert response.status_code == 403
    assert Organization.objects.get(pk=cso.pk).status is Status.PENDING
    row = AuditRow.objects.filter(kind="refused").get()
    assert row.user_id == auditor.pk


def test_grant_gives_an_official_a_role() -> None:
    agency = make.agency()
    official = make.user(email="official@example.org")
    overseer = client_of_actor(make.overseer())
    url = reverse("oversight:role-grant", args=[agency.pk])
    missing = overseer.post(url, {"email": "nobody@example.org", "role": "drafter"})
    assert "没有这个邮箱的账户" in missing.content.decode()
    overseer.post(url, {"email": official.email, "role": "drafter"})
    held = Membership.objects.get(user=official)
    assert held.role == Role.DRAFTER
    ending = reverse("oversight:role-end", args=[agency.pk, held.pk])
    assert "结束以后马上生效。" in overseer.get(ending).content.decode()
    held.refresh_from_db()
    assert held.ended_at is None  # looking ends nothing
    overseer.post(ending)
    held.refresh_from_db()
    assert held.ended_at is not None


def test_agency_new_registers_and_verifies() -> None:
    overseer = client_of_actor(make.overseer())
    data = {"name": "某县疾控中心", "region": "530125", "evidence": "机构编制文件"}
    response = overseer.post(reverse("oversight:agency-new"), data)
    agency = Agency.objects.get(organization__name="某县疾控中心")
    assert response.headers["Location"] == reverse("oversight:organization", args=[agency.pk])
    assert agency.level == "county"
    assert agency.organization.is_verified


def test_audit_list_pages_back_in_time() -> None:
    overseer = make.overseer()
    for _number in range(16):
        make.agency()
    client = client_of_actor(overseer)
    page = client.get(reverse("oversight:audit-list")).content.decode()
    assert re.search(r"核验通过</p>\s*<p>疾病预防控制中心", page)
    earlier = re.search(r"\?before=(\d+)", page)
    assert earlier is not None
    assert client.get(reverse("oversight:audit-list") + earlier[0]).status_code == 200


def test_members_are_added_by_the_signatory_alone() -> None:
    cso = make.cso()
    member, _actor = make.member(cso.organization, Role.CSO_MEMBER)
    make.user(email="third@example.org")
    url, data = reverse("account:members"), {"email": "third@example.org", "role": "cso_member"}
    assert client_of(member).get(url).status_code == 200
    assert client_of(member).post(url, data).status_code == 403
    assert Membership.objects.filter(organization=cso.organization).count() == 2
    signatory = client_of_actor(make.signatory(cso))
    refused = signatory.post(url, {"email": "nobody@example.org", "role": "cso_member"})
    assert "暂时不能添加" in refused.content.decode()
    signatory.post(url, data)
    assert Membership.objects.filter(organization=cso.organization).count() == 3


def test_member_end_of_another_group_is_not_found() -> None:
    ours, theirs = make.cso(), make.cso()
    held = Membership.objects.get(organization=theirs.organization)
    client = client_of_actor(make.signatory(ours))
    assert client.post(reverse("account:member-end", args=[held.pk])).status_code == 404
    held.refresh_from_db()
    assert held.ended_at is None


def test_section_of_ones_own_group_is_corrected() -> None:
    cso = make.cso()
    client = client_of_actor(make.signatory(cso))
    for number in range(1, 5):
        url = reverse("account:organization-section", args=[number])
        assert client.get(url).status_code == 200
    client.post(
        reverse("account:organization-section", args=[4]),
        PEOPLE | {"full_time": "7", "phone": "0871-60000000"},
    )
    cso = Cso.objects.get(pk=cso.pk)
    assert cso.full_time == 7
    assert cso.organization.phone == "0871-60000000"
    assert cso.organization.is_verified


def test_section_with_a_new_name_waits_for_verification_again() -> None:
    cso = make.cso()
    client = client_of_actor(make.signatory(cso))
    client.post(
        reverse("account:organization-section", args=[1]),
        {"name": "新名字", "region": "530102", "cso_type": "ngo"},
    )
    organization = Organization.objects.get(pk=cso.pk)
    assert organization.name == "新名字"
    assert organization.status is Status.PENDING


def test_choose_switches_between_ones_own_organisations_only() -> None:
    first, second, other = make.agency(), make.agency(), make.agency()
    official, _actor = make.member(first.organization, Role.DRAFTER)
    Membership.objects.create(
        user=official, organization=second.organization, role=Role.APPROVER, granted_at=make.AT
    )
    client = client_of(official)
    url = reverse("account:organization-choose")
    client.post(url, {"organization": second.pk})
    assert client.get(reverse("account:home")).context["site"].organization.pk == second.pk
    assert client.post(url, {"organization": other.pk}).status_code == 404
    assert client.get(reverse("account:home")).context["site"].organization.pk == second.pk


def test_contact_of_an_agency_is_corrected_by_its_approver() -> None:
    agency = make.agency()
    drafter, _actor = make.member(agency.organization, Role.DRAFTER)
    approver, _actor = make.member(agency.organization, Role.APPROVER)
    url, data = reverse("account:organization-contact"), {"phone": "0871-61111111"}
    assert client_of(drafter).post(url, data).status_code == 403
    client_of(approver).post(url, data)
    assert Organization.objects.get(pk=agency.pk).phone == "0871-61111111"


def test_home_of_the_administrator_has_no_desk() -> None:
    administrator = User.objects.create_superuser("root@example.org", make.PASSWORD)
    page = client_of(administrator).get(reverse("account:home")).content.decode()
    assert "不担任任何业务角色" in page


def test_login_is_throttled_and_says_so() -> None:
    person = make.user()
    client = Client()
    url = reverse("account_login")
    pages = [
        client.post(url, {"login": person.email, "password": "wrong"}).content.decode()
        for _attempt in range(6)
    ]
    assert "邮箱或密码不对" in pages[0]
    assert "试得太多次了" in pages[-1]
    client.post(url, {"login": person.email, "password": make.PASSWORD})
    assert client.get(reverse("account:home")).status_code == 302


def test_a_forgotten_password_is_reset_by_mail() -> None:
    person = make.user()
    client = Client()
    client.post(reverse("account_reset_password"), {"email": person.email})
    assert mail.outbox[0].subject.startswith("重设密码 · ")
    link = re.search(r"https?://[^/\s]+(/account/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link[1], follow=True)
    new = {"password1": "autumn-lake-5520", "password2": "autumn-lake-5520"}
    client.post(form.redirect_chain[-1][0], new)
    client.post(reverse("account_login"), {"login": person.email, "password": new["password1"]})
    assert client.get(reverse("account:home")).status_code == 200


def test_a_reset_for_an_unknown_address_sends_nothing_and_says_the_same() -> None:
    client = Client()
    response = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert response.headers["Location"] == reverse("account_reset_password_done")
    assert mail.outbox == []


def test_a_changed_password_has_to_be_used() -> None:
    person = make.user()
    client = client_of(person)
    new = {"oldpassword": make.PASSWORD, "password1": "autumn-lake-5520"}
    client.post(reverse("account_change_password"), new | {"password2": new["password1"]})
    assert User.objects.get(pk=person.pk).check_password(new["password1"])
    assert client.get(reverse("account:home")).status_code == 302


def test_two_step_sign_in_asks_who_it_is_and_shows_its_code_as_a_drawing() -> None:
    client = client_of(make.user())
    asked = client.get(reverse("mfa_activate_totp"), follow=True)
    assert "请再确认一次身份" in asked.content.decode()
    page = client.post(asked.redirect_chain[-1][0], {"password": make.PASSWORD}, follow=True)
    assert "<svg" in page.content.decode()
    assert "data:image" not in page.content.decode()


ACCOUNT_PAGES = (
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_email_verification_sent",
    "account_inactive",
)
OWN_PAGES = (
    "account:home",
    "account:person",
    "account:register-cso",
    "account_email",
    "account_change_password",
    "account_logout",
    "mfa_index",
)


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_sign_in_pages_are_in_chinese(name: str) -> None:
    page = Client().get(reverse(name))
    assert page.status_code == 200
    assert "<h1>" in page.content.decode()


@pytest.mark.parametrize("name", OWN_PAGES)
def test_own_pages_open_for_everyone_with_an_account(name: str) -> None:
    person = make.user()
    assert client_of(person).get(reverse(name)).status_code == 200
    assert Client().get(reverse(name)).status_code in {200, 302}
