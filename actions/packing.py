"""A pack put together: the queries of the review, asked for everybody of the audience at once, turned into sections.

One module knows both sides. Each function asks one query and says its finding, in the sentence of the page where there
is one; what a section is stands in ``actions.packed``. Nothing in a pack names a person: work is owed by seats, and
customers are not named.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from actions.debts import LABELS as LABELS_OF_DEBTS
from actions.debts import MEANINGS as MEANINGS_OF_DEBTS
from actions.debts import Figure as Owed
from actions.figures import COLUMNS, LABELS, MEANINGS, Figure
from actions.models import Feedback, OutcomeEffect, OutcomeReading, OutcomeVerdict
from actions.packed import Quote, Section
from actions.queries import outcomes, themes
from actions.queries.debts import matrix
from actions.queries.funnel import funnel
from actions.queries.items import shown
from actions.queries.late import late_promises
from actions.queries.outcomes import reading_line
from actions.queries.review import Row, executive
from actions.queries.scope import Scope, of_duties
from actions.queries.weight import oldest_debts
from actions.views import owes as owes_page
from actions.views import review as review_page
from councils.measures import say
from councils.models import Envelope, Verdict
from councils.queries import books, decisions
from governance import access, links
from governance.access import Together
from governance.masking import without_addresses
from governance.models import DutyKind
from governance.naming import REDACTED, pattern
from governance.queries import unacted
from governance.queries.calendars import local_day

WORST, MOST, QUOTED, A_THEME, LOOKED_AT, LONGEST_QUOTE = 3, 100, 8, 2, 400, 400
"""Lines of a list on the summary and in its part; quotes in all, of one theme, looked at; signs of one."""
LEAST = 3
"""Signs of a name: a shorter one is part of half the words."""
_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[\s().\-/]{0,2}\d){8,}(?!\w)")
"""Telephone, account and contract numbers: nine digits or more."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Whom a pack is for, what it is narrowed to, and of which days."""

    readers: Together
    scope: Scope
    since: date
    until: date
    zone: ZoneInfo
    now: datetime

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.since, time.min, tzinfo=self.zone)

    @property
    def ends(self) -> datetime:
        """The first moment after the last day."""
        return datetime.combine(self.until + timedelta(days=1), time.min, tzinfo=self.zone)


def summary(frame: Frame) -> list[Section]:
    """What stands on the first page after the cover."""
    return [_figures(frame), _funnel(frame), _late(frame, WORST), _silent(frame), _oldest(frame)]


def parts(frame: Frame) -> list[Section]:
    """All that follows, in its order; a part in which nothing stands is left out."""
    found = [
        _departments(frame),
        _late(frame, MOST),
        _not_acted(frame),
        _debts(frame),
        _decisions(frame),
        _resources(frame),
        _stories(frame),
        _quotes(frame),
    ]
    return [*(one for one in found if one.rows or one.quotes or one.svg), _meanings()]


def day(of: date | None) -> str:
    """A day in full, so that it says the same next year."""
    return date_format(of, "j M Y") if of is not None else ""


def _list(path: str, **narrowed: str) -> str:
    return f"{path}?{urlencode(narrowed)}"


# --- work as it stands ---------------------------------------------------------------------------------------------


def _figures(frame: Frame) -> Section:
    found = executive(frame.readers.viewer, frame.now, frame.scope)
    of = _("of %(n)d accepted") % {"n": found.total.accepted}
    return Section(
        key="figures",
        name=_("In figures"),
        title=review_page.finding(found) if found.total.accepted else _("Nothing promised is seen by all readers."),
        head=(_("Figure"), _("Number"), _("Of how many")),
        numbers=(1,),
        rows=[(str(LABELS[figure]), str(found.total.of(figure)), of) for figure in COLUMNS],
        paths=[_list("/actions/", **frame.scope.address(), figure=figure) for figure in COLUMNS],
    )


def _funnel(frame: Frame) -> Section:
    steps = funnel(frame.readers.viewer, frame.now, frame.scope)
    rows = [
        (
            step.label, str(step.passed), str(step.of), str(step.waiting) if step.waits else "", step.waits,
            str(step.days) if step.days is not None else "",
        )
        for step in steps
    ]  # fmt: skip
    waits = max(steps, key=lambda step: step.days or 0)
    title = _("Nothing that all readers see waits between heard and worked.")
    if waits.days is not None:
        title = ngettext(
            "What waits longest, for %(days)d day: %(what)s.", "What waits longest, for %(days)d days: %(what)s.",
            waits.days,
        ) % {"days": waits.days, "what": waits.waits}  # fmt: skip
    return Section(
        key="funnel",
        name=_("From heard to worked"),
        title=title,
        note=_("Stages count different things: themes, then matters, then actions; each says of how many."),
        head=(_("Stage"), _("Came so far"), _("Of"), _("Waiting"), _("What waits"), _("Oldest, days")),
        numbers=(1, 2, 3, 5),
        rows=rows,
        paths=[step.passed_url for step in steps],
    )


def _departments(frame: Frame) -> Section:
    found = executive(frame.readers.viewer, frame.now, frame.scope)

    def cells(name: str, row: Row) -> tuple[str, ...]:
        return (name, str(row.accepted), *(str(row.of(figure)) for figure in COLUMNS))

    most = max(found.rows, key=lambda row: row.late, default=None)
    title = _("No department has a promise that is late and that all readers see.")
    if most is not None and most.late:
        title = ngettext(
            "%(department)s has most that is late: %(n)d promise.",
            "%(department)s has most that is late: %(n)d promises.",
            most.late,
        ) % {"department": most.department, "n": most.late}
    address = frame.scope.address()
    return Section(
        key="departments",
        name=_("By department"),
        title=title,
        head=(_("Department"), *(str(LABELS[figure]) for figure in (Figure.ACCEPTED, *COLUMNS))),
        numbers=tuple(range(1, len(COLUMNS) + 2)),
        rows=[*(cells(row.department, row) for row in found.rows), cells(_("All departments"), found.total)]
        if found.rows
        else (),
        paths=[
            *(
                _list("/actions/", **address, department=row.reference, figure=Figure.ACCEPTED)
                for row in found.rows
            ),
            _list("/actions/", **address, figure=Figure.ACCEPTED),
        ],
    )  # fmt: skip


def _late(frame: Frame, most: int) -> Section:
    viewer = frame.readers.viewer
    found = late_promises(viewer, frame.now, shown=most, scope=frame.scope)
    seen = access.visible_ids(viewer, {one.action.seat_id for one in found.listed}, frame.now)
    n = len(found.listed) + found.more
    title = _("No promise that all readers see is late.")
    if found.listed:
        title = ngettext(
            "%(n)d promise is late, since %(day)s.", "%(n)d promises are late, the longest since %(day)s.", n
        ) % {"n": n, "day": day(found.listed[0].action.promised)}
    return Section(
        key="late-worst" if most == WORST else "late",
        name=_("Longest late") if most == WORST else _("Late promises"),
        title=title,
        note=_more(found.more),
        head=(_("Action"), _("Reference"), _("Department"), _("Seat"), _("Promised for"), _("Said again since")),
        numbers=(5,),
        rows=[
            (
                one.action.title, one.action.reference, one.action.department.name,
                shown(one.action.seat.subject, seen).text, day(one.action.promised), str(one.since),
            )
            for one in found.listed
        ],
        paths=[one.path for one in found.listed],
    )  # fmt: skip


def _more(n: int) -> str:
    return ngettext("%(n)d more.", "%(n)d more.", n) % {"n": n} if n else ""


def _silent(frame: Frame) -> Section:
    """Who has not acted, as counts: how much of each that was asked."""
    owing = unacted.listed(frame.readers.viewer, frame.now, **of_duties(frame.scope))
    counted = {asked: n for asked, n in unacted.counted(owing).items() if n}
    n = sum(counted.values())
    first = owing.values_list("due_on", flat=True).first() if n else None
    title = _("Of what all readers see, everything asked was answered in time.")
    if n:
        title = ngettext(
            "%(n)d thing that was asked is unanswered, since %(day)s.",
            "%(n)d things that were asked are unanswered, the oldest since %(day)s.",
            n,
        ) % {"n": n, "day": day(first)}
    narrowed = {key: value for key, value in frame.scope.address().items() if key != "journey"}
    return Section(
        key="silent",
        name=_("Unanswered"),
        title=title,
        head=(_("Asked for"), _("Unanswered")),
        numbers=(1,),
        rows=[(str(unacted.LABELS[asked]), str(many)) for asked, many in counted.items()],
        paths=[_list("/review/not-acted/", **narrowed, asked=asked) for asked in counted],
    )


def _not_acted(frame: Frame) -> Section:
    owing = unacted.listed(frame.readers.viewer, frame.now, **of_duties(frame.scope))
    rows = list(owing[:MOST])
    more = owing.count() - len(rows) if len(rows) == MOST else 0
    n = len(rows) + more
    late = [(local_day(one.calendar, frame.now) - one.due_on).days if one.due_on else 0 for one in rows]
    title = ngettext("%(n)d seat owes an answer whose day has passed.", "%(n)d answers are owed whose day has passed.",
                     n) % {"n": n}  # fmt: skip
    return Section(
        key="not-acted",
        name=_("Who has not acted"),
        title=title,
        note=_more(more),
        head=(_("Seat"), _("What it owes"), _("About"), _("Reference"), _("By"), _("Days since")),
        numbers=(5,),
        rows=[
            (
                one.seat.title, str(DutyKind(one.kind).label), one.subject.title, one.subject.reference,
                day(one.due_on), str(days),
            )
            for one, days in zip(rows, late, strict=True)
        ],
        paths=[links.path_of(one.subject) for one in rows],
        leads=2,
    )  # fmt: skip


def _oldest(frame: Frame) -> Section:
    found = oldest_debts(frame.readers.viewer, frame.now, frame.scope)
    both = [*found.owes, *found.is_owed]
    title = _("No department owes another anything that all readers see.")
    if both:
        first = min(both, key=lambda debt: debt.asked_on)
        title = _("The oldest debt: %(debtor)s owes %(creditor)s since %(day)s.") % {
            "debtor": first.debtor, "creditor": first.creditor, "day": day(first.asked_on),
        }  # fmt: skip
    return Section(
        key="oldest",
        name=_("Oldest debts"),
        title=title,
        head=(_("Who owes"), _("Whom"), _("What"), _("Reference"), _("Asked on")),
        rows=[
            (debt.debtor, debt.creditor, debt.request.title, debt.request.reference, day(debt.asked_on))
            for debt in both
        ],
        paths=[links.path_of(debt.request.subject) for debt in both],
        leads=2,
    )


def _debts(frame: Frame) -> Section:
    """Who owes whom, a line a pair, most overdue first: of the departments in scope."""
    found = matrix(frame.readers.viewer, frame.now)
    named = {party.pk: party for party in found.parties}
    within = of_duties(frame.scope)["departments"]
    pairs = [
        (named[owing], named[owed], debt)
        for (owing, owed), debt in found.debts.items()
        if within is None or owing in within or owed in within
    ]
    pairs.sort(key=lambda pair: (-pair[2].overdue, -pair[2].open, pair[0].name, pair[1].name))
    title = owes_page.finding(found)
    if within is not None:
        title = ngettext(
            "%(n)d request concerns these departments.", "%(n)d requests concern these departments.",
            sum(debt.open for _owing, _owed, debt in pairs),
        ) % {"n": sum(debt.open for _owing, _owed, debt in pairs)}  # fmt: skip
    return Section(
        key="debts",
        name=_("Who owes whom"),
        title=title,
        head=(
            _("Who owes"), _("Whom"), str(LABELS_OF_DEBTS[Owed.OPEN]), str(LABELS_OF_DEBTS[Owed.OVERDUE]),
            str(LABELS_OF_DEBTS[Owed.UNANSWERED]), _("Oldest, days"),
        ),
        numbers=(2, 3, 4, 5),
        rows=[
            (owing.name, owed.name, str(debt.open), str(debt.overdue), str(debt.unanswered), str(debt.oldest))
            for owing, owed, debt in pairs
        ],
        paths=[owes_page.url_of(owing, owed, Owed.OPEN) for owing, owed, _debt in pairs],
    )  # fmt: skip


# --- what happened in these days -----------------------------------------------------------------------------------


def _decisions(frame: Frame) -> Section:
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
        note=_more(more),
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


def _resources(frame: Frame) -> Section:
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
            _("Council"), _("Envelope"), _("Until"), _("Granted"), _("Allocated"), _("Spent"), _("Free"), _("Overrun"),
        ),
        numbers=(3, 4, 5, 6, 7),
        rows=[cells(one) for one in rows],
        paths=[links.path_of(one.subject) for one in rows],
        leads=1,
    )  # fmt: skip


def _stories(frame: Frame) -> Section:
    """Of what a person said in these days that it worked, with what its KPI says: months after it was verified."""
    said = OutcomeVerdict.objects.filter(at__gte=frame.begins, at__lt=frame.ends, effect=OutcomeEffect.WORKED)
    found = outcomes.narrowed(outcomes.results(frame.readers.viewer, frame.now), OutcomeEffect.WORKED)
    found = found.filter(frame.scope.actions(), pk__in=said.values("action")).select_related("subject", "department")
    rows = list(found[:MOST])
    keys = [one.pk for one in rows]
    words = {one.action_id: one for one in said.filter(action__in=keys).order_by("at", "pk")}
    readings = OutcomeReading.objects.filter(action__in=keys).order_by("verification__at", "day")
    read = {one.action_id: one for one in readings.select_related("outcome__metric", "verification")}
    title = ngettext(
        "Of %(n)d thing somebody said in these days that it worked.",
        "Of %(n)d things somebody said in these days that they worked.",
        len(rows),
    ) % {"n": len(rows)}
    return Section(
        key="stories",
        name=_("What worked"),
        title=title,
        head=(_("Action"), _("Reference"), _("Department"), _("Said on"), _("Why"), _("What was measured")),
        rows=[
            (
                one.title, one.reference, one.department.name, day(words[one.pk].at.astimezone(frame.zone).date()),
                _masked(words[one.pk].words), reading_line(read[one.pk]).sentence if one.pk in read else "",
            )
            for one in rows
        ],
        paths=[links.path_of(one.subject) for one in rows],
    )  # fmt: skip


def _quotes(frame: Frame) -> Section:
    """What customers said in these days, in their words, of themes that everybody of the audience may see.

    Never of somebody who did not agree to be quoted, never with a name, an address or a number of theirs.
    """
    seen = themes.listed(frame.readers.viewer, frame.now).order_by()
    said = Feedback.objects.filter(theme__in=seen.values("pk"))
    said = said.filter(received_at__gte=frame.begins, received_at__lt=min(frame.ends, frame.now))
    within = of_duties(frame.scope)["departments"]
    if within is not None:
        said = said.filter(department__in=within)
    rows = themes.quotable(said).select_related("theme__subject")[:LOOKED_AT]
    quotes = list(islice(_spread(list(rows)), QUOTED))
    many = len({one.theme_id for one in quotes})
    title = ngettext(
        "In their words: what customers said in these days about %(n)d theme.",
        "In their words: what customers said in these days about %(n)d themes.",
        many,
    ) % {"n": many}
    return Section(
        key="quotes",
        name=_("In their words"),
        title=title,
        note=_("Quoted is only who did not refuse it, and nobody by name."),
        head=(_("Said"), _("About")),
        quotes=[
            Quote(
                words=Truncator(without_names(one)).chars(LONGEST_QUOTE),
                about=pgettext("theme, day", "%(theme)s (%(reference)s), %(day)s")
                % {
                    "theme": one.theme.title, "reference": one.theme.reference,
                    "day": day(one.received_at.astimezone(frame.zone).date() if one.received_at else None),
                },
                language=one.language,
            )
            for one in quotes
        ],
        paths=[links.path_of(one.theme.subject) for one in quotes],
    )  # fmt: skip


def _spread(rows: Sequence[Feedback]) -> Iterator[Feedback]:
    """The newest first, of one theme a few at most, the same words once."""
    of_theme: dict[int, int] = {}
    heard: set[str] = set()
    for one in rows:
        folded = " ".join(one.text.split()).casefold()
        if of_theme.get(one.theme_id, 0) < A_THEME and folded not in heard:
            of_theme[one.theme_id] = of_theme.get(one.theme_id, 0) + 1
            heard.add(folded)
            yield one


def without_names(feedback: Feedback) -> str:
    """What somebody said, without the name that came with it, without addresses and long numbers."""
    text = " ".join(feedback.text.split())
    giver = " ".join(feedback.giver.split())
    if giver and not giver.isascii():
        text = text.replace(giver, REDACTED)  # no blanks stand around a Chinese name
    # A part of it alone, too, as people sign: what is written like a name or a number, not "customer" of "customer 17".
    parts = [word for word in giver.split() if word != word.lower() or word.isdigit()]
    named = [word for word in (giver, *parts) if len(word.replace(" ", "")) >= LEAST]
    return _masked(pattern(named).sub(REDACTED, text) if named else text)


def _masked(text: str) -> str:
    return _NUMBER.sub(REDACTED, without_addresses(text or "", REDACTED))


# --- what it all means ---------------------------------------------------------------------------------------------


def _meanings() -> Section:
    figures = [(str(LABELS[figure]), str(MEANINGS[figure])) for figure in (Figure.ACCEPTED, *COLUMNS)]
    debts = [
        (_("%(figure)s, between departments") % {"figure": LABELS_OF_DEBTS[figure]}, str(MEANINGS_OF_DEBTS[figure]))
        for figure in Owed
    ]
    return Section(
        key="meanings",
        name=_("What each figure counts"),
        title=_("Each figure is work as it stood at the moment on the cover."),
        head=(_("Figure"), _("What it counts")),
        rows=[*figures, *debts],
    )
