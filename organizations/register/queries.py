"""Questions about the register as a whole."""

from django.db.models import Q

from organizations.register import pairs
from organizations.register.models import Organization, OrganizationQuerySet
from organizations.register.pairs import Pairs


def awaiting_verification() -> OrganizationQuerySet:
    """Return the organisations nobody has decided on, the longest waiting first."""
    return Organization.objects.awaiting_verification().select_related("region")


def search(words: str) -> OrganizationQuerySet:
    """Return the organisations whose name or credit code holds the words; all for none."""
    found = Organization.objects.select_related("region")
    for word in words.split():
        found = found.filter(name__icontains=word) | found.filter(uscc__iexact=word)
    return found


def named(word: str) -> OrganizationQuerySet:
    """Return those with a word in their Chinese or English name, found by an index."""
    sought = pairs.of(word)
    return (
        Organization.objects.order_by()
        .alias(pairs=Pairs("name"), pairs_en=Pairs("name_en"))
        .filter(
            Q(pairs__contains=sought, name__icontains=word)
            | Q(pairs_en__contains=sought, name_en__icontains=word)
        )
    )
