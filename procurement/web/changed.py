"""What an amendment changes, as people read it: parts named in their language, dates in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement.templatetags.display import day, moment

# By the name under which a notice keeps a part: those an amendment may still change.
TEXTS: Final[Mapping[str, StrOrPromise]] = {
    "description": _("服务要求"),
    "quantity": _("数量和单位"),
    "opening_address": _("开标地点"),
    "contact_name": _("项目联系人（可写岗位）"),
    "contact_telephone": _("联系电话"),
}
INSTANTS: Final[Mapping[str, StrOrPromise]] = {
    "enquiry_period_end": _("提问截止"),
    "tender_period_end": _("投标截止"),
}
DAYS: Final[Mapping[str, StrOrPromise]] = {
    "award_expected_date": _("预计公布结果日期"),
    "contract_start": _("服务开始"),
    "contract_end": _("服务结束"),
}


@dataclass(frozen=True)
class Changed:
    """One part of a call, before and after; a date is read whole, a text word by word."""

    label: StrOrPromise
    before: str
    after: str
    is_date: bool = False


def read(name: str, title: str, before: str, after: str) -> Changed:
    """Return one change as a notice keeps it; `title` names a part that is known no more."""
    if name in INSTANTS:
        return Changed(INSTANTS[name], _instant(before), _instant(after), is_date=True)
    if name in DAYS:
        return Changed(DAYS[name], _day(before), _day(after), is_date=True)
    return Changed(TEXTS.get(name, title), before, after)


def _instant(text: str) -> str:
    return moment(datetime.fromisoformat(text), "year") if text else ""


def _day(text: str) -> str:
    return day(date.fromisoformat(text), "year") if text else ""
