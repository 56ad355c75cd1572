"""What of decisions lasts: which stand, which are due for another look, which were superseded."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from councils.models import Decision, DecisionEvidence, DecisionReview, Supersession
from governance import access
from governance.models import Duty, DutyKind, Person


class Stands(models.TextChoices):
    """How a decision stands today, as the register is narrowed by it."""

    STANDING = "standing", _("standing, with a day of review")
    DUE = "due", _("due for review")
    SUPERSEDED = "superseded", _("superseded")
    TAKEN_BACK = "taken_back", _("taken back")


def stands(how: str, today: date) -> Q:
    """The condition on decisions. ``today`` is the reader's."""
    owed = Duty.objects.filter(subject_id=OuterRef("pk"), kind=DutyKind.RECONSIDER, closed_at=None)
    return {
        Stands.STANDING: Q(Exists(owed)),
        Stands.DUE: Q(Exists(owed.filter(due_on__lte=today))),
        Stands.SUPERSEDED: Q(Exists(Supersession.objects.filter(old=OuterRef("pk"), lapsed_at=None))),
        Stands.TAKEN_BACK: Q(taken_back_at__isnull=False),
    }[Stands(how)]


def owed(decision_id: int) -> Duty | None:
    """The look at it that somebody owes; None where it does not stand, or needs none."""
    found: Duty | None = (
        Duty.objects.filter(subject_id=decision_id, kind=DutyKind.RECONSIDER, closed_at=None)
        .select_related("seat__subject")
        .first()
    )
    return found


def marks(decision_ids: list[int], today: date) -> dict[int, tuple[str, str]]:
    """For rows of the register: in words how each stands, and the tone. Two statements."""
    said: dict[int, tuple[str, str]] = {}
    due = Duty.objects.filter(subject_id__in=decision_ids, kind=DutyKind.RECONSIDER, closed_at=None)
    for key, day in due.values_list("subject_id", "due_on"):
        is_due = day is not None and day <= today
        said[key] = (str(_("due for review")), "warn") if is_due else (str(_("standing")), "")
    for key in Supersession.objects.filter(old__in=decision_ids, lapsed_at=None).values_list("old_id", flat=True):
        said[key] = (str(_("superseded")), "warn")
    return said


@dataclass(frozen=True, slots=True)
class Lasts:
    """What a decision's page says of it."""

    owed: Duty | None
    reviews: list[DecisionReview]
    superseded_by: Decision | None
    """None, too, where its reader may not see it."""
    is_superseded: bool
    supersedes: list[Decision]
    evidence: list[DecisionEvidence]


def of(decision: Decision, viewer: Person, now: datetime) -> Lasts:
    """All that lasts of a decision, as far as ``viewer`` may see it. A bounded number of statements."""
    newer = Supersession.objects.filter(old=decision, lapsed_at=None).select_related("new__subject").first()
    older = Supersession.objects.filter(new=decision, lapsed_at=None).select_related("old__subject").order_by("pk")
    evidence = list(DecisionEvidence.objects.filter(decision=decision).select_related("about").order_by("pk"))
    linked = {one.about_id for one in evidence} | {one.old_id for one in older}
    seen = access.visible_ids(viewer, linked | ({newer.new_id} if newer is not None else set()), now)
    return Lasts(
        owed=owed(decision.pk),
        reviews=list(DecisionReview.objects.filter(decision=decision).select_related("by").order_by("-pk")),
        superseded_by=newer.new if newer is not None and newer.new_id in seen else None,
        is_superseded=newer is not None,
        supersedes=[one.old for one in older if one.old_id in seen],
        evidence=[one for one in evidence if one.about_id in seen],
    )
