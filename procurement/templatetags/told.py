"""The way to one's inbox and watches, with how much is new; only pages of an account ask for it."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from organizations.roles import Actor
from procurement.notifications import bounces, queries

register = template.Library()


@register.simple_tag
def told(actor: Actor) -> SafeString:
    """Return the links to one's inbox and watches, and whether mail comes back; two queries."""
    context = {"unread": queries.unread(actor), "bounced": bounces.mine(actor)}
    return render_to_string("own/_told.html", context)
