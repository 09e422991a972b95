"""A bid in preparation as it is kept: locked texts and files, one draft an organisation."""

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings

from organizations.register.models import Organization
from procurement.bids import locking
from procurement.bids import package as packages
from procurement.bids.models import BidDraft, BidDraftFile
from procurement.bids.package import Package, PackedFile
from procurement.tenders.models import Tender


def keys() -> Path:
    """Return the folder of the portal's keys."""
    return Path(settings.KEYS_DIR)


def held(tender: Tender, organization: Organization, *, at: datetime) -> BidDraft:
    """Return the draft of an organisation, made where there is none, its row locked."""
    draft, _made = BidDraft.objects.get_or_create(
        tender=tender, organization=organization, defaults={"updated_at": at}
    )
    return BidDraft.objects.select_for_update().get(pk=draft.pk)


def of(tender: Tender, organization_id: int) -> BidDraft | None:
    """Return the draft of an organisation, if it has prepared anything."""
    return BidDraft.objects.filter(tender=tender, organization_id=organization_id).first()


def texts(draft: BidDraft) -> Package:
    """Return what is written and offered so far, without files."""
    if not draft.content:
        return Package()
    clear = locking.unlock(bytes(draft.content), f"draft {draft.pk}", keys=keys())
    return packages.from_form(json.loads(clear))


def write(draft: BidDraft, content: Package, *, at: datetime) -> None:
    """Keep the texts and offers of a bid."""
    clear = json.dumps(packages.form(content), ensure_ascii=False).encode()
    draft.content = locking.lock(clear, f"draft {draft.pk}", keys=keys())
    draft.updated_at = at
    draft.save()


def touch(draft: BidDraft, *, at: datetime) -> None:
    """Note that its files changed."""
    draft.updated_at = at
    draft.save(update_fields=["updated_at"])


def files(draft: BidDraft) -> dict[int, PackedFile]:
    """Return the files of a draft by number."""
    return {stored.pk: _opened(stored) for stored in BidDraftFile.objects.filter(draft=draft)}


def has(draft: BidDraft, packed: PackedFile) -> bool:
    """Say whether the same file, by name and content, is in the draft already."""
    alike = BidDraftFile.objects.filter(draft=draft, size=len(packed.content))
    return any(_opened(stored) == packed for stored in alike)


def add(draft: BidDraft, packed: PackedFile, *, at: datetime) -> None:
    """Keep one more file."""
    clear = packages.pack(Package(files=(packed,)))
    BidDraftFile.objects.create(
        draft=draft,
        content=locking.lock(clear, f"file of {draft.pk}", keys=keys()),
        size=len(packed.content),
        uploaded_at=at,
    )
    touch(draft, at=at)


def erase(draft: BidDraft, *, at: datetime) -> None:
    """Forget what was prepared: from now on the envelope alone holds it."""
    BidDraftFile.objects.filter(draft=draft).delete()
    draft.content, draft.updated_at = b"", at
    draft.save()


def _opened(stored: BidDraftFile) -> PackedFile:
    clear = locking.unlock(bytes(stored.content), f"file of {stored.draft_id}", keys=keys())
    return packages.unpack(clear).files[0]
