"""Files of strangers leave as attachments that no browser opens inside the site."""

from io import BytesIO

from django.http import FileResponse


def sealed_download(name: str, media_type: str, content: bytes) -> FileResponse:
    """Return a file as a download: never shown in place, never guessed at, never cached."""
    response = FileResponse(
        BytesIO(content), as_attachment=True, filename=name, content_type=media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
