"""Work as it stands at the moment of the pack: the sections of the review. Open work by seat; no conduct."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.debts import LABELS as LABELS_OF_DEBTS
from actions.debts import Figure as Owed
from actions.figures import COLUMNS, LABELS, Figure
from actions.packed import Section
from actions.packing.frame import MOST, WORST, Frame, day, left_out, list_url
from actions.queries.debts import matrix
from actions.queries.funnel import funnel
from actions.queries.items import shown
from actions.queries.late import late_promises
from actions.queries.review import Row
from actions.queries.scope import of_duties
from actions.queries.weight import oldest_debts
from actions.views import owes as owes_page
from actions.views import review as review_page
from governance import access, links
from governance.models import DutyKind
from governance.queries import unacted
from governance.queries.calendars import local_day


def figures(frame: Frame) -> Section:
    found = frame.standing.review
    of = _("of %(n)d open") % {"n": found.total.open}
    return Section(
        key="figures",
        name=_("In figures"),
        title=review_page.finding(found) if found.total.open else _("Nothing open is seen by all readers."),
        head=(_("Figure"), _("Number"), _("Of how many")),
        numbers=(1,),
        rows=[(str(LABELS[figure]), str(found.total.of(figure)), of) for figure in COLUMNS],
        paths=[list_url("/actions/", **frame.scope.address(), figure=figure) for figure in COLUMNS],
    )


def stages(frame: Frame) -> Section:
    steps = funnel(frame.readers.viewer, frame.standing, frame.at, frame.scope)
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
        note=_(
            "Stages count different things: themes, then matters, then actions; each says of how many. "
            "What came so far began in the twelve months before."
        ),
        head=(_("Stage"), _("Came so far"), _("Of"), _("Waiting"), _("What waits"), _("Oldest, days")),
        numbers=(1, 2, 3, 5),
        rows=rows,
        paths=[step.passed_url for step in steps],
    )


def departments(frame: Frame) -> Section:
    found = frame.standing.review

    def cells(name: str, row: Row) -> tuple[str, ...]:
        return (name, str(row.open), *(str(row.of(figure)) for figure in COLUMNS))

    ranked = sorted(found.rows, key=lambda row: (-row.late, -row.open))  # otherwise as the review has them, by name
    address = frame.scope.address()
    return Section(
        key="departments",
        name=_("By department"),
        title=_most_late([(str(row.department), row.late) for row in ranked]),
        head=(_("Department"), *(str(LABELS[figure]) for figure in (Figure.OPEN, *COLUMNS))),
        numbers=tuple(range(1, len(COLUMNS) + 2)),
        rows=[*(cells(row.department, row) for row in ranked), cells(_("All departments"), found.total)]
        if ranked
        else (),
        paths=[
            *(
                list_url("/actions/", **address, department=row.reference, figure=Figure.OPEN)
                for row in ranked
            ),
            list_url("/actions/", **address, figure=Figure.OPEN),
        ],
        sums=1 if ranked else 0,
    )  # fmt: skip


def _most_late(ranked: Sequence[tuple[str, int]]) -> str:
    """Who has most that is late, the most first: all that have as many are told, by name where they are two."""
    if not ranked or not ranked[0][1]:
        return _("No department has a promise that is late and that all readers see.")
    first, n = ranked[0]
    tied = [name for name, late in ranked if late == n]
    if len(tied) == 1:
        return ngettext(
            "%(department)s has most that is late: %(n)d promise.",
            "%(department)s has most that is late: %(n)d promises.",
            n,
        ) % {"department": first, "n": n}
    if len(tied) == 2:
        return ngettext(
            "%(first)s and %(second)s have most that is late: %(n)d promise each.",
            "%(first)s and %(second)s have most that is late: %(n)d promises each.",
            n,
        ) % {"first": first, "second": tied[1], "n": n}
    others = ngettext("%(first)s and %(n)d other", "%(first)s and %(n)d others", len(tied) - 1) % {
        "first": first, "n": len(tied) - 1,
    }  # fmt: skip
    return ngettext(
        "%(departments)s have most that is late: %(n)d promise each.",
        "%(departments)s have most that is late: %(n)d promises each.",
        n,
    ) % {"departments": others, "n": n}


def late(frame: Frame, most: int) -> Section:
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
        note=left_out(found.more),
        head=(_("Action"), _("Reference"), _("Department"), _("Seat"), _("Promised for"), _("Said again since")),
        numbers=(5,),
        rows=[
            (
                one.action.title, one.action.reference, one.action.department.name,
                shown(one.action.seat.subject, seen).text, day(one.action.promised),
                "" if one.since is None else str(one.since),
            )
            for one in found.listed
        ],
        paths=[one.path for one in found.listed],
    )  # fmt: skip


def silent(frame: Frame) -> Section:
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
        paths=[list_url("/review/not-acted/", **narrowed, asked=asked) for asked in counted],
    )


def not_acted(frame: Frame) -> Section:
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
        note=left_out(more),
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


def oldest(frame: Frame) -> Section:
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


def debts(frame: Frame) -> Section:
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
