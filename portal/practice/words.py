"""How the acts of practice read on the audit record."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from portal.practice import bounds, forward, people

AUDIT: Mapping[str, StrOrPromise] = {
    people.TAKE_PART: _("练习：换成一个角色"),
    forward.FORWARD: _("练习：快进时钟"),
    bounds.BEGIN: _("练习：新建练习项目"),
}
