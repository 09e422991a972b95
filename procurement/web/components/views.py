"""The component page: public, no data of its own, the same for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from procurement.web.components import samples


def index(request: HttpRequest) -> HttpResponse:
    """Show each component in each of its states, on samples."""
    return render(request, "design/index.html", samples.everything())
