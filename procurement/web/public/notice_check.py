"""The check of one notice as its page makes it: from the bytes to the signed head, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from procurement.publication import heads, merkle, notes
from procurement.publication.models import Entry
from procurement.templatetags.display import grouped, moment
from procurement.web.public.log_heads import SignedHead
from procurement.web.public.receipt_check import Finding

SIGNED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Check:
    """What was found; the head is None while the notice is not yet under one."""

    leaf: str
    path: list[str]
    head: SignedHead | None
    findings: list[Finding]
    sentence: str

    @property
    def tone(self) -> str:
        """How the sentence is told."""
        if any(each.state == "broken" for each in self.findings):
            return "bad"
        return "good" if self.head else "doubt"


def check(entry: Entry, head: SignedHead | None, path: Sequence[bytes], *, at: datetime) -> Check:
    """Check the bytes of an entry against the newest signed head; `at` is not shifted."""
    leaf = merkle.leaf_hash(bytes(entry.body))
    text = _("原文有 %(size)s 个字节，指纹 %(leaf)s…") % {
        "size": grouped(len(entry.body)),
        "leaf": leaf.hex()[:16],
    }
    findings = [Finding("kept", _("取出日志里的原文，重新计算指纹。"), text)]
    if head is None or head.size <= entry.index:
        due = entry.recorded_at + SIGNED_WITHIN
        when = {"when": moment(due, "year")}
        findings.append(Finding("unknown", _("还没有列入有签名的日志头。")))
        if at > due:
            sentence = _(
                "还没有列入有签名的日志头；%(when)s 就该签了。请稍后再来，或告诉审计机关。"
            )
        else:
            sentence = _("刚刚公开，还没有列入有签名的日志头；最迟 %(when)s 签名，请那时再来。")
        sentence = sentence % when
        return Check(leaf.hex(), [], None, findings, sentence)
    findings += [_place(entry, leaf, head, path), _signature(head), *_witnesses(head)]
    whole = all(each.state != "broken" for each in findings)
    sentence = (
        _("已验证：这份公告与公开时一样，列在有签名的日志头之下。")
        if whole
        else _("核对不一致。请打印这一页，告诉审计机关；公告可能被改过。")
    )
    return Check(leaf.hex(), [each.hex() for each in path], head, findings, sentence)


def _place(entry: Entry, leaf: bytes, head: SignedHead, path: Sequence[bytes]) -> Finding:
    fits = merkle.verify_inclusion(
        leaf, index=entry.index, size=head.size, path=path, root=head.root
    )
    steps = {"n": len(path), "number": grouped(entry.number), "size": grouped(head.size)}
    if not fits:
        return Finding("broken", _("从指纹算不出日志头的根：原文或者日志被改过。"))
    return Finding(
        "kept",
        _("从指纹经过 %(n)s 步算出日志头的根：它就是 %(size)s 条里的第 %(number)s 条。") % steps,
    )


def _signature(head: SignedHead) -> Finding:
    try:
        heads.opened(head.note)
    except notes.NoteError:
        return Finding("broken", _("日志头的签名不对。"))
    except heads.WillNotSign:  # the key is not where it should be
        return Finding("unknown", _("本站现在拿不出公钥；请用您手上的公钥核对签名。"))
    when = {"when": moment(head.signed_at, "year")}
    return Finding("kept", _("日志头的签名正确，%(when)s 签。") % when)


def _witnesses(head: SignedHead) -> list[Finding]:
    if not head.witnesses:
        return [Finding("unknown", _("还没有见证方为这个日志头签名。"))]
    return [
        Finding(
            "kept",
            _("见证方 %(name)s 在 %(when)s 见过这个日志头并签名。")
            % {"name": by.name, "when": moment(by.at, "year")},
        )
        for by in head.witnesses
    ]
