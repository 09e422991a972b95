"""The portal as a Django app: its commands and checks."""

from django.apps import AppConfig

from portal.celery import app as celery_app

__all__ = ["PortalConfig", "celery_app"]


class PortalConfig(AppConfig):
    """Importing this module makes the Celery application current in every process."""

    name = "portal"
    verbose_name = "门户"
