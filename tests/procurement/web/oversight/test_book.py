"""The rule editors' pages: propose, see the difference, decide; and what the public then reads."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from organizations import instants
from organizations.roles import Actor
from procurement import clock
from procurement.publication.models import Entry
from procurement.rulebook import queries
from procurement.rulebook.models import BookChange, CalendarYear
from procurement.rules import Change
from procurement.web import book_figures
from tests.builders import organizations as people
from tests.builders import rulebook as build

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    """A browser of this person."""
    client = Client()
    client.force_login(people.person(actor))
    return client


def typed(**changed: str) -> dict[str, str]:
    """A proposal as it is sent."""
    return {
        "source_title": "云南省政府集中采购目录及标准",
        "source_url": "",
        "effective_from": queries.day(instants.now()).isoformat(),
        "reason": "省级目录公布了新标准。",
        "target_0": "thresholds.open_tender_services",
        "value_0": "4,000,000",
        **changed,
    }


def test_a_threshold_is_proposed_and_approved_by_another() -> None:
    first, second = build.editor(), build.editor()
    sent = signed_in(first).post(reverse("book:change-new"), typed())
    change = BookChange.objects.get()
    shown = signed_in(second).get(reverse("book:change", args=[change.pk])).content.decode()
    own = signed_in(first).get(reverse("book:change", args=[change.pk])).content.decode()
    done = signed_in(second).post(reverse("book:change-approve", args=[change.pk]))

    assert sent.headers["Location"] == reverse("book:change", args=[change.pk])
    assert "<del>还没有填写</del>" in shown
    assert "批准并公布" in shown
    assert "要由另一位规则编辑批准" in own
    assert "批准并公布" not in own
    assert done.status_code == 302
    assert queries.current(instants.now()).book.threshold("open_tender_services") == 4_000_000


@pytest.mark.parametrize(
    ("language", "rule"),
    [
        ("zh-hans", "采购意向原则上至少在采购活动开始前30日公开"),
        ("en", "Procurement intention is disclosed at least"),
    ],
)
def test_what_is_changed_is_named_in_words_and_its_code_stands_beside_it(
    language: str, rule: str
) -> None:
    client = signed_in(build.editor())
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with translation.override(language):
        words = book_figures.threshold("thresholds.open_tender_services")
    address = f"{reverse('book:change-new')}?target=thresholds.open_tender_services"
    shown = client.get(address).content.decode()
    form = shown.split("<datalist")[0]
    assert f'value="{words}"' in form
    assert 'value="thresholds.' not in form
    assert f'<option value="{words}">thresholds.open_tender_services</option>' in shown
    assert f'<option value="{rule}' in shown
    assert ">intention-min-30-days</option>" in shown


@pytest.mark.parametrize(
    ("named", "target"),
    [
        ("服务项目公开招标数额标准", "thresholds.open_tender_services"),
        (" 采购限额标准 ", "thresholds.procurement_limit"),
        ("thresholds.procurement_limit", "thresholds.procurement_limit"),
    ],
)
def test_a_proposal_in_words_is_one_of_the_figure_they_name(named: str, target: str) -> None:
    editor = build.editor()
    signed_in(editor).post(reverse("book:change-new"), typed(target_0=named))
    change = BookChange.objects.get()
    assert [figure["target"] for figure in change.figures] == [target]


def test_every_rule_that_can_be_changed_is_found_by_its_words_in_either_language() -> None:
    book = queries.latest().book
    for language in ("zh-hans", "en"):
        with translation.override(language):
            named = book_figures.targets(book)
        assert {code: book_figures.target(words, book) for code, words in named.items()} == {
            code: code for code in named
        }


def test_the_proposer_cannot_approve_by_hand() -> None:
    editor = build.editor()
    change = build.proposal(by=editor, at=instants.now())

    refused = signed_in(editor).post(reverse("book:change-approve", args=[change.pk]))

    assert refused.status_code == 403
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"target_0": "no-such-rule"}, "value_0", "没有这一条"),
        ({"target_0": "bid-period-20-days", "value_0": "19"}, "value_0", "只能定得更严"),
        ({"value_0": "many"}, "value_0", "请填写数字"),
        ({"value_0": ""}, "value_0", "请填写新的数字"),
        ({"target_0": "", "value_0": ""}, "target_0", "请填写改的是哪一条"),
        ({"effective_from": "2020-01-01"}, "effective_from", "已经过去"),
        ({"source_title": ""}, "source_title", "出自哪份文件"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    changed: dict[str, str], field: str, words: str
) -> None:
    page = signed_in(build.editor()).post(reverse("book:change-new"), typed(**changed))
    text = page.content.decode()

    assert page.status_code == 200
    assert words in " ".join(page.context["form"].errors[field])
    assert "省级目录公布了新标准。" in text
    assert BookChange.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"value_0": "0"}, "“0”在这里不能用"),
        (
            {"target_0": "bid-period-20-days", "field_0": "amount_min", "value_0": "25"},
            "这一条没有可以改的“下限”，请选它有的数字。",
        ),
    ],
)
def test_a_refusal_says_no_code(changed: dict[str, str], words: str) -> None:
    page = signed_in(build.editor()).post(reverse("book:change-new"), typed(**changed))
    [told] = page.context["form"].errors["value_0"]
    assert told.startswith(words)


def test_a_proposal_is_sent_away_with_a_reason() -> None:
    change, editor = build.proposal(at=instants.now()), build.editor()
    client = signed_in(editor)

    asked = client.post(reverse("book:change-decline", args=[change.pk]), {"reason": ""})
    client.post(reverse("book:change-decline", args=[change.pk]), {"reason": "文号有误。"})
    shown = client.get(reverse("book:change", args=[change.pk])).content.decode()

    assert "提出的人才知道要改什么" in asked.content.decode()
    assert "文号有误。" in shown


def test_a_year_is_typed_in_and_confirmed_by_another() -> None:
    first, second = build.editor(), build.editor()
    sent = {
        "year": "2027",
        "source_title": "关于2027年部分节假日安排的通知",
        "source_url": "",
        "holidays": "2027-01-01\n2027-02-05..2027-02-11",
        "makeup_days": "2027-01-31",
    }
    broken = signed_in(first).post(reverse("book:year-new"), sent | {"makeup_days": "2027-02-15"})
    signed_in(first).post(reverse("book:year-new"), sent)
    year = CalendarYear.objects.get()
    done = signed_in(second).post(reverse("book:year-confirm", args=[year.pk]), follow=True)

    assert "第 1 行：2027-02-15 不是周六或周日" in broken.content.decode()
    assert "受影响的期限会在几分钟内重新计算" in done.content.decode()
    assert queries.calendar().knows(2027)


def test_the_desk_warns_and_the_public_page_too_until_the_year_is_loaded() -> None:
    editor = build.editor()
    now = instants.now()
    end = queries.last_year(queries.calendar(), at=now)
    near = now.replace(year=end, month=12, day=1)
    clock.watch_calendar(at=near)
    desk, rules_page = reverse("book:home"), reverse("public:rule-list")
    words = f"工作日历只到 {end} 年底"

    before = [signed_in(who).get(desk).content.decode() for who in (editor, people.overseer())]
    public = Client().get(rules_page).content.decode()
    build.year(at=now)
    after = Client().get(rules_page).content.decode()

    assert [words in page for page in before] == [True, True]
    assert words in public
    assert words not in after


def test_the_public_reads_each_edition_with_its_difference() -> None:
    at = instants.now() - timedelta(minutes=1)
    change = build.edition(
        build.THRESHOLD, Change("policy-enquiry-3wd", "amount", Decimal(2)), at=at
    )
    one = Client().get(reverse("public:edition", args=[1])).content.decode()
    every = Client().get(reverse("public:edition-list")).content.decode()
    notice = Client().get(reverse("public:notice", args=[change.release_id]))
    raw = Client().get(reverse("public:release", args=[change.release_id]))

    for page in (one, every):
        assert change.label in page
        assert "<del>3 个工作日</del> → <ins>2 个工作日</ins>" in page
        assert "本平台的规定，不是法律" in page
    assert notice.headers["Location"] == reverse("public:edition", args=[1])
    assert raw.json()["edition"]["label"] == change.label


def test_an_edition_is_in_no_release_package() -> None:
    build.edition(at=instants.now())

    assert Client().get(reverse("public:release-package")).json()["releases"] == []
    assert Client().get(reverse("public:home")).status_code == 200


def test_an_unset_threshold_is_said_plainly() -> None:
    before = Client().get(reverse("public:rule-list")).content.decode()
    build.edition(at=instants.now())
    after = Client().get(reverse("public:rule-list")).content.decode()

    assert before.count("本省的限额还没有填写") == 2
    assert after.count("本省的限额还没有填写") == 1
    assert "4,000,000" in after


def test_an_unknown_edition_is_not_there() -> None:
    assert Client().get(reverse("public:edition", args=[9])).status_code == 404


@pytest.mark.parametrize("name", ["book:home", "book:change-new", "book:year-new"])
def test_every_page_of_the_desk_is_small(name: str) -> None:
    page = signed_in(build.editor()).get(reverse(name))

    assert page.status_code == 200
    assert len(page.content) < 60_000
