"""``{% panel "council.page" council.pk %}``: what higher apps show here, drawn on the server."""

from typing import Any, cast

from django import template
from django.template import RequestContext, Template
from django.utils.safestring import SafeString, mark_safe

from governance import links, panels
from governance.models import Subject

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context: RequestContext, slot: str, subject_id: int) -> SafeString:
    """Draw the panels of a slot for one subject.

    A panel's template is a fragment: it is given ``request`` and what its panel answered, and nothing else. For a list,
    the view calls ``panels.prefetch(request, slot, ids, now)`` first, so that statements do not grow with rows.
    """
    request = context["request"]
    engine = cast(Template, context.template).engine
    drawn = [
        engine.get_template(entry.template).render(
            context.new({"request": request, "csrf_token": context.get("csrf_token"), **values})
        )
        for entry, values in panels.answers(request, slot, int(subject_id))
    ]
    return mark_safe("".join(drawn))  # noqa: S308 - each part was drawn by a template, which escapes


@register.simple_tag
def path_of(subject: Subject) -> str:
    """Where a subject's page is: ``<a href="{% path_of move.subject %}">``."""
    return links.path_of(subject)


@register.simple_tag(takes_context=True)
def has_panel(context: RequestContext, slot: str, subject_id: int) -> bool:
    """Whether a slot has anything to show: ``{% has_panel "seat.page" seat.pk as shown %}``."""
    found: Any = panels.answers(context["request"], slot, int(subject_id))
    return bool(found)
