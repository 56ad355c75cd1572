"""The shapes of themes: renaming, merging and splitting them. Nothing heard is lost, and every clock goes on.

All three are for whoever may triage wherever the theme is heard. Merging and splitting hold every source, so that no
batch of an import writes meanwhile into a theme that is no more.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import BigAutoField, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.importing.rows import topic_key
from actions.models import ActionItem, Feedback, FeedbackSource, Response, Routing, Theme, ThemeTopic
from actions.services import themes
from councils.models import AgendaItem, ItemState
from governance import access, events
from governance.errors import Absent, Conflict, Invalid, Stale
from governance.models import AudienceContainer, Department, Duty, DutyKind, Organisation, Person, Subject, SubjectKind
from governance.services import duties, journal, subjects

RENAMED = events.declare(
    "actions.theme.renamed", says=gettext_lazy("{by} renamed {subject}, called until then: {text}")
)
MERGED = events.declare("actions.theme.merged", says=gettext_lazy("{by} merged {from} into {subject}"))
SPLIT = events.declare("actions.theme.split", says=gettext_lazy("{by} split {to} off {subject}"))

LONGEST_NAME = 200


# --- renaming ------------------------------------------------------------------------------------------------------


@transaction.atomic
def rename(*, theme: Theme, name: str, by: Person, now: datetime, version: int | None = None) -> Theme:
    """Call a theme otherwise. The journal keeps what it was called; the topics that land in it stay.

    Raises :class:`Invalid` at ``name``, :class:`Stale` when somebody else changed it since ``version``.
    """
    (theme,) = _taken([theme], by=by, now=now, version=version)
    name, before = _named(name), theme.name
    if name == before:
        raise Invalid(_("It is called that already."), field="name")
    if _is_taken(name, by=by, now=now, apart_from=theme.pk):
        raise Invalid(
            _("Another theme is called “%(name)s”. Merge this one into it, or choose another name.") % {"name": name},
            field="name",
        )
    theme.name = name
    theme.keep("name")
    subjects.rename(theme.subject, name)
    journal.record(RENAMED, subject=theme.subject, by=by, now=now, text=before)
    return theme


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("Name the theme, in at most %(n)d characters.") % {"n": LONGEST_NAME}, field="name")
    return name


def _is_taken(name: str, *, by: Person, now: datetime, apart_from: int | None = None) -> bool:
    """Whether a theme that ``by`` may see has this name, folded as topics are. What is hidden takes no name: the
    refusal would tell of it."""
    others = Theme.objects.visible_to(by, now).filter(merged_into=None).exclude(pk=apart_from)
    # A database folds letters its own way, and SQLite those of ASCII alone.
    return topic_key(name) in map(topic_key, others.values_list("name", flat=True))


# --- who may, and what is held ------------------------------------------------------------------------------------


def may_shape(theme: Theme, by: Person, now: datetime) -> bool:
    """Whether ``by`` may rename, merge and split: the right to triage wherever it is heard."""
    return theme.merged_into_id is None and _places(theme) <= access.containers_of(by, now, access.TRIAGE)


def _places(theme: Theme) -> set[int]:
    """The departments in which it is heard; the whole organisation where it is heard nowhere any more."""
    heard = set(Routing.objects.filter(theme=theme, heard__gt=0).values_list("department_id", flat=True))
    return heard or set(Organisation.objects.exclude(root=None).values_list("root_id", flat=True))


def _taken(given: Sequence[Theme], *, by: Person, now: datetime, version: int | None) -> list[Theme]:
    """The themes with their rows locked, for whoever may shape all of them; ``version`` is that of the first."""
    keys = [theme.pk for theme in given]
    if len(access.visible_ids(by, keys, now)) != len(set(keys)):
        raise Absent(_("There is nothing here, or nothing that you may see."))
    locked = Theme.objects.select_for_update(of=("self",)).select_related("subject").order_by("pk")
    found = {theme.pk: theme for theme in locked.filter(pk__in=keys)}
    taken = [found[key] for key in keys]
    for department in Department.objects.filter(pk__in=set().union(*map(_places, taken))):
        access.require(by, access.TRIAGE, department, now)
    if any(theme.merged_into_id is not None for theme in taken):
        raise Conflict(_("This theme was merged into another already. Open that one."))
    if version is not None and version != taken[0].version:
        raise Stale(
            _("Somebody changed this theme meanwhile. Look at it as it stands now, then decide."),
            version=taken[0].version,
        )
    return taken


def _hold_sources() -> None:
    """No batch of an import writes until this transaction ends."""
    list(FeedbackSource.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


# --- merging -------------------------------------------------------------------------------------------------------


@transaction.atomic
def merge(*, theme: Theme, into: Theme, by: Person, now: datetime, version: int | None = None) -> Theme:
    """Take one theme up into another: what was heard, answered, owed, decided on and done follows; returns the other.

    Topics of the one land in the other from now on, its address leads on, and it rests in the archive. Of two answers
    owed by one department the one due first stays owed. Raises :class:`Invalid` at ``into`` for itself.
    """
    if theme.pk == into.pk:
        raise Invalid(_("It cannot be merged into itself. Choose another theme."), field="into")
    _hold_sources()
    theme, into = _taken([theme, into], by=by, now=now, version=version)
    moved = Feedback.objects.filter(theme=theme).update(theme=into)
    ThemeTopic.objects.filter(theme=theme).update(theme=into)
    Response.objects.filter(theme=theme).update(theme=into)
    _move_routings(theme, into)
    _move_duties(theme, into, now)
    _move_agenda(theme, into)
    councils = _containers(theme.subject, SubjectKind.COUNCIL)
    subjects.show_to(into.subject, _containers(into.subject) | councils)
    Theme.objects.filter(merged_into=theme).update(merged_into=into)
    theme.merged_into = into
    theme.keep("merged_into")
    into.keep()
    themes.settle_all([into.pk], fresh=set(), by_rule={}, now=now)
    into.subject.refresh_from_db()
    Subject.objects.filter(pk__in=Theme.objects.filter(merged_into=into).values("pk")).update(
        audience=into.subject.audience_id
    )
    Subject.objects.filter(pk=theme.pk, archived_at=None).update(archived_at=now)
    _move_actions(theme, into)
    journal.record(MERGED, subject=into.subject, by=by, now=now, mentions=[("from", theme.pk)], feedback=moved)
    return into


def _containers(subject: Subject, kind: str = "") -> set[int]:
    found = AudienceContainer.objects.filter(audience=subject.audience)
    if kind:
        found = found.filter(container__kind=kind)
    return set(found.values_list("container_id", flat=True))


def _move_routings(theme: Theme, into: Theme) -> None:
    """Where the one was routed the other is: since the earlier day, so that what was answered stays answered."""
    known = {routing.department_id: routing for routing in Routing.objects.filter(theme=into)}
    for routing in Routing.objects.filter(theme=theme, heard__gt=0):
        same = known.get(routing.department_id)
        if same is None:
            same = Routing(theme=into, department_id=routing.department_id)
        if not same.heard or routing.routed_at < same.routed_at:
            same.routed_at, same.rule_id = routing.routed_at, routing.rule_id
        same.heard += routing.heard
        same.save()
    Routing.objects.filter(theme=theme).update(heard=0, open_at_source=0, without_target=0)


def _move_duties(theme: Theme, into: Theme, now: datetime) -> None:
    """What is owed for the one is owed for the other; of the same duty twice, the one due first (never a later day)."""
    still_owed = Duty.objects.filter(closed_at=None)
    for duty in still_owed.filter(subject=theme.subject).order_by("pk"):
        same = still_owed.filter(subject=into.subject, kind=duty.kind, department_id=duty.department_id).first()
        if same is not None:
            given_up = duty if _urgency(same) <= _urgency(duty) else same
            still_owed.filter(pk=given_up.pk).update(closed_at=now, closed_as="merged", next_at=None)
            duties.end_responses([given_up.pk], now=now, outcome="merged")
        # What just ended has ended, and so has what was asked because of it.
        still_owed.filter(pk=duty.pk).update(subject=into.subject)


def _urgency(duty: Duty) -> tuple[bool, str, int]:
    return duty.due_on is None, duty.due_on.isoformat() if duty.due_on else "", -duty.rung


def _move_agenda(theme: Theme, into: Theme) -> None:
    """Open items are about the other from now on, but for those whose council has that on its agenda already."""
    standing = AgendaItem.objects.filter(about=into.subject, state=ItemState.OPEN).values_list("council_id", "matter")
    taken = set(standing)
    for item in AgendaItem.objects.filter(about=theme.subject, state=ItemState.OPEN).order_by("pk"):
        if (item.council_id, item.matter) not in taken:
            taken.add((item.council_id, item.matter))
            AgendaItem.objects.filter(pk=item.pk).update(about=into.subject, version=F("version") + 1)


def _move_actions(theme: Theme, into: Theme) -> None:
    """Actions keep their theme, and are seen where it is heard; a confidential council's by it alone."""
    ActionItem.objects.filter(theme=theme).update(theme=into)
    heard = set(Routing.objects.filter(theme=into, heard__gt=0).values_list("department_id", flat=True))
    open_ones = ActionItem.objects.filter(theme=into, council__is_confidential=False)
    for audience in set(open_ones.order_by().values_list("subject__audience_id", flat=True)):
        shown_to = set(AudienceContainer.objects.filter(audience_id=audience).values_list("container_id", flat=True))
        if not heard <= shown_to:
            wider = subjects.audience_of(shown_to | heard)
            Subject.objects.filter(
                audience_id=audience, pk__in=open_ones.filter(subject__audience_id=audience).values("pk")
            ).update(audience=wider)


# --- splitting -----------------------------------------------------------------------------------------------------


def chosen(theme: Theme, *, topics: Collection[str], words: str, rows: Collection[int]) -> QuerySet[Feedback]:
    """What of a theme has one of these topics, or all of these words, or was picked by its key."""
    heard = Feedback.objects.filter(theme=theme)
    wanted = Q(pk__in=list(rows))
    keys = {topic_key(topic) for topic in topics}
    if keys:
        stored = heard.order_by().values_list("topic", flat=True).distinct()
        wanted |= Q(topic__in=[topic for topic in stored if topic_key(topic) in keys])
    if words.split():
        said = Q()
        for word in words.split():
            said &= Q(text__icontains=word) | Q(topic__icontains=word)
        wanted |= said
    return heard.filter(wanted)


@transaction.atomic
def split(
    *,
    theme: Theme,
    name: str,
    by: Person,
    now: datetime,
    topics: Collection[str] = (),
    words: str = "",
    rows: Collection[int] = (),
    version: int | None = None,
) -> Theme:
    """Make a theme of its own of some of what one was heard of: whole topics, what holds words, or single rows.

    Topics that are chosen land in the new theme from now on; words and rows say what moves today. An answer that was
    owed stays owed for both, by the day it was owed; actions, answers and agenda items stay with the old theme. Raises
    :class:`Invalid` at ``name``, ``topics`` or ``rows``.
    """
    _hold_sources()
    (theme,) = _taken([theme], by=by, now=now, version=version)
    name = _named(name)
    if _is_taken(name, by=by, now=now):
        raise Invalid(_("A theme is called “%(name)s” already. Choose another name.") % {"name": name}, field="name")
    # What is of another theme and what is nowhere are told alike.
    picked = {key for key in rows if key <= BigAutoField.MAX_BIGINT}
    if Feedback.objects.filter(theme=theme, pk__in=picked).count() < len(set(rows)):
        raise Invalid(_("Some of these are not of this theme. Choose among those that it shows."), field="rows")
    found = chosen(theme, topics=topics, words=words, rows=rows)
    places = set(found.order_by().values_list("department_id", flat=True).distinct())
    if not places:
        raise Invalid(_("Nothing is chosen. Choose a topic, words or single pieces of feedback."), field="topics")
    keys = list(found.values_list("pk", flat=True))
    if len(keys) == Feedback.objects.filter(theme=theme).count():
        raise Invalid(_("That is all of it. Leave something here, or rename the theme."), field="topics")
    subject = subjects.create(SubjectKind.THEME, title=name, now=now, audience=places)
    made = Theme.objects.create(subject=subject, name=name)
    for start in range(0, len(keys), 500):
        Feedback.objects.filter(pk__in=keys[start : start + 500]).update(theme=made)
    _move_topics(theme, made, topics)
    opened = _owe_both(theme, made, now)
    theme.keep()
    by_rule: dict[tuple[int, int], int | None] = {
        (made.pk, department): rule
        for department, rule in Routing.objects.filter(theme=theme).values_list("department_id", "rule_id")
    }
    opened += themes.settle_all([theme.pk, made.pk], fresh=set(), by_rule=by_rule, now=now)
    journal.record(
        SPLIT, subject=theme.subject, by=by, now=now, mentions=[("to", made.pk), *themes.owing(opened)],
        feedback=len(keys),
    )  # fmt: skip
    made.refresh_from_db()
    return made


def _move_topics(theme: Theme, made: Theme, topics: Iterable[str]) -> None:
    keys = {topic_key(topic) for topic in topics}
    landing = ThemeTopic.objects.filter(theme=theme)
    landing.filter(key__in=keys).update(theme=made)
    if "" in keys:
        landing.filter(key__startswith=themes.UNSORTED).update(theme=made)
    # Whoever says so by name next time means the new theme, unless that topic is another's.
    ThemeTopic.objects.get_or_create(key=topic_key(made.name), defaults={"theme": made})


def _owe_both(theme: Theme, made: Theme, now: datetime) -> list[Duty]:
    """A department that owed an answer owes one about each, by the same day; the rung that was reached is kept."""
    still_open = Feedback.objects.filter(theme=made, closed_at=None)
    places = set(still_open.order_by().values_list("department_id", flat=True).distinct())
    opened = []
    for duty in Duty.objects.filter(
        subject=theme.subject, kind=DutyKind.ANSWER, department_id__in=places, closed_at=None
    ).select_related("seat__calendar", "seat__department__calendar", "department", "charter_version"):
        again = duties.open_duty(
            subject_id=made.pk,
            kind=DutyKind.ANSWER,
            seat=duty.seat,
            department=duty.department,
            due_on=duty.due_on,
            rules=duty.charter_version,
            overseer_id=duty.overseer_id,
            now=now,
        )
        if duty.rung or duty.height:
            Duty.objects.filter(pk=again.pk).update(rung=duty.rung, height=duty.height)
            duties.reschedule([again.pk])
        opened.append(again)
    return opened
