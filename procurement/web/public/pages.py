"""Pages that explain: how it works, what this site is, what robots may read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organizations.instants import now
from procurement.ocds import packages
from procurement.rulebook import queries as rulebook
from procurement.web import guides
from procurement.web.public import words

ROBOTS = """User-agent: *
Disallow: /account/
Disallow: /agency/
Disallow: /cso/
Disallow: /panel/
Disallow: /oversight/
Disallow: /admin/
"""


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How it works: the guide of each role, and how anyone can check."""
    english = words.in_english()
    methods = [
        {
            "name": words.method(method.id),
            "used": method.used_en if english else method.used_zh,
            "basis": method.legal_basis.en if english else method.legal_basis.zh,
            "offered": method.offered,
        }
        for method in rulebook.files().methods
    ]
    return render(request, "public/help.html", {"methods": methods, "guides": guides.GUIDES})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this site is, and the publication policy of its open data."""
    context = {
        "extension": packages.PORTAL_EXTENSION,
        "fields": packages.PORTAL_EXTENSION.replace("extension.json", "README.md"),
        "license": packages.LICENSE,
        "book": rulebook.current(now()).book,
    }
    return render(request, "public/about.html", context)


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """What robots may read: everything public."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")
