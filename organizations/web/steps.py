"""The four steps in which a group describes itself, and the answers kept between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.csos.actions import Profile
from organizations.web.forms import NameForm, PeopleForm, ReachForm, StandingForm

DRAFT = "cso_registration"  # session key: what was answered so far, step by step


class StepForm(Protocol):
    """A form of one step."""

    def is_valid(self) -> bool:
        """Whether all answers are usable."""

    def parts(self) -> dict[str, object]:
        """The parts of the profile that the step sets."""


@dataclass(frozen=True)
class Step:
    """One page of the registration and one section of the profile."""

    number: int
    title: StrOrPromise
    form: type[NameForm | StandingForm | ReachForm | PeopleForm]


STEPS = (
    Step(1, _("组织的名称和类型"), NameForm),
    Step(2, _("登记和托管"), StandingForm),
    Step(3, _("在哪里、为谁、做什么"), ReachForm),
    Step(4, _("人员和联系方式"), PeopleForm),
)


def keep(session: SessionBase, step: Step, data: QueryDict) -> None:
    """Keep what was sent for a step, as it was sent."""
    draft = session.get(DRAFT, {})
    draft[str(step.number)] = {name: data.getlist(name) for name in step.form.base_fields}
    session[DRAFT] = draft


def forget(session: SessionBase) -> None:
    """Drop the answers once they are registered."""
    session.pop(DRAFT, None)


def answered(session: SessionBase, step: Step) -> forms.Form:
    """Return the step's form with what was kept, or empty."""
    kept: Mapping[str, list[Any]] | None = session.get(DRAFT, {}).get(str(step.number))
    return step.form(MultiValueDict(kept)) if kept is not None else step.form()


def first_open(session: SessionBase) -> Step | None:
    """Return the first step whose answers are missing or not usable; None when all are there."""
    return next((step for step in STEPS if not answered(session, step).is_valid()), None)


def profile(session: SessionBase) -> Profile:
    """Return the whole profile from the kept answers; all steps must be usable."""
    parts: dict[str, Any] = {}
    for step in STEPS:
        form = answered(session, step)
        form.is_valid()
        parts |= cast("StepForm", form).parts()
    return Profile(**parts)
