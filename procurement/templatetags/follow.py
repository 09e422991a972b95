"""Ways to keep up with a page: its feed and its calendar, with the page's own query."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from procurement.templatetags.display import in_english

register = template.Library()

LEFT_OUT = ("page",)  # where a reader stands in the list is no part of the question


@register.simple_tag(takes_context=True)
def follow_url(context: dict[str, Any], name: str, *arguments: str) -> str:
    """Return an address of a feed or calendar with the query of this page, in its language."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for each in LEFT_OUT:
        query.pop(each, None)
    for each in [each for each in query if not query[each]]:
        query.pop(each)
    if in_english():
        query["lang"] = "en"
    text = query.urlencode()
    return reverse(name, args=arguments) + (f"?{text}" if text else "")


@register.simple_tag(takes_context=True)
def feed_link(context: dict[str, Any], name: str, title: str, *arguments: str) -> SafeString:
    """Return the line in the head of a page by which programs find its feed."""
    line = '<link rel="alternate" type="application/atom+xml" href="{}" title="{}">'
    return format_html(line, follow_url(context, name, *arguments), title)
