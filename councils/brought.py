"""What councils take onto their agendas by themselves: escalations, decisions not carried out, findings, the charter.

Sources of :mod:`councils.sources`. Findings are those that the program makes about a council today: every night its
charter is tried against its seats. Findings of another kind are declared where they are made.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from councils.came import OPEN, Came, came_of, has_work
from councils.matters import ESCALATED
from councils.models import AgendaItem, Decision, ItemState
from councils.queries import stuck
from councils.queries.councils import today_of
from councils.queries.decisions import STANDS
from councils.referrals import GENERAL
from councils.sources import CHARTER, DECISION, ESCALATED_AS, ESCALATION, FINDING, Found, Room, Source, declare
from governance.clauses import COUNCIL, ONTO_AGENDA
from governance.models import Duty, DutyKind, Firing, Rung
from governance.quoting import inside

LONGEST_TITLE = 120

# --- escalations ---------------------------------------------------------------------------------------------------


def ask_of(duty: Duty) -> str:
    """What a council is asked about a thing that nobody moved in time."""
    return _("“%(title)s” was due on %(day)s and has not moved: what is to become of it?") % {
        "title": _short(duty.subject.title),
        "day": date_format(duty.due_on, "j F Y") if duty.due_on else "",
    }


def escalated(room: Room) -> list[Found]:
    """What climbed to this council and rests again, without standing anywhere: work that was said to be done and sent
    back, a day that was moved and missed. A first climb is the ladder's own. One statement."""
    fell = Rung.objects.filter(
        charter_version=OuterRef("charter_version"),
        duty_kind=OuterRef("kind"),
        target=COUNCIL,
        position__lte=OuterRef("rung"),
    )
    stood = AgendaItem.objects.filter(about=OuterRef("subject"), left_at=None).filter(
        Q(state=ItemState.OPEN) | Q(raised_at__gte=OuterRef("opened_at"))
    )
    matters = {kind: stood.filter(matter=matter) for kind, matter in ESCALATED_AS.items()}
    elsewhere = Q(pk__in=[])
    for kind, rows in matters.items():
        elsewhere |= Q(Exists(rows), subject__kind=kind)
    rests = (
        Duty.objects.filter(
            Exists(fell),
            Q(paused_to=None) | Q(paused_to__lte=room.today),
            overseer=room.council.pk,
            closed_at=None,
            due_on__lt=room.today,
            subject__kind__in=ESCALATED_AS,
        )
        .exclude(elsewhere)
        .select_related("subject")
        .order_by("due_on", "pk")
    )
    return [
        Found(
            duty.subject_id, ESCALATED_AS[duty.subject.kind], ask_of(duty), duty.opened_at, proposal={ESCALATED: True}
        )
        for duty in rests
    ]


def still_escalated(items: Sequence[AgendaItem], now: datetime) -> Mapping[int, str]:
    """An escalation holds while what climbed is owed by the day that it climbed for. Two statements.

    Where nobody else could bring a thing on, the secretary owes it on the thing itself; that holds as long.
    """
    concerned = [item for item in items if item.matter == ESCALATED_AS.get(item.about.kind)]
    about = {item.about_id for item in concerned}
    holds: dict[int, list[str]] = defaultdict(list)
    fell = Firing.objects.filter(duty__subject_id__in=about, target__in=ONTO_AGENDA)
    for subject, closed_at, due_on, fell_for in fell.values_list(
        "duty__subject_id", "duty__closed_at", "duty__due_on", "due_on"
    ):
        holds[subject].append(_why_over(closed_at, due_on, fell_for, now))
    owed = Duty.objects.filter(subject_id__in=about, kind=DutyKind.SETTLE).values_list("subject_id", "closed_at")
    for subject, closed_at in owed:
        holds[subject].append(_over() if closed_at is not None else "")
    return {item.pk: min(holds[item.about_id], key=len) for item in concerned if holds[item.about_id]}


def _over() -> str:
    return _("What was owed is owed no more.")


def _why_over(closed_at: datetime | None, due_on: date | None, fell_for: date, now: datetime) -> str:
    if closed_at is not None:
        return _over()
    if due_on is not None and due_on > fell_for and due_on >= now.date():
        return _("It is due on %(day)s now.") % {"day": date_format(due_on, "j F Y")}
    return ""


# --- decisions not carried out -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision of whose work something is past its day and stands on no agenda itself."""

    decision: Decision
    late: Sequence[Came]
    work: int

    @property
    def since(self) -> datetime:
        """When the last of it became late."""
        last = max(_day(came) for came in self.late)
        return datetime.combine(last + timedelta(days=1), time.min, tzinfo=UTC)

    @property
    def ask(self) -> str:
        return ngettext(
            "“%(motion)s”, decided on %(day)s, is not carried out: %(late)d of %(n)d thing that came of it is past its "
            "day.",
            "“%(motion)s”, decided on %(day)s, is not carried out: %(late)d of %(n)d things that came of it are past "
            "their day.",
            self.work,
        ) % {
            "motion": _short(self.decision.title.rstrip(".")),
            "day": date_format(self.decision.decided_at, "j F Y"),
            "late": len(self.late),
            "n": self.work,
        }


def undone(decisions: Iterable[Decision], today: date) -> dict[int, Undone]:
    """Those of these decisions that are not carried out, by key. A few statements for all.

    What is late and stands on an agenda itself is not counted: it is settled there, and appears once.
    """
    listed = {one.pk: one for one in decisions}
    came = came_of(list(listed))
    late = {
        key: [one for one in things if one.state == OPEN and _day(one) < today] for key, things in came.items()
    }  # fmt: skip
    standing = _on_agendas({one.subject_id for things in late.values() for one in things})
    found = {}
    for key, things in late.items():
        left = [one for one in things if one.subject_id not in standing]
        if left:
            found[key] = Undone(listed[key], left, len(came[key]))
    return found


def _on_agendas(about: Collection[int]) -> set[int]:
    rows = AgendaItem.objects.filter(about_id__in=about, state=ItemState.OPEN, matter__in=ESCALATED_AS.values())
    return set(rows.values_list("about_id", flat=True))


def _day(came: Came) -> date:
    """By when it was to be done: the promised day, else the one that was asked for."""
    return came.due_on or came.asked_for or date.max


def _under_way() -> QuerySet[Decision]:
    """What stands and asks for work that is not done yet."""
    found: QuerySet[Decision] = Decision.objects.filter(has_work(OPEN), STANDS)
    return found.select_related("subject").order_by("decided_at", "pk")


def not_carried_out(room: Room) -> list[Found]:
    found = undone(_under_way().filter(council=room.council), room.today)
    return [Found(key, GENERAL, one.ask, one.since) for key, one in found.items()]


def still_undone(items: Sequence[AgendaItem], now: datetime) -> Mapping[int, str]:
    concerned = [item for item in items if item.source == DECISION]
    if not concerned:
        return {}
    found = undone(
        _under_way().filter(pk__in={item.about_id for item in concerned}), today_of(concerned[0].council, now)
    )
    over = _("What came of it is done, has another day, or stands on the agenda itself.")
    return {item.pk: "" if item.about_id in found else over for item in concerned}


# --- findings ------------------------------------------------------------------------------------------------------


def findings(room: Room) -> list[Found]:
    """What the nightly trial found: the council can get stuck. One statement, and those of a trial where it can."""
    duty = Duty.objects.filter(subject_id=room.council.pk, kind=DutyKind.UNSTICK, closed_at=None).first()
    if duty is None:
        return []
    problems = stuck.tried([room.council], room.now)[0].problems
    if not problems:
        return []
    title = _("The council can get stuck: %(problem)s") % {"problem": problems[0].sentence}
    others = [f"{found.sentence} {found.remedy}" for found in problems[1:]]
    return [Found(room.council.pk, GENERAL, "\n".join([title, problems[0].remedy, *others]), duty.opened_at)]


def still_found(items: Sequence[AgendaItem], _now: datetime) -> Mapping[int, str]:
    return _still_owed(items, FINDING, DutyKind.UNSTICK, _("The council can no longer get stuck."))


# --- the charter ---------------------------------------------------------------------------------------------------


def review(room: Room) -> list[Found]:
    """The review of the charter, at the last meeting before it is due: one more might come too late. One statement."""
    until = room.meets_on + timedelta(weeks=room.rules.cadence.weeks or 6)
    duty = (
        Duty.objects.filter(subject_id=room.council.charter_id, kind=DutyKind.REVIEW, closed_at=None, due_on__lte=until)
        .select_related("subject")
        .first()
    )
    if duty is None:
        return []
    ask = _("“%(charter)s” is to be reviewed by %(day)s: does it still fit?") % {
        "charter": _short(duty.subject.title),
        "day": date_format(duty.due_on, "j F Y") if duty.due_on else "",
    }
    return [Found(duty.subject_id, GENERAL, ask, duty.opened_at)]


def still_to_review(items: Sequence[AgendaItem], _now: datetime) -> Mapping[int, str]:
    return _still_owed(items, CHARTER, DutyKind.REVIEW, _("The charter was reviewed: a version came into force."))


def _still_owed(items: Sequence[AgendaItem], source: str, kind: str, over: str) -> dict[int, str]:
    """Of what this source brought: whether a duty of this kind about the same thing is open that was when it came."""
    concerned = [item for item in items if item.source == source]
    owed = dict(
        Duty.objects.filter(subject_id__in={item.about_id for item in concerned}, kind=kind, closed_at=None)
        .order_by("opened_at")
        .values_list("subject_id", F("opened_at"))
    )
    return {
        item.pk: "" if item.about_id in owed and owed[item.about_id] <= item.raised_at else over for item in concerned
    }


def _short(title: str) -> str:
    return inside(Truncator(title).chars(LONGEST_TITLE))


declare(
    Source(
        ESCALATION,
        gettext_lazy("escalation"),
        gettext_lazy("What nobody moved in time, or could move: the last rung of its ladder."),
        gettext_lazy("It leaves by itself once it is done, answered, or has another day."),
        still=still_escalated,
        find=escalated,
    )
)
declare(
    Source(
        DECISION,
        gettext_lazy("decision not carried out"),
        gettext_lazy("What the council decided, and of whose work something is past its day."),
        gettext_lazy("It leaves by itself once that is done, has another day, or stands on the agenda itself."),
        still=still_undone,
        find=not_carried_out,
    )
)
declare(
    Source(
        FINDING,
        gettext_lazy("finding"),
        gettext_lazy("What the program found about the council: its charter tried against today's seats."),
        gettext_lazy("It leaves by itself once it is mended."),
        still=still_found,
        find=findings,
    )
)
declare(
    Source(
        CHARTER,
        gettext_lazy("charter review"),
        gettext_lazy("The charter, at the last meeting before its review is due."),
        gettext_lazy("It leaves by itself once a version was ratified."),
        still=still_to_review,
        find=review,
    )
)
