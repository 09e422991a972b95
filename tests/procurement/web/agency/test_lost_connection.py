"""A connection that breaks while a document is on its way: nothing is attached, and it is said."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from organizations.roles import Actor
from procurement.documents.models import Document
from tests.builders import procurement as build
from tests.procurement.web.agency.conftest import Clock

pytestmark = pytest.mark.django_db
SignIn = Callable[[Actor], Client]


def sent(content: bytes) -> bytes:
    """The form of a document as a browser sends it."""
    return encode_multipart(
        BOUNDARY,
        {
            "document_type": "biddingDocuments",
            "title": "采购文件",
            "file": SimpleUploadedFile("call.txt", content, "text/plain"),
            "whole": "1",
        },
    )


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 1])
def test_a_document_cut_short_is_refused(
    who: build.Cast, clock: Clock, signed_in: SignIn, kept: float
) -> None:
    tender = build.draft(who)
    whole = sent(b"x" * 20000)
    address = reverse("agency:tender-step", args=[tender.ocid, "documents"])
    client = signed_in(who.drafter)
    assert 'name="whole"' in client.get(address).content.decode()

    answer = client.generic(
        "POST", address, whole[: int(len(whole) * kept)], content_type=MULTIPART_CONTENT
    )

    is_whole = kept == 1
    assert answer.status_code == (302 if is_whole else 422)
    assert ("文件没有收全。请重新上传" in answer.content.decode()) is not is_whole
    assert Document.objects.count() == is_whole
    assert tender.attachments.count() == is_whole
