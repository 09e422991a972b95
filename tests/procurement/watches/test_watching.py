"""Beginning to watch, changing how soon to be told, ending it: whose, how many, what in words."""

from datetime import timedelta

import pytest
from django.utils import translation

from organizations.refusals import NotFound, NotPermitted
from organizations.roles import ANONYMOUS, Actor
from procurement.notifications.models import Reader
from procurement.ocds import fragments
from procurement.watches import actions, queries
from procurement.watches.models import Kind, Pace, Watch
from procurement.watches.searches import search
from tests.builders import organizations as people
from tests.builders import procurement as build

pytestmark = pytest.mark.django_db
AT = build.START


def somebody() -> Actor:
    """A person with an account and no role at all."""
    return Actor(user_id=people.user().pk, organization_id=None)


def test_watch_keeps_one_thing_once_and_a_second_click_only_changes_the_pace() -> None:
    by = somebody()
    first = actions.watch(Kind.SEARCH, "q=随访", pace=Pace.DAILY, by=by, at=AT)
    again = actions.watch(Kind.SEARCH, "q=随访&sort=closing", pace=Pace.AT_ONCE, by=by, at=AT)
    assert first == again
    assert [watch.pace for watch in queries.own(by)] == [Pace.AT_ONCE]


def test_the_first_watch_begins_where_the_log_ends() -> None:
    who = build.cast(1)
    build.planning_notice(who)
    actions.watch(Kind.SEARCH, "", pace=Pace.DAILY, by=somebody(), at=AT)
    actions.watch(Kind.SEARCH, "", pace=Pace.DAILY, by=somebody(), at=AT)
    assert Reader.objects.get(name=actions.READER).next_index == 1


def test_a_search_is_kept_in_one_form_whatever_its_order_page_and_mistakes() -> None:
    asked = "page=after~x&sort=closing&status=awarded&nonsense=1&service=testing&q=%20随访%20"
    assert search().settled(asked) == search().settled("q=随访&service=testing")
    assert search().settled("status=open") == "status=open"
    assert search().settled("sort=newest") == ""


def test_a_search_reads_in_the_words_of_the_list() -> None:
    query = search().settled("q=随访&service=testing&status=open")
    with translation.override("zh-hans"):
        assert search().in_words(query) == "“随访” · 正在接受投标 · 检测咨询"
        assert search().in_words("") == ""


def test_what_was_never_published_cannot_be_watched() -> None:
    who = build.cast(1)
    group = who.csos[0].organization
    for kind, subject in (
        (Kind.TENDER, "ocds-yn0000-nothing"),
        (Kind.AGENCY, fragments.party_id(group)),
        (Kind.AGENCY, "CN-YN-PORTAL-x"),
        (Kind.AGENCY, ""),
        (Kind.AGENCY, "CN-YN-PORTAL-99999999999999999999999"),
    ):
        with pytest.raises(NotFound):
            actions.watch(kind, subject, pace=Pace.DAILY, by=somebody(), at=AT)
    assert not Watch.objects.exists()


def test_one_person_watches_at_most_fifty_things_and_is_told_the_way_out() -> None:
    by, other = somebody(), somebody()
    for number in range(actions.MOST):
        actions.watch(Kind.SEARCH, f"q=词{number}", pace=Pace.DAILY, by=by, at=AT)
    with pytest.raises(actions.TooMany) as refused:
        actions.watch(Kind.SEARCH, "q=再多一个", pace=Pace.DAILY, by=by, at=AT)
    assert str(refused.value) == ("您已经关注了 50 项，这是每个人的上限。请先结束不再需要的关注。")
    assert queries.own(by).count() == actions.MOST
    actions.watch(Kind.SEARCH, "q=词1", pace=Pace.WEEKLY, by=by, at=AT)
    actions.watch(Kind.SEARCH, "q=再多一个", pace=Pace.DAILY, by=other, at=AT)


def test_nobody_changes_or_ends_the_watch_of_another() -> None:
    by = somebody()
    watch = actions.watch(Kind.SEARCH, "", pace=Pace.DAILY, by=by, at=AT)
    with pytest.raises(NotPermitted):
        actions.change(watch, pace=Pace.WEEKLY, by=somebody())
    with pytest.raises(NotPermitted):
        actions.unwatch(watch, by=somebody())
    with pytest.raises(NotPermitted):
        actions.watch(Kind.SEARCH, "", pace=Pace.DAILY, by=ANONYMOUS, at=AT)
    assert [each.pace for each in queries.own(by)] == [Pace.DAILY]
    actions.unwatch(watch, by=by)
    assert not queries.own(by).exists()


def test_an_account_that_was_closed_watches_nothing() -> None:
    by = somebody()
    person = people.person(by)
    person.is_active = False
    person.save()
    with pytest.raises(NotPermitted):
        actions.watch(Kind.SEARCH, "", pace=Pace.DAILY, by=by, at=AT + timedelta(days=1))
    assert not Watch.objects.exists()
