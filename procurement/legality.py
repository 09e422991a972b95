"""Whether an act is lawful: the third beat. A broken rule that blocks refuses the act, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from organizations.refusals import Refusal
from procurement.rules import Finding


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
