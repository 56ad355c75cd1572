"""Feedback, its sources and imports, and the rules by which it is routed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from actions.importing import mapping as mappings
from actions.models import Feedback, FeedbackImport, FeedbackSource, RoutingRule, Theme
from governance import access
from governance.errors import Absent, Invalid
from governance.models import Department, Organisation, Person


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list of feedback is narrowed to. ``target``: with, without; ``state``: open or closed at the source."""

    source: FeedbackSource | None = None
    theme: Theme | None = None
    department: Department | None = None
    target: str = ""
    state: str = ""


def listed(viewer: Person, now: datetime, narrowed: Narrowed | None = None) -> QuerySet[Feedback]:
    """What was said, newest first: rows inherit their theme's audience."""
    chosen = narrowed or Narrowed()
    found = Feedback.objects.filter(theme__in=Theme.objects.visible_to(viewer, now).values("pk"))
    if chosen.source is not None:
        found = found.filter(source=chosen.source)
    if chosen.theme is not None:
        found = found.filter(theme=chosen.theme)
    if chosen.department is not None:
        found = found.filter(department=chosen.department)
    if chosen.target:
        found = found.filter(due_at__isnull=chosen.target == "without")
    if chosen.state:
        found = found.filter(closed_at__isnull=chosen.state == "open")
    return found.select_related(
        "source__subject", "theme__subject", "department__subject", "named_department__subject"
    ).order_by("-pk")


def standing(feedback: Feedback) -> str:
    """What the source itself says about a piece of feedback. Its target is its own: nothing here is a promise of ours.

    Without a target nothing is on time and nothing is late.
    """
    in_time = feedback.answered_in_time_by_source
    if in_time is not None:
        return _("closed within the source's own target") if in_time else _("closed after the source's own target")
    return _("open at the source") if feedback.closed_at is None else _("closed by the source")


# --- sources -------------------------------------------------------------------------------------------------------


def sources(viewer: Person, now: datetime) -> QuerySet[FeedbackSource]:
    """Sources with how much was heard from each and when last."""
    heard = Feedback.objects.filter(source=OuterRef("pk")).order_by().values("source").annotate(total=Count("pk"))
    last = FeedbackImport.objects.filter(source=OuterRef("pk"), withdrawn_at=None).order_by("-pk")
    found: QuerySet[FeedbackSource] = (
        FeedbackSource.objects.visible_to(viewer, now)
        .filter(subject__archived_at=None)
        .annotate(
            heard=Coalesce(Subquery(heard.values("total"), output_field=IntegerField()), 0),
            last_at=Subquery(last.values("started_at")[:1]),
            last_rejected=Subquery(last.values("rejected")[:1]),
        )
        .order_by("name")
    )
    return found


def source(reference: str, viewer: Person, now: datetime) -> FeedbackSource:
    """One source by its reference; raises :class:`Absent`."""
    found: FeedbackSource | None = sources(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def imports(of: FeedbackSource) -> QuerySet[FeedbackImport]:
    """A source's imports, newest first, without their errors."""
    return of.imports.select_related("by").defer("errors").order_by("-pk")


def import_of(of: FeedbackSource, key: int) -> FeedbackImport:
    """One import of a source, with its errors; raises :class:`Absent`."""
    found = of.imports.select_related("by", "source__subject").filter(pk=key).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def mapping_in_words(of: FeedbackSource) -> list[tuple[str, str]]:
    """``(our field, where it comes from)``; empty when nobody has said."""
    try:
        return mappings.parse(of.mapping).sentences() if of.mapping else []
    except Invalid:
        return []


def may_triage(viewer: Person, now: datetime) -> bool:
    """Whether ``viewer`` may triage the whole organisation: see what an import refused, withdraw it, set rules."""
    root: Any = Organisation.objects.select_related("root").get().root
    return root is not None and access.may(viewer, access.TRIAGE, root, now)


# --- rules ---------------------------------------------------------------------------------------------------------


def rules() -> QuerySet[RoutingRule]:
    """The routing rules in the order in which they are tried. Whom they send work to is everybody's to know."""
    return RoutingRule.objects.select_related(
        "source__subject", "from_department__subject", "to_department__subject"
    ).order_by("position", "pk")


def rule(key: int) -> RoutingRule:
    """One rule; raises :class:`Absent`."""
    found = rules().filter(pk=key).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found
