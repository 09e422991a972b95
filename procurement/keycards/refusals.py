"""Why a card does not do: mistyped, and where; or right, but another card. Never the digits."""

from collections.abc import Mapping

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from organizations.refusals import Invalid
from procurement.keycards.cards import Mistyped, Slip
from procurement.keycards.models import KeyCard

SLIPS: Mapping[Slip, StrOrPromise] = {
    Slip.EMPTY: _("请输入卡上的数字，8 组，每组 6 位。"),
    Slip.NOT_A_DIGIT: _("%(groups)s里有不是数字的字符，请对照卡片再输入。"),
    Slip.WRONG_DIGIT: _("%(groups)s有数字不对，或者调换了位置，请对照卡片改正。"),
    Slip.TOO_SHORT: _("%(groups)s附近少了数字，请对照卡片补上。"),
    Slip.TOO_LONG: _("%(groups)s附近多了数字，请对照卡片删去。"),
    Slip.MISSING_GROUP: _("少了%(groups)s，请对照卡片补上。"),
    Slip.EXTRA_GROUP: _("%(groups)s多输入了一组，请对照卡片删去。"),
}


class Unreadable(Invalid):
    """What was typed is no card; `groups` are the groups to look at, from 1."""

    def __init__(self, slip: Mistyped) -> None:
        numbers = say("、").join(str(each) for each in slip.groups)
        groups = ngettext("第 %(numbers)s 组", "第 %(numbers)s 组", len(slip.groups))
        words = str(SLIPS[slip.slip]) % {"groups": groups % {"numbers": numbers}}
        super().__init__(words, "digits")
        self.groups = slip.groups


class WrongCard(Invalid):
    """A whole card, but not the one asked for; `found` is whose it is, where it is known."""

    def __init__(self, wanted: KeyCard, found: KeyCard | None) -> None:
        super().__init__(_words(wanted, found), "digits")
        self.wanted = wanted
        self.found = found


def _words(wanted: KeyCard, found: KeyCard | None) -> str:
    told = {"wanted": str(wanted)}
    if found is None:
        return say("数字没有输错，但这不是卡 %(wanted)s，也不是本平台现在的任何一张卡。") % told
    told |= {"found": str(found), "keys": str(found.key_set)}
    if found.key_set_id == wanted.key_set_id:
        return say("这是卡 %(found)s，不是 %(wanted)s。请换一张卡，或改选持卡人。") % told
    return say("这是另一套钥匙“%(keys)s”的卡 %(found)s，这里要用 %(wanted)s。") % told
