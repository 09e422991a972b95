"""Questions about civil-society organisations: search, the pool for a need, who bids for whom."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.csos.models import (
    INDEPENDENT_FORMS,
    Cso,
    Hosting,
    HostingQuerySet,
    HostingStanding,
)
from organizations.regions import queries as regions
from organizations.register import pairs
from organizations.register import queries as registered
from organizations.register.models import Kind, Organization
from organizations.register.pairs import Pairs


def csos() -> QuerySet[Cso]:
    """Return every group that is not refused or suspended, by name."""
    return (
        Cso.objects.filter(
            organization__kind=Kind.CSO,  # as the index by name begins
            organization__refused_at=None,
            organization__suspended_at=None,
        )
        .select_related("organization__region")
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
    *,
    are_few: bool = False,
) -> QuerySet[Cso]:
    """Return the groups that match everything given; an empty value asks for nothing.

    `region` is a code: groups that work there, in a part of it or in a division around it, or
    have their seat in it. `are_few` asks the same by indexes: dear where nearly all match.
    """
    found = csos()
    for word in q.split():
        found = found.filter(Q(pk__in=_saying(word)) if are_few else _says(word))
    if cso_type:
        found = found.filter(cso_type=cso_type)
    if population:
        found = found.filter(populations__contains=[population])
    if service:
        found = found.filter(services__contains=[service])
    if region:
        found = found.filter(Q(pk__in=_at_work_in(region)) if are_few else _works_in([region]))
    return found


def _says(word: str) -> Q:
    return (
        Q(organization__name__icontains=word)
        | Q(organization__name_en__icontains=word)
        | Q(purpose__icontains=word)
    )


def _saying(word: str) -> QuerySet[Any, Any]:
    """Return the numbers of those with a word in the name or the purpose."""
    meant = Cso.objects.alias(pairs=Pairs("purpose")).filter(
        pairs__contains=pairs.of(word), purpose__icontains=word
    )
    return registered.named(word).values("pk").union(meant.order_by().values("pk"))


def _at_work_in(code: str) -> QuerySet[Any, Any]:
    """Return the numbers of those that `_works_in` keeps."""
    seated = Organization.objects.order_by().filter(
        kind=Kind.CSO, region__code__startswith=regions.prefix(code)
    )
    return _through(code).union(seated.values("pk"))


def pool(regions: Collection[str] = (), services: Collection[str] = ()) -> QuerySet[Cso]:
    """Return the verified groups that can bid: in any of the regions, with any of the services.

    Who is drawn must meet the conditions of a supplier (MOF Order 87, art. 14): a legal person,
    or a group with a verified host that has agreed to answer for it.
    """
    hosted = Hosting.objects.in_force().values("group_id")
    found = verified().filter(Q(legal_form__in=INDEPENDENT_FORMS) | Q(pk__in=hosted))
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
    art. 22), so a group without it bids through a verified host that agreed to answer for it.
    """
    if cso.may_bid_alone:
        return cso.organization if cso.organization.is_verified else None
    return host_of(cso)


def host_of(cso: Cso) -> Organization | None:
    """Return the verified host that agreed to answer for the group, if there is one."""
    held = cso.hostings.in_force().select_related("host").first()
    return held.host if held else None


def hosting_of(cso: Cso) -> Hosting | None:
    """Return the group's latest request to a host, whatever became of it."""
    return cso.hostings.select_related("host").order_by("-asked_at", "-pk").first()


def what_hosting_lacks(cso: Cso) -> StrOrPromise:
    """Say why no host answers for an unregistered group yet and what to do; "" when one does."""
    if cso.may_bid_alone:
        return ""
    last = hosting_of(cso)
    if last is None or (last.ended_at and not last.end_reason):
        return _("请在组织资料里选择托管组织，请它同意；也可以先办理登记。")
    reason = (last.decline_reason or last.end_reason).rstrip("。. ")
    words = {"host": last.host.label(get_language() or ""), "reason": reason}
    if last.standing is HostingStanding.ASKED:
        return _("“%(host)s”还没有答复托管请求。请联系它的签署人，登录后在工作台上答复。") % words
    if last.standing is HostingStanding.DECLINED:
        return (
            _("“%(host)s”没有同意托管（原因：%(reason)s）。请商量好再请求一次，或另选一个。")
            % words
        )
    if last.standing is HostingStanding.ENDED:
        return _("“%(host)s”已经不再托管（原因：%(reason)s）。请在组织资料里另选托管组织。") % words
    if not last.host.is_verified:
        return _("托管组织“%(host)s”没有通过核验或已被暂停。请它先办好，或另选一个。") % words
    return ""


def requests_to(organization: int) -> HostingQuerySet:
    """Return every request to the organisation of this number, whatever became of it."""
    found = Hosting.objects.filter(host_id=organization)
    return found.select_related("group__organization__region", "host")


def hosted_by(organization: int) -> HostingQuerySet:
    """Return the open requests to an organisation, by its number; the unanswered first."""
    first = F("accepted_at").asc(nulls_first=True)
    return requests_to(organization).open().order_by(first, "asked_at", "pk")


def waiting_for(organization: Organization) -> int:
    """Return how many groups wait for this organisation to say whether it will be their host."""
    return Hosting.objects.waiting().filter(host=organization).count()


def _works_in(codes: Collection[str]) -> Q:
    matching = Q()
    for code in codes:
        works = Exists(_through(code).filter(cso_id=OuterRef("pk")))
        matching |= Q(works) | Q(organization__region__code__startswith=regions.prefix(code))
    return matching


def _through(code: str) -> QuerySet[Any, Any]:
    """Return the numbers of those that say they work in a division, in or around it."""
    places = Q(region__code__startswith=regions.prefix(code)) | Q(region__in=_ancestors(code))
    return Cso.regions.through.objects.filter(places).values("cso_id")


def _ancestors(code: str) -> list[str]:
    return [f"{code[:2]}0000", f"{code[:4]}00"]
