"""Each letter as its reader would get it, about a call that does not exist: for proof-readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from organizations.register.models import Organization
from procurement.bids.models import Bid
from procurement.bids.parts import Receipt, ReceiptAction
from procurement.notifications import bidders, letters, mail, short, witnesses
from procurement.notifications.models import Delivery
from procurement.notifications.parts import BidLetter, ShortLetter
from procurement.publication.links import absolute
from procurement.publication.models import TAGS, ContractingProcess, Entry, Listing, NoticeKind
from procurement.publication.tree import Checkpoint, Log
from procurement.rules import SHANGHAI
from procurement.tenders.models import InvitationMode, Tender
from procurement.watches import letters as watching
from procurement.watches.models import Kind as Watched
from procurement.watches.models import News, Pace, Watch, WatchLetter

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
    call = NoticeKind.TENDER
    return [
        _sample(gettext_lazy("新公告"), "call", _call()),
        _sample(gettext_lazy("邀请投标"), "invitation", _call(InvitationMode.REGISTER_DRAW)),
        _sample(gettext_lazy("邀请参加单一来源采购"), "invitation", _call(InvitationMode.DIRECT)),
        _sample(gettext_lazy("回执：提交"), "receipt", _receipt(submit)),
        _sample(gettext_lazy("回执：先报指纹"), "receipt", _receipt(promise)),
        _sample(gettext_lazy("回执：撤回"), "receipt", _receipt(withdraw)),
        _sample(gettext_lazy("提醒：投标还没有递交"), "reminder", bidders.reminder(_bid_letter())),
        _sample(gettext_lazy("公告有更正"), "change", _notice(NoticeKind.AMENDMENT)),
        _sample(gettext_lazy("有新的答疑"), "answer", _notice(NoticeKind.CLARIFICATION)),
        _sample(gettext_lazy("补交期限延后"), "files", _notice(NoticeKind.CEREMONY)),
        _sample(gettext_lazy("截标登记"), "register", _notice(NoticeKind.REGISTER)),
        _sample(gettext_lazy("开标记录"), "opening", _notice(NoticeKind.OPENING)),
        _sample(gettext_lazy("结果"), "outcome", _notice(NoticeKind.AWARD)),
        Sample(gettext_lazy("短信和微信消息"), _("（没有标题）"), _short()),
        _sample(gettext_lazy("关注的事有新消息：立即"), "watch", _watch(Pace.AT_ONCE, 1, call)),
        _sample(
            gettext_lazy("关注的事有新消息：每周一封"),
            "watch",
            _watch(Pace.WEEKLY, 52, call, NoticeKind.AWARD),
        ),
        _sample(gettext_lazy("采购人的事快到期限"), "duties", _duties()),
        _sample(gettext_lazy("邮箱恢复了没有"), "trial", {"url": absolute(f"/n/{TOKEN}/mail/")}),
        _sample(gettext_lazy("日志头"), "head", _head()),
    ]


def _sample(name: StrOrPromise, kind: str, context: Mapping[str, object]) -> Sample:
    return Sample(name, *mail.texts(kind, context))


def _short() -> str:
    line = ShortLetter(notice=NoticeKind.TENDER, title=TITLE)
    return short.text(line, absolute(reverse("letters:short", args=["00000000"])))


def _tender() -> Tender:
    return Tender(
        process=ContractingProcess(ocid=OCID),
        procuring_entity=Organization(name=AGENCY),
        invitation_mode=InvitationMode.PUBLIC_NOTICE,
        title=TITLE,
        summary="为本县感染者提供一年随访和心理支持。",
        tender_period_end=CLOSES,
    )


def _call(mode: InvitationMode = InvitationMode.PUBLIC_NOTICE) -> dict[str, object]:
    tender = _tender()
    tender.invitation_mode = mode
    delivery = Delivery(tender=tender, organization=Organization(name=GROUP), token=TOKEN)
    return letters.told(delivery)


def _bid_letter() -> BidLetter:
    return BidLetter(tender=_tender(), organization=Organization(name=GROUP), token=TOKEN)


def _given(action: ReceiptAction) -> Receipt:
    bid = Bid(tender=_tender(), receipt_number="YN-0000-0000", envelope_sha256=DIGEST)
    return Receipt(place=0, bid=bid, action=action, issued_at=CLOSES - timedelta(days=2))


def _receipt(action: ReceiptAction) -> dict[str, object]:
    return bidders.of_receipt(_bid_letter(), _given(action))


def _entry(kind: NoticeKind) -> Entry:
    return Entry(ocid=OCID, release_id=f"{OCID}-005-{TAGS[kind]}", kind=kind)


def _notice(kind: NoticeKind) -> dict[str, object]:
    given = [_given(ReceiptAction.SUBMIT)]
    return bidders.notice(_bid_letter(), _entry(kind), given, has_bid=True)


def _head() -> dict[str, object]:
    head = Checkpoint(log=Log.NOTICES, size=1284)
    return witnesses.told(head) | {"text": _("（正文是签名的日志头。）")}


def _watch(pace: Pace, count: int, *kinds: NoticeKind) -> dict[str, object]:
    listing = Listing(pk=OCID, title=TITLE, agency_name=AGENCY, tender_period_end=CLOSES)
    news = News(watch=Watch(kind=Watched.SEARCH, subject="q=随访"))
    items = [watching.Item(_entry(kind), listing, news) for kind in kinds]
    return watching.told(WatchLetter(pace=pace, token=TOKEN), items, count)


def _duties() -> dict[str, object]:
    due = SimpleNamespace(
        what=_("公布采购结果"),
        title=TITLE,
        due_at=CLOSES,
        text=_("（这里写明要做什么。）"),
        basis=_("（这里写明依据哪一条。）"),
    )
    return {"agency": AGENCY, "due": [due], "url": absolute(reverse("agency:duty-list"))}
