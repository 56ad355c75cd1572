"""What belongs to an action beside its promise: doers, departments that help, milestones, dependencies, followers.

The accountable seat stays whoever does the work. Each change is one journal entry, and taking something away leaves
its row with an end.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Verb
from actions.models import ActionItem, Contribution, Dependency, Doer, Follower, Milestone
from actions.services import pilots, requests, showing
from actions.services.footing import require_fitting_seat, take, words
from actions.services.items import audience
from actions.services.slips import require_fresh
from actions.sql.dependencies import waits_for
from governance import access, events
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Department, Organisation, Person, Seat
from governance.queries.calendars import calendar_of_seat, local_day
from governance.queries.seats import answering
from governance.services import journal

DOER_ADDED = events.declare("actions.doer.added", says=gettext_lazy("{by} gave part of the work on {subject} to {to}"))
PERSON_ADDED = events.declare(
    "actions.doer.asked", says=gettext_lazy("{by} gave part of the work on {subject} to {person}")
)
DOER_ENDED = events.declare(
    "actions.doer.ended", says=gettext_lazy("{by} ended somebody's part in the work on {subject}")
)
HELPS = events.declare("actions.department.added", says=gettext_lazy("{by} brought {department} into {subject}"))
HELPS_NO_MORE = events.declare(
    "actions.department.ended", says=gettext_lazy("{by} ended what {department} contributes to {subject}")
)
MARKED_OUT = events.declare(
    "actions.milestone.set", says=gettext_lazy("{by} set a milestone of {subject}: {text}"), by_people=True
)
REACHED = events.declare(
    "actions.milestone.reached", says=gettext_lazy("{by} reached a milestone of {subject}: {text}"), by_people=True
)
MILESTONE_BACK = events.declare(
    "actions.milestone.taken_back", says=gettext_lazy("{by} took back a milestone of {subject}"), by_people=True
)
WAITS = events.declare("actions.dependency.added", says=gettext_lazy("{by} said that {subject} waits for {other}"))
WAITS_NO_MORE = events.declare(
    "actions.dependency.ended", says=gettext_lazy("{by} said that {subject} no longer waits for {other}")
)

_NOTHING = gettext_lazy("There is nothing here, or nothing that you may see.")


# --- who does the work ------------------------------------------------------------------------------------------------


@transaction.atomic
def add_doer(
    *,
    action: ActionItem,
    by: Person,
    now: datetime,
    seat: Seat | None = None,
    person: Person | None = None,
    version: int | None = None,
) -> Doer:
    """Give part of the work to a seat or a person, who must see the action already.

    Whoever does the work never verifies it, from then on. Raises :class:`Invalid` at the field.
    """
    action = take(action, verb=Verb.ARRANGE, by=by, now=now, version=version).action
    if (seat is None) == (person is None):
        raise Invalid(_("Name a seat or a person: one of them."), field="person")
    field = "seat" if seat is not None else "person"
    if seat is not None:
        if not access.visible_ids(by, [seat.pk], now):
            raise Absent(str(_NOTHING))
        require_fitting_seat(seat, action.council, field=field)
        if seat.pk == action.seat_id:
            raise Invalid(_("%(seat)s answers for it already.") % {"seat": seat.title}, field=field)
        standing = answering([seat.pk], now).get(seat.pk)
        works = Person.objects.filter(pk=standing.person_id).first() if standing is not None else None
    else:
        works = person
    if works is None or not works.is_active:
        raise Invalid(_("Nobody is there to do it. Choose somebody who can sign in."), field=field)
    if not ActionItem.objects.visible_to(works, now).filter(pk=action.pk).exists():
        raise Invalid(
            _("%(who)s does not see this action. Bring their department in first, if they shall.") % {"who": works},
            field=field,
        )
    if Doer.objects.filter(action=action, seat=seat, person=person, ended_at=None).exists():
        raise Conflict(_("They work on it already."))
    doer = Doer.objects.create(action=action, seat=seat, person=person, by=by, at=now)
    pilots.free_the_check(action, now=now)
    action.keep()
    if seat is not None:
        journal.record(DOER_ADDED, subject=action.subject, by=by, now=now, mentions=[("to", seat.pk)])
    else:
        journal.record(PERSON_ADDED, subject=action.subject, by=by, now=now, person=works.pk)
    return doer


@transaction.atomic
def end_doer(*, action: ActionItem, doer: int, by: Person, now: datetime, version: int | None = None) -> Doer:
    """End somebody's part in the work; that they had one stays on record, and still keeps them from verifying."""
    action = take(action, verb=Verb.ARRANGE, by=by, now=now, version=version).action
    found = Doer.objects.select_for_update().filter(pk=doer, action=action).first()
    if found is None:
        raise Absent(str(_NOTHING))
    if found.ended_at is not None:
        raise Conflict(_("This ended already."))
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    action.keep()
    journal.record(DOER_ENDED, subject=action.subject, by=by, now=now, doer=found.pk)
    return found


def set_departments(action: ActionItem, wanted: list[Department], *, by: Person, now: datetime) -> None:
    """Make these the departments that help a locked action, and let them see it. The caller saves the action.

    Raises :class:`Invalid` for work of a confidential council, which nobody else may see.
    """
    standing = {one.department_id: one for one in Contribution.objects.filter(action=action, ended_at=None)}
    asked = {department.pk: department for department in wanted if department.pk != action.department_id}
    if asked and action.council.is_confidential:
        raise Invalid(_("Work of a confidential council is seen by that council alone."), field="departments")
    if standing.keys() == asked.keys():
        return
    for key in asked.keys() - standing.keys():
        Contribution.objects.create(action=action, department=asked[key], by=by, at=now)
        journal.record(HELPS, subject=action.subject, by=by, now=now, mentions=[("department", key)])
    for key in standing.keys() - asked.keys():
        Contribution.objects.filter(pk=standing[key].pk).update(ended_at=now)
        journal.record(HELPS_NO_MORE, subject=action.subject, by=by, now=now, mentions=[("department", key)])
    showing.show(action, audience(action.department, action.council, action.theme, action))
    requests.show_with(action)


# --- milestones -------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_milestone(
    *,
    action: ActionItem,
    title: str,
    by: Person,
    now: datetime,
    due_on: date | None = None,
    version: int | None = None,
) -> Milestone:
    """Mark out a step on the way. It is no promise: no ladder climbs on it."""
    action = take(action, verb=Verb.ARRANGE, by=by, now=now, version=version).action
    title = words(title, field="title", missing=_("Name the step, for example “Wording agreed with Legal”."))[:200]
    milestone = Milestone.objects.create(action=action, title=title, due_on=due_on, by=by, at=now)
    action.keep()
    journal.record(MARKED_OUT, subject=action.subject, by=by, now=now, text=title, milestone=milestone.pk)
    return milestone


@transaction.atomic
def reach(*, action: ActionItem, milestone: int, by: Person, now: datetime, version: int | None = None) -> Milestone:
    """Say that a step was reached, today where the seat is."""
    action = take(action, verb=Verb.MARK, by=by, now=now, version=version).action
    found = _milestone(action, milestone)
    if found.done_on is not None:
        raise Conflict(_("This was reached already."))
    found.done_on, found.done_by = local_day(calendar_of_seat(action.seat), now), by
    found.save(update_fields=["done_on", "done_by"])
    action.keep()
    journal.record(REACHED, subject=action.subject, by=by, now=now, text=found.title, milestone=found.pk)
    return found


@transaction.atomic
def take_back_milestone(*, action: ActionItem, milestone: int, by: Person, now: datetime) -> Milestone:
    """Take back a milestone that one just set, before it was reached."""
    if not ActionItem.objects.visible_to(by, now).filter(pk=action.pk).exists():
        raise Absent(str(_NOTHING))
    found = _milestone(action, milestone)
    require_fresh(found, by, now)
    if found.done_on is not None:
        raise Conflict(_("It was reached meanwhile, so it stays."))
    found.taken_back_at = now
    found.save(update_fields=["taken_back_at"])
    journal.record(MILESTONE_BACK, subject=action.subject, by=by, now=now, milestone=found.pk)
    return found


def _milestone(action: ActionItem, key: int) -> Milestone:
    found: Milestone | None = (
        Milestone.objects.select_for_update().filter(pk=key, action=action, taken_back_at=None).first()
    )
    if found is None:
        raise Absent(str(_NOTHING))
    return found


# --- what waits for what ----------------------------------------------------------------------------------------------


@transaction.atomic
def depend(
    *, action: ActionItem, needs: ActionItem, by: Person, now: datetime, version: int | None = None
) -> Dependency:
    """Say that the action waits for another. Raises :class:`Conflict` where that one waits for it, however far round.

    Two who add one half of a circle each do so one after the other: the organisation's row is the lock of all.
    """
    Organisation.objects.select_for_update().get()
    action = take(action, verb=Verb.ARRANGE, by=by, now=now, version=version).action
    if not ActionItem.objects.visible_to(by, now).filter(pk=needs.pk).exists():
        raise Absent(str(_NOTHING))
    if needs.pk == action.pk:
        raise Invalid(_("Nothing waits for itself. Choose another action."), field="needs")
    if Dependency.objects.filter(action=action, needs=needs, ended_at=None).exists():
        raise Conflict(_("It waits for that one already."))
    if waits_for(needs.pk, action.pk):
        raise Conflict(_("That one waits for this one, so neither could begin. Take out one of the two."))
    made = Dependency.objects.create(action=action, needs=needs, by=by, at=now)
    action.keep()
    journal.record(WAITS, subject=action.subject, by=by, now=now, mentions=[("other", needs.pk)])
    return made


@transaction.atomic
def depend_no_more(
    *, action: ActionItem, dependency: int, by: Person, now: datetime, version: int | None = None
) -> Dependency:
    """Say that the action no longer waits for another."""
    action = take(action, verb=Verb.ARRANGE, by=by, now=now, version=version).action
    found = Dependency.objects.select_for_update().filter(pk=dependency, action=action).first()
    if found is None or not ActionItem.objects.visible_to(by, now).filter(pk=found.needs_id).exists():
        raise Absent(str(_NOTHING))
    if found.ended_at is not None:
        raise Conflict(_("This ended already."))
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    action.keep()
    journal.record(WAITS_NO_MORE, subject=action.subject, by=by, now=now, mentions=[("other", found.needs_id)])
    return found


# --- followers --------------------------------------------------------------------------------------------------------


@transaction.atomic
def follow(*, action: ActionItem, by: Person, now: datetime, is_followed: bool = True) -> bool:
    """Hear of what happens to an action, or no longer. One's own affair: the journal does not tell of it."""
    if not by.is_active:
        raise Refused(_("Sign in to follow something."))
    if not ActionItem.objects.visible_to(by, now).filter(pk=action.pk).exists():
        raise Absent(str(_NOTHING))
    if is_followed:
        Follower.objects.get_or_create(action=action, person=by, defaults={"since": now})
    else:
        Follower.objects.filter(action=action, person=by).delete()
    return is_followed
