"""The one door: without the rehearsal these addresses are not there."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def in_rehearsal(view: Page[P]) -> Page[P]:
    """Serve a page where settings.REHEARSAL is on; elsewhere it is 404, whatever was sent."""

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.REHEARSAL:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(page)
