"""The pages of practice: what it is, one's part, the clock, and a procurement from end to end."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.roles import ANONYMOUS, Actor
from organizations.web.access import signed_in
from organizations.web.addresses import inside
from organizations.web.requests import MemberRequest
from portal.demo import returned
from portal.demo.ready import Point
from portal.practice import bounds, forward, journey, people
from portal.practice.access import in_rehearsal
from portal.practice.forward import By
from procurement.templatetags.display import moment

OWN: Final = "practice_ocid"  # session key: the procurement that a visitor practises with
MADE: Final = "practice_made"  # session key: how many this visitor has made
MICROSECOND: Final = timedelta(microseconds=1)
MOST_DIGITS: Final = 16
POINTS: Final = (
    (
        Point.BEGINNING,
        gettext_lazy("从第一步开始"),
        gettext_lazy("只有一个标题的采购意向，其余您来写。"),
    ),
    (Point.DRAFT, gettext_lazy("从送审开始"), gettext_lazy("采购文件已经写好，等经办人送审。")),
    (
        Point.OPEN,
        gettext_lazy("从投标开始"),
        gettext_lazy("公告已经发布，另有两家投了标，正等您来投。"),
    ),
    (
        Point.CLOSED,
        gettext_lazy("从评审开始"),
        gettext_lazy("刚刚截标，四家投标，一分钟之内自动开标。"),
    ),
)


@in_rehearsal
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What practising is; parts to take; where to begin; the clock."""
    part = people.part_of(request.user)
    own = request.session.get(OWN)
    context = {
        "part": part,
        "sides": people.SIDES,
        "begun": journey.latest(),
        "own": journey.find(own) if own and _is_filled() else None,
        "is_filled": _is_filled(),
        "points": POINTS,
        "refusal": bounds.refusal(request.session.get(MADE, 0)),
        "to": _home_clock(),
        **_clock(),
    }
    return render(request, "practice/home.html", context)


@in_rehearsal
@require_POST
def take_part(request: HttpRequest) -> HttpResponse:
    """Sign the visitor in as one of the demo accounts and go on to a page of this site."""
    own = request.POST.get("ocid") or request.session.get(OWN)
    made = request.session.get(MADE, 0)
    user = people.take(request, request.POST.get("part", ""))
    if own:
        request.session[OWN] = own
    if made:
        request.session[MADE] = made
    part = people.part_of(user)
    words = _("您现在是%(part)s：%(name)s。") % {"part": part.name if part else "", "name": user}
    messages.success(request, words)
    return redirect(inside(request, request.POST.get("to", ""), reverse("account:home")))


@in_rehearsal
@require_POST
@signed_in
def move(request: MemberRequest) -> HttpResponse:
    """Move the clock of the rehearsal forward, and say what then happens."""
    back = inside(request, request.POST.get("to", ""), _home_clock())
    try:
        by, told = _asked(request)
        at = forward.forward(by, seen=_seen(request), actor=request.actor)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect(back)
    words = _("练习的时钟现在是 %(when)s。") % {"when": moment(at, "year")}
    messages.success(request, f"{words}{told}")
    return redirect(back)


@in_rehearsal
@require_POST
@signed_in
def begin(request: MemberRequest) -> HttpResponse:
    """Make a practice procurement that has come as far as the visitor wants, and show its list."""
    made = request.session.get(MADE, 0)
    try:
        point = Point(request.POST.get("point", ""))
        ocid = journey.begin(point, by=request.actor, at=instants.now(), made=made)
    except (ValueError, LookupError) as missing:
        raise NotFound from missing
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect(reverse("practice:home") + "#begin")
    request.session[OWN] = ocid
    request.session[MADE] = made + 1
    messages.success(request, _("练习项目已经建好。下面一步一步来。"))
    return redirect("practice:journey", ocid)


@in_rehearsal
@require_safe
def journey_page(request: HttpRequest, ocid: str) -> HttpResponse:
    """The ten steps of one procurement, ticked by what has happened."""
    facts = journey.find(ocid) if _is_filled() else None
    if facts is None:
        raise NotFound
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    at = instants.now()
    context = {
        "journey": journey.of(facts, actor, at),
        "part": people.part_of(request.user),
        "due": forward.next_due(ocid, at),
        **_clock(),
    }
    return render(request, "practice/journey.html", context)


def _clock() -> dict[str, object]:
    shift = instants.shift()
    return {"clock": instants.now(), "ahead": shift // MICROSECOND, "shift": shift}


def _is_filled() -> bool:
    """Say whether the demo accounts exist."""
    try:
        returned.office()
    except LookupError:
        return False
    return True


def _asked(request: HttpRequest) -> tuple[timedelta, str]:
    """Return how far the clock is to be moved and what follows. Raises NothingDue."""
    asked = request.POST.get("by", "")
    if asked in forward.STEPS:
        return forward.STEPS[By(asked)], ""
    at = instants.now()
    due = forward.next_due(request.POST.get("ocid", ""), at) if asked == By.NEXT else None
    if due is None:
        raise forward.NothingDue
    return due.at - at, f"{due.name}。{due.follows}"


def _seen(request: HttpRequest) -> timedelta:
    """Return the shift that the page showed."""
    seen = request.POST.get("ahead", "")
    is_number = seen.isascii() and seen.isdecimal() and len(seen) < MOST_DIGITS
    return int(seen) * MICROSECOND if is_number else timedelta(-1)


def _home_clock() -> str:
    """Return where the clock stands on the first page of practice."""
    return reverse("practice:home") + "#clock"
