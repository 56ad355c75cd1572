"""Governance health of a council: what it held, whether it could decide, what came of it; each with a denominator."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils.models import Council, Decision, Meeting, MeetingState, Membership, Verdict
from councils.queries import books
from councils.queries.decisions import HOLDS, Carried, carried
from governance.clauses import Rules
from governance.models import CharterVersion, Duty, DutyKind, Person

SINCE = timedelta(days=182)
"""Half a year: what is older says little about how a council works today."""

ENOUGH = 3
"""Fewer meetings, or decisions, are too few to tell a rate from."""


@dataclass(frozen=True, slots=True)
class Figure:
    """``part`` of ``whole``, and the list that it counts. ``says`` is read where it is no rate."""

    key: str
    label: str
    part: int
    whole: int
    of: str
    url: str
    says: str = ""
    is_rate: bool = True

    @property
    def is_worded(self) -> bool:
        """Whether its value is words: a day, or that nothing was granted."""
        return (bool(self.says) and not self.says[:1].isdigit()) or self.key == "review"

    @property
    def few(self) -> bool:
        return self.is_rate and self.whole < ENOUGH

    @property
    def value(self) -> str:
        return self.says or _("%(part)d of %(whole)d") % {"part": self.part, "whole": self.whole}


def of_council(council: Council, version: CharterVersion, viewer: Person, now: datetime) -> list[Figure]:
    """The figures of one council over the last half year. The statements do not grow with what it did."""
    since = now - SINCE
    day = since.date().isoformat()
    meetings = Meeting.objects.visible_to(viewer, now).filter(council=council, starts_at__gt=since, starts_at__lte=now)
    met = meetings.aggregate(
        planned=Count("pk"), held=Count("pk", filter=Q(state__in=[MeetingState.OPEN, MeetingState.CLOSED]))
    )
    decisions = Decision.objects.visible_to(viewer, now).filter(HOLDS, council=council, decided_at__gt=since)
    decided = decisions.aggregate(
        n=Count("pk"),
        valid=Count("pk", filter=Q(verdict=Verdict.VALID)),
        advisory=Count("pk", filter=Q(verdict=Verdict.ADVISORY)),
        referred=Count("pk", filter=Q(verdict=Verdict.REFERRED)),
        asks=Count("pk", filter=carried(Carried.WAITING) | carried(Carried.DONE)),
        done=Count("pk", filter=carried(Carried.DONE)),
        judged=Count("pk", filter=carried(Carried.JUDGED)),
        worked=Count("pk", filter=carried(Carried.WORKED)),
        in_meeting=Count("meeting", distinct=True),
        advised=Count("meeting", distinct=True, filter=Q(verdict=Verdict.ADVISORY)),
    )

    def register(**more: str) -> str:
        return f"/decisions/?{urlencode({'council': council.reference, 'since': day, **more})}"

    met_url = f"/meetings/?{urlencode({'council': council.reference})}"
    return [
        Figure("held", _("Meetings held"), met["held"], met["planned"], _("of those planned, in half a year"), met_url),
        *_against_cadence(met["held"], version, met_url),
        Figure(
            "quorate", _("Meetings whose every decision had its quorum"),
            decided["in_meeting"] - decided["advised"], decided["in_meeting"],
            _("of those that decided"), register(where="meeting"),
        ),
        Figure(
            "valid", _("Decisions that count"), decided["valid"], decided["n"], _("of all"), register(verdict="valid")
        ),
        Figure(
            "advisory", _("Advice only"), decided["advisory"], decided["n"], _("of all"), register(verdict="advisory")
        ),
        Figure(
            "referred", _("Beyond its authority"), decided["referred"], decided["n"], _("of all"),
            register(verdict="referred"),
        ),
        Figure(
            "carried", _("Carried out"), decided["done"], decided["asks"], _("of those that ask for work"),
            register(carried="done"),
        ),
        Figure(
            "hit", _("Worked"), decided["worked"], decided["judged"], _("of those judged whether they worked"),
            register(carried="worked"),
        ),
        _drawn(council),
        _review(version),
        _acknowledged(council),
    ]  # fmt: skip


def _against_cadence(held: int, version: CharterVersion, url: str) -> list[Figure]:
    """Meetings held beside those that the charter asks for; nothing where it sets no cadence."""
    weeks = Rules.from_json(version.rules).cadence.weeks
    if not weeks:
        return []
    asked = SINCE.days // (7 * weeks)
    return [
        Figure(
            "cadence", _("Held against its cadence"), held, asked,
            ngettext("one every %(n)d week", "one every %(n)d weeks", weeks) % {"n": weeks}, url,
            _("%(part)d of %(whole)d") % {"part": held, "whole": asked}, False,
        )
    ]  # fmt: skip


def _drawn(council: Council) -> Figure:
    money = books.of_councils([council.pk]).get(council.pk, books.Balances())
    granted = money.granted
    drawn = granted - money.free
    share = f"{drawn * 100 // granted} %" if granted else _("nothing granted")
    url = f"/envelopes/?{urlencode({'council': council.reference})}"
    return Figure("drawn", _("Of its envelope allocated"), drawn, granted, _("of what was granted"), url, share, False)


def _review(version: CharterVersion) -> Figure:
    duty = Duty.objects.filter(subject_id=version.charter_id, kind=DutyKind.REVIEW, closed_at=None).first()
    due = duty.due_on if duty is not None else None
    says = date_format(due, "j F Y") if due is not None else _("no day set")
    url = f"/charters/{version.charter.reference}/"
    return Figure("review", _("Its charter is reviewed"), int(due is None), 1, "", url, says, False)


def _acknowledged(council: Council) -> Figure:
    """Seats whose holders owe an acknowledgement: open duties, of the council's seats."""
    seats = Membership.objects.filter(council=council, ended_at=None)
    whole = seats.count()
    missing = Duty.objects.filter(
        kind=DutyKind.ACKNOWLEDGE, closed_at=None, subject_id=council.pk, seat__in=seats.values("seat_id")
    ).count()
    says = ngettext("%(n)d missing", "%(n)d missing", missing) % {"n": missing}
    return Figure(
        "acknowledged", _("Rules and roster acknowledged"), whole - missing, whole,
        ngettext("of %(n)d seat", "of %(n)d seats", whole) % {"n": whole},
        f"/councils/{council.reference}/roster/", says if missing else _("by all"), False,
    )  # fmt: skip
