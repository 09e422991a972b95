"""The page of an address that letters came back from: at sign-in, tried again, confirmed."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from organizations.accounts.models import User
from procurement.notifications.parts import Bounced
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
HOME, MAIL = reverse("account:home"), reverse("own:mail")


@pytest.fixture
def reader(reader: User) -> User:
    """Somebody whose address letters came back from."""
    Bounced.objects.create(
        person=reader, address=reader.email, bounced_at=build.TENDER_DAY, status="5.1.1"
    )
    return reader


def test_it_is_said_after_signing_in_and_tried_again_from_there(
    reader: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    assert MAIL in browser.get(HOME).content.decode()
    page = browser.get(MAIL).content.decode()
    assert reader.email in page
    assert "5.1.1" in page
    sent = browser.post(MAIL, follow=True).content.decode()
    assert "试发了一封。收到后请打开信里的网页。" in sent
    again = browser.post(MAIL)
    assert again.status_code == 409
    link = reverse("letters:mail", args=[Bounced.objects.get().token])
    assert link in mailoutbox[0].body
    assert "这个邮箱收得到信？" in Client().get(link).content.decode()
    assert Bounced.objects.exists()  # a look does nothing
    assert "以后照常发信" in Client().post(link).content.decode()
    assert "已经用过了" in Client().post(link).content.decode()
    assert MAIL not in browser.get(HOME).content.decode()
    assert "没有信被退回来。" in browser.get(MAIL).content.decode()


def test_a_new_address_is_told_nothing_of_the_old_one(reader: User, browser: Client) -> None:
    User.objects.filter(pk=reader.pk).update(email="new@example.org")
    assert MAIL not in browser.get(HOME).content.decode()


def test_nobody_else_sees_it(reader: User) -> None:
    other = Client()
    other.force_login(people.user())
    assert reader.email not in other.get(MAIL).content.decode()
    assert other.post(MAIL).status_code == 409
