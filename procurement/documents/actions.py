"""What may be done with files of notices."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction

from organizations.roles import Actor
from procurement.documents import kinds
from procurement.documents.models import Document


@transaction.atomic
def store(
    *, title: str, document_type: str, name: str, content: bytes, by: Actor, at: datetime
) -> Document:
    """Keep one file and return it, not yet public.

    Raises kinds.Unacceptable when it is empty, too large, or not what its name says.
    """
    document = Document(
        title=title or PurePath(name).stem,
        document_type=document_type,
        name=PurePath(name).name,
        media_type=kinds.recognise(name, content),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        organization_id=by.member_of,
        uploaded_by_id=by.person_id,
        uploaded_at=at,
    )
    document.content.save(document.name, ContentFile(content), save=False)
    document.save()
    return document


def publish(documents: Iterable[Document], *, at: datetime) -> None:
    """Open files to the public; belongs inside the transaction of the notice that names them."""
    Document.objects.filter(
        pk__in=[document.pk for document in documents], published_at__isnull=True
    ).update(published_at=at)
