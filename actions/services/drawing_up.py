"""Drawing up what became of promises and answers, once a month: so that whoever reads the figures waits for nobody."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from actions.models import ActionItem, DrawnEntry, DrawnKind, RecordDraw
from actions.queries import answered, record
from actions.reliability import Verdict

BATCH = 1_000
"""Actions that are read and written at a time: few enough that nobody waits for the database."""
PATIENCE = timedelta(hours=1)
"""After which a draw that is not whole was left by a process that is gone."""


def draw_up(now: datetime) -> RecordDraw | None:
    """Draw up the record of the months before this one, where nobody has. None: it was drawn up, or is being.

    Whole is only what says so, so that nobody reads half of it; what was drawn up before it is dropped then. No journal
    entry: nothing happened but arithmetic. It may run twice and be stopped anywhere.
    """
    period = record.window(now)
    standing = RecordDraw.objects.filter(last_on=period.last).first()
    if standing is not None:
        if standing.drawn_at is not None or standing.begun_at > now - PATIENCE:
            return None
        standing.delete()
    try:
        draw = RecordDraw.objects.create(first_on=period.first, last_on=period.last, begun_at=now)
    except IntegrityError:
        return None  # another process begins it in this moment
    try:
        for rows in _promises(draw, now):
            DrawnEntry.objects.bulk_create(rows, batch_size=BATCH)
        _keep(draw, answered.settled(period.first, period.last, now))
        with transaction.atomic():
            if not RecordDraw.objects.filter(pk=draw.pk).update(drawn_at=now):
                return None
            RecordDraw.objects.filter(last_on__lt=draw.last_on).delete()
    except IntegrityError:
        if RecordDraw.objects.filter(pk=draw.pk).exists():
            raise
        return None  # one of a later month was quicker, and this is wanted no more
    draw.refresh_from_db()
    return draw


def _promises(draw: RecordDraw, now: datetime) -> Iterable[list[DrawnEntry]]:
    period = record.Window(draw.first_on, draw.last_on)
    last = 0
    while True:
        keys = list(ActionItem.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        last = keys[-1]
        some = record.entries(ActionItem.objects.filter(pk__in=keys), now, period, as_of=period.last)
        yield [
            DrawnEntry(
                draw=draw, kind=DrawnKind.PROMISE, subject_id=one.action.pk, department_id=one.department_id,
                person_id=one.person_id, verdict=one.judged.verdict, slip=one.judged.slip, given_on=one.given_on,
                settled_on=one.judged.settled_on,
            )
            for one in some
            if one.given_on <= period.last
            and (one.judged.verdict is Verdict.OPEN or period.holds(one.judged.settled_on))
        ]  # fmt: skip


def _keep(draw: RecordDraw, owed: Iterable[answered.Owed]) -> None:
    DrawnEntry.objects.bulk_create(
        [
            DrawnEntry(
                draw=draw, kind=DrawnKind.ANSWER, subject_id=one.subject_id, department_id=one.department_id,
                person_id=one.person_id, verdict=one.verdict, given_on=one.given_on, settled_on=one.settled_on,
            )
            for one in owed
        ],
        batch_size=BATCH,
    )  # fmt: skip
