"""Words of councils for pages: verdicts in a line, things as links where the reader may see them, times of meetings."""

from collections.abc import Container
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from councils import authority, matters, measures, sources
from councils.models import AgendaItem, Decision, Envelope
from governance import links
from governance.hours import format_minutes
from governance.models import Subject

register = template.Library()


@register.filter
def path(subject: Subject) -> str:
    """The path of a subject's page."""
    return links.path_of(subject)


@register.simple_tag
def thing(subject: Subject | None, visible: Container[int]) -> str | SafeString:
    """A subject as a link with its reference; what the reader may not see stays unnamed."""
    if subject is None:
        return ""
    if subject.pk not in visible:
        return _("something that you may not see")
    address = links.path_of(subject)
    if not address:
        return subject.title
    return format_html('<a href="{}">{}</a> <span class="ref">{}</span>', address, subject.title, subject.reference)


@register.filter
def in_short(decision: Decision) -> str:
    """ "advisory (5 of 9, chair absent)" """
    said = authority.in_short(decision.verdict, decision.facts)
    if decision.taken_back_at is not None:
        return _("taken back; it was %(verdict)s") % {"verdict": said}
    return said if decision.lapsed_at is None else _("lapsed; it was %(verdict)s") % {"verdict": said}


@register.filter
def counted(decision: Decision) -> str:
    """ "5 of 9, chair absent" """
    return authority.counted_words(decision.facts)


@register.filter
def matter_label(item: AgendaItem) -> str:
    known = matters.MATTERS.get(item.matter)
    return str(known.label) if known else item.matter


@register.filter
def source_label(item: AgendaItem) -> str:
    """What brought an item onto the agenda, in words; empty where people raised it."""
    return sources.label_of(item)


@register.filter
def clock_of(moment: datetime | None, zone: str) -> str:
    """ "14:41", on the reader's clock."""
    return "" if moment is None else date_format(moment.astimezone(ZoneInfo(zone)), "H:i")


@register.filter
def clock(zone: str) -> str:
    """ "New York", for a zone."""
    return zone.rpartition("/")[2].replace("_", " ")


@register.filter
def when(moment: datetime | None, zone: str) -> str:
    """A moment with its weekday, on the clock of a zone."""
    if moment is None:
        return ""
    # Translators: a moment with its weekday, as a date format: Thu 19 Nov 2026, 14:00
    return date_format(moment.astimezone(ZoneInfo(zone)), _("D j M Y, H:i"))


@register.filter
def measured(amount: int, envelope: Envelope) -> str:
    """An amount of an envelope in the reader's words: money of its currency, or hours."""
    return measures.say(amount, envelope.unit, envelope.currency)


@register.filter
def as_hours(minutes: int) -> str:
    """Minutes in the reader's words: 7 h 30 min."""
    return format_minutes(minutes)


@register.filter
def hours(minutes: int) -> int:
    """Minutes as whole hours, for drawing."""
    return round((minutes or 0) / 60)


@register.filter
def of(mapping: dict[object, object], key: object) -> object:
    """The entry of a mapping for a key, or nothing."""
    return mapping.get(key)


@register.filter
def within(title: str, council: str) -> str:
    """A seat's title where its council is known: "Chair, CX Governance Council" is "Chair"."""
    return title.removesuffix(f", {council}")
