"""Taking in the words of witnesses: signatures of our heads, by those we know and nobody else."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations.refusals import Refusal
from procurement.publication import heads, notes
from procurement.publication.tree import Checkpoint, Cosignature, Log

AHEAD = timedelta(minutes=5)  # how far the clock of a witness may run before ours
BEHIND = timedelta(days=7)  # how long a mail with a signature may take
APART = timedelta(minutes=10)  # between two signatures of one head by one witness


class NotAHead(Refusal):
    """What was handed in is not a signed head of this log."""

    status = 400


class NotOurHead(Refusal):
    """A head that this log did not sign, or not with this root."""

    status = 409


class NotAWitness(Refusal):
    """No line is by a witness we know."""

    status = 403


class NotItsSignature(Refusal):
    """A line that claims to be by a witness and is not, or not of now."""

    status = 422


def receive(log: Log, note: str, *, at: datetime) -> list[Cosignature]:
    """Keep the witnesses' lines under a head of the log; return those that are new.

    Lines by unknown keys are passed over, as the format asks; one by the log itself too. Raises
    NotAHead, NotOurHead, NotAWitness, NotItsSignature; then nothing is kept.
    """
    try:
        handed_in = notes.Note.parse(note)
        head = notes.Head.parse(handed_in.text)
    except notes.NoteError as error:
        raise NotAHead(_("这不是日志头：请交整个日志头，下面是您的签名行。")) from error
    checkpoint = Checkpoint.objects.filter(log=log, size=head.size).first()
    if checkpoint is None or notes.Note.parse(checkpoint.note).text != handed_in.text:
        raise NotOurHead(_("我们没有签过这个日志头。如果它有我们的签名，请把它公开：它就是证据。"))
    known = {key.name: key for key in heads.witnesses()}
    lines = [(each, known[each.name]) for each in handed_in.signatures if each.name in known]
    if not lines:
        raise NotAWitness(_("签名行里没有本站认识的见证方。请先把您的公钥告诉本站。"))
    kept = []
    with transaction.atomic():
        for line, key in lines:
            when = _when(handed_in.text, line, key, at)
            earlier = Cosignature.objects.filter(log=log, size=head.size, witness=key.name)
            if earlier.filter(cosigned_at__gt=when - APART, cosigned_at__lt=when + APART).exists():
                continue
            kept.append(
                Cosignature.objects.create(
                    log=log,
                    size=head.size,
                    witness=key.name,
                    line=line.line(),
                    cosigned_at=when,
                    received_at=at,
                )
            )
    return kept


def _when(text: str, line: notes.Signature, key: notes.Key, at: datetime) -> datetime:
    try:
        seconds = notes.cosigned_at(text, line, key)
    except notes.NoteError as error:
        raise NotItsSignature(_("签名不对，或者不是用告诉本站的那把钥匙签的。")) from error
    if not (at - BEHIND).timestamp() <= seconds <= (at + AHEAD).timestamp():
        raise NotItsSignature(_("签名的时间不对：请校准电脑的时钟；超过 7 天的签名请重签。"))
    return datetime.fromtimestamp(seconds, UTC)
