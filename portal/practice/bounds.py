"""How many practice procurements one visitor, and all together, may make.

What is published stays for good, in a rehearsal too: none can give way to a new one. So a number
that is reached is told, with the way out: go on with one there is, or have the rehearsal made anew.
"""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from organizations.audit import AuditRow
from organizations.refusals import NotNow
from organizations.register.models import Organization
from portal.demo import returned

BEGIN = "practice.begin"


class EnoughOfYours(NotNow):
    """This visitor has made as many as one may."""

    def __init__(self) -> None:
        words = _("一个人最多新建 %(most)s 个练习项目，您已经建满了。请接着练下面已经建好的。")
        super().__init__(words % {"most": settings.PRACTICE_EACH})


class EnoughInAll(NotNow):
    """This rehearsal holds as many as it may."""

    def __init__(self) -> None:
        words = _(
            "这个练习平台最多放 %(most)s 个练习项目，已经放满了。请接着练下面已经建好的；"
            "要清空重来，请网站管理人重建练习平台。"
        )
        super().__init__(words % {"most": settings.PRACTICE_MOST})


def refusal(made: int) -> NotNow | None:
    """Return why a visitor who has made so many may not make another; None when they may."""
    if made >= settings.PRACTICE_EACH:
        return EnoughOfYours()
    if AuditRow.objects.filter(kind=BEGIN).count() >= settings.PRACTICE_MOST:
        return EnoughInAll()
    return None


def require(made: int) -> None:
    """Raise EnoughOfYours or EnoughInAll; until the transaction ends nobody else makes one."""
    office = Organization.objects.filter(pk=returned.office().organization.pk)
    office.select_for_update(no_key=True).get()
    refused = refusal(made)
    if refused is not None:
        raise refused
