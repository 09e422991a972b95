"""Uploads within limits, in memory."""

from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory
from pytest_django import Settings


def _uploaded(*sizes: int) -> list[tuple[int, int, bool]]:
    """For each file sent: its size as told, the bytes kept, and whether it was too large."""
    files = {
        f"file{number}": SimpleUploadedFile(f"{number}.pdf", b"x" * size)
        for number, size in enumerate(sizes)
    }
    request = RequestFactory().post("/", {"typed": "字", **files})
    assert request.POST["typed"] == "字"
    kept = []
    for upload in request.FILES.values():
        assert isinstance(upload, InMemoryUploadedFile)
        kept.append((upload.size or 0, len(upload.read()), vars(upload)["too_large"]))
    return kept


def test_a_file_within_the_limit_is_kept(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 200_000
    assert _uploaded(200_000, 5) == [(200_000, 200_000, False), (5, 5, False)]


def test_a_larger_file_keeps_its_size_and_loses_its_content(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 200_000
    assert _uploaded(200_001, 5) == [(200_001, 0, True), (5, 5, False)]


def test_a_form_of_many_files_stays_within_its_limit(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 200_000
    settings.UPLOAD_MAX_REQUEST_BYTES = 300_000
    assert _uploaded(200_000, 150_000, 90_000) == [
        (200_000, 200_000, False),
        (150_000, 0, True),
        (90_000, 90_000, False),
    ]
