"""The version for older readers (长辈版): larger type and stronger contrast, by one switch.

The choice is the visitor's own and is kept in their browser alone, for everyone, signed in or not.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from organizations.web.addresses import inside

COOKIE = "care"  # pages differ by it: whoever keeps a page keeps one for each value
CHOSEN = "1"
YEAR = 365 * 24 * 3600  # seconds


def chosen(request: HttpRequest) -> bool:
    """Whether this visitor reads the version for older readers."""
    return request.COOKIES.get(COOKIE) == CHOSEN


@csrf_exempt  # it only changes how pages look: no token, so that pages can be the same for all
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Begin (`care=1`) or end it, and show the page the visitor was on."""
    place = inside(request, request.POST.get("next", ""), otherwise="/")
    response = HttpResponseRedirect(place, status=303)
    if request.POST.get(COOKIE) == CHOSEN:
        response.set_cookie(
            COOKIE, CHOSEN, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
