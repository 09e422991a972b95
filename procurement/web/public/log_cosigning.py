"""Where witnesses hand in their signatures of a head; whoever posts, only the signature counts."""

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from organizations.instants import now, real
from procurement.publication import misfits, notes, proofs
from procurement.publication.misfits import Wrong
from procurement.publication.tree import Log
from procurement.web.public.answers import refusal

LONGEST = 16 * 1024  # bytes; a head with fifty signatures is shorter
MOST = 4  # lines looked at
OK, STRANGER = 200, 403

TOO_LONG = _("太长：一个日志头和您的签名行不超过 16 KB。")
UNREADABLE = _("读不懂：请交 UTF-8 文本。")
NO_LINE = _("没有签名行：它以长划和空格（— ）开头，然后是见证方的名称。")
UNKNOWN = _("签名行里没有本站认识的见证方。请先把您的公钥告诉本站。")
NOT_OURS = _(
    "这不是最近两天哪一个日志头的签名：钥匙不对、日志头太旧，或者日志头不是本站的。"
    "如果那个日志头有本站的签名，请把它公开：它就是证据。"
)
FROM_THE_FUTURE = _("签名的时间在将来：请校准电脑的时钟。")
THANKS = _("收到了，谢谢。")


@csrf_exempt
@require_POST
def cosignatures(request: HttpRequest, log: Log) -> HttpResponse:
    """Keep a witness's line; the head may stand above it, as witness.py hands it in."""
    if int(request.headers.get("Content-Length") or 0) > LONGEST:
        return refusal(TOO_LONG, status=413)
    try:
        text = request.body.decode()
    except (UnicodeDecodeError, UnreadablePostError):
        return refusal(UNREADABLE, status=400)
    lines = [line for line in text.splitlines() if line.startswith("\u2014 ")][:MOST]
    answers = [_kept(log, line) for line in lines] or [refusal(NO_LINE, status=400)]
    # One that is kept is enough: other lines may be by the log itself, or by strangers.
    return min(answers, key=lambda each: (each.status_code != OK, each.status_code == STRANGER))


def _kept(log: Log, line: str) -> HttpResponse:
    try:
        proofs.accept(log, line, at=real())
    except proofs.UnknownWitness:
        misfits.note(Wrong.UNKNOWN_WITNESS, line.encode(), at=now())
        return refusal(UNKNOWN, status=STRANGER)
    except proofs.NoSuchHead:
        misfits.note(Wrong.NO_SUCH_HEAD, line.encode(), at=now())
        return refusal(NOT_OURS, status=409)
    except proofs.FromTheFuture:
        return refusal(FROM_THE_FUTURE, status=422)
    except notes.NoteError:
        return refusal(NO_LINE, status=400)
    return refusal(THANKS, status=OK)
