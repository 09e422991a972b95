"""The draw on the screens: begun by the drafter, made by two witnesses in their own accounts."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import reverse

from organizations.roles import Actor, Role
from procurement.publication.models import Entry, NoticeKind
from procurement.tenders import actions as tenders
from procurement.tenders import queries
from procurement.tenders.models import InvitationMode, Tender
from procurement.tenders.parts import Draw
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]


@pytest.fixture
def six(who: build.Cast) -> build.Cast:
    """The cast with six organisations: the least that three may be drawn from."""
    who.csos += [build._cso() for _ in range(3)]
    return who


def undrawn(who: build.Cast) -> Tender:
    """A draft by invitation, complete but for its draw."""
    return build.draft(
        who, procurement_method="invited", invitation_mode=InvitationMode.REGISTER_DRAW
    )


def step(tender: Tender) -> str:
    """The address of the step."""
    return reverse("agency:tender-step", args=[tender.ocid, "draw"])


def watch(tender: Tender) -> str:
    """The address the witnesses open."""
    return reverse("agency:draw", args=[tender.ocid])


def typed(who: build.Cast, **changes: object) -> dict[str, object]:
    """What a drafter fills in."""
    return {
        "count": "3",
        "witness_1": who.approver.person_id,
        "witness_2": who.clerk.person_id,
    } | changes


def text(response: HttpResponseBase) -> str:
    """The page."""
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def test_the_drafter_commits_and_waits_for_the_witnesses(
    six: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender, client = undrawn(six), signed_in(six.drafter)
    asked = text(client.get(step(tender)))
    assert "有 6 家" in asked
    assert six.clerk.name in asked
    assert f'<option value="{six.drafter.person_id}"' not in asked
    sent = client.post(step(tender), typed(six), follow=True)
    draw = Draw.objects.get(tender=tender)
    shown = text(sent)
    assert "承诺已经公布，正在等见证人的词。" in shown
    assert draw.pool_commitment in shown
    assert draw.seed_commitment in shown
    assert draw.seed not in shown
    assert draw.salt not in shown
    assert len(draw.seed) == len(draw.salt) == 64
    assert Entry.objects.filter(kind=NoticeKind.DRAW, ocid=tender.ocid).count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"witness_2": ""}, "请选第二位见证人。"),
        ({"count": ""}, "请填写抽取几家，至少 3 家。"),
        ({"count": "4"}, "现在符合条件的有 6 家"),
        ({"witness_1": "999999"}, "witness_1"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_committed(
    six: build.Cast, clock: Clock, signed_in: SignIn, changes: dict[str, object], words: str
) -> None:
    tender = undrawn(six)
    refused = signed_in(six.drafter).post(step(tender), typed(six, **changes))
    assert refused.status_code == 422
    assert words in text(refused)
    assert not Draw.objects.exists()


def test_the_same_person_cannot_be_both_witnesses(
    six: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = undrawn(six)
    twice = typed(six, witness_2=six.approver.person_id)
    refused = signed_in(six.drafter).post(step(tender), twice)
    assert refused.status_code == 422
    assert "请选两位不同的见证人。" in text(refused)
    assert not Draw.objects.exists()


def test_both_witnesses_see_the_draw_come_and_its_result(
    six: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = undrawn(six)
    draw = build.committed(six, tender)
    clerk, approver = signed_in(six.clerk), signed_in(six.approver)
    desk = text(clerk.get(reverse("agency:home")))
    assert "见证抽取" in desk
    assert watch(tender) in desk
    before = text(clerk.get(watch(tender)))
    assert "等您给出一个词。" in before
    assert draw.pool_commitment in before
    given = text(clerk.post(watch(tender), {"word": "石榴"}, follow=True))
    assert "正在等另一位见证人" in given
    assert "石榴" not in text(approver.get(watch(tender)))
    made = text(approver.post(watch(tender), {"word": "木棉"}, follow=True))
    assert "已抽取：从 6 家备选组织中抽出 3 家。" in made
    again = text(clerk.get(watch(tender)))
    for name in queries.invitees(tender).values_list("name", flat=True):
        assert name in made
        assert name in again
    assert queries.invitees(tender).count() == 3


def test_a_word_is_given_once_and_a_blank_one_is_asked_for_again(
    six: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = undrawn(six)
    build.committed(six, tender)
    client = signed_in(six.clerk)
    blank = client.post(watch(tender), {"word": "  "})
    assert blank.status_code == 422
    assert "请写一个词或一句短话" in text(blank)
    client.post(watch(tender), {"word": "石榴"})
    twice = client.post(watch(tender), {"word": "山茶"})
    assert twice.status_code == 422
    assert "您已经给出了词，不能再改。" in text(twice)
    assert Draw.objects.get(tender=tender).drawn_at is None


def test_who_is_no_witness_gives_no_word(six: build.Cast, clock: Clock, signed_in: SignIn) -> None:
    tender = undrawn(six)
    build.committed(six, tender)
    looking = signed_in(six.drafter)
    assert 'name="word"' not in text(looking.get(watch(tender)))
    assert looking.post(watch(tender), {"word": "山茶"}).status_code == 403
    other = people.member(six.agency, Role.OPENING_OFFICER)[1]
    assert signed_in(other).get(watch(tender)).status_code == 404
    foreign = people.member(people.agency().organization, Role.APPROVER)[1]
    assert signed_in(foreign).get(watch(tender)).status_code == 404
    assert not Draw.objects.get(tender=tender).witnesses.exclude(given_at=None).exists()


def test_one_more_is_added_by_hand_with_its_reason(
    six: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    tender = build.draft(six, "invited")
    outside = next(c.organization for c in six.csos if c.pk not in build.invited(tender))
    client = signed_in(six.drafter)
    refused = client.post(step(tender), {"organization": outside.pk, "reason": ""})
    assert refused.status_code == 422
    assert "请写明为什么增加这一家" in text(refused)
    assert len(build.invited(tender)) == 3
    sent = client.post(
        step(tender), {"organization": outside.pk, "reason": "正在当地服务。"}, follow=True
    )
    assert "人工增加" in text(sent)
    assert "正在当地服务。" in text(sent)
    assert build.invited(tender)[-1] == outside.pk


def test_how_often_the_same_were_invited_is_shown_from_what_is_public(
    six: build.Cast, clock: Clock, signed_in: SignIn
) -> None:
    first = build.published(six, "invited")
    tenders.cancel(first, reason="预算调整。", by=six.approver, at=build.OPENING)
    secret = build.published(six, "invited")  # runs: nothing of it is counted yet
    assert secret.published_at is not None
    clock.at = build.OPENING
    tender = undrawn(six)
    client = signed_in(six.drafter)
    assert text(client.get(step(tender))).count("抽中 1 次，人工 0 次") == 6  # here and in all
    build.drawn(six, tender)
    before = set(build.invited(first)) & set(build.invited(tender))
    shown = text(client.get(step(tender)))
    assert shown.count("抽中 1 次，人工 0 次") == 2 * len(before)
    assert shown.count("抽中 0 次，人工 0 次") == 2 * (3 - len(before))
