"""The Django app of organisations and people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    """Who there is: organisations, people, roles."""

    name = "organizations"
    label = "organizations"
    verbose_name = _("机构与账户")
    default_auto_field = "django.db.models.BigAutoField"
