"""Each letter as its reader would get it, about a call that does not exist: for proof-readers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from procurement.bids.parts import ReceiptAction
from procurement.notifications import mail, short
from procurement.notifications.parts import ShortLetter
from procurement.publication.links import absolute
from procurement.publication.models import NoticeKind
from procurement.publication.tree import Log
from procurement.rules import SHANGHAI

CLOSES = datetime(2030, 6, 28, 17, tzinfo=SHANGHAI)
OCID = f"{settings.OCID_PREFIX}-2030-000000"
TITLE = "样本：艾滋病随访关怀服务"
AGENCY, GROUP = "样本县疾病预防控制中心", "样本关怀小组"
TOKEN = "00000000-0000-0000-0000-000000000000"  # noqa: S105 - of a letter that does not exist
DIGEST = "5a" * 32


@dataclass(frozen=True)
class Sample:
    """One letter: what it is called, its subject and its text in the language of the reader."""

    name: StrOrPromise
    subject: str
    text: str


def all_kinds() -> list[Sample]:
    """Return every letter in the active language; reads and writes nothing."""
    submit, promise, withdraw = (
        ReceiptAction.SUBMIT,
        ReceiptAction.PROMISE,
        ReceiptAction.WITHDRAW,
    )
    return [
        _sample(gettext_lazy("新公告"), "call", _call()),
        _sample(gettext_lazy("邀请投标"), "invitation", _call()),
        _sample(gettext_lazy("邀请参加单一来源采购"), "invitation", _call() | {"is_sole": True}),
        _sample(gettext_lazy("回执：提交"), "receipt", _receipt(submit)),
        _sample(gettext_lazy("回执：先报指纹"), "receipt", _receipt(promise)),
        _sample(gettext_lazy("回执：撤回"), "receipt", _receipt(withdraw)),
        _sample(gettext_lazy("提醒：投标还没有递交"), "reminder", _reminder()),
        _sample(gettext_lazy("截标登记"), "register", _notice()),
        _sample(gettext_lazy("开标记录"), "opening", _notice()),
        _sample(gettext_lazy("结果"), "outcome", _notice() | {"kind": NoticeKind.AWARD.label}),
        Sample(gettext_lazy("短信和微信消息"), _("（没有标题）"), _short()),
        _sample(gettext_lazy("关注的事有新消息：立即"), "watch", _watch()),
        _sample(gettext_lazy("关注的事有新消息：每周一封"), "watch", _digest()),
        _sample(gettext_lazy("采购人的事快到期限"), "duties", _duties()),
        _sample(gettext_lazy("邮箱恢复了没有"), "trial", {"url": absolute(f"/n/{TOKEN}/mail/")}),
        _sample(gettext_lazy("日志头"), "head", _head()),
    ]


def _sample(name: StrOrPromise, kind: str, context: dict[str, Any]) -> Sample:
    return Sample(name, *mail.texts(kind, context))


def _short() -> str:
    line = ShortLetter(notice=NoticeKind.TENDER, title=TITLE)
    return short.text(line, absolute(reverse("letters:short", args=["00000000"])))


def _tender() -> SimpleNamespace:
    return SimpleNamespace(
        title=TITLE,
        summary="为本县感染者提供一年随访和心理支持。",
        ocid=OCID,
        tender_period_end=CLOSES,
    )


def _call() -> dict[str, Any]:
    return {
        "tender": _tender(),
        "agency": AGENCY,
        "organization": GROUP,
        "is_sole": False,
        "call_url": absolute(f"/n/{TOKEN}/"),
        "stop_url": absolute(f"/n/{TOKEN}/stop/"),
    }


def _reminder() -> dict[str, Any]:
    return {
        "tender": _tender(),
        "organization": GROUP,
        "bid_url": absolute(reverse("cso:bid", args=[OCID])),
    }


def _given(action: ReceiptAction) -> SimpleNamespace:
    bid = SimpleNamespace(receipt_number="YN-0000-0000", envelope_sha256=DIGEST)
    issued = CLOSES - timedelta(days=2)
    return SimpleNamespace(
        bid=bid, number=1, issued_at=issued, get_action_display=lambda: action.label
    )


def _about_bids() -> dict[str, Any]:
    return {
        "tender": _tender(),
        "organization": GROUP,
        "check_url": absolute(reverse("public:receipt-check")),
        "checker_url": absolute(f"{settings.STATIC_URL}verify/verify_notice.py"),
        "site": settings.SITE_URL.rstrip("/"),
    }


def _receipt(action: ReceiptAction) -> dict[str, Any]:
    receipt = _given(action)
    number = receipt.bid.receipt_number
    return _about_bids() | {
        "receipt": receipt,
        "bid": receipt.bid,
        "number": number,
        "file": f"receipt-{number}-{action}.json",
        "fingerprint": " ".join(DIGEST[at : at + 4] for at in range(0, len(DIGEST), 4)),
        "is_withdrawn": action == ReceiptAction.WITHDRAW,
        "is_promise": action == ReceiptAction.PROMISE,
        "deliver_until": CLOSES + timedelta(days=1),
        "own_url": absolute(reverse("cso:receipt", args=[number])),
    }


def _notice() -> dict[str, Any]:
    release = f"{OCID}-005-tenderUpdate"
    return _about_bids() | {
        "receipts": [_given(ReceiptAction.SUBMIT)],
        "opening_url": absolute(reverse("public:opening", args=[OCID])),
        "notice_url": absolute(reverse("public:notice", args=[release])),
        "verify_url": absolute(reverse("public:notice-verify", args=[release])),
        "bids_url": absolute(reverse("cso:bids")),
    }


def _head() -> dict[str, Any]:
    text = _("（正文是签名的日志头。）")
    return {"log": Log.NOTICES.label, "head": SimpleNamespace(size=1284), "text": text}


def _news(title: str, kind: StrOrPromise, **more: object) -> SimpleNamespace:
    listing = SimpleNamespace(title=title, agency_name=AGENCY)
    notice = absolute(reverse("public:notice", args=[f"{OCID}-001-tender"]))
    return SimpleNamespace(kind=kind, listing=listing, url=notice, **more)


def _watch() -> dict[str, Any]:
    first = _news(TITLE, NoticeKind.TENDER.label, due=CLOSES, search=_("有“随访”一词的项目"))
    return {
        "items": [first],
        "first": first,
        "count": 1,
        "watches_url": absolute(reverse("own:watch-list")),
        "stop_url": absolute(reverse("letters:end", args=[TOKEN])),
    }


def _digest() -> dict[str, Any]:
    told = _watch()
    items = [*told["items"], _news(TITLE, NoticeKind.AWARD.label)]
    more = {"items": items, "count": 52, "more": 50, "is_digest": True, "is_weekly": True}
    return told | more | {"inbox_url": absolute(reverse("own:inbox"))}


def _duties() -> dict[str, Any]:
    due = SimpleNamespace(
        what=_("公布采购结果"),
        title=TITLE,
        due_at=CLOSES,
        text=_("（这里写明要做什么。）"),
        basis=_("（这里写明依据哪一条。）"),
    )
    return {"agency": AGENCY, "due": [due], "url": absolute(reverse("agency:duty-list"))}
