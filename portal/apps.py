"""The portal as a Django app: its commands and checks."""

from django.apps import AppConfig

from portal import checks
from portal.celery import app as celery_app

__all__ = ["PortalConfig", "celery_app", "checks"]


class PortalConfig(AppConfig):
    """Importing this module registers the checks and makes our Celery application current."""

    name = "portal"
    verbose_name = "门户"
