"""Packs: which there are, whom one would be for, and the papers that are drawn from the frozen record."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions import packed
from actions.models import Pack, PackSchedule
from actions.packing import Frame
from actions.queries.review import moment, standing
from actions.queries.scope import EVERYTHING, Scope
from councils import access as council_access
from councils.models import Council, Meeting, MeetingState, Membership
from councils.queries import councils as council_queries
from governance import access, pdf
from governance.access import Together
from governance.errors import Absent, Conflict, Invalid
from governance.models import AudienceContainer, Department, Organisation, Person, Subject, SubjectKind, Tenure
from governance.queries import languages
from governance.queries.calendars import calendar_of_department, local_day
from governance.sheets.workbooks import Sheet, workbook

Wanted = Council | Department | Meeting
"""What a pack may be for. The root department stands for everybody."""

USUAL = timedelta(days=30)
"""The period where nobody says one, and the council has not met yet."""
NOT_COUNTED = (SubjectKind.PACK, SubjectKind.DEPARTMENT, SubjectKind.PERSON)
"""Kinds of things whose audience says nothing about a pack: the names of departments and people are everybody's."""


def listed(viewer: Person, now: datetime) -> QuerySet[Pack]:
    """The packs that ``viewer`` may read, the newest first, without their records."""
    found: QuerySet[Pack] = Pack.objects.visible_to(viewer, now)
    return found.select_related("container", "meeting__subject", "by").defer("record").order_by("-made_at", "-pk")


def get(reference: str, viewer: Person, now: datetime) -> Pack:
    """One pack with its record; raises :class:`Absent`."""
    rows = Pack.objects.visible_to(viewer, now).select_related("container", "meeting__subject", "by")
    found: Pack | None = rows.filter(subject__reference=reference).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found


def is_whole(pack: Pack) -> bool:
    """Whether the record still says what was frozen: a redaction takes words out of it, and nothing else can."""
    return packed.digest(pack.record) == pack.digest


# --- whom it is for ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a pack is for: a council's seats and sponsor, a department's own seats, or everybody."""

    container: Council | Department
    meeting: Meeting | None
    is_everybody: bool

    @property
    def department(self) -> Department:
        """Whose calendar it goes by."""
        return self.container.department if isinstance(self.container, Council) else self.container


def target_of(wanted: Wanted) -> Target:
    """One statement."""
    if isinstance(wanted, Meeting):
        return Target(wanted.council, wanted, is_everybody=False)
    root = Organisation.objects.values_list("root_id", flat=True).first()
    return Target(wanted, None, is_everybody=isinstance(wanted, Department) and wanted.pk == root)


def require_making(target: Target, by: Person, now: datetime) -> None:
    """Chair, secretary, CX lead and core team make packs for a council; the last two for departments and everybody.

    Raises :class:`Absent` or :class:`Refused`.
    """
    if isinstance(target.container, Council):
        access.require(by, council_access.PREPARE, target.container, now)
        return
    root = Organisation.objects.select_related("root").get().root
    if root is not None:
        access.require(by, access.TRIAGE, root, now)


def require_ahead(target: Target, now: datetime) -> None:
    """Raises :class:`Conflict` for a meeting that is over or off: its pack would hold the work of another day."""
    if target.meeting is None:
        return
    if target.meeting.state == MeetingState.OFF:
        raise Conflict(
            _("That meeting was called off. Make a pack of a period, or for the next meeting."), field="audience"
        )
    if not is_ahead(target.meeting, now):
        raise Conflict(_("That meeting is over. Make a pack of a period, or for the next meeting."), field="audience")


def is_ahead(meeting: Meeting, now: datetime) -> bool:
    """Whether a meeting is still to be read for: it goes on, or its day is not over."""
    if meeting.state != MeetingState.PLANNED:
        return meeting.state == MeetingState.OPEN
    calendar = calendar_of_department(meeting.council.department)
    return local_day(calendar, meeting.starts_at) >= local_day(calendar, now)


def councils_to_make_for(viewer: Person, now: datetime) -> QuerySet[Council]:
    """The councils for which ``viewer`` may make packs, and schedule them."""
    keys = access.containers_of(viewer, now, council_access.PREPARE)
    found: QuerySet[Council] = Council.objects.visible_to(viewer, now).filter(pk__in=keys).order_by("name")
    return found


def may_make_for_all(viewer: Person, now: datetime) -> bool:
    """Whether ``viewer`` may make packs for departments and for everybody."""
    root = Organisation.objects.select_related("root").get().root
    return root is not None and access.may(viewer, access.TRIAGE, root, now)


def people_of(target: Target, now: datetime) -> set[int]:
    """Whoever sits in the audience now, holders and deputies: of a council its sponsor too. Two statements at most.

    Of a department its own seats, and not those below: who sits there sees neither the department nor its other
    branches, so what all of them may see together is next to nothing.
    """
    if target.is_everybody:
        return set(Person.objects.filter(is_active=True).values_list("pk", flat=True))
    sitting = Tenure.objects.at(now).filter(person__is_active=True)
    if isinstance(target.container, Council):
        seats = Membership.objects.filter(council=target.container, ended_at=None).values_list("seat_id", flat=True)
        sitting = sitting.filter(seat__in={*seats, target.container.sponsor_id})
    else:
        sitting = sitting.filter(seat__department=target.container)
    return set(sitting.values_list("person_id", flat=True))


def readers_of(target: Target, by: Person | None, now: datetime) -> tuple[Together, int]:
    """Everybody of the audience as one viewer, whoever makes it included, and how many they are in the audience.

    What confidential councils have to themselves is left out, but for that council's own pack: also where each of the
    audience happens to sit there. Raises :class:`Invalid` where nobody sits in the audience.
    """
    people = people_of(target, now)
    if not people:
        raise Invalid(_("Nobody sits there today, so nobody would read it. Fill its seats first."), field="audience")
    zone = calendar_of_department(target.department).zone
    if target.is_everybody:
        root = AudienceContainer.objects.filter(container=target.container.pk).values_list("audience_id", flat=True)
        return Together(frozenset(root), zone), len(people)
    found = access.together(people | ({by.pk} if by is not None else set()), now, zone=zone)
    own = AudienceContainer.objects.filter(container=target.container.pk).values_list("audience_id", flat=True)
    secret = council_queries.confidential(found.audiences) - set(own)
    return Together(found.audiences - secret, zone), len(people)


def counted(readers: Together) -> set[int]:
    """The audiences whose things a pack for these readers may hold: whoever reads it must belong to each of them."""
    found = Subject.objects.filter(audience_id__in=readers.audiences).exclude(kind__in=NOT_COUNTED)
    return set(found.order_by().values_list("audience_id", flat=True).distinct())


# --- what it is of -------------------------------------------------------------------------------------------------


def period_of(target: Target, since: date | None, until: date | None, now: datetime) -> tuple[date, date]:
    """The days of a pack: since the council met last, or for thirty days, until today.

    Raises :class:`Invalid` for days that are not over or do not follow each other.
    """
    calendar = calendar_of_department(target.department)
    today = local_day(calendar, now)
    until = until or today
    if until > today:
        raise Invalid(_("A pack tells what was. Choose today or an earlier day."), field="until")
    since = since or min(until, _last_met(target, ZoneInfo(calendar.zone), now) or until - USUAL)
    if since > until:
        raise Invalid(_("The first day comes before the last."), field="since")
    return since, until


def _last_met(target: Target, zone: ZoneInfo, now: datetime) -> date | None:
    if not isinstance(target.container, Council):
        return None
    met = Meeting.objects.filter(council=target.container, state=MeetingState.CLOSED, opened_at__lt=now)
    if target.meeting is not None:
        met = met.exclude(pk=target.meeting.pk).filter(starts_at__lt=target.meeting.starts_at)
    last = met.order_by("-opened_at").values_list("opened_at", flat=True).first()
    return last.astimezone(zone).date() if last is not None else None


def frame_of(target: Target, readers: Together, since: date, until: date, now: datetime) -> Frame:
    """A department's pack is about it and those below; every other about all that its audience may see."""
    scope = EVERYTHING
    if isinstance(target.container, Department) and not target.is_everybody:
        scope = Scope(within=target.container)
    at = moment(now)
    return Frame(readers, scope, since, until, ZoneInfo(readers.zone), at, standing(readers.viewer, at, scope))


def title_of(target: Target, frame: Frame) -> str:
    """What for or for whom, and of which day: a meeting far ahead is read for with the work of today."""
    said = {"day": date_format(frame.now.astimezone(frame.zone), "j M Y")}
    if target.meeting is not None:
        return _("Executive review: %(meeting)s, as of %(day)s") % {"meeting": target.meeting.title, **said}
    if target.is_everybody:
        return _("Executive review for everybody, as of %(day)s") % said
    return _("Executive review for %(audience)s, as of %(day)s") % {"audience": target.container, **said}


def facts_of(target: Target, frame: Frame, people: int) -> list[tuple[str, str]]:
    """The cover: whose, what for, for whom, of which days, as of which moment."""
    at = frame.now.astimezone(frame.zone)
    organisation = Organisation.objects.values_list("name", flat=True).get()
    whom = {"audience": target.container, "n": people}
    if target.is_everybody:
        said = _("Everybody, %(n)d people: it holds what each of them may see.") % whom
    elif isinstance(target.container, Council):
        said = (
            ngettext(
                "The seats of %(audience)s and its sponsor, %(n)d person: it holds what each of them may see.",
                "The seats of %(audience)s and its sponsor, %(n)d people: it holds what each of them may see.",
                people,
            )
            % whom
        )
    else:
        said = (
            ngettext(
                "Whoever has a seat in %(audience)s, %(n)d person: it holds what each of them may see.",
                "Whoever has a seat in %(audience)s, %(n)d people: it holds what each of them may see.",
                people,
            )
            % whom
        )
    facts = [(_("Organisation"), organisation)]
    if target.meeting is not None:
        facts.append((_("Meeting"), f"{target.meeting.title} ({target.meeting.reference})"))
    return [
        *facts,
        (_("Audience"), said),
        (
            _("Period"),
            _("%(since)s to %(until)s")
            % {"since": date_format(frame.since, "j F Y"), "until": date_format(frame.until, "j F Y")},
        ),
        (
            _("As of"),
            _("%(day)s, %(time)s (%(zone)s)")
            % {"day": date_format(at, "j F Y"), "time": date_format(at, "H:i"), "zone": frame.zone.key},
        ),
    ]  # fmt: skip


def reach_line(people: int) -> str:
    """Of whom the figures are: the same sentences stand on pages, where they count more."""
    return ngettext(
        "Every figure and sentence is of what the %(n)d reader may see: it can be less than they see on the pages.",
        "Every figure and sentence is of what each of the %(n)d readers may see: it can be less than one of them"
        " sees on the pages.",
        people,
    ) % {"n": people}


def times_line(frame: Frame) -> str:
    """What is of the period, and what of the moment at which it is made."""
    at = frame.now.astimezone(frame.zone)
    return _(
        "Of the period are decisions, what worked, and what customers said. All else, such as open work, what is late, "
        "debts and resources, is as of %(day)s, %(time)s."
    ) % {"day": date_format(at, "j F Y"), "time": date_format(at, "H:i")}


def confidential_line() -> str:
    """The same in every pack, so that it tells nobody whether there is anything of the kind."""
    return _(
        "What confidential councils keep to themselves stands in their own packs alone. This line stands in every pack,"
        " whether there is anything of the kind or not."
    )


# --- papers --------------------------------------------------------------------------------------------------------


def language_of(pack: Pack) -> str:
    """The language in which this one was written. Packs of before ``forms`` were kept are in English: there was no
    other, whichever the organisation had."""
    return pack.record["language"] if "forms" in pack.record else "en"


def _forms_of(pack: Pack) -> str:
    return pack.record.get("forms") or pack.record.get("language") or languages.of_the_organisation()


def digest_said(pack: Pack) -> str:
    """What stands below the cover: the hash, and of what it is one."""
    with translation.override(language_of(pack)):
        said = _("SHA-256 of the frozen record: %(digest)s") % {"digest": pack.digest}
        return said if is_whole(pack) else f"{said} {_('Words were redacted since.')}"


def printed(pack: Pack) -> bytes:
    """The pack as PDF, drawn again from its record: the same bytes each time, with the same program and fonts."""
    data = {"record": pack.record, "digest": digest_said(pack), "foot": pack.reference}
    return pdf.typeset("pack.typ", data, language=language_of(pack), forms=_forms_of(pack), at=pack.made_at)


def sheets(pack: Pack) -> bytes:
    """Every table of the pack as one workbook, a sheet each, after a cover: the same bytes each time."""
    with translation.override(language_of(pack)):
        cover = Sheet(
            _("Cover"), (), [tuple(fact) for fact in pack.record["facts"]],
            lead=(pack.record["title"], *packed.said_once(pack.record), digest_said(pack)),
        )  # fmt: skip
    return workbook([cover, *(_sheet(section) for section in packed.sections(pack.record))], at=pack.made_at)


def _sheet(section: dict[str, Any]) -> Sheet:
    lead = [line for line in (section["title"], section["says"], section["note"]) if line]
    rows = [
        tuple(
            int(cell) if place in section["numbers"] and cell.isascii() and cell.isdigit() else cell
            for place, cell in enumerate(row)
        )
        for row in section["rows"]
    ] or [(quote["words"], quote["about"]) for quote in section["quotes"]]
    return Sheet(section["name"], section["head"], rows, lead=lead)


# --- schedules -----------------------------------------------------------------------------------------------------


def schedules(viewer: Person, now: datetime) -> QuerySet[PackSchedule]:
    """The schedules of the councils that ``viewer`` may see, those that run."""
    seen = Council.objects.visible_to(viewer, now).values("pk")
    return (
        PackSchedule.objects.filter(council__in=seen, is_on=True)
        .select_related("council__subject", "by")
        .order_by("council__name")
    )
