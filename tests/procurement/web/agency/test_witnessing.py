"""The drafter replaces a witness on the screens: who and why, read through, confirmed."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import reverse

from organizations.roles import Actor, Role
from procurement.tenders import actions as tenders
from procurement.tenders.models import InvitationMode
from procurement.tenders.parts import Draw
from tests.builders import organizations as people
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]
WHY = "长期出差，不能登录。"


@pytest.fixture
def draw(clock: Clock, who: build.Cast) -> Draw:
    """A draw whose commitments are public; approver and clerk are its witnesses."""
    who.csos += [build._cso() for _ in range(3)]
    mode = InvitationMode.REGISTER_DRAW
    return build.committed(
        who, build.draft(who, procurement_method="invited", invitation_mode=mode)
    )


@pytest.fixture
def other(who: build.Cast) -> Actor:
    """One more colleague who may watch."""
    return people.member(who.agency, Role.OPENING_OFFICER)[1]


def step(draw: Draw) -> str:
    """The address of the step."""
    return reverse("agency:tender-step", args=[draw.tender.ocid, "draw"])


def form(draw: Draw, witness: Actor) -> str:
    """The address of the form."""
    return reverse("agency:draw-witness", args=[draw.tender.ocid, witness.person_id])


def text(response: HttpResponseBase) -> str:
    """The page."""
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def is_watching(draw: Draw, actor: Actor) -> bool:
    """Whether a person is a witness."""
    return draw.witnesses.filter(user_id=actor.user_id).exists()


def test_the_step_leads_to_a_form_that_is_read_through_and_confirmed(
    who: build.Cast, draw: Draw, other: Actor, signed_in: SignIn
) -> None:
    client, address = signed_in(who.drafter), form(draw, who.clerk)
    assert address in text(client.get(step(draw)))
    asked = text(client.get(address))
    assert who.clerk.name in asked
    assert f'<option value="{other.person_id}"' in asked
    for actor in (who.drafter, who.approver, who.clerk):
        assert f'<option value="{actor.person_id}"' not in asked
    typed = {"successor": other.person_id, "reason": WHY}
    preview = text(client.post(address, typed))
    assert "请核对要更换的见证人" in preview
    assert other.name in preview
    assert WHY in preview
    assert not is_watching(draw, other)
    done = text(client.post(address, typed | {"confirm": "yes"}, follow=True))
    assert "见证人已经更换。" in done
    assert "抽取前更换过 1 次见证人：" in done
    assert WHY in done
    assert is_watching(draw, other)
    assert not is_watching(draw, who.clerk)
    again = text(client.post(address, typed | {"confirm": "yes"}, follow=True))
    assert "现在不用更换。" in again
    watch = reverse("agency:draw", args=[draw.tender.ocid])
    assert 'name="word"' in text(signed_in(other).get(watch))
    assert signed_in(who.clerk).get(watch).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("successor", "", "请选换成哪一位见证人。"),
        ("successor", "999999", "请选本单位另一位采购经办人"),
        ("reason", "", "请写明为什么更换见证人，理由会向公众公开。"),
        ("reason", "{name}出差。", "理由会向公众公开，请不要写见证人的名字。"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_changes(
    who: build.Cast,
    draw: Draw,
    other: Actor,
    signed_in: SignIn,
    field: str,
    value: str,
    words: str,
) -> None:
    typed = {"successor": str(other.person_id), "reason": WHY, "confirm": "yes"}
    typed[field] = value.format(name=who.clerk.name)
    refused = signed_in(who.drafter).post(form(draw, who.clerk), typed)
    shown = text(refused)
    assert refused.status_code == 422
    assert words in shown
    assert f'href="#id_{field}"' in shown
    assert (WHY if field == "successor" else f'value="{other.person_id}" selected') in shown
    assert is_watching(draw, who.clerk)
    assert not is_watching(draw, other)


def test_a_word_that_came_meanwhile_keeps_its_witness(
    who: build.Cast, draw: Draw, other: Actor, signed_in: SignIn, clock: Clock
) -> None:
    tenders.witness_draw(draw, word="石榴", by=who.clerk, at=clock.at)
    client, address = signed_in(who.drafter), form(draw, who.clerk)
    assert address not in text(client.get(step(draw)))
    typed = {"successor": other.person_id, "reason": WHY, "confirm": "yes"}
    assert "现在不用更换。" in text(client.post(address, typed, follow=True))
    assert is_watching(draw, who.clerk)


def test_without_anybody_else_the_way_out_is_said(
    who: build.Cast, draw: Draw, signed_in: SignIn
) -> None:
    shown = text(signed_in(who.drafter).get(form(draw, who.clerk)))
    assert "现在没有别人可以选。请省级监督人员" in shown


def test_others_cannot_replace_a_witness(
    who: build.Cast, draw: Draw, other: Actor, signed_in: SignIn
) -> None:
    typed = {"successor": other.person_id, "reason": WHY, "confirm": "yes"}
    address = form(draw, who.clerk)
    foreign = people.member(people.agency().organization, Role.DRAFTER)[1]
    assert signed_in(who.approver).post(address, typed).status_code == 403
    assert signed_in(foreign).post(address, typed).status_code == 404
    assert is_watching(draw, who.clerk)
