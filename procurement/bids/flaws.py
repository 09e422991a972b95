"""What is wrong with an envelope that somebody uploads, in words that name the way out."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.refusals import Refusal
from procurement.bids.envelopes import Flaw, Malformed, Rebound

FLAWS: Mapping[Flaw, StrOrPromise] = {
    Flaw.NOT_AN_ENVELOPE: _("这不是密封件。请选择封标工具保存的 .ybid 文件。"),
    Flaw.TRUNCATED: _("密封件没有收全，后面缺了一段。请重新上传，或重新保存后再上传。"),
    Flaw.OVERSIZED: _("密封件太大：最多 32 MB。请压缩附件后重新封标。"),
    Flaw.NOT_CANONICAL: _("密封件的开头被改过或损坏了。请用封标工具重新封标。"),
    Flaw.UNKNOWN_VERSION: _("这个密封件的版本本网站不认识。请下载新的封标工具重新封标。"),
    Flaw.UNKNOWN_SUITE: _("这个密封件用的加密算法本网站不认识。请下载新的封标工具重新封标。"),
    Flaw.WRONG_FIELDS: _("密封件的开头缺了内容或多了内容。请用封标工具重新封标。"),
    Flaw.BAD_BASE64: _("密封件的开头有一处写坏了。请用封标工具重新封标。"),
    Flaw.WRONG_MEMBERS: _("密封件里的开标人名单不对。请重新下载 kit.json，再封一次。"),
    Flaw.PAYLOAD_LENGTH: _("密封件的长度和它自己写的不一致。请重新保存后再上传。"),
}
REBOUND: Mapping[str, StrOrPromise] = {
    "promise": _("这个文件的指纹与先前报的不一样，请选当时封好的那个文件。"),
    "tender": _("这个密封件是给另一个项目的。请选择本项目的密封件。"),
    "notice": _("封标以后公告有了更正。请下载新的 kit.json，看过更正再封一次。"),
    "supplier": _("这个密封件是另一个组织的。请选择本组织的密封件。"),
    "keyset": _("开标钥匙换过了，或者这个密封件用的是别的钥匙。请下载新的 kit.json，再封一次。"),
    "members": _("密封件里的开标人名单不对。请重新下载 kit.json，再封一次。"),
    "policy": _("密封件写的开标方式和公告不同。请重新下载 kit.json，再封一次。"),
}


class BadEnvelope(Refusal):
    """An envelope that is not taken. Nothing was submitted; `reason` is short, for the record."""

    status = 422

    def __init__(self, error: Malformed | Rebound) -> None:
        words = FLAWS[error.flaw] if isinstance(error, Malformed) else REBOUND[error.what]
        super().__init__(words, "envelope")
        self.reason = str(error)
