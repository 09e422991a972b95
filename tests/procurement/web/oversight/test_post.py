"""The pages about letters: read by overseer and auditor, without an addressee."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from organizations.csos.models import Cso
from organizations.roles import Role
from procurement.notifications import actions, confided, contacts
from procurement.notifications.channels.interface import Channel
from procurement.notifications.models import Delivery, Letter
from procurement.notifications.parts import Contact, ShortLetter
from procurement.post.kinds import Kind
from procurement.publication.paging import SIZE
from procurement.tenders.models import Tender
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.post import one_of_each

pytestmark = pytest.mark.django_db

SOON = build.TENDER_DAY + timedelta(hours=2)
LIST, SAMPLES = reverse("post:home"), reverse("post:samples")


@pytest.fixture
def call() -> Tender:
    """A call with one letter, which could not be sent yet."""
    who = build.cast(1)
    people.signatory(who.csos[0])
    tender = build.published(who)
    actions.collect(at=SOON)
    Delivery.objects.update(
        attempts=1, error="SMTPServerDisconnected", send_after=SOON + timedelta(minutes=4)
    )
    return tender


@pytest.fixture
def auditor() -> Client:
    client = Client()
    client.force_login(people.member(people.office(), Role.AUDITOR)[0])
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def copies(count: int) -> None:
    """More letters like the one there is."""
    row = Delivery.objects.get()
    made = {f.attname: getattr(row, f.attname) for f in Delivery._meta.concrete_fields}
    made = {name: value for name, value in made.items() if name not in {"id", "token"}}
    Delivery.objects.bulk_create(
        Delivery(**made | {"entry_index": 1000 + number}) for number in range(count)
    )


def test_a_letter_says_why_it_has_not_gone_and_when_it_is_tried_again(
    call: Tender, auditor: Client
) -> None:
    page = text(auditor, f"{LIST}?state=retrying")
    assert call.title in page
    assert "邮件服务器中断了连接。" in page
    assert "11:04 再试" in page
    assert "试了 1 次" in page


def test_no_page_says_to_whom(call: Tender, auditor: Client) -> None:
    [letter] = Delivery.objects.select_related("person", "organization")
    page = text(auditor, LIST)
    for untold in (letter.person.email, letter.organization.name, str(letter.token)):
        assert untold not in page
    assert "谁投标、邀请了几家、多少人在看，开标以前谁都不能知道" in page


def test_the_list_is_narrowed_by_the_address(call: Tender, auditor: Client) -> None:
    for kept in ("", "kind=call", f"tender={call.ocid}", "day=2026-04-07", "state=unheard-of"):
        assert call.ocid in text(auditor, f"{LIST}?{kept}")
    for dropped in (
        *("kind=bid", "kind=watch", "kind=hook", "kind=head&tender=x"),
        *("state=sent", "day=2026-04-08", "tender=x"),
    ):
        page = text(auditor, f"{LIST}?{dropped}")
        assert f"/tenders/{call.ocid}/" not in page
        assert "没有符合条件的信" in page


def given_up(letter: Letter, error: str) -> None:
    """Let a letter have been given up because of this."""
    rows = type(letter)._default_manager.filter(pk=letter.pk)
    rows.update(attempts=1, error=error, failed_at=SOON)


@pytest.fixture
def opened(call: Tender) -> Tender:
    """The same call, opened since, with one bid; its one letter is gone."""
    build.bid(call, people.signatory(Cso.objects.get()))
    Delivery.objects.all().delete()
    Tender.objects.filter(pk=call.pk).update(opened_at=build.OPENING)
    call.refresh_from_db()
    return call


def test_no_kind_says_to_whom_or_where(opened: Tender, auditor: Client) -> None:
    for kind in Kind:
        [letter] = one_of_each.make(kind, opened)
        page = text(auditor, f"{LIST}?kind={kind.value}")
        assert page.count('<li class="entry">') == 1
        for untold in ("@example.org", "hook.example", "private", str(letter.token), "/n/"):
            assert (kind, untold in page) == (kind, False)
    slugs = list(ShortLetter.objects.values_list("slug", flat=True))
    page = text(auditor, f"{LIST}?kind=sms") + text(auditor, f"{LIST}?kind=wechat")
    assert not any(slug in page for slug in slugs)


def test_a_telephone_number_is_on_no_page(opened: Tender, auditor: Client) -> None:
    [line] = one_of_each.make(Kind.SMS, opened)
    person = ShortLetter.objects.get(pk=line.pk).person
    contact = Contact(person=person, channel=Channel.SMS, code_sent_at=SOON, confirmed_at=SOON)
    contact.sealed = confided.lock("+8613800138000", contact.label)
    contact.save()
    assert contacts.masked(contact) == "138 **** 8000"
    page = text(auditor, f"{LIST}?kind=sms")
    assert opened.title in page
    assert "138" not in page.split('<ul class="entries">')[1].split("</ul>")[0]


@pytest.mark.parametrize(
    ("kind", "error", "said"),
    [
        (Kind.HOOK, "SwitchedOff timeout", "原因：10 秒内没有回答。 一直送不到，推送停了。"),
        (Kind.HOOK, "SwitchedOff", "主人在自己的页面上重新启用以后，才能再试。"),
        (Kind.HOOK, "SwitchedOff KeyMissing", "请检查存放密钥的文件夹（KEYS_DIR）。 一直送不到"),
        (Kind.HOOK, "Permanent http-410", "对方说这个网址已经取消。"),
        (Kind.HOOK, "Permanent http-451", "对方的系统回答 451。"),
        (Kind.HOOK, "moot", "发出以前就不需要了"),
        (Kind.SMS, "Permanent isv.GONE", "服务商说这个号码收不到。 isv.GONE"),
        (Kind.WATCH, "Bounced 5.1.1", "信发出了，又被退回来。退信代码： 5.1.1"),
        (Kind.WATCH, "Permanent bounced", "这个邮箱退过信"),
        (Kind.WATCH, "", "收信人不要了，或者要求不再发这种信。"),
    ],
)
def test_whatever_was_not_delivered_says_why(
    opened: Tender, auditor: Client, kind: Kind, error: str, said: str
) -> None:
    [letter] = one_of_each.make(kind, opened)
    given_up(letter, error)
    assert said in text(auditor, f"{LIST}?kind={kind.value}")


def test_a_cause_that_nobody_foresaw_keeps_its_name(opened: Tender, auditor: Client) -> None:
    [letter] = one_of_each.make(Kind.HOOK, opened)
    type(letter)._default_manager.update(attempts=1, error="OSError")
    assert "原因：OSError。" in text(auditor, f"{LIST}?kind=hook")


def test_pages_follow_each_other(call: Tender, auditor: Client) -> None:
    copies(SIZE)
    first = auditor.get(f"{LIST}?kind=call")
    assert len(first.context["rows"]) == SIZE
    second = auditor.get(LIST + first.context["earlier_url"])
    assert len(second.context["rows"]) == 1
    assert second.context["later_url"]


@pytest.mark.parametrize("kind", Kind)
def test_thirty_rows_cost_the_queries_of_one_and_come_on_two_pages(
    opened: Tender,
    auditor: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    kind: Kind,
) -> None:
    address = f"{LIST}?kind={kind.value}&tender={'' if kind is Kind.HEAD else opened.ocid}"
    one_of_each.make(kind, opened)
    text(auditor, address)
    with CaptureQueriesContext(connection) as one:
        text(auditor, address)
    one_of_each.make(kind, opened, 29)
    with django_assert_num_queries(len(one)):
        first = auditor.get(address)
    second = auditor.get(LIST + first.context["earlier_url"])
    pages = [[row.letter.pk for row in page.context["rows"]] for page in (first, second)]
    assert [len(page) for page in pages] == [SIZE, 30 - SIZE]
    assert min(pages[0]) > max(pages[1])
    assert not second.context["earlier_url"]


def test_each_text_is_shown_in_both_languages(auditor: Client) -> None:
    page = text(auditor, SAMPLES)
    assert page.count('<div lang="en">') == page.count('<div lang="zh-Hans">') == 19
    assert "新的采购公告：样本：艾滋病随访关怀服务" in page
    assert "New call: 样本：艾滋病随访关怀服务" in page
