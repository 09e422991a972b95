"""How the acts of practice read on the audit record."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

AUDIT: Mapping[str, StrOrPromise] = {
    "practice.take_part": _("练习：换成一个角色"),
    "practice.forward": _("练习：快进时钟"),
    "practice.begin": _("练习：新建练习项目"),
}
