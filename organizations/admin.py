"""The technical administrator's view: accounts can be switched off; the rest is read only."""

from allauth.account import admin as _address_pages  # noqa: F401 - registers what is closed below
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factor_pages  # noqa: F401
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth import admin as _group_pages  # noqa: F401
from django.contrib.auth.models import Group
from django.http import HttpRequest

from organizations.accounts.models import Membership, User
from organizations.audit import AuditRow
from organizations.register.models import Organization

# Who gives a person another address, or takes the second factor away, can sign in as that person
# and read a bid in preparation: people change these themselves. Groups would give no role here.
admin.site.unregister([EmailAddress, Authenticator, Group])
ALWAYS_READ = ("email", "last_login", "is_superuser")


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """People: no address, no password and no role can be given here."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("name", "preferred_language", "is_active", "is_staff", *ALWAYS_READ)
    readonly_fields = ALWAYS_READ

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """People sign up themselves."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: User | None = None) -> bool:
        """A person is switched off, never deleted: acts keep their author."""
        return False


class _ReadOnly:
    """Nothing is written past the acts and their audit."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        """Never."""
        return False


@admin.register(Organization)
class OrganizationAdmin(_ReadOnly, admin.ModelAdmin[Organization]):
    """Organisations, to be read."""

    list_display = ("name", "kind", "region", "registered_at", "verified_at")
    list_filter = ("kind",)
    search_fields = ("name", "uscc")
    list_select_related = ("region",)


@admin.register(Membership)
class MembershipAdmin(_ReadOnly, admin.ModelAdmin[Membership]):
    """Roles, to be read."""

    list_display = ("user", "organization", "role", "granted_at", "ended_at")
    list_filter = ("role",)
    search_fields = ("user__email", "organization__name")
    list_select_related = ("user", "organization")


@admin.register(AuditRow)
class AuditRowAdmin(_ReadOnly, admin.ModelAdmin[AuditRow]):
    """The audit record, to be read."""

    list_display = ("at", "kind", "subject", "name", "origin")
    search_fields = ("subject", "name")
