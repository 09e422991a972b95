"""An act at the wrong time, as a plain page that says what to do."""

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from organizations import refusals
from procurement.lifecycle import NotNow
from procurement.web import labels


def put_on(form: forms.BaseForm, refusal: refusals.Refusal) -> None:
    """Put a refusal on the form, beside its field when the form has it; nothing typed is lost."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal.message))


class NotNowMiddleware:
    """Gives the lifecycle's refusals their words; other refusals have theirs already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a NotNow with 409 and a sentence; anything else is not ours."""
        if not isinstance(exception, NotNow):
            return None
        refusal = refusals.NotNow(labels.not_now(exception))
        return render(request, "errors/refused.html", {"refusal": refusal}, status=refusal.status)
