"""Questions about the register as a whole."""

from organizations.register.models import Organization, OrganizationQuerySet


def awaiting_verification() -> OrganizationQuerySet:
    """Return the organisations nobody has decided on, the longest waiting first."""
    return Organization.objects.awaiting_verification().select_related("region")


def search(words: str) -> OrganizationQuerySet:
    """Return the organisations whose name or credit code holds the words; all for none."""
    found = Organization.objects.select_related("region")
    for word in words.split():
        found = found.filter(name__icontains=word) | found.filter(uscc__iexact=word)
    return found
