"""Whether an act is whole and lawful: the third beat. What stands against it is said in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.refusals import Refusal
from procurement.rules import Finding


@dataclass(frozen=True)
class Problem:
    """Something that is still lacking, beside the field or step it is about."""

    field: str
    message: StrOrPromise


class Incomplete(Refusal):
    """Something is lacking; `problems` says what, beside which field."""

    status = 422

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(_("草稿还不完整，请补齐标出的内容。"))
        self.problems = problems


class RulesBroken(Refusal):
    """Rules stand against the act; `findings` says which, why and from when it would be lawful."""

    status = 422

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(_("有规则没有满足，还不能发布。请按每一条的说明修改后再试。"))
        self.findings = findings

    def __repr__(self) -> str:
        return f"RulesBroken({', '.join(finding.rule.id for finding in self.findings)})"


def require(findings: Iterable[Finding]) -> None:
    """Raise RulesBroken with every finding that stands against the act."""
    against = tuple(finding for finding in findings if finding.blocks)
    if against:
        raise RulesBroken(against)


def require_whole(problems: list[Problem]) -> None:
    """Raise Incomplete when anything is lacking."""
    if problems:
        raise Incomplete(problems)
