"""What of decisions lasts: which stand, which are due for another look, which were superseded."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import evidence as evidence_registry
from councils.models import Decision, DecisionEvidence, DecisionReview, Supersession
from governance import access
from governance.models import AudienceContainer, Duty, DutyKind, Organisation, Person


class Stands(models.TextChoices):
    """How a decision stands today, as the register is narrowed by it."""

    STANDING = "standing", gettext_lazy("standing, with a day of review")
    DUE = "due", gettext_lazy("due for review")
    SUPERSEDED = "superseded", gettext_lazy("superseded")
    TAKEN_BACK = "taken_back", gettext_lazy("taken back")
    LAPSED = "lapsed", gettext_lazy("lapsed, not ratified")


def stands(how: str, today: date) -> Q:
    """The condition on decisions. ``today`` is the reader's."""
    owed = Duty.objects.filter(subject_id=OuterRef("pk"), kind=DutyKind.RECONSIDER, closed_at=None)
    return {
        Stands.STANDING: Q(Exists(owed)),
        Stands.DUE: Q(Exists(owed.filter(due_on__lte=today))),
        Stands.SUPERSEDED: Q(Exists(Supersession.objects.filter(old=OuterRef("pk"), lapsed_at=None))),
        Stands.TAKEN_BACK: Q(taken_back_at__isnull=False),
        Stands.LAPSED: Q(lapsed_at__isnull=False),
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
        said[key] = (_("due for review"), "warn") if is_due else (_("standing"), "")
    for key in Supersession.objects.filter(old__in=decision_ids, lapsed_at=None).values_list("old_id", flat=True):
        said[key] = (_("superseded"), "warn")
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


def _shown(pieces: QuerySet[DecisionEvidence]) -> list[DecisionEvidence]:
    """The pieces but those of somebody who does not want to be quoted any longer."""
    listed = list(pieces)
    gone = evidence_registry.withdrawn({piece.key for piece in listed})
    return [piece for piece in listed if piece.key not in gone]


def of(decision: Decision, viewer: Person, now: datetime) -> Lasts:
    """All that lasts of a decision, as far as ``viewer`` may see it. A bounded number of statements."""
    newer = Supersession.objects.filter(old=decision, lapsed_at=None).select_related("new__subject").first()
    older = Supersession.objects.filter(new=decision, lapsed_at=None).select_related("old__subject").order_by("pk")
    evidence = _shown(DecisionEvidence.objects.filter(decision=decision).select_related("about").order_by("pk"))
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


def said_to(council_id: int, decisions: Sequence[Decision]) -> dict[int, list[str]]:
    """For minutes: by decision what it was based on, until when it stands, and whose place it took; as far as the
    council may know. Three statements, whatever the number of decisions."""
    keys = [one.pk for one in decisions]
    found: dict[int, list[str]] = defaultdict(list)
    # What the whole organisation may see, every council knows.
    everybody = Organisation.objects.values_list("root_id", flat=True)
    known = AudienceContainer.objects.filter(
        Q(container_id=council_id) | Q(container_id__in=everybody), audience=OuterRef("about__audience")
    )
    for piece in _shown(DecisionEvidence.objects.filter(Exists(known), decision__in=keys).order_by("pk")):
        words = {"kind": piece.label, "words": piece.words}
        found[piece.decision_id].append(_("Based on (%(kind)s): %(words)s") % words)
    older = Supersession.objects.filter(new__in=keys, lapsed_at=None).select_related("old__subject").order_by("pk")
    for one in older:
        found[one.new_id].append(_("In the place of %(old)s.") % {"old": one.old.reference})
    for decision in decisions:
        if decision.review_on is not None:
            found[decision.pk].append(
                _("Looked at again by %(day)s.") % {"day": date_format(decision.review_on, "j F Y")}
            )
    return found


def grounds(decision_ids: list[int], viewer: Person, now: datetime) -> dict[int, str]:
    """For rows of the register: what each was based on, as far as ``viewer`` may see it. Two statements."""
    rows = _shown(DecisionEvidence.objects.filter(decision__in=decision_ids).order_by("pk"))
    seen = access.visible_ids(viewer, {row.about_id for row in rows}, now) if rows else set()
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.about_id in seen:
            found[row.decision_id].append(row.words)
    return {key: "; ".join(words) for key, words in found.items()}
