"""What a bid's receipt proves: its signature, its place in the log, and whether the bid counts."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_stubs_ext import StrOrPromise

from procurement.publication import merge
from procurement.publication.misfits import Wrong
from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.publication.tree import ReceiptLeaf
from procurement.templatetags.display import grouped, moment
from procurement.web.public.sections import COUNTS, instant

VERSION = "yn-bid-receipt/1"
TEXTS = ("log", "tender", "supplier", "receipt", "action", "received_at", "envelope_sha256", "sig")
WITHDRAW = "withdraw"
LONGEST = 16_384  # characters of a receipt; real ones have about 800
HOURLY = timedelta(hours=1)  # a leaf is public within this, and always at the deadline
ACTIONS: Mapping[str, StrOrPromise] = {
    "submit": gettext_lazy("递交"),
    "replace": gettext_lazy("递交新的一份，替换先前的"),
    "promise": gettext_lazy("先报指纹"),
    "withdraw": gettext_lazy("撤回"),
}
KEEP = gettext_lazy("请保留这张回执并告诉审计机关：它有本站的签名，是您的证据。")
IF_NOT_YOU = gettext_lazy(
    "如果不是您做的，请保留这张回执并告诉审计机关：本站必须拿出那一张回执，上面有它的签名。"
)
STATUSES: Mapping[str, StrOrPromise] = {
    COUNTS: pgettext_lazy("receipt", "有效，参加开标"),
    "replaced": pgettext_lazy("receipt", "已被后来的投标替换"),
    "withdrawn": pgettext_lazy("receipt", "已撤回"),
}
SENTENCES: Mapping[str, StrOrPromise] = {
    "replaced": gettext_lazy("这份投标已被第 %(number)s 号回执替换，不参加开标。"),
    "withdrawn": gettext_lazy("这份投标已被第 %(number)s 号回执撤回，不参加开标。"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; `state` is kept, broken or unknown."""

    state: str
    text: str
    note: StrOrPromise = ""
    is_ended: bool = False  # true, and the bid does not count
    wrong: Wrong | None = None  # what does not fit, where it is broken


def broken(wrong: Wrong, text: str, note: StrOrPromise = "") -> Finding:
    """Return that something cannot be true."""
    return Finding("broken", text, note, wrong=wrong)


@dataclass(frozen=True)
class Receipt:
    """A receipt as it was handed in, its signature apart."""

    core: Mapping[str, Any]
    signature: bytes

    @property
    def canonical(self) -> bytes:
        """What is signed, and hashed into the leaf: RFC 8785."""
        return rfc8785.dumps(dict(self.core))

    @property
    def leaf(self) -> bytes:
        """Its entry in the log of receipts."""
        return b"yn-bid-leaf/1\n" + hashlib.sha256(self.canonical).digest()

    @property
    def supplier(self) -> str:
        """How the closing register names its supplier: a digest, opened by the nonce alone."""
        told = bytes.fromhex(self.core["nonce"]) + self.core["supplier"].encode()
        return hashlib.sha256(told).hexdigest()

    @property
    def action(self) -> StrOrPromise:
        """What was done, in words."""
        return ACTIONS.get(self.core["action"], self.core["action"])

    @property
    def received(self) -> datetime:
        """When it arrived."""
        return datetime.fromisoformat(self.core["received_at"])

    @property
    def public_by(self) -> datetime:
        """When its leaf is public at the latest: within the hour, and at the deadline."""
        within = self.received + HOURLY
        deadline = instant(self.core.get("deadline"))
        return min(within, max(deadline, self.received)) if deadline else within


def read(text: str) -> Receipt | None:
    """Return the receipt in a text; None when it is none."""
    try:
        said = json.loads(text)
        known = said["v"] == VERSION and all(isinstance(said[name], str) for name in TEXTS)
        if not known or type(said["index"]) is not int or not 0 <= said["index"] < 2**53:
            return None
        core = {name: value for name, value in said.items() if name != "sig"}
        receipt = Receipt(core, base64.b64decode(said["sig"], validate=True))
        sound = receipt.supplier and receipt.canonical and receipt.public_by.tzinfo
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None
    return receipt if sound else None


def is_signed(receipt: Receipt, key: bytes) -> bool:
    """Whether the portal's key for receipts signed it."""
    try:
        signed = b"yn-bid-receipt/1\n" + receipt.canonical
        Ed25519PublicKey.from_public_bytes(key).verify(receipt.signature, signed)
    except InvalidSignature:
        return False
    return True


def findings(
    receipt: Receipt, *, tender: str, origin: str, key: bytes, covered: int, at: datetime
) -> Iterator[Finding]:
    """Check a receipt step by step; what cannot be true ends it.

    `tender` is the procurement it should be of, empty when not asked; `origin` and `key` are the
    log of receipts and the key that signs receipts; `covered` is the size of the last signed head.
    """
    if receipt.core["log"] != origin:
        where = {"log": receipt.core["log"]}
        yield broken(Wrong.OTHER_LOG, _("这是另一份日志的回执，不是本站发的：%(log)s。") % where)
        return
    if not is_signed(receipt, key):
        yield broken(
            Wrong.SIGNATURE,
            _("签名不对：内容被改过，或者不是本站发的。"),
            _("改动一个字符，签名就不对。请用您提交投标时保存的原文件再试一次。"),
        )
        return
    yield Finding("kept", _("签名正确：这张回执是本站发的，一个字符也没有改过。"))
    if tender and receipt.core["tender"] != tender:
        of = {"tender": receipt.core["tender"]}
        yield broken(Wrong.OTHER_TENDER, _("这是另一个项目的回执：%(tender)s。") % of)
        return
    yield _sealed(receipt)
    yield _place(receipt, covered)
    counted = _counted(receipt, at)
    yield counted
    opening = Entry.objects.of(receipt.core["tender"]).filter(kind=NoticeKind.OPENING).last()
    if counted.state == "kept" and opening is not None:
        counts = receipt.core["action"] != WITHDRAW and not counted.is_ended
        yield _opened(receipt, opening, counts=counts)


def _sealed(receipt: Receipt) -> Finding:
    """Whether the bid was sealed to the keys that its call states."""
    call = Entry.objects.of(receipt.core["tender"]).filter(kind=NoticeKind.TENDER).first()
    if call is None:
        return Finding("unknown", _("没有找到这个项目的采购公告。"))
    if merge.release_of(call)["tender"]["sealing"]["keyset"] != receipt.core["keyset"]:
        return broken(
            Wrong.OTHER_KEYS,
            _("这份投标封给了别的公钥，不是采购公告里的：有人可能在开标以前读到它。"),
            KEEP,
        )
    return Finding("kept", _("封给了采购公告里写明的公钥。"))


def _place(receipt: Receipt, covered: int) -> Finding:
    """Where its leaf stands in the log of receipts."""
    index: int = receipt.core["index"]
    leaf = ReceiptLeaf.objects.filter(pk=index).first()
    number = {"number": grouped(index + 1)}
    if leaf is None:
        return Finding(
            "unknown",
            _("还没有列入公开的回执日志；它的位置已经定好：第 %(number)s 号。") % number,
            _("回执成批公开，谁也看不出是谁的。最迟 %(when)s 公开。")
            % {"when": moment(receipt.public_by, "year")},
        )
    if bytes(leaf.body) != receipt.leaf:
        return broken(
            Wrong.OTHER_LEAF,
            _("回执日志第 %(number)s 号是别的记录，不是这张回执。") % number,
            KEEP,
        )
    if index >= covered:
        note = _("最迟 10 分钟后有签名的日志头。")
    else:
        note = _("列在有签名的日志头之下，不能再拿掉。")
    return Finding("kept", _("在回执日志里：第 %(number)s 号。") % number, note)


def _counted(receipt: Receipt, at: datetime) -> Finding:
    """What the closing register of its tender says of it, once that is public."""
    listing = Listing.objects.filter(pk=receipt.core["tender"]).only("tender_period_end").first()
    entry = Entry.objects.of(receipt.core["tender"]).filter(kind=NoticeKind.REGISTER).first()
    if entry is None:
        end = listing.tender_period_end if listing else None
        if end is None or end < at:
            return Finding("unknown", _("这个项目还没有公布截标登记。"))
        when = {"when": moment(end, "year")}
        return Finding("unknown", _("%(when)s 截止以后公布截标登记，那时再来核对。") % when)
    told = merge.release_of(entry)["tender"]["closingRegister"]
    return _listed(receipt, told)


def _listed(receipt: Receipt, register: Mapping[str, Any]) -> Finding:
    lines: list[Mapping[str, Any]] = register.get("entries", [])
    index = receipt.core["index"]
    if index >= register["receiptsLogSize"]:
        return broken(Wrong.REGISTER, _("截标登记所说的回执日志不包括这张回执的位置。"), KEEP)
    if receipt.core["action"] == WITHDRAW:  # the register lists what was withdrawn, not this act
        return _withdrawn(receipt, lines)
    mine = next((each for each in lines if each["index"] == index), None)
    if mine is None:
        return broken(Wrong.REGISTER, _("截标登记里没有这张回执：您的投标被丢掉了。"), KEEP)
    told = (mine["envelopeDigest"], mine["supplierCommitment"], instant(mine["receivedAt"]))
    if told != (receipt.core["envelope_sha256"], receipt.supplier, receipt.received):
        wrong = _("截标登记里这个位置写的密封件、供应商或收到时间与回执不同。")
        return broken(Wrong.REGISTER, wrong, KEEP)
    if mine["status"] == COUNTS and "endedBy" not in mine:
        status = {"status": STATUSES[COUNTS]}
        return Finding("kept", _("截标登记里有这张回执：%(status)s。") % status)
    return _ended(mine, lines, register["receiptsLogSize"])


def _withdrawn(receipt: Receipt, lines: list[Mapping[str, Any]]) -> Finding:
    """Whether the register names this receipt as what withdrew the bid."""
    mine = [each for each in lines if each.get("endedBy") == receipt.core["index"]]
    told = [(each["envelopeDigest"], each["status"]) for each in mine]
    if told == [(receipt.core["envelope_sha256"], "withdrawn")]:
        return Finding("kept", _("截标登记写明：投标已按这张回执撤回，不参加开标。"))
    return broken(Wrong.REGISTER, _("您撤回了投标，截标登记却没有写明是这张回执撤回的。"), KEEP)


def _ended(mine: Mapping[str, Any], lines: list[Mapping[str, Any]], size: int) -> Finding:
    """Whether a receipt stands behind a bid that no longer counts: only its bidder can know."""
    by, status = mine.get("endedBy"), mine["status"]
    # what replaces a bid has a later line of its own; a withdrawal has a receipt alone
    later = [each["receivedAt"] for each in lines if each["index"] == by]
    fits = len(later) == (status == "replaced") and all(
        datetime.fromisoformat(each) >= datetime.fromisoformat(mine["receivedAt"]) for each in later
    )
    if by in (None, mine["index"]) or by >= size or status not in SENTENCES or not fits:
        said = {"status": STATUSES.get(status, status)}
        wrong = _("截标登记写这份投标“%(status)s”，却没有写明是哪一张回执：投标被丢掉了。")
        return broken(Wrong.REGISTER, wrong % said, KEEP)
    sentence = SENTENCES[status] % {"number": grouped(by + 1)}
    return Finding("kept", sentence, IF_NOT_YOU, is_ended=True)


def _opened(receipt: Receipt, opening: Entry, *, counts: bool) -> Finding:
    """Whether the opening record has the bid when it counts, and only then."""
    bids = merge.release_of(opening).get("bids", {}).get("details", [])
    mine = [each for each in bids if each.get("receipt") == receipt.core["receipt"]]
    if not counts and mine:
        return broken(Wrong.OPENING, _("这份投标不算数，开标记录里却有它。"), KEEP)
    if not counts:
        return Finding("kept", _("开标记录里没有这份投标。"))
    if {each.get("envelopeDigest") for each in mine} != {receipt.core["envelope_sha256"]}:
        return broken(Wrong.OPENING, _("截标登记说这份投标有效，开标记录里却没有它。"), KEEP)
    reasons = "".join(each.get("statusDetails", "") for each in mine)
    return Finding("kept", _("开标记录里有这份投标。"), reasons)
