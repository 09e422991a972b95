"""The component page: public, no data of its own, the same for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from procurement.web.components import samples


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show each component in each of its states, on samples."""
    return render(request, "design/index.html", samples.everything())
