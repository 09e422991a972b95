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
from procurement.publication.models import Entry, Listing, NoticeKind
from procurement.publication.tree import ReceiptLeaf
from procurement.templatetags.display import grouped, moment
from procurement.web.public.sections import instant

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
STATUSES: Mapping[str, StrOrPromise] = {
    "counts": pgettext_lazy("receipt", "有效，参加开标"),
    "replaced": pgettext_lazy("receipt", "已被后来的投标替换"),
    "withdrawn": pgettext_lazy("receipt", "已撤回"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; `state` is kept, broken or unknown."""

    state: str
    text: str
    note: StrOrPromise = ""


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
        yield Finding("broken", _("这是另一份日志的回执，不是本站发的：%(log)s。") % where)
        return
    if not is_signed(receipt, key):
        yield Finding(
            "broken",
            _("签名不对：内容被改过，或者不是本站发的。"),
            _("改动一个字符，签名就不对。请用您提交投标时保存的原文件再试一次。"),
        )
        return
    yield Finding("kept", _("签名正确：这张回执是本站发的，一个字符也没有改过。"))
    if tender and receipt.core["tender"] != tender:
        of = {"tender": receipt.core["tender"]}
        yield Finding("broken", _("这是另一个项目的回执：%(tender)s。") % of)
        return
    yield _place(receipt, covered)
    yield _counted(receipt, at)


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
        return Finding(
            "broken",
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
    entry = Entry.objects.of(receipt.core["tender"]).filter(kind=NoticeKind.REGISTER).last()
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
    envelope, index = receipt.core["envelope_sha256"], receipt.core["index"]
    if receipt.core["action"] == WITHDRAW:  # the register lists what was withdrawn, not this act
        counts = [each for each in lines if each["envelopeDigest"] == envelope]
        if any(each["status"] == "counts" for each in counts):
            return Finding("broken", _("截标登记仍把这份投标算作有效，但您已经撤回。"), KEEP)
        return Finding("kept", _("截标登记没有把撤回的投标算作有效。"))
    mine = next((each for each in lines if each["index"] == index), None)
    if mine is None:
        return Finding("broken", _("截标登记里没有这张回执。"), KEEP)
    if (mine["envelopeDigest"], mine["supplierCommitment"]) != (envelope, receipt.supplier):
        return Finding("broken", _("截标登记里这个位置写的密封件或供应商与回执不同。"), KEEP)
    if index >= register["receiptsLogSize"]:
        return Finding("broken", _("截标登记列了截止以后才进入日志的回执。"), KEEP)
    status = {"status": STATUSES.get(mine["status"], mine["status"])}
    return Finding("kept", _("截标登记里有这张回执：%(status)s。") % status)
