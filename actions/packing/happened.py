"""What happened in the days of the pack: decided, and found to have worked; and what is left to spend."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import OutcomeEffect, OutcomeReading, OutcomeVerdict
from actions.packed import Section
from actions.packing.frame import MOST, Frame, day, left_out
from actions.packing.voices import masked
from actions.queries import outcomes
from actions.queries.items import shown
from actions.queries.outcomes import reading_line
from actions.queries.scope import of_duties
from councils.measures import say
from councils.models import Envelope, Verdict
from councils.queries import books, decisions
from governance import access, links


def decided(frame: Frame) -> Section:
    viewer, now = frame.readers.viewer, frame.now
    wanted = decisions.Wanted(since=frame.since, until=frame.until)
    found = decisions.narrowed(decisions.listed(viewer, now, frame.scope.council), wanted, frame.zone, now)
    rows = list(found[:MOST])
    more = found.count() - len(rows) if len(rows) == MOST else 0
    n = len(rows) + more
    far = decisions.how_far(rows, viewer, now)
    seen = access.visible_ids(viewer, {one.council_id for one in rows}, now)
    valid = found.filter(decisions.STANDS).count() if rows else 0
    title = ngettext(
        "%(n)d decision in these days; %(valid)d stands.", "%(n)d decisions in these days; %(valid)d stand.", n
    ) % {"n": n, "valid": valid}
    return Section(
        key="decisions",
        name=_("Decisions"),
        title=title,
        note=left_out(more),
        head=(_("Decision"), _("Day"), _("Council"), _("What was moved"), _("Verdict"), _("How far")),
        rows=[
            (
                one.reference, day(one.decided_at.astimezone(frame.zone).date()),
                shown(one.council.subject, seen).text, one.motion,
                _undone(decisions.undone(one)) or str(Verdict(one.verdict).label), far[one.pk][0],
            )
            for one in rows
        ],
        paths=[links.path_of(one.subject) for one in rows],
    )  # fmt: skip


def _undone(how: str) -> str:
    """Why a decision counts no more, in a word or two."""
    return {"": "", "lapsed": _("lapsed")}.get(how, _("taken back"))


def resources(frame: Frame) -> Section:
    viewer, now = frame.readers.viewer, frame.now
    found = books.listed(viewer, now, frame.scope.council).filter(closed_at=None)
    if frame.scope.within is not None:
        found = found.filter(council__department__in=of_duties(frame.scope)["departments"])
    rows = list(found)
    held = books.balances([one.pk for one in rows])
    seen = access.visible_ids(viewer, {one.council_id for one in rows}, now)
    free = sum(1 for one in rows if held.get(one.pk, books.Balances()).free > 0)

    def cells(of: Envelope) -> tuple[str, ...]:
        sums = held.get(of.pk, books.Balances())
        amounts = (sums.granted, sums.allocated, sums.spent, sums.free, sums.overrun)
        return (
            shown(of.council.subject, seen).text, of.reference, day(of.closes_on),
            *(say(amount, of.unit, of.currency) for amount in amounts),
        )  # fmt: skip

    title = ngettext(
        "%(n)d envelope is open; in %(free)d something is free.",
        "%(n)d envelopes are open; in %(free)d something is free.",
        len(rows),
    ) % {"n": len(rows), "free": free}
    return Section(
        key="resources",
        name=_("Resources"),
        title=title,
        head=(
            _("Council"), _("Envelope"), _("Until"), _("Granted"), _("Allocated, not spent"), _("Spent"), _("Free"),
            _("Overrun"),
        ),
        numbers=(3, 4, 5, 6, 7),
        rows=[cells(one) for one in rows],
        paths=[links.path_of(one.subject) for one in rows],
        leads=1,
    )  # fmt: skip


def stories(frame: Frame) -> Section:
    """Of what a person said in these days that it worked, with what its KPI says: months after it was verified."""
    said = OutcomeVerdict.objects.filter(at__gte=frame.begins, at__lt=frame.ends, effect=OutcomeEffect.WORKED)
    found = outcomes.narrowed(outcomes.results(frame.readers.viewer, frame.now), OutcomeEffect.WORKED)
    found = found.filter(frame.scope.actions(), pk__in=said.values("action")).select_related("subject", "department")
    rows = list(found[:MOST])
    n = found.count() if len(rows) == MOST else len(rows)
    keys = [one.pk for one in rows]
    words = {one.action_id: one for one in said.filter(action__in=keys).order_by("at", "pk")}
    readings = OutcomeReading.objects.filter(action__in=keys).order_by("verification__at", "day")
    read = {one.action_id: one for one in readings.select_related("outcome__metric", "verification")}
    title = ngettext(
        "Of %(n)d thing somebody said in these days that it worked.",
        "Of %(n)d things somebody said in these days that they worked.",
        n,
    ) % {"n": n}
    return Section(
        key="stories",
        name=_("What worked"),
        title=title,
        note=left_out(n - len(rows)),
        head=(_("Action"), _("Reference"), _("Department"), _("Said on"), _("Why"), _("What was measured")),
        rows=[
            (
                one.title, one.reference, one.department.name, day(words[one.pk].at.astimezone(frame.zone).date()),
                masked(words[one.pk].words), reading_line(read[one.pk]).sentence if one.pk in read else "",
            )
            for one in rows
        ],
        paths=[links.path_of(one.subject) for one in rows],
    )  # fmt: skip
