"""When a statement about a duty may be public as it is: checked before the preview and the act."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from organizations.refusals import Invalid
from procurement.obligations import queries
from procurement.obligations.duties import IN_MEDIUM, SIGNED, TOLD
from procurement.obligations.models import Obligation


def require_statement(
    obligation: Obligation, done_on: date, evidence_url: str, statement: str, at: datetime
) -> None:
    """Raise Invalid unless a statement that a duty is done can be public as it is."""
    earliest = done_on if obligation.event == IN_MEDIUM else queries.day(obligation.since)
    if not earliest <= done_on <= queries.day(at):
        raise Invalid(_("完成日期应在起算之日和今天之间，请核对。"), "done_on")
    if not evidence_url.strip() and not statement.strip():
        raise Invalid(_("请填写公众可以查看的网址，或者写明怎样可以核对。"), "evidence_url")
    if obligation.event == IN_MEDIUM and not evidence_url.strip():
        raise Invalid(_("请填写法定媒体上这份公告的网址。"), "evidence_url")


def require_event(anchor: Obligation, event: str, on: date, at: datetime) -> None:
    """Raise Invalid unless something can have happened under this contract on that day."""
    if anchor.event != SIGNED or anchor.met_at is None or anchor.done_on is None:
        raise Invalid(_("请先说明合同已经签订。"), "event")
    if event not in TOLD:
        raise Invalid(_("请选择发生了什么。"), "event")
    if not anchor.done_on <= on <= queries.day(at):
        raise Invalid(_("日期应在合同签订之日和今天之间，请核对。"), "on")
