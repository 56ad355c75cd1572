"""Subjects: one row for each thing that can be pointed at, and the audiences that may see it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from governance.models.people import Person


class SubjectKind(models.TextChoices):
    """Every kind of thing that can be pointed at; the value is stable, the prefix starts its public reference."""

    DEPARTMENT = "department", _("department")
    SEAT = "seat", _("seat")
    PERSON = "person", _("person")
    CHARTER = "charter", _("charter")
    COUNCIL = "council", _("council")
    MEETING = "meeting", _("meeting")
    SERIES = "meeting_series", _("series of meetings")
    AGENDA_ITEM = "agenda_item", _("agenda item")
    DECISION = "decision", _("decision")
    MINUTES = "minutes", _("minutes")
    ENVELOPE = "envelope", _("envelope")
    SOURCE = "source", _("feedback source")
    THEME = "theme", _("theme")
    ACTION = "action", _("action")
    REQUEST = "request", _("request")
    PILOT = "pilot", _("pilot")
    JOURNEY = "journey", _("journey")
    JOURNEY_STEP = "journey_step", _("step of a journey")
    METRIC = "metric", _("metric")
    GOAL = "goal", _("goal")
    PACK = "pack", _("pack")


PREFIXES: dict[str, str] = {
    SubjectKind.DEPARTMENT: "DEP",
    SubjectKind.SEAT: "SEAT",
    SubjectKind.PERSON: "PER",
    SubjectKind.CHARTER: "CHA",
    SubjectKind.COUNCIL: "COU",
    SubjectKind.MEETING: "MTG",
    SubjectKind.SERIES: "SER",
    SubjectKind.AGENDA_ITEM: "ITEM",
    SubjectKind.DECISION: "DEC",
    SubjectKind.MINUTES: "MIN",
    SubjectKind.ENVELOPE: "ENV",
    SubjectKind.SOURCE: "SRC",
    SubjectKind.THEME: "THM",
    SubjectKind.ACTION: "ACT",
    SubjectKind.REQUEST: "REQ",
    SubjectKind.PILOT: "PIL",
    SubjectKind.JOURNEY: "JNY",
    SubjectKind.JOURNEY_STEP: "STEP",
    SubjectKind.METRIC: "MET",
    SubjectKind.GOAL: "GOAL",
    SubjectKind.PACK: "PACK",
}


class Audience(models.Model):
    """An interned set of departments and councils: whoever belongs to one of them may see what carries it."""

    key = models.CharField(max_length=400, unique=True, help_text="The sorted subject ids of its containers.")

    def __str__(self) -> str:
        return self.key


class AudienceContainer(models.Model):
    """One department or council in an audience."""

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="containers")
    container = models.ForeignKey("governance.Subject", models.PROTECT, related_name="in_audiences")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audience", "container"], name="a_container_stands_once_in_an_audience"),
        ]
        indexes = [models.Index(fields=["container", "audience"], name="audience_by_container")]

    def __str__(self) -> str:
        return f"{self.audience_id}:{self.container_id}"


class ReferenceCounter(models.Model):
    """The last number given out for a kind of subject."""

    kind = models.CharField(max_length=20, primary_key=True)
    last = models.BigIntegerField(default=1000)

    def __str__(self) -> str:
        return f"{self.kind} {self.last}"


class Subject(models.Model):
    """A thing that can be pointed at: agenda items, duties and journal entries all point at subjects."""

    kind = models.CharField(max_length=20, choices=SubjectKind.choices)
    reference = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=300)
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="subjects", null=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["audience", "kind", "-id"], name="subject_by_audience_and_kind")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class Versioned(models.Model):
    """Counts its changes, so that two people editing one thing cannot silently overwrite each other."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def keep(self, *fields: str) -> None:
        """Save the named fields and count the change. The caller holds the row's lock."""
        self.version += 1
        self.save(update_fields=[*fields, "version"])


def seen_by(viewer: "Person", now: datetime, seat_path: str = "", model: type[models.Model] | None = None) -> Q:
    """The condition under which a row with a ``subject`` may be seen; ``governance.access`` fills the door."""
    return _visibility[0][0](viewer, now, seat_path, model)


Rule = Callable[["Person", datetime, str, type[models.Model] | None], Q]
RuleInPassing = Callable[["Person", datetime, str, str], Q]
_visibility: list[tuple[Rule, RuleInPassing]] = []


def seen_in_passing(viewer: "Person", now: datetime, path: str = "") -> Q:
    """The same condition as :func:`seen_by`, for rows that are few by another condition, or mostly read anyway.

    ``path`` leads to what has the subject (``duty__``), where that is not the row itself.
    """
    return _visibility[0][1](viewer, now, "", path)


def declare_visibility(rule: Rule, in_passing: RuleInPassing) -> None:
    """Set the one rule of visibility, in its two shapes. Called once, by ``governance.access``, which reads the models
    defined here."""
    _visibility[:] = [(rule, in_passing)]


class SubjectQuerySet(models.QuerySet[Any]):
    """Lists of things that are subjects start from what their viewer may see."""

    seat_path: str = ""

    def visible_to(self, viewer: "Person", now: datetime) -> Self:
        """Keep what ``viewer`` may see at ``now``: by audience, or because one of their seats holds it.

        Source of the rule: DESIGN.md, "What a person may not see does not exist for them".
        """
        return self.filter(seen_by(viewer, now, self.seat_path, self.model)).select_related("subject")

    def counted_for(self, viewer: "Person", now: datetime) -> Self:
        """The same rows as :meth:`visible_to`, without their subjects, for whoever counts most of a table instead of
        reading a page of it, or narrows it to few rows by something else that has an index."""
        return self.filter(_visibility[0][1](viewer, now, self.seat_path, ""))


class FewQuerySet(SubjectQuerySet):
    """Of what stays few however much is heard and promised: departments, seats, bodies. Each is asked for its own
    audience: a list of all that may be seen would hold every action as well."""

    def visible_to(self, viewer: "Person", now: datetime) -> Self:
        return self.counted_for(viewer, now).select_related("subject")


class SubjectModel(models.Model):
    """A model whose row is one subject: the subject is its primary key."""

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="%(class)s")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.subject)

    @property
    def reference(self) -> str:
        return self.subject.reference

    @property
    def title(self) -> str:
        return self.subject.title


def next_number(kind: str, many: int = 1) -> int:
    """Give out the next number for a kind, or the last of the next ``many``; the counter's row lock orders callers."""
    if not ReferenceCounter.objects.filter(kind=kind).update(last=F("last") + many):
        ReferenceCounter.objects.get_or_create(kind=kind)
        ReferenceCounter.objects.filter(kind=kind).update(last=F("last") + many)
    return ReferenceCounter.objects.get(kind=kind).last
