"""Files of published notices: to be kept, not shown, and never before the notice is out."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from organizations.instants import now
from procurement.documents.models import Document


@require_safe
def document(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """One public file; its fingerprint is its ETag, so a kept copy is never sent twice."""
    found = Document.objects.public_at(now()).filter(pk=pk, name=name).first()
    if found is None:
        raise Http404
    etag = f'"{found.sha256}"'
    response: HttpResponseBase
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = FileResponse(
            found.content.open("rb"),
            as_attachment=True,
            filename=found.name,
            content_type=found.media_type,
        )
    response.headers["ETag"] = etag
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    patch_cache_control(response, public=True, max_age=365 * 24 * 3600, immutable=True)
    return response
