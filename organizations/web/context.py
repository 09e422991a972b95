"""What every page shows around its content: the site's name, footer, who acts, the rehearsal."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.utils.translation import get_language

from organizations import instants
from organizations.regions.models import Region
from organizations.register.models import Organization
from organizations.roles import ANONYMOUS, Actor
from organizations.web import care
from organizations.web.requests import ActorRequest

_provinces: dict[str, Region] = {}  # divisions do not change while a process runs


@dataclass(frozen=True)
class Site:
    """`portal` in every template."""

    actor: Actor
    organization: Organization | None
    several: bool  # the person may act for more than one organisation
    signed_in: bool
    care: bool  # larger type, stronger contrast, nothing left out: the visitor's own choice

    @property
    def name(self) -> str:
        """The site's name in the reader's language."""
        english = (get_language() or "").startswith("en")
        return str(settings.SITE_NAME_EN if english else settings.SITE_NAME_ZH)

    @property
    def province(self) -> Region | None:
        """The province that is served, once its divisions are loaded."""
        code = settings.PROVINCE_CODE
        if code not in _provinces:
            found = Region.objects.filter(code=code).first()
            if found is None:
                return None
            _provinces[code] = found
        return _provinces[code]

    @property
    def footer(self) -> dict[str, str]:
        """What a public site says about itself; empty values are not shown."""
        return settings.FOOTER

    @property
    def rehearsal(self) -> bool:
        """Whether everything here is practice."""
        return bool(settings.REHEARSAL)

    @property
    def practice_url(self) -> str:
        """Where people may practise; blank where this is the place, or nobody set one up."""
        if settings.REHEARSAL or not settings.PRACTICE_URL:
            return ""
        return f"{settings.PRACTICE_URL.rstrip('/')}/practice/"

    @property
    def rehearsal_now(self) -> datetime | None:
        """What the clock shows when a rehearsal runs ahead of real time."""
        return instants.now() if instants.shift() else None


def _is_signed_in(request: HttpRequest) -> bool:
    """Say whether somebody reads; a public page believes the session and asks for no person."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None:
        return actor.user_id is not None
    return SESSION_KEY in getattr(request, "session", ())


def site(request: HttpRequest) -> dict[str, Site]:
    """Context processor: `site`, and the same as `portal`, which no library's view overwrites."""
    acting = cast("ActorRequest", request)
    shown = Site(
        actor=getattr(acting, "actor", ANONYMOUS),
        organization=getattr(acting, "organization", None),
        several=len(getattr(acting, "hats", [])) > 1,
        signed_in=_is_signed_in(request),
        care=care.chosen(request),
    )
    return {"site": shown, "portal": shown}
