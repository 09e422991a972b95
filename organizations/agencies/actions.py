"""Registering a procuring entity and correcting its own entries."""

from datetime import datetime

from django.db import transaction

from organizations.agencies.models import Agency
from organizations.regions.models import Level, Region
from organizations.register import actions as register
from organizations.register.models import Kind, Organization
from organizations.roles import Actor, Permission, require


@transaction.atomic
def register_agency(
    *,
    name: str,
    region: Region,
    evidence: str,
    by: Actor,
    at: datetime,
    name_en: str = "",
    uscc: str | None = None,
    address: str = "",
    phone: str = "",
    email: str = "",
    finance_department: str = "",
) -> Agency:
    """Register an agency at the level of its region, verified by the same act.

    Raises NotPermitted unless the actor grants roles (an overseer), Invalid with the field.
    """
    require(by, Permission.GRANT_ROLES)
    organization = register.enter(
        Organization(
            kind=Kind.AGENCY,
            name=name,
            name_en=name_en,
            uscc=uscc or None,
            region=region,
            address=address,
            phone=phone,
            email=email,
        ),
        by=by,
        at=at,
    )
    organization = register.verify(organization, by=by, at=at, evidence=evidence)
    agency = Agency(
        organization=organization,
        level=Level(region.level),
        finance_department=finance_department,
    )
    register.check(agency)
    agency.save(force_insert=True)
    return agency
