"""The technical admin: reading only, and never a bid. Acts happen on pages, under their rules."""

from typing import TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
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


class PublishedAdmin(ReadOnlyAdmin[M]):
    """Shows what the public has read: a draft is its agency's alone."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """Leave drafts out, of lists and of single pages."""
        return super().get_queryset(request).filter(published_at__isnull=False)


@admin.register(PlanningNotice)
class PlanningNoticeAdmin(PublishedAdmin[PlanningNotice]):
    """Planning notices that the public has read."""

    list_display = ("title", "procuring_entity", "published_at")
    list_select_related = ("procuring_entity",)


@admin.register(Tender)
class TenderAdmin(PublishedAdmin[Tender]):
    """Calls and their dates."""

    list_display = ("title", "procuring_entity", "published_at", "tender_period_end")
    list_select_related = ("procuring_entity",)


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin[Entry]):
    """The publication log."""

    list_display = ("index", "release_id", "kind", "published_at")
    exclude = ("body", "leaf_hash")
