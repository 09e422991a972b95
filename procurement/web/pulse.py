"""Where the watchdog sends its trial submissions: the way of a bid, short of a bid."""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from organizations import instants
from procurement.publication.keyring import kept
from procurement.pulse import actions as pulse

HEADER: Final = "X-Canary"
_SECRET: Final = "canary.key"  # noqa: S105 -- a file's name
_BYTES: Final = 32


def secret() -> Path:
    """Return where the secret that the watchdog and the web share is kept; made once."""
    place = Path(settings.KEYS_DIR) / _SECRET
    kept(place, lambda: secrets.token_bytes(_BYTES))
    return place


def word() -> str:
    """Return what the watchdog says to be let in."""
    return hashlib.sha256(b"yn-canary/1" + secret().read_bytes()).hexdigest()


@csrf_exempt  # no browser and no session: the word is the permission
@never_cache
@require_POST
def trial(request: HttpRequest) -> HttpResponse:
    """Do what a submission does and say how far this machine's clock is from the database's."""
    said = request.headers.get(HEADER, "")
    if not hmac.compare_digest(said.encode(), word().encode()):
        raise Http404
    canary = pulse.try_submission(secret=secret(), ahead=instants.shift())
    pulse.beat("web")
    answer = {"beat_at": canary.beat_at.isoformat(), "skew": round(instants.skew(), 3)}
    return JsonResponse(answer)


urlpatterns = [path("", trial, name="trial")]
