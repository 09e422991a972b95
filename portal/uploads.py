"""Uploads stay in memory, within limits: the clear text of a bid never touches the disk."""

from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class BoundedMemoryUploadHandler(FileUploadHandler):
    """Keeps each file in memory as long as it and the whole form are within the settings' limits.

    Of a file that is too large the content is let go, while its true size is kept: so the form can
    say so beside the field (`size` over UPLOAD_MAX_BYTES, or more than was left for this form), and
    nothing else that was typed is lost.
    """

    def __init__(self, *arguments: object, **options: object) -> None:
        """One handler serves one request."""
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.room = settings.UPLOAD_MAX_REQUEST_BYTES
        self.content = BytesIO()
        self.kept = 0

    def new_file(self, *arguments: object, **options: object) -> None:
        """Begins with an empty content."""
        super().new_file(*arguments, **options)  # type: ignore[arg-type]
        self.content = BytesIO()
        self.kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Takes the chunk, or lets the whole content go once it is too much."""
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES or len(raw_data) > self.room:
            self.room += self.kept
            self.kept = 0
            self.content = BytesIO()
        elif self.kept == start:
            self.content.write(raw_data)
            self.kept += len(raw_data)
            self.room -= len(raw_data)
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file; one that was too large has its size and no content, and says `too_large`."""
        self.content.seek(0)
        upload = InMemoryUploadedFile(
            file=self.content,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
        upload.too_large = self.kept != file_size  # type: ignore[attr-defined]
        return upload
