"""Watches that post to a system: setting an address, noting, signing, giving up on it.

Signed as Standard Webhooks say: `webhook-signature` is HMAC-SHA256 over number, time and body.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.refusals import Invalid, NotNow
from organizations.roles import Actor
from procurement.notifications import confided, inbox, outbox
from procurement.notifications.channels import posting
from procurement.notifications.channels.interface import Permanent, Temporary, Trouble
from procurement.notifications.models import WAITING, Message, Topic
from procurement.publication.links import absolute
from procurement.publication.models import Entry, Listing
from procurement.watches import queries
from procurement.watches.hearing import Pair
from procurement.watches.models import Watch
from procurement.watches.parts import Hook, HookLetter
from procurement.watches.searches import search

SWITCHED_OFF_AFTER: Final = timedelta(days=5)  # without one POST that arrived
MOST: Final = 10  # addresses of a person
A_RUN: Final = 60  # seconds after which no more POST is begun: a task may take five minutes
TRIALS_APART: Final = timedelta(minutes=1)
_PREFIX: Final = "whsec_"  # before a secret, as Standard Webhooks write it
_PRIVATE: Final = _("这个网址指向内部网络，不能推送到那里。请写互联网上能打开的网址。")
_FORM: Final = _("这个网址我们不能用。请写完整的网址，例如 https://example.org/hook。")
_NO_KEY: Final = confided.KeyMissing.__name__
# Why a POST did not arrive, by the code that is kept; what a server answered keeps its number.
WHY: Final[Mapping[str, StrOrPromise]] = {
    "name": _("找不到服务器"),
    "private": _("网址指向内部网络"),
    "timeout": _("10 秒内没有回答"),
    "certificate": _("对方的证书不可信"),
    "connection": _("连不上服务器"),
    "http-410": _("对方说这个网址已经取消"),
    _NO_KEY: _("读不出来，请重新填写"),  # the key of what was confided is not here
    outbox.KILLED: _("推送时我们的程序中断了"),
}
UNFIT: Final[dict[str, StrOrPromise]] = {
    "https": _("网址要以 https:// 开头：推送只走加密的连接。"),
    "port": _("只能推送到 443 或 8443 端口。请去掉网址里的其他端口。"),
    "private": _PRIVATE,
}


class SwitchedOff(Permanent):
    """Nothing is posted to an address any more, until its owner switches it on again."""

    name = "SwitchedOff"


@dataclass(frozen=True)
class Post:
    """One POST as it leaves; what becomes of it is noted on the address too."""

    letter: HookLetter
    address: str
    body: bytes
    headers: dict[str, str]
    at: datetime

    def send(self) -> str:
        """Send it and return the status. Raises Trouble, `Permanent` when the address is off."""
        if self.letter.attempts > 1 and not self.letter.error:
            self._note_killed()
        try:
            status = posting.post(self.address, self.body, self.headers)
        except posting.Unfit as unfit:
            trouble: Trouble = Temporary(unfit.code)
        except Trouble as found:
            trouble = found
        else:
            _meant(self.letter).update(failing_since=None)
            return str(status)
        raise _troubled(self.letter, trouble, self.at)

    def _note_killed(self) -> None:
        """Count an attempt that ended without a word, with its worker, as one that failed."""
        trouble = _troubled(self.letter, Temporary(outbox.KILLED), self.at)
        if isinstance(trouble, Permanent):
            raise trouble


def put(watch: Watch, address: str, *, by: Actor, at: datetime) -> str:
    """Have a watch post to an address from now on; return the secret, which is shown this once.

    A trial is noted with it, unless one was a moment ago. A new address, or the same again, comes
    with a new secret. Raises NotPermitted, Invalid for an address nothing is ever posted to, or
    NotNow for more addresses than a person may have.
    """
    queries.require_own(watch, by)
    address = address.strip()
    try:
        parts = posting.parse(address)
        posting.look_up(parts.hostname or "", parts.port or 443)
    except posting.Unfit as unfit:
        raise Invalid(UNFIT.get(unfit.code, _FORM), "address") from unfit
    except Temporary as unknown:
        raise Invalid(_("找不到这个网址的服务器。请检查拼写。"), "address") from unknown
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    fresh = Hook(watch=watch)
    with transaction.atomic():
        queries.held(by)
        others = Hook.objects.filter(watch__person=by.person_id).exclude(watch=watch)
        if others.count() >= MOST:
            raise NotNow(_("每个人最多 %(most)s 个推送地址。请先停掉不用的。") % {"most": MOST})
        hook, _made = Hook.objects.update_or_create(
            watch=watch,
            defaults={
                "sealed_address": confided.lock(address, fresh.label),
                "sealed_secret": confided.lock(secret, fresh.label),
                "since": at,
                "failing_since": None,
                "stopped_at": None,
            },
        )
        HookLetter.objects.filter(WAITING, hook=hook).delete()
        if not _was_tried(hook, at):
            HookLetter.objects.create(hook=hook, noted_at=at, send_after=at)
    return _PREFIX + secret


@transaction.atomic
def end(watch: Watch, *, by: Actor) -> None:
    """Post no more; address, secret and what waits are erased. Ended already, nothing changes."""
    queries.require_own(watch, by)
    Hook.objects.filter(watch=watch).delete()


@transaction.atomic
def try_again(watch: Watch, *, by: Actor, at: datetime) -> None:
    """Note a trial, and switch an address that was off on again; what waits is due now.

    Raises NotPermitted, or NotNow when the last trial was a moment ago.
    """
    queries.require_own(watch, by)
    queries.held(by)
    hook = Hook.objects.filter(watch=watch).first()
    if hook is None:
        raise NotNow(_("这项关注没有推送地址。请先填写。"))
    if _was_tried(hook, at):
        raise NotNow(_("刚刚试过一次。请过一分钟再试。"))
    Hook.objects.filter(pk=hook.pk).update(stopped_at=None, failing_since=None)
    HookLetter.objects.filter(WAITING, hook=hook).update(send_after=at)
    HookLetter.objects.create(hook=hook, noted_at=at, send_after=at)


def _was_tried(hook: Hook, at: datetime) -> bool:
    trials = HookLetter.objects.filter(hook=hook, entry_index__isnull=True)
    return trials.filter(noted_at__gt=at - TRIALS_APART).exists()


def address_of(hook: Hook) -> str:
    """Return where it posts to; nothing where that cannot be read."""
    try:
        return _address(hook)
    except confided.KeyMissing:
        return ""


def _address(hook: Hook) -> str:
    return confided.unlock(hook.sealed_address, hook.label)


def of(watch: Watch) -> Hook | None:
    """Return the address of a watch, if it has one."""
    return Hook.objects.filter(watch=watch).first()


def latest(hook: Hook) -> QuerySet[HookLetter]:
    """Return what was posted or waits, the newest first."""
    return HookLetter.objects.filter(hook=hook).order_by("-pk")


def note(pairs: Iterable[Pair], *, at: datetime) -> None:
    """Note a POST for each watch that has an address and each notice it concerns."""
    found = list(pairs)
    on = Hook.objects.filter(watch__in={watch.pk for watch, _entry in found}, stopped_at=None)
    hooks = {hook.watch_id: hook for hook in on}
    HookLetter.objects.bulk_create(
        [
            HookLetter(hook=hooks[watch.pk], entry_index=entry.index, noted_at=at, send_after=at)
            for watch, entry in found
            if watch.pk in hooks
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


def send(*, at: datetime, limit: int = 10) -> int:
    """Send the POSTs that are due and return how many arrived; at most ten seconds each.

    One address that fails says nothing of the next: however many fail, the run goes on, for a
    minute. Those of closed accounts are erased first.
    """
    Hook.objects.filter(watch__person__is_active=False).delete()
    return outbox.send(HookLetter, compose, at=at, limit=limit, most_in_a_row=limit, seconds=A_RUN)


def why(code: str) -> StrOrPromise:
    """Return in words why a POST did not arrive."""
    status = code.removeprefix("http-")
    said = _("对方的系统回答 %(status)s") % {"status": status} if status != code else code
    return WHY.get(code, said)


def compose(letter: HookLetter, at: datetime) -> Post | None:
    """Return a POST; None when its address is off.

    Raises Trouble where address or secret cannot be read: they will be, once the operator has found
    the folder of the key, and are waited for as long as an address that does not answer.
    """
    hook = letter.hook
    if hook.stopped_at is not None:
        return None
    body = json.dumps(_told(letter), ensure_ascii=False, sort_keys=True).encode()
    number, seconds = f"msg_{letter.token.hex}", str(int(at.timestamp()))
    try:
        address = _address(hook)
        key = base64.b64decode(confided.unlock(hook.sealed_secret, hook.label))
    except confided.KeyMissing as away:
        raise _troubled(letter, Temporary(_NO_KEY), at) from away
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "procurement-portal",
        "webhook-id": number,  # the same at every attempt
        "webhook-timestamp": seconds,
        "webhook-signature": signature(key, number, seconds, body),
    }
    return Post(letter, address, body, headers, at)


def signature(key: bytes, number: str, seconds: str, body: bytes) -> str:
    """Return what proves who posted a body, under which number and when (Unix seconds)."""
    mac = hmac.new(key, f"{number}.{seconds}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(mac.digest()).decode()}"


def _told(letter: HookLetter) -> dict[str, object]:
    """Return what a POST says: of the notice, only what is public."""
    told: dict[str, object] = {"watch": letter.hook.watch_id, "practice": settings.REHEARSAL}
    if letter.entry_index is None:
        return told | {"type": "trial"}
    entry = Entry.objects.defer("body").get(index=letter.entry_index)
    title = Listing.objects.filter(pk=entry.ocid).values_list("title", flat=True).first()
    return told | {
        "type": "notice",
        "ocid": entry.ocid,
        "id": entry.release_id,
        "kind": entry.kind,
        "title": title or "",
        "link": absolute(reverse("public:notice", args=[entry.release_id])),
        "published": entry.published_at.isoformat(),
        "logIndex": entry.index,
    }


def _meant(letter: HookLetter) -> QuerySet[Hook]:
    """Return the address a POST was for; none when it was ended or replaced since."""
    return Hook.objects.filter(pk=letter.hook_id, since__lte=letter.noted_at)


def _troubled(letter: HookLetter, trouble: Trouble, at: datetime) -> Trouble:
    """Note that an address fails, and let its others wait with it; switch it off after days."""
    with transaction.atomic():
        hook = _meant(letter).select_for_update().first()
        if hook is None:
            return trouble
        hook.failing_since = hook.failing_since or at
        waiting = HookLetter.objects.filter(WAITING, hook=hook).exclude(pk=letter.pk)
        is_over = isinstance(trouble, Permanent) or at - hook.failing_since >= SWITCHED_OFF_AFTER
        if is_over:
            hook.stopped_at = at
            waiting.update(failed_at=at, error=SwitchedOff.name)
            inbox.put([_off(hook, at)])
        else:
            again = letter.again_after(at)
            waiting.filter(send_after__lt=again).update(send_after=again)
        hook.save(update_fields=["failing_since", "stopped_at"])
    return SwitchedOff(trouble.code) if is_over and not isinstance(trouble, Permanent) else trouble


def _off(hook: Hook, at: datetime) -> Message:
    watch = hook.watch
    name = watch.title or search().in_words(watch.subject) or str(_("所有新的采购项目"))
    return Message(
        person_id=watch.person_id,
        topic=Topic.HOOK,
        key=f"hook-{hook.pk}-{at:%Y%m%d%H%M}",
        title=name[:200],
        path=reverse("own:hook", args=[watch.pk]),
        noted_at=at,
    )
