"""Puts the guide of a role where its work is done."""

from django import template

from organizations.roles import Actor
from procurement.web import guides

register = template.Library()


@register.inclusion_tag("components/guides.html")
def guides_for(actor: Actor | None) -> dict[str, object]:
    """Return the guides for the roles of who is signed in, each folded; nothing for a visitor."""
    return {"guides": guides.of(actor.roles) if actor else []}
