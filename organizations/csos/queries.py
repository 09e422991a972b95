"""Questions about civil-society organisations: search, the pool for a need, who bids for whom."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from organizations.csos.models import INDEPENDENT_FORMS, Cso
from organizations.regions import queries as regions
from organizations.regions.models import Region
from organizations.register.models import Organization


def csos() -> QuerySet[Cso]:
    """Return every group that is not refused or suspended, by name."""
    return (
        Cso.objects.filter(organization__refused_at=None, organization__suspended_at=None)
        .select_related("organization__region", "host")
        .order_by("organization__name", "pk")
    )


def verified() -> QuerySet[Cso]:
    """Return the verified groups: those that may be invited and, with the right form, bid."""
    return csos().filter(organization__verified_at__isnull=False)


def search(
    q: str = "",
    cso_type: str = "",
    population: str = "",
    service: str = "",
    region: str = "",
) -> QuerySet[Cso]:
    """Return the groups that match everything given; an empty value asks for nothing.

    `region` is a code: groups that work there, in a part of it or in a division around it, or
    have their seat in it.
    """
    found = csos()
    for word in q.split():
        found = found.filter(
            Q(organization__name__icontains=word)
            | Q(organization__name_en__icontains=word)
            | Q(purpose__icontains=word)
        )
    if cso_type:
        found = found.filter(cso_type=cso_type)
    if population:
        found = found.filter(populations__contains=[population])
    if service:
        found = found.filter(services__contains=[service])
    if region:
        found = found.filter(_works_in([region]))
    return found


def pool(regions: Collection[str] = (), services: Collection[str] = ()) -> QuerySet[Cso]:
    """Return the verified groups that can bid: in any of the regions, with any of the services.

    Who is drawn must meet the conditions of a supplier (MOF Order 87, art. 14): a legal person,
    or a group with a verified host that answers for it.
    """
    found = verified().filter(
        Q(legal_form__in=INDEPENDENT_FORMS)
        | Q(host__verified_at__isnull=False, host__suspended_at=None)
    )
    if regions:
        found = found.filter(_works_in(regions))
    if services:
        found = found.filter(services__overlap=list(services))
    return found


def hosts() -> QuerySet[Organization]:
    """Return who may answer for an unregistered group: the verified legal persons."""
    return (
        Organization.objects.verified()
        .filter(cso__legal_form__in=INDEPENDENT_FORMS)
        .select_related("region")
        .order_by("name")
    )


def bidder_for(cso: Cso) -> Organization | None:
    """Return who bids when this group wants to: itself, its host, or nobody yet.

    Independent civil liability is required of every supplier (Government Procurement Law,
    art. 22), so a group without it bids through the verified host that answers for it.
    """
    bidder = cso.organization if cso.may_bid_alone else cso.host
    return bidder if bidder is not None and bidder.is_verified else None


def _works_in(codes: Collection[str]) -> Q:
    matching = Q()
    for code in codes:
        inside = regions.within(code)
        around = _ancestors(code)
        places = Region.objects.filter(Q(pk__in=inside) | Q(pk__in=around))
        through = Cso.regions.through.objects.filter(region__in=places).values("cso_id")
        matching |= Q(pk__in=through) | Q(organization__region__in=inside)
    return matching


def _ancestors(code: str) -> list[str]:
    return [f"{code[:2]}0000", f"{code[:4]}00"]
