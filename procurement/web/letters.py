"""The links of letters: read the call, and hear of no more. The token is all they know."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from organizations import instants
from organizations.refusals import NotFound
from procurement.notifications import actions, bounces, contacts
from procurement.notifications.models import Delivery
from procurement.notifications.parts import ShortLetter
from procurement.watches import actions as watches
from procurement.watches.models import WatchLetter


def _letter(token: UUID) -> Delivery:
    found = Delivery.objects.select_related("tender__process").filter(token=token).first()
    if found is None:
        raise NotFound
    return found


@require_safe
def follow(request: HttpRequest, token: UUID) -> HttpResponse:
    """Go on to the call, noting the first time: the only thing a look at a page ever writes.

    A scanner that only asks for the heading is not noted.
    """
    letter = _letter(token)
    if request.method == "GET":
        actions.follow(letter, at=instants.now())
    return redirect("public:tender", letter.tender.ocid)


@csrf_exempt  # a mail program presses it for its reader (RFC 8058) and has no token of a form
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: UUID) -> HttpResponse:
    """Ask whether to hear of no more calls, and do it; a scanner that only looks does nothing."""
    letter = _letter(token)
    if request.method == "POST":
        actions.stop(letter, at=instants.now())
    return render(request, "public/letter_stop.html", {"stopped": request.method == "POST"})


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: UUID) -> HttpResponse:
    """Ask whether to end the watches a letter told of, and do it."""
    letter = WatchLetter.objects.filter(token=token).first()
    if letter is None:
        raise NotFound
    if request.method == "POST":
        watches.stop(letter)
    return render(request, "public/watch_stop.html", {"stopped": request.method == "POST"})


@require_http_methods(["GET", "HEAD", "POST"])
def short(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead from an SMS to what it is about, and stop on a press; a look does nothing."""
    letter = ShortLetter.objects.filter(slug=slug).first()
    if letter is None:
        raise NotFound
    stopped = request.method == "POST" and contacts.forget_by(letter)
    context = {"letter": letter, "stopped": stopped, "pressed": request.method == "POST"}
    return render(request, "public/short.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: HttpRequest, token: UUID) -> HttpResponse:
    """Take the word of who got a letter on trial that their address works; a look does nothing."""
    is_pressed = request.method == "POST"
    done = is_pressed and bounces.works_again(token)
    return render(request, "public/mail.html", {"done": done, "old": is_pressed and not done})
