"""Registering a procuring entity and correcting its own entries."""

from datetime import datetime

from django.db import transaction

from organizations.agencies.models import Agency
from organizations.refusals import NotPermitted
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


@transaction.atomic
def revise(
    agency: Agency,
    *,
    address: str,
    phone: str,
    email: str,
    website: str,
    finance_department: str,
    by: Actor,
    at: datetime,
) -> Agency:
    """Correct an agency's own contact entries. Raises NotPermitted or Invalid with the field."""
    require(by, Permission.MANAGE_OWN_ORGANIZATION)
    if by.organization_id != agency.pk:
        raise NotPermitted
    agency.finance_department = finance_department
    register.check(agency)
    agency.save(update_fields=["finance_department"])
    changes = {"address": address, "phone": phone, "email": email, "website": website}
    agency.organization = register.revise(agency.organization, changes, by=by, at=at)
    return agency
