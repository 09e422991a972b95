"""The sign-in library's pages speak as the portal does, in both languages."""

import pytest
from django.forms import Form
from django.test import Client
from django.urls import reverse

from tests.builders import organizations as make

pytestmark = pytest.mark.django_db

VISITORS = {
    "account_login": ("邮箱", "密码"),
    "account_signup": ("您的姓名", "邮箱", "密码"),
    "account_reset_password": ("邮箱",),
}
MEMBERS = {
    "account_change_password": ("现在的密码", "新密码", "再输入一次新密码"),
    "account_email": ("新邮箱",),
    "account_reauthenticate": ("密码",),
    "mfa_activate_totp": ("验证器上的 6 位数字",),
}
LIBRARY = ("This field is required.", "Current Password", "Email address", "电子邮件")


def signed_in() -> Client:
    """A person who has just given the password."""
    client, person = Client(), make.user()
    sent = {"login": person.email, "password": make.PASSWORD}
    for name in ("account_login", "account_reauthenticate"):
        assert client.post(reverse(name), sent).status_code == 302
    return client


def labels(form: Form) -> tuple[str, ...]:
    return tuple(str(field.label) for field in form.visible_fields())


@pytest.mark.parametrize("name", [*VISITORS, *MEMBERS])
def test_every_field_is_named_once_and_in_our_words(name: str) -> None:
    client = Client() if name in VISITORS else signed_in()
    answer = client.get(reverse(name))
    assert labels(answer.context["form"]) == {**VISITORS, **MEMBERS}[name]
    page = answer.content.decode()
    assert "placeholder=" not in page
    assert [words for words in LIBRARY if words in page] == []


@pytest.mark.parametrize("name", [*VISITORS, "account_change_password"])
def test_an_empty_field_is_asked_for_in_our_words(name: str) -> None:
    client = Client() if name in VISITORS else signed_in()
    assert "请填写这一项。" in client.post(reverse(name), {}).content.decode()
    client.cookies["django_language"] = "en"
    page = client.post(reverse(name), {}).content.decode()
    assert [words for words in LIBRARY if words in page] == []


def test_two_new_passwords_that_differ_are_told_apart() -> None:
    sent = {"oldpassword": make.PASSWORD, "password1": "spring-water-9821", "password2": "other"}
    page = signed_in().post(reverse("account_change_password"), sent).content.decode()
    assert "两次输入的新密码不一样，请再输入一次。" in page
