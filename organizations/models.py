"""Re-exports every model of the app, where Django looks for them."""

from organizations.accounts.models import Membership, User
from organizations.agencies.models import Agency
from organizations.audit import AuditRow
from organizations.csos.models import Cso, Hosting
from organizations.instants import ClockShift
from organizations.regions.models import Region
from organizations.register.models import Organization

__all__ = [
    "Agency",
    "AuditRow",
    "ClockShift",
    "Cso",
    "Hosting",
    "Membership",
    "Organization",
    "Region",
    "User",
]
