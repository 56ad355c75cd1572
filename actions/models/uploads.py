"""A file on its way in: sent by one person, looked at, then taken in or thrown away."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UploadState(models.TextChoices):
    LOOKED_AT = "looked_at", _("being looked at")
    WAITING = "waiting", _("waiting to be taken in")
    TAKEN_IN = "taken_in", _("taken in")
    FAILED = "failed", _("could not be taken in")


class Upload(models.Model):
    """A file that one person sent and only that person sees, until it is taken in or a day has passed.

    The bytes lie in a folder of their own under ``key``, which nobody can guess; they go as soon as the file is taken
    in. The row stays, so that the address that was shown leads on to what came of it.
    """

    key = models.CharField(max_length=43, unique=True)
    by = models.ForeignKey("governance.Person", models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text=_("Bytes, as sent."))
    source_name = models.CharField(max_length=120)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=UploadState.choices, default=UploadState.LOOKED_AT)
    lines = models.PositiveIntegerField(default=0, help_text=_("About how many there are."))
    lines_done = models.PositiveIntegerField(default=0)
    feedback_import = models.ForeignKey("actions.FeedbackImport", models.PROTECT, null=True, related_name="+")
    fault = models.TextField(blank=True)
    created_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="taken_in") | models.Q(feedback_import__isnull=False),
                name="what_was_taken_in_has_an_import",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="upload_by_age")]

    def __str__(self) -> str:
        return self.file_name
