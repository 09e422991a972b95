"""A person's own address that letters came back from: said, and tried again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from organizations import instants
from organizations.web.access import signed_in
from organizations.web.requests import MemberRequest
from procurement.notifications import bounces


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def mail(request: MemberRequest) -> HttpResponse:
    """Say whether letters came back; send one on trial."""
    if request.method == "POST":
        bounces.try_again(by=request.actor, at=instants.now())
        messages.success(request, _("试发了一封。收到后请打开信里的网页。"))
        return redirect("own:mail")
    return render(request, "own/mail.html", {"known": bounces.mine(request.actor)})
