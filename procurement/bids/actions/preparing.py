"""A bid in preparation: one step saved after another, files added and taken off."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations.roles import Actor
from procurement import permissions
from procurement.bids import drafts
from procurement.bids import package as packages
from procurement.bids.actions.entering import entered
from procurement.bids.models import BidDraft, BidDraftFile
from procurement.bids.package import Package, PackedFile
from procurement.documents import kinds
from procurement.lifecycle import Act
from procurement.tenders.models import Tender


@transaction.atomic
def prepare(tender: Tender, *, changes: Mapping[str, Any], by: Actor, at: datetime) -> Package:
    """Save one step of a bid in preparation and return the whole content so far.

    `changes` holds any of proposal, team, quality (texts) and offers, as `package.form` has them.
    """
    tender, organization = entered(Act.PREPARE_BID, tender, by, at)
    draft = drafts.held(tender, organization, at=at)
    values = packages.form(drafts.texts(draft)) | dict(changes)
    content = packages.from_form(values)
    drafts.write(draft, content, at=at)
    return content


def read_draft(tender: Tender, *, by: Actor) -> Package:
    """Return what the own organisation has prepared so far; empty when nothing is saved."""
    permissions.require(Act.PREPARE_BID, by=by, on=tender)
    draft = drafts.of(tender, by.member_of)
    return Package() if draft is None else whole(draft)


def whole(draft: BidDraft) -> Package:
    """Return everything a draft holds, its files too."""
    return packages.from_form(
        packages.form(drafts.texts(draft)), tuple(drafts.files(draft).values())
    )


def draft_files(tender: Tender, *, by: Actor) -> dict[int, PackedFile]:
    """Return the files the own organisation has prepared so far, by number."""
    permissions.require(Act.PREPARE_BID, by=by, on=tender)
    draft = drafts.of(tender, by.member_of)
    return {} if draft is None else drafts.files(draft)


@transaction.atomic
def attach(tender: Tender, *, name: str, content: bytes, by: Actor, at: datetime) -> PackedFile:
    """Add a file to a bid in preparation and return it. Raises kinds.Unacceptable.

    The same file again, by name and content (a double click, a retry), is attached once.
    """
    tender, organization = entered(Act.PREPARE_BID, tender, by, at)
    packed = PackedFile(name, kinds.recognise(name, content), content)
    draft = drafts.held(tender, organization, at=at)
    if drafts.has(draft, packed):
        return packed
    total = sum(BidDraftFile.objects.filter(draft=draft).values_list("size", flat=True))
    if total + len(content) > 3 * kinds.MAXIMUM_BYTES:
        raise kinds.Unacceptable(_("所有附件加起来不能超过 30 MB，请压缩后再上传。"), "file")
    drafts.add(draft, packed, at=at)
    return packed


@transaction.atomic
def detach(tender: Tender, *, file_id: int, by: Actor, at: datetime) -> None:
    """Take a file off a bid in preparation; one that is already off is no error."""
    tender, organization = entered(Act.PREPARE_BID, tender, by, at)
    draft = drafts.held(tender, organization, at=at)
    BidDraftFile.objects.filter(draft=draft, pk=file_id).delete()
    drafts.touch(draft, at=at)
