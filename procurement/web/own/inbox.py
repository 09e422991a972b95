"""A person's inbox: everything they were told, the newest first; opening a message marks it."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from organizations import instants
from organizations.refusals import NotFound
from organizations.web.access import signed_in
from organizations.web.requests import MemberRequest
from procurement.notifications import actions, queries
from procurement.notifications import inbox as messages
from procurement.notifications.models import Message
from procurement.publication import paging
from procurement.web import addresses


@dataclass(frozen=True)
class Line:
    """One message as the page shows it."""

    message: Message
    kind: str  # which notice it is about, in words; empty where it is about none


@require_safe
@signed_in
def inbox(request: MemberRequest) -> HttpResponse:
    """What the person was told, unread ones marked."""
    cursor = addresses.cursor(request)
    page = paging.page(queries.inbox(request.actor), by="-noted_at", cursor=cursor)
    about = messages.entries(page.rows)
    context = {
        "lines": [Line(each, about.get(each.key, "")) for each in page.rows],
        "unread": queries.unread(request.actor),
        **addresses.beside(request, page),
    }
    return render(request, "own/inbox.html", context)


@require_POST
@signed_in
def open_message(request: MemberRequest) -> HttpResponse:
    """Mark one message as read and go to its page; or mark all and stay."""
    at = instants.now()
    number = request.POST.get("message", "")
    if number == "all":
        actions.read_all(by=request.actor, at=at)
        return redirect("own:inbox")
    if not number.isdecimal():
        raise NotFound
    return redirect(actions.open_message(int(number), by=request.actor, at=at))
