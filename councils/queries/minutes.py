"""Minutes: composed from what is recorded of a meeting, or read as they were approved."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils import authority, came, minuting, quorum
from councils.came import Came
from councils.minuting import Record
from councils.models import (
    ApprovedMinutes,
    Attendance,
    Choice,
    Council,
    Decision,
    Guest,
    How,
    Meeting,
    Membership,
    Minutes,
    MinutesComment,
    MinutesItem,
    MinutesState,
    Presence,
    Verdict,
    Vote,
)
from councils.models.minutes import Way
from councils.queries import lasting
from councils.queries.decisions import undone
from councils.queries.stood import left_as
from governance import access, pdf
from governance.clauses import Rules
from governance.errors import Absent
from governance.links import path_of
from governance.models import AudienceContainer, JournalEntry, Person, SeatKind, Tenure, TenureRole
from governance.queries import languages
from governance.queries.calendars import calendar_of_department


def listed(viewer: Person, now: datetime, council: Council | None = None, state: str = "") -> QuerySet[Minutes]:
    """The minutes that ``viewer`` may see, those of the latest meeting first."""
    found: QuerySet[Minutes] = (
        Minutes.objects.visible_to(viewer, now)
        .select_related(
            "meeting__subject", "meeting__council__subject", "meeting__council__department",
            "meeting__charter_version__charter__subject",
        )
        .order_by("-meeting__starts_at", "-pk")
    )  # fmt: skip
    if council is not None:
        found = found.filter(meeting__council=council)
    if state in MinutesState.values:
        found = found.filter(state=state)
    return found


def get(reference: str, viewer: Person, now: datetime) -> Minutes:
    """Minutes by their own reference, or by that of their meeting; raises :class:`Absent`."""
    found = listed(viewer, now).filter(Q(subject__reference=reference) | Q(meeting__subject__reference=reference))
    minutes = found.first()
    if minutes is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return minutes


@dataclass(frozen=True, slots=True)
class Version:
    """What is read: the draft as it stands, or one version as it was approved."""

    record: Record
    approved: ApprovedMinutes | None
    digest: str
    is_whole: bool
    """Whether the words are still those that were approved: a redaction takes some of them out."""


def version_of(minutes: Minutes, number: int | None = None) -> Version:
    """A version that was approved, by number; without one the latest as it stands: a draft is composed now.

    Raises :class:`Absent` for a number under which nothing was approved.
    """
    wanted = number if number is not None else minutes.number
    if number is None and minutes.state == MinutesState.NOTE:
        return Version(minutes.record, None, "", is_whole=True)
    if number is None and minutes.state != MinutesState.APPROVED:
        return Version(compose(minutes), None, "", is_whole=True)
    approved = ApprovedMinutes.objects.filter(minutes=minutes, number=wanted).select_related("by").first()
    if approved is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    is_whole = minuting.digest(approved.text) == approved.digest
    return Version(approved.record, approved, approved.digest, is_whole=is_whole)


def attended(meeting: Meeting) -> dict[int, Person]:
    """Whoever was there, to the end or not, by key: in a seat of the council, or as its guest. Two statements."""
    came_in = Attendance.objects.filter(meeting=meeting).exclude(presence=Presence.ABSENT).select_related("person")
    guests = Guest.objects.filter(meeting=meeting).exclude(presence=Presence.ABSENT).select_related("person")
    people = [*(row.person for row in came_in), *(row.person for row in guests)]
    return {person.pk: person for person in people if person is not None}


def comments_of(minutes: Minutes, number: int) -> list[MinutesComment]:
    """What was said of one version, in the order of the agenda; the whole first."""
    found = MinutesComment.objects.filter(minutes=minutes, number=number).select_related(
        "by", "answered_by", "about__item__subject"
    )
    return sorted(found, key=lambda one: (one.about.position if one.about is not None else 0, one.at, one.pk))


def written_since_sent(minutes: Minutes) -> JournalEntry | None:
    """When somebody last wrote on a draft that is out for comment, and who; None where nobody did. One statement."""
    if minutes.state != MinutesState.OUT or minutes.sent_at is None:
        return None
    found: JournalEntry | None = (
        JournalEntry.objects.filter(subject=minutes.pk, event="councils.minutes.written", at__gt=minutes.sent_at)
        .select_related("by")
        .order_by("-pk")
        .first()
    )
    return found


def unanswered(minutes: Minutes) -> int:
    """How many comments on the version that is worked on have no answer."""
    return MinutesComment.objects.filter(minutes=minutes, number=minutes.number, answered_at=None).count()


def rules_of(minutes: Minutes) -> Rules:
    """The rules by which a meeting's minutes are approved: those under which it was held."""
    version = minutes.meeting.charter_version
    return Rules.from_json(version.rules) if version is not None else Rules()


def how_kept(minutes: Minutes) -> str:
    """The sentence of the charter by which they are approved, or not."""
    rules = rules_of(minutes)
    return rules.formality.sentence() if minutes.state == MinutesState.NOTE else rules.minutes.sentence()


def told(minutes: Minutes, version: Version) -> dict[str, Any]:
    """A version for programs: its record, its words in reading order, and the digest of what was approved."""
    approved = version.approved
    return {
        "number": approved.number if approved is not None else minutes.number,
        "record": version.record,
        "text": approved.text if approved is not None else minuting.text(version.record),
        "digest": version.digest,
        "is_whole": version.is_whole,
    }


def approval_said(version: Version, minutes: Minutes) -> list[str]:
    """What stands below approved minutes: which version, by whom, when, and the digest of its words."""
    approved = version.approved
    if approved is None:
        return []
    zone = ZoneInfo(calendar_of_department(minutes.meeting.council.department).zone)
    with translation.override(language_of(version.record)):
        words = {
            "number": approved.number,
            "day": date_format(approved.at.astimezone(zone), "j F Y"),
            "person": approved.by,
        }
        if approved.way == Way.SILENCE:
            said = _("Version %(number)d, approved on %(day)s: nobody objected in time.") % words
        elif approved.way == Way.MEETING:
            said = _("Version %(number)d, approved by a later meeting on %(day)s, as %(person)s recorded.") % words
        elif approved.way == Way.CHAIR:
            said = _("Version %(number)d, approved by the chair, %(person)s, on %(day)s.") % words
        else:
            said = _("Version %(number)d, approved by the secretary, %(person)s, on %(day)s.") % words
        lines = [said, _("SHA-256 of these words: %(digest)s") % {"digest": version.digest}]
        if not version.is_whole:
            lines.append(_("Words of it were redacted since; the digest is of what was approved."))
        return lines


def printed(minutes: Minutes, version: Version, now: datetime) -> bytes:
    """The minutes as PDF, with the words of the page."""
    language = language_of(version.record)
    with translation.override(language):
        state = MinutesState(minutes.state).label if version.approved is None else ""
        foot = " · ".join(str(part) for part in (minutes.reference, minutes.meeting.reference, state) if part)
    data = {"record": version.record, "approved": approval_said(version, minutes), "foot": foot}
    at = version.approved.at if version.approved is not None else now
    return pdf.typeset("minutes.typ", data, language=language, forms=languages.of_the_organisation(), at=at)


def language_of(record: Record) -> str:
    """The language in which this record is written; English where none is kept: there was no other before it was."""
    written: str = record.get("language", "en")
    return written


def is_in_the_chair(council: Council, person: Person, now: datetime) -> bool:
    """Whether ``person`` holds or deputises the chair's seat."""
    chairs = Membership.objects.filter(council=council, ended_at=None, seat__kind=SeatKind.CHAIR)
    return chairs.filter(seat__in=access.seats_of(person, now)).exists()


def compose(minutes: Minutes) -> Record:
    """The record of a meeting in words, in the organisation's language, with the secretary's prose.

    A correction keeps what the version before it recorded and changes the prose alone: whoever has a seat today was
    perhaps not there then, in its language. The statements do not grow with the agenda.
    """
    rows = list(
        MinutesItem.objects.filter(minutes=minutes)
        .select_related("item__subject", "onto__subject")
        .order_by("position")
    )
    before = ApprovedMinutes.objects.filter(minutes=minutes).order_by("-number").first()
    language = languages.of_papers() if before is None else language_of(before.record)
    with translation.override(language):
        if before is not None:
            said = _("Version %(number)d, in place of version %(before)d: %(reason)s") % {
                "number": minutes.number, "before": before.number, "reason": minutes.reason,
            }  # fmt: skip
            return minuting.corrected(
                before.record,
                introduction=minutes.introduction,
                notes={row.item.reference: row.note for row in rows},
                facts=[[_("Corrected"), said]],
            )
        return {"language": language, **_composed(minutes, rows)}


def _composed(minutes: Minutes, rows: list[MinutesItem]) -> Record:
    meeting = minutes.meeting
    title = _("Note: %(meeting)s") if minutes.state == MinutesState.NOTE else _("Minutes: %(meeting)s")
    zone = ZoneInfo(calendar_of_department(meeting.council.department).zone)
    decisions = _decisions_of(meeting)
    fruits = _known_to(meeting.council_id, came.came_of([one.pk for found in decisions.values() for one in found]))
    lasts = lasting.said_to(meeting.council_id, [one for found in decisions.values() for one in found])
    items = [_item(row, decisions.get(row.item_id, []), fruits, lasts) for row in rows]
    return {
        "title": title % {"meeting": meeting.title},
        "facts": _facts(meeting, zone),
        "introduction": minutes.introduction,
        "attendance": _attendance(meeting),
        "agenda": {
            "title": _("What was dealt with"),
            "none": "" if items else _("Nothing stood on the agenda."),
            "items": items,
        },
    }


def _facts(meeting: Meeting, zone: ZoneInfo) -> list[list[str]]:
    version = meeting.charter_version
    facts = [[_("Council"), meeting.council.name], [_("Meeting"), meeting.reference]]
    if meeting.opened_at is not None and meeting.closed_at is not None:
        opened, closed = meeting.opened_at.astimezone(zone), meeting.closed_at.astimezone(zone)
        same_day = opened.date() == closed.date()
        facts.append(
            [
                _("Held"),
                _("%(day)s, %(from)s to %(until)s (%(zone)s)")
                % {
                    "day": date_format(opened, "l j F Y"),
                    "from": date_format(opened, "H:i"),
                    "until": date_format(closed, "H:i" if same_day else "j F Y, H:i"),
                    "zone": zone.key,
                },
            ]
        )
    if meeting.place:
        facts.append([_("Where"), meeting.place])
    if version is not None:
        facts.append(
            [
                _("Decided by"),
                _("%(charter)s, version %(number)d")
                % {"charter": version.charter.subject.title, "number": version.number},
            ]
        )
    return facts


def _attendance(meeting: Meeting) -> Record:
    """Who was there, by seat and person; of whoever was not, no reason is kept."""
    closed = meeting.closed_at
    marks = {row.membership_id: row for row in Attendance.objects.filter(meeting=meeting).select_related("person")}
    seats = list(
        Membership.objects.filter(council_id=meeting.council_id, seat__subject__created_at__lte=closed)
        .filter(Q(ended_at=None) | Q(ended_at__gt=closed) | Q(pk__in=marks))
        .select_related("seat__subject")
    )
    order = {SeatKind.CHAIR: 0, SeatKind.SECRETARY: 1}
    seats.sort(key=lambda one: (order.get(SeatKind(one.seat.kind), 2), one.pk))
    holders: dict[int, Person] = {}
    deputies: dict[int, Person] = {}
    if closed is not None:
        for tenure in Tenure.objects.at(closed).filter(seat_id__in=[one.pk for one in seats]).select_related("person"):
            (holders if tenure.role == TenureRole.HOLDER else deputies)[tenure.seat_id] = tenure.person
    rows, standing = [], []
    for seat in seats:
        mark = marks.get(seat.pk)
        person = mark.person if mark is not None else None
        presence = mark.presence if mark is not None else Presence.ABSENT
        is_deputy = person is not None and deputies.get(seat.pk) == person and holders.get(seat.pk) != person
        shown = person or holders.get(seat.pk) or deputies.get(seat.pk)
        rows.append([seat.seat.title, str(shown) if shown else "–", _how(presence, is_deputy, shown is None)])
        standing.append(
            quorum.SeatStanding(
                votes=seat.votes,
                is_chair=seat.seat.kind == SeatKind.CHAIR,
                is_filled=shown is not None,
                is_present=presence == Presence.PRESENT,
            )
        )
    guests = Guest.objects.filter(meeting=meeting, person__isnull=False).select_related("person", "seat__subject")
    rows += [[one.seat.title, str(one.person), _how(one.presence, False, False, as_guest=True)] for one in guests]
    rules = Rules.from_json(meeting.charter_version.rules) if meeting.charter_version is not None else Rules()
    return {
        "title": _("Who was there"),
        "quorum": _quorum_said(quorum.count(standing, rules.quorum)),
        "head": [_("Seat"), _("Person"), _("At the meeting")],
        "rows": rows,
    }


def _how(presence: str, is_deputy: bool, is_vacant: bool, *, as_guest: bool = False) -> str:
    if is_vacant:
        return _("vacant")
    if presence == Presence.ABSENT:
        return _("not there")
    if as_guest:
        return _("there for part of it, as a guest") if presence == Presence.LEFT else _("there, as a guest")
    if presence == Presence.LEFT:
        return _("left before the end, as deputy") if is_deputy else _("left before the end")
    return _("present, as deputy") if is_deputy else _("present")


def _quorum_said(count: quorum.Count) -> str:
    said = ngettext(
        "When it closed, %(present)d of %(seats)d voting seat was taken, and %(needed)d were needed.",
        "When it closed, %(present)d of %(seats)d voting seats were taken, and %(needed)d were needed.",
        count.seats,
    ) % {"present": count.present, "seats": count.seats, "needed": count.needed}
    if count.chair_required:
        said += " " + (_("The chair was there.") if count.chair_present else _("The chair was not there."))
    end = _("There was a quorum.") if count.is_quorate else _("There was no quorum at that moment.")
    return f"{said} {end}"


def _decisions_of(meeting: Meeting) -> dict[int, list[Decision]]:
    """What the meeting decided, by matter, in the order in which it was."""
    found: dict[int, list[Decision]] = defaultdict(list)
    votes = Prefetch("votes", Vote.objects.select_related("person").order_by("person__name", "pk"), to_attr="by_name")
    for decision in (
        Decision.objects.filter(meeting=meeting)
        .select_related("subject", "taken_back")
        .prefetch_related(votes)
        .order_by("decided_at", "pk")
    ):
        found[decision.item_id].append(decision)
    return found


def _known_to(council_id: int, fruits: dict[int, list[Came]]) -> dict[int, list[Came]]:
    """What the council may know of: minutes are one text for all who read them."""
    keys = {one.subject_id for found in fruits.values() for one in found}
    known = set(
        AudienceContainer.objects.filter(container_id=council_id, audience__subjects__in=keys).values_list(
            "audience__subjects", flat=True
        )
    )
    return {key: [one for one in found if one.subject_id in known] for key, found in fruits.items()}


def _item(
    row: MinutesItem, decisions: list[Decision], fruits: dict[int, list[Came]], lasts: dict[int, list[str]]
) -> Record:
    return {
        "number": row.position,
        "title": row.item.title,
        "reference": row.item.reference,
        "path": path_of(row.item.subject),
        "asked": "" if row.item.ask.strip() == row.item.title else row.item.ask,
        "decisions": [_decided(one, fruits.get(one.pk, []), lasts.get(one.pk, [])) for one in decisions],
        "ending": left_as(row),
        "note": row.note,
    }


def _decided(decision: Decision, fruits: list[Came], lasts: list[str]) -> Record:
    verdict = Verdict(decision.verdict)
    label = str(verdict.label)
    says = _("Decided: %(verdict)s") if verdict == Verdict.VALID else _("Resolved: %(verdict)s")
    reckoning = authority.why(decision.verdict, decision.facts, undone(decision))
    if decision.is_provisional:
        says = _("%(says)s, under a provisional charter") % {"says": says}
    if decision.taken_back_at is not None:
        says, reckoning = _("Taken back as a slip: it counts for nothing"), [decision.taken_back.reason]
    elif decision.lapsed_at is not None:
        says = _("%(says)s, lapsed: it was not ratified") % {"says": says}
    return {
        "reference": decision.reference,
        "path": path_of(decision.subject),
        "verdict": decision.verdict,
        "verdict_says": says.replace("%(verdict)s", label),
        "motion": decision.motion,
        "reckoning": reckoning,
        "votes": _votes(decision),
        "lasts": lasts,
        "came": [_came_said(one) for one in fruits],
    }


def _votes(decision: Decision) -> list[str]:
    """Who voted how, where it was recorded by name."""
    by_choice: dict[str, list[str]] = defaultdict(list)
    for vote in decision.by_name:  # type: ignore[attr-defined]  # prefetched
        by_choice[vote.choice].append(f"{vote.person} ({vote.reason})" if vote.reason else str(vote.person))
    nobody_objected = decision.how == How.NO_OBJECTION
    said = {
        Choice.FOR: _("Nobody objected: %(names)s.") if nobody_objected else _("For: %(names)s."),
        Choice.AGAINST: _("Against: %(names)s."),
        Choice.ABSTAIN: _("Abstained: %(names)s."),
        Choice.RECUSED: _("Stood aside: %(names)s."),
    }
    return [words % {"names": ", ".join(by_choice[key])} for key, words in said.items() if by_choice[key]]


def _came_said(one: Came) -> Record:
    words = {"title": one.title, "seat": one.seat}
    if one.asked_for is not None:
        says = _("%(title)s. %(seat)s, asked for %(day)s.") % {**words, "day": date_format(one.asked_for, "j F Y")}
    elif one.due_on is not None:
        says = _("%(title)s. %(seat)s, by %(day)s.") % {**words, "day": date_format(one.due_on, "j F Y")}
    else:
        says = _("%(title)s. %(seat)s, no date yet.") % words
    return {"reference": one.reference, "path": one.path, "says": says}
