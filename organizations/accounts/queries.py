"""Questions about people: which hats they have, who acts, who is to be told."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from organizations.accounts.models import Membership, User
from organizations.register.models import Organization
from organizations.roles import ANONYMOUS, ROLES, Actor, Permission, Role


@dataclass(frozen=True)
class Hat:
    """One organisation in which a person holds roles, with those roles."""

    organization: Organization
    roles: frozenset[Role]

    @property
    def labels(self) -> list[str]:
        """The names of the roles, in the order in which roles are declared."""
        return [str(role.label) for role in Role if role in self.roles]


def hats(user: User) -> list[Hat]:
    """Return the organisations of a person with the roles held there, longest held first.

    One query. The site's administrator has none.
    """
    if user.is_superuser:
        return []
    roles: dict[Organization, set[Role]] = {}
    memberships = Membership.objects.filter(user=user, ended_at=None).select_related(
        "organization__agency", "organization__cso"
    )
    for membership in memberships:
        roles.setdefault(membership.organization, set()).add(Role(membership.role))
    return [Hat(organization, frozenset(held)) for organization, held in roles.items()]


def actor_for(user: User, organization: Organization | None, origin: str = "") -> Actor:
    """Return the person as actor for the organisation, with the roles held there."""
    found = (hat for hat in hats(user) if hat.organization == organization)
    return actor_from(user, next(found, None), origin)


def actor_from(user: User, hat: Hat | None, origin: str = "") -> Actor:
    """Return the person as actor under a hat already fetched; no query."""
    if not user.is_active:
        return ANONYMOUS
    return Actor(
        user_id=user.pk,
        organization_id=hat.organization.pk if hat else None,
        roles=hat.roles if hat else frozenset(),
        name=str(user),
        origin=origin,
    )


def members(organization: Organization) -> QuerySet[Membership]:
    """Return the active roles in an organisation with their people, longest held first."""
    return Membership.objects.filter(organization=organization, ended_at=None).select_related(
        "user"
    )


def hands(permission: Permission, organizations: QuerySet[Organization]) -> QuerySet[Membership]:
    """Return the active roles that carry the permission in these organisations, with the people."""
    roles = [role for role, card in ROLES.items() if permission in card.permissions]
    return Membership.objects.filter(
        role__in=roles, ended_at=None, user__is_active=True, organization__in=organizations
    ).order_by("pk")


def still_holds(permission: Permission) -> Exists:
    """Ask of rows with a `person` and an `organization` whether they still carry it there."""
    roles = [role for role, card in ROLES.items() if permission in card.permissions]
    return Exists(
        Membership.objects.filter(
            user=OuterRef("person"),
            organization=OuterRef("organization"),
            user__is_active=True,
            role__in=roles,
            ended_at=None,
        )
    )


def people_with(permission: Permission, organizations: Iterable[int]) -> QuerySet[User]:
    """Return the active people who hold the permission in any of the organisations."""
    roles = [role for role, card in ROLES.items() if permission in card.permissions]
    return User.objects.filter(
        is_active=True,
        memberships__role__in=roles,
        memberships__ended_at=None,
        memberships__organization__in=list(organizations),
    ).distinct()
