"""The way to one's inbox and watches, with how much is new; only pages of an account ask for it."""

from django import template

from organizations.roles import Actor
from procurement.notifications import bounces, queries

register = template.Library()


@register.inclusion_tag("own/_told.html")
def told(actor: Actor) -> dict[str, object]:
    """Show the links to one's inbox and watches, and whether mail comes back; two queries."""
    return {"unread": queries.unread(actor), "bounced": bounces.mine(actor)}
