"""The audit record in words: what was done, to whom, by name where the name is still known."""

import re
from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.accounts.models import User
from organizations.audit import AuditRow
from organizations.register.models import Organization
from organizations.roles import Role

ACTS: Final[Mapping[str, StrOrPromise]] = {
    "organization.enter": _("登记机构"),
    "organization.revise": _("修改机构资料"),
    "organization.reopen": _("资料有变，重新核验"),
    "organization.verify": _("核验通过"),
    "organization.refuse": _("核验未通过"),
    "organization.suspend": _("暂停机构"),
    "organization.reinstate": _("恢复机构"),
    "cso.revise": _("修改社会组织资料"),
    "hosting.ask": _("请求托管"),
    "hosting.accept": _("同意托管"),
    "hosting.decline": _("谢绝托管"),
    "hosting.end": _("结束托管"),
    "role.found": _("设立首位监督人员"),
    "role.grant": _("授予角色"),
    "role.end": _("结束角色"),
    "refused": _("没有权限，未办理"),
}


@cache
def acts() -> Mapping[str, StrOrPromise]:
    """Return the words of every act: our own and those that `settings.AUDIT_WORDS` names."""
    tables: list[Mapping[str, StrOrPromise]] = [
        import_string(table) for table in settings.AUDIT_WORDS
    ]
    return ChainMap(*map(dict, [ACTS, *tables]))


SUBJECT: Final = re.compile(r"\b(?:organization|user):\d+")


@dataclass(frozen=True)
class Line:
    """One audit row as a person reads it."""

    at: datetime
    what: StrOrPromise
    whom: str
    who: str
    origin: str
    why: StrOrPromise


def told(rows: Iterable[AuditRow]) -> list[Line]:
    """Return the rows in words. Two queries, however many rows.

    An act that this table does not know keeps its code, a subject that is gone its number.
    """
    rows = list(rows)
    subjects = " ".join(row.subject for row in rows)
    names = _names(Organization, "name", subjects) | _names(User, "name", subjects)
    return [
        Line(
            at=row.at,
            what=acts().get(row.kind, row.kind),
            whom=SUBJECT.sub(lambda found: names.get(found[0], found[0]), row.subject),
            who=row.name,
            origin=row.origin,
            why=_why(row),
        )
        for row in rows
    ]


def _why(row: AuditRow) -> StrOrPromise:
    """A role by its name, our own refusals in the reader's language, people's words as written."""
    if row.reason in Role.values:
        return Role(row.reason).label
    return gettext(row.reason) if row.kind == "refused" and row.reason else row.reason


def _names(model: type[Organization] | type[User], field: str, subjects: str) -> dict[str, str]:
    prefix = "organization" if model is Organization else "user"
    numbers = {int(number) for number in re.findall(rf"\b{prefix}:(\d+)", subjects)}
    found = model._default_manager.filter(pk__in=numbers).values_list("pk", field)
    return {f"{prefix}:{pk}": name or f"{prefix}:{pk}" for pk, name in found}
