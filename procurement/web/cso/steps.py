"""The five steps of a bid: what each asks, and how far it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement.bids.package import Package
from procurement.legality import Problem


class State(StrEnum):
    """How far a step is; the words of the task list component."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANNOT_START = "cannot_start"


@dataclass(frozen=True)
class Step:
    """One page of the bid. `slug` stands in its address, `key` in the package."""

    slug: str
    key: str
    title: StrOrPromise
    question: StrOrPromise = ""
    hint: StrOrPromise = ""


PRICE = Step("price", "price", _("报价"))
PROPOSAL = Step(
    "proposal",
    "proposal",
    _("服务方案"),
    _("您打算怎么做"),
    _("做什么、怎么做、在哪里做、做多少。可以对照采购文件一条一条写。"),
)
PEOPLE = Step(
    "people",
    "team",
    _("人员"),
    _("由哪些岗位的人来做"),
    _("写岗位和时间，例如：项目主管 1 人，每周 20 小时。请不要写任何人的姓名。"),
)
QUALITY = Step(
    "quality",
    "quality",
    _("质量"),
    _("怎样保证做得好"),
    _("怎样检查质量、听服务对象的意见、保护他们的隐私；做不到时怎样补救。"),
)
FILES = Step("files", "files", _("附件"))

STEPS = (PRICE, PROPOSAL, PEOPLE, QUALITY, FILES)
TEXTS = {step.slug: step for step in (PROPOSAL, PEOPLE, QUALITY)}


@dataclass(frozen=True)
class Task:
    """A line of the task list."""

    name: StrOrPromise
    url: str
    state: State
    hint: StrOrPromise = ""


def number(step: Step) -> int:
    """Return the place of a step, from 1."""
    return STEPS.index(step) + 1


def address(step: Step, ocid: str) -> str:
    """Return where a step is."""
    if step.slug in TEXTS:
        return reverse("cso:bid-text", args=[ocid, step.slug])
    return reverse(f"cso:bid-{step.slug}", args=[ocid])


def after(step: Step, ocid: str) -> str:
    """Return where to go once a step is saved: the next one, at the end the check page."""
    following = STEPS[number(step) :]
    return address(following[0], ocid) if following else reverse("cso:bid-check", args=[ocid])


def tasks(
    package: Package, problems: Sequence[Problem], ocid: str, *, is_sent: bool = False
) -> list[Task]:
    """Return the task list of a bid in preparation, with what is missing in words.

    `is_sent`: what is prepared is what was submitted.
    """
    lines = [_task(step, package, problems, ocid) for step in STEPS]
    if is_sent:
        sent = _("已经提交。改了内容，要重新提交才算。")
        return [
            *lines,
            Task(_("检查并提交"), reverse("cso:bid-check", args=[ocid]), State.DONE, sent),
        ]
    ready = not problems
    last = Task(
        _("检查并提交"),
        reverse("cso:bid-check", args=[ocid]),
        State.NOT_STARTED if ready else State.CANNOT_START,
        "" if ready else _("补齐上面缺的内容后，就可以检查和提交。"),
    )
    return [*lines, last]


def _task(step: Step, package: Package, problems: Sequence[Problem], ocid: str) -> Task:
    missing = [problem.message for problem in problems if problem.field == step.key]
    begun = _begun(step, package)
    if missing:
        state = State.IN_PROGRESS if begun else State.NOT_STARTED
        return Task(step.title, address(step, ocid), state, " ".join(str(m) for m in missing))
    state = State.DONE if begun else State.NOT_STARTED
    return Task(step.title, address(step, ocid), state, "" if begun else _optional(step))


def _begun(step: Step, package: Package) -> bool:
    content: dict[str, Collection[object]] = {
        "price": package.offers,
        "files": package.files,
        "proposal": package.proposal,
        "team": package.team,
        "quality": package.quality,
    }
    return bool(content[step.key])


def _optional(step: Step) -> StrOrPromise:
    if step is FILES:
        return _("采购文件没有要求附件的，可以不传。")
    return _("可以不填，但评审时会看这一项。") if step is QUALITY else ""
