"""The technical admin: reading only, and never a bid. Acts happen on pages, under their rules."""

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from procurement.planning.models import PlanningNotice
from procurement.publication.models import Entry
from procurement.tenders.models import Tender

M = TypeVar("M", bound=Model)


class ReadOnlyAdmin(admin.ModelAdmin[M]):
    """Shows; changes nothing."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: M | None = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: M | None = None) -> bool:
        """Nothing is deleted, here or anywhere."""
        return False


@admin.register(PlanningNotice)
class PlanningNoticeAdmin(ReadOnlyAdmin[PlanningNotice]):
    """Planning notices that the public has read."""

    list_display = ("title", "procuring_entity", "published_at")
    list_select_related = ("procuring_entity",)


@admin.register(Tender)
class TenderAdmin(ReadOnlyAdmin[Tender]):
    """Tenders and their dates."""

    list_display = ("title", "procuring_entity", "published_at", "tender_period_end")
    list_select_related = ("procuring_entity",)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin[Entry]):
    """The publication log."""

    list_display = ("index", "release_id", "kind", "published_at")
    exclude = ("body", "leaf_hash")
