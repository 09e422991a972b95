"""Each letter as its reader would get it, about a call that does not exist: for proof-readers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from procurement.bids.parts import ReceiptAction
from procurement.notifications import short
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
    """Return every letter of this room in the active language; reads and writes nothing."""
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
        Sample(gettext_lazy("日志头"), _subject("head", _head()), _("（正文是签名的日志头。）")),
    ]


def _sample(name: StrOrPromise, kind: str, context: dict[str, Any]) -> Sample:
    return Sample(
        name, _subject(kind, context), render_to_string(f"emails/{kind}.txt", context).strip()
    )


def _subject(kind: str, context: dict[str, Any]) -> str:
    return " ".join(render_to_string(f"emails/{kind}_subject.txt", context).split())


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
    return {"log": Log.NOTICES.label, "head": SimpleNamespace(size=1284)}
