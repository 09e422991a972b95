"""Questions about imported notices."""

from procurement.history.models import ImportedNotice, ImportedNoticeQuerySet


def search(words: str = "", kind: str = "", procedure: str = "") -> ImportedNoticeQuerySet:
    """Return the notices that match everything given; an empty value asks for nothing."""
    found = ImportedNotice.objects.saying(words.split())
    if kind:
        found = found.filter(kind=kind)
    if procedure:
        found = found.filter(procedure=procedure)
    return found
