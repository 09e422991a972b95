"""The Django app of all procurement: one label, one line of migrations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcurementConfig(AppConfig):
    """What happens in a procurement."""

    name = "procurement"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("采购")
