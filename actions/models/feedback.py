"""What was heard: sources, imports, feedback, the themes it is grouped into and who answers them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models import FewQuerySet, SubjectModel, Versioned


class FeedbackSource(Versioned, SubjectModel):
    """Where feedback comes from, with the mapping by which its files are read."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    mapping = models.JSONField(default=dict)

    objects = FewQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class FeedbackImport(models.Model):
    """One file taken in, as a whole; it can be withdrawn as a whole until something was decided on it."""

    source = models.ForeignKey(FeedbackSource, models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    by = models.ForeignKey("governance.Person", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    clock_oddities = models.PositiveIntegerField(default=0, help_text=_("Times in a gap or fold of the clock."))
    errors = models.JSONField(default=list)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.file_name} {self.started_at:%Y-%m-%d}"


class Theme(Versioned, SubjectModel):
    """Feedback that says the same, under one name."""

    name = models.CharField(_("name"), max_length=200)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="merged",
        help_text=_("The theme that took it up; never one that was merged itself."),
    )

    objects = FewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="a_theme_is_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lasting(self) -> "Theme":
        """The theme that stands for this one: itself, or what it was merged into."""
        return self.merged_into or self


class ThemeTopic(models.Model):
    """In which theme a topic lands; merging and splitting move it, so that what is taken in later follows."""

    key = models.CharField(max_length=200, unique=True, help_text=_("The topic, folded."))
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="topics")

    def __str__(self) -> str:
        return self.key


class RoutingRule(Versioned):
    """Which department can act on which feedback. Rules are tried in order; the first that fits decides."""

    position = models.PositiveIntegerField(_("position"), default=100)
    source = models.ForeignKey(FeedbackSource, models.PROTECT, null=True, blank=True, related_name="rules")
    topic_contains = models.CharField(_("topic contains"), max_length=120, blank=True)
    from_department = models.ForeignKey(
        "governance.Department", models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_department = models.ForeignKey("governance.Department", models.PROTECT, related_name="routed_here")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__isnull=False) | ~Q(topic_contains="") | Q(from_department__isnull=False),
                name="a_routing_rule_has_a_condition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: to {self.to_department_id}"


class Feedback(models.Model):
    """One thing that somebody said. Its dates are facts about the feedback, never promises of ours."""

    source = models.ForeignKey(FeedbackSource, models.PROTECT, related_name="feedback")
    external_id = models.CharField(max_length=128)
    first_import = models.ForeignKey(FeedbackImport, models.PROTECT, related_name="brought")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="feedback")
    department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="+", help_text=_("To whom it was routed.")
    )
    named_department = models.ForeignKey(
        "governance.Department", models.PROTECT, null=True, related_name="+", help_text=_("Whom the source named.")
    )
    received_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    topic = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    score = models.CharField(max_length=32, blank=True, help_text=_("As the source gave it."))
    score_low = models.CharField(max_length=32, blank=True)
    score_high = models.CharField(max_length=32, blank=True)
    channel = models.CharField(max_length=80, blank=True)
    giver = models.CharField(max_length=200, blank=True)
    consent = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64, help_text=_("Of the mapped fields; tells a changed row."))

    class Meta:
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="a_source_says_a_thing_once"),
        ]
        indexes = [
            models.Index(fields=["theme", "department", "-id"], name="feedback_of_a_theme"),
            models.Index(
                fields=["theme", "department"], condition=Q(closed_at=None), name="feedback_open_at_the_source"
            ),
            models.Index(fields=["department", "theme"], name="feedback_of_a_department"),
            # How often each theme was heard lately is asked for every night.
            models.Index(fields=["received_at", "theme"], name="feedback_heard_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.external_id}"

    @property
    def answered_in_time_by_source(self) -> bool | None:
        """Whether the source closed it by its own target; None where the source set no target or has not closed it."""
        if self.due_at is None or self.closed_at is None:
            return None
        return self.closed_at <= self.due_at


class FeedbackChange(models.Model):
    """What a row said before an import changed it, so that an import can be withdrawn as a whole."""

    feedback_import = models.ForeignKey(FeedbackImport, models.PROTECT, related_name="changes")
    feedback = models.ForeignKey(Feedback, models.CASCADE, related_name="changes")
    before = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feedback", "feedback_import"], name="an_import_changes_a_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.feedback_id} by import {self.feedback_import_id}"


class Routing(models.Model):
    """A theme that was routed to a department: from here on its champion owes an answer."""

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="routings")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="routings")
    rule = models.ForeignKey(RoutingRule, models.SET_NULL, null=True, related_name="+")
    routed_at = models.DateTimeField()
    heard = models.PositiveIntegerField(default=0, help_text=_("Feedback of this theme in this department."))
    open_at_source = models.PositiveIntegerField(default=0)
    without_target = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["theme", "department"], name="a_theme_is_routed_to_a_department_once"),
        ]

    def __str__(self) -> str:
        return f"{self.theme_id} to {self.department_id}"


class Response(models.Model):
    """What a department says it will do about a theme."""

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="responses")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="+")
    text = models.TextField(_("what we will do"))
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["theme", "department", "-id"], name="response_of_a_theme")]

    def __str__(self) -> str:
        return f"{self.department_id} on {self.theme_id}"
