"""Packs: what everybody of the audience may see, and nothing else; frozen for ever; made once on schedule."""

import random
import re
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from actions import packed
from actions.models import ActionItem, Feedback, Pack, PackAudience, PackSchedule
from actions.packing import voices, work
from actions.queries import packs as queries
from actions.services import items, packs, requests
from councils.models import Council
from councils.services import agenda, books, meetings
from governance import access
from governance.errors import Conflict, Invalid, Refused
from governance.models import (
    AudienceContainer,
    Department,
    JournalEntry,
    JournalMention,
    Organisation,
    Person,
    Seat,
    SeatKind,
    Subject,
    Tenure,
)
from governance.services import redaction
from notifications.kinds import Kind
from notifications.models import Message
from notifications.services import keeping
from notifications.services.sweep import sweep
from tests.actions.reading_files import take
from tests.actions.test_outcomes import VERIFIED, Measured
from tests.actions.test_review import Chance
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db
NOW = EPOCH + timedelta(days=9, hours=8)
SECRET = "Zephyr"
REFERENCE = re.compile(r"\b[A-Z]{2,6}-\d{4,}\b")


# --- nobody reads what they may not see ----------------------------------------------------------------------------


class Anywhere:
    """An organisation by chance: who sits where, which council oversees what, who asks whom."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = random.Random(seed)
        self.town = town = Town()
        below = [
            town.department(f"{at.code}-{n}", f"{at.name} {n}", at) for at in (town.claims, town.legal) for n in (1, 2)
        ]
        self.departments = [town.claims, town.digital, town.legal, *below]
        self.chambers = [
            Chamber(town, name="Harbour council", size=chance.randint(3, 5)),
            Chamber(town, name="Quay council", size=chance.randint(3, 5)),
            Chamber(town, name=f"{SECRET} circle", size=3, confidential=True),
        ]
        people = [person for chamber in self.chambers for person in chamber.members]
        for person in chance.sample(people, 7):  # who sits in a council sits elsewhere, too: in one or in several
            for place in chance.sample(self.departments, chance.randint(1, 3)):
                has_head = Seat.objects.filter(kind=SeatKind.HEAD, department=place).exists()
                kind = SeatKind.OTHER if has_head else SeatKind.HEAD
                town.seat(kind, place, person, title=f"{kind} of {place}, {person.pk}")
        # Everybody of one open council knows of the confidential one: still no pack but its own may hold it.
        if chance.random() < 0.5:
            for person in self.chambers[1].members:
                self._sit_in(self.chambers[2].council, person)
        take(EPOCH)
        self.seats = list(Seat.objects.filter(kind__in=[SeatKind.CHAMPION, SeatKind.OTHER]))
        for number in range(24):
            self._work(number)

    def _sit_in(self, council: Council, person: Person) -> None:
        from councils.services import councils

        councils.add_member(council=council, person=person, title=f"{SECRET} seat of {person}", by=None, now=EPOCH)

    def _work(self, number: int) -> None:
        chance = self.chance
        chamber, seat = chance.choice(self.chambers), chance.choice(self.seats)
        is_closed = chamber.council.is_confidential
        if is_closed:
            seat = chance.choice(chamber.memberships).seat
        title = f"{SECRET if is_closed else 'Work'} number {number} of it"
        action = items.put(title=title, seat=seat, council=chamber.council, proof="p", now=EPOCH)
        holder = Tenure.objects.at(EPOCH).filter(seat=seat).first()
        if holder is not None and chance.random() < 0.7:
            promised = chance.choice([date(2026, 11, 4), date(2026, 11, 9), date(2026, 12, 1)])
            items.accept(action=action, promised_on=promised, by=holder.person, now=EPOCH)
            if chance.random() < 0.4 and not is_closed:
                to = chance.choice([one for one in self.seats if one.department_id != seat.department_id])
                requests.ask(
                    title=f"Need {number} of it", need="n", to=to, asked_for=date(2026, 11, 6), action=action,
                    by=holder.person, now=EPOCH,
                )  # fmt: skip
        if chance.random() < 0.3:
            ask = f"{SECRET if is_closed else 'Matter'} {number} to settle"
            agenda.propose(council=chamber.council, about=None, matter="general", by=chamber.chair, now=EPOCH, ask=ask)
        if chance.random() < 0.2:
            books.grant(council=chamber.council, amount=1_000, by=self.town.sponsor, now=EPOCH)

    def wanted(self) -> list[tuple[queries.Wanted, Person]]:
        """Everything that a pack may be for, each with somebody who may make it."""
        of_councils = [
            (chamber.council, chamber.chair if chamber.council.is_confidential or n % 2 else self.town.lead)
            for n, chamber in enumerate(self.chambers)
        ]
        return [*of_councils, *((one, self.town.lead) for one in [self.town.root, *self.departments])]


def belongs(person: Person) -> set[int]:
    """Audiences of which somebody belongs to a container, row by row."""
    mine = access.containers_of(person, NOW)
    return {one.audience_id for one in AudienceContainer.objects.all() if one.container_id in mine}


def sitting(wanted: queries.Wanted) -> set[int]:
    """Who sits in an audience, from tenures alone."""
    running = [one for one in Tenure.objects.select_related("seat", "person") if one.until_at is None]
    if isinstance(wanted, Council):
        seats = set(wanted.memberships.filter(ended_at=None).values_list("seat_id", flat=True)) | {wanted.sponsor_id}
        return {one.person_id for one in running if one.seat_id in seats}
    if wanted.pk == Organisation.objects.get().root_id:
        return set(Person.objects.filter(is_active=True).values_list("pk", flat=True))
    return {one.person_id for one in running if one.seat.department_id == wanted.pk}


@pytest.mark.parametrize("seed", [0, 2, 4])
def test_each_of_the_audience_may_see_all_that_a_pack_holds(seed):
    place = Anywhere(seed)
    sees = {person.pk: belongs(person) for person in Person.objects.filter(is_active=True)}
    secret = {
        audience
        for audience in AudienceContainer.objects.values_list("audience_id", flat=True)
        if all(
            Council.objects.filter(pk=one.container_id, is_confidential=True).exists()
            for one in AudienceContainer.objects.filter(audience=audience)
        )
    }
    held = 0
    for wanted, maker in place.wanted():
        readers = sitting(wanted)
        if not readers:
            with pytest.raises(Invalid):
                packs.make(wanted=wanted, by=maker, now=NOW)
            continue
        pack = packs.make(wanted=wanted, by=maker, now=NOW)
        text = "\n".join(packed.words(pack.record))
        named = dict(
            Subject.objects.filter(reference__in=set(REFERENCE.findall(text)))
            .exclude(pk__in=[pack.pk])
            .values_list("reference", "audience_id")
        )
        common = set.intersection(*(sees[reader] for reader in readers))
        assert set(named.values()) <= common, f"each of {wanted} sees all that is named"
        own = wanted.pk if isinstance(wanted, Council) else None
        if not (isinstance(wanted, Council) and wanted.is_confidential):
            assert SECRET not in text, "what a confidential council keeps to itself stands in its own packs alone"
        # The figure is what each may see, counted slowly: whoever makes the pack included.
        allowed = common & sees[maker.pk]
        allowed -= {key for key in secret if not AudienceContainer.objects.filter(audience=key, container=own).exists()}
        accepted = [
            one
            for one in ActionItem.objects.select_related("subject", "department")
            if one.state in ("accepted", "in_progress", "done", "verified", "as_is")
            and one.subject.audience_id in allowed
        ]
        if isinstance(wanted, Department) and wanted.pk != Organisation.objects.get().root_id:
            accepted = [
                one for one in accepted if one.department_id == wanted.pk or one.department.parent_id == wanted.pk
            ]
        late = [one for one in accepted if one.promised is not None and one.promised < date(2026, 11, 11)]
        assert figure(pack, "Late") == len(late)
        assert sorted(REFERENCE.findall("\n".join(listed(pack, "late")))) == sorted(one.reference for one in late)
        held += len(late)
        # Whoever can open it, of the audience or not, may see all of it.
        for person in Person.objects.filter(is_active=True):
            if Pack.objects.visible_to(person, NOW).filter(pk=pack.pk).exists():
                assert set(named.values()) <= sees[person.pk]
            else:
                assert person.pk not in readers | {maker.pk}, "whoever it is for can open it"
    assert held, "something was counted"


def figure(pack: Pack, name: str) -> int:
    rows = next(section for section in pack.record["summary"] if section["key"] == "figures")["rows"]
    return next(int(number) for label, number, _of in rows if label == name)


def listed(pack: Pack, key: str) -> list[str]:
    found = [section for section in pack.record["parts"] if section["key"] == key]
    return [" ".join(row) for section in found for row in section["rows"]]


def test_who_joins_later_and_may_not_see_what_was_counted_does_not_read_it(town):
    chamber = Chamber(town, name="Harbour council", size=3)
    for person in chamber.members:
        town.seat(SeatKind.OTHER, town.claims, person, title=f"Seat of {person}")
    elsewhere = Chamber(town, name="Quay council", size=3)
    items.put(
        title="Of Claims", seat=town.champion_seats[town.claims.pk], council=elsewhere.council, proof="p", now=EPOCH
    )
    pack = packs.make(wanted=chamber.council, by=chamber.chair, now=NOW)
    from councils.services import councils

    newcomer = town.person("New Comer")
    councils.add_member(council=chamber.council, person=newcomer, title="Newcomer", by=None, now=NOW)
    later = NOW + timedelta(hours=1)
    assert Council.objects.visible_to(newcomer, later).filter(pk=chamber.council.pk).exists()
    assert not Pack.objects.visible_to(newcomer, later).exists(), "Claims' work was counted in it"
    town.seat(SeatKind.OTHER, town.claims, newcomer, title="Seat in Claims")
    assert Pack.objects.visible_to(newcomer, later).get() == pack


def test_the_line_about_confidential_matters_is_the_same_in_every_pack(town):
    quiet, other = (Chamber(town, name=name, size=3, confidential=name == SECRET) for name in (SECRET, "Quay"))
    made = [packs.make(wanted=one.council, by=one.chair, now=NOW) for one in (quiet, other)]
    made.append(packs.make(wanted=town.root, by=town.lead, now=NOW))
    assert len({pack.record["line"] for pack in made}) == 1


def test_only_those_who_prepare_a_council_or_lead_the_programme_make_packs(town):
    chamber = Chamber(town, name="Harbour council", size=3)
    for person in (town.lead, chamber.chair, chamber.secretary):
        assert packs.make(wanted=chamber.council, by=person, now=NOW).by == person
    with pytest.raises(Refused):
        packs.make(wanted=chamber.council, by=chamber.members[2], now=NOW)
    for wanted in (town.root, town.claims):
        with pytest.raises(Refused):
            packs.make(wanted=wanted, by=town.heads[town.claims.pk], now=NOW)
    with pytest.raises(Refused):
        packs.schedule(council=chamber.council, days_before=5, by=chamber.members[2], now=NOW)


# --- frozen --------------------------------------------------------------------------------------------------------


@pytest.fixture
def world():
    made = Chance(11)
    take(EPOCH)
    for _number in range(20):
        made.one()
    return made


def test_what_changes_later_changes_nothing_in_it_and_nothing_can_be_changed(world):
    lead = world.town.lead
    pack = packs.make(wanted=world.council, by=lead, now=NOW)
    kept, drawn, sheets = packed.written(pack.record), queries.printed(pack), queries.sheets(pack)
    ActionItem.objects.update(promised=date(2026, 11, 1))
    Subject.objects.filter(kind="action").update(title="Another title")
    again = queries.get(pack.reference, lead, NOW + timedelta(days=3))
    assert packed.written(again.record) == kept
    assert queries.is_whole(again)
    assert (queries.printed(again), queries.sheets(again)) == (drawn, sheets), "the same bytes, made again"
    for change in (
        lambda: Pack.objects.filter(pk=pack.pk).update(digest="0" * 64),
        lambda: Pack.objects.filter(pk=pack.pk).update(record={}),
        lambda: Pack.objects.filter(pk=pack.pk).delete(),
        lambda: PackAudience.objects.filter(pack=pack).delete(),
        lambda: PackAudience.objects.filter(pack=pack).update(pack=pack.pk),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert packs.make(wanted=world.council, by=lead, now=NOW + timedelta(minutes=1)).digest != pack.digest


def test_the_hash_is_of_the_written_form_whatever_order_the_keys_came_back_in():
    record = packed.record(
        title="资料",
        facts=[("b", "a")],
        reach="r",
        times="t",
        line="l",
        summary=[],
        parts=[],
        language="en",
        forms="en",
    )
    assert packed.digest(dict(reversed(record.items()))) == packed.digest(record)
    assert packed.digest({**record, "line": "m"}) != packed.digest(record)


def test_a_redaction_reaches_a_pack_and_shows(town):
    take(EPOCH, source="Desk")
    said = Feedback.objects.exclude(text="").order_by("-pk").first()
    assert said is not None
    Feedback.objects.filter(pk=said.pk).update(
        text="Ask Mira Bellweather, she was kind.", received_at=NOW - timedelta(days=1)
    )
    pack = packs.make(wanted=said.department, by=town.lead, now=NOW)
    assert "Bellweather" in packed.written(pack.record)
    redaction.redact_words(words=["Mira Bellweather"], by=town.lead, now=NOW)
    again = queries.get(pack.reference, town.lead, NOW)
    assert "Bellweather" not in packed.written(again.record)
    assert not queries.is_whole(again)


# --- their words ---------------------------------------------------------------------------------------------------


def test_nobody_is_quoted_by_name_or_against_their_will(town):
    take(EPOCH)
    rows = list(Feedback.objects.order_by("pk"))
    assert len(rows) >= 3
    for row, text, giver, consent in zip(
        rows,
        (
            "I am Rosa Delgado, call +31 20 555 01 99 or write rosa@example.org. Rosa",
            "我叫王小丽，排队太久。",
            "Never quote me.",
        ),
        ("Rosa Delgado", "王小丽", "Anon"),
        ("yes", "", "refused"),
        strict=False,
    ):
        Feedback.objects.filter(pk=row.pk).update(
            text=text, giver=giver, consent=consent, received_at=NOW - timedelta(days=1)
        )
    pack = packs.make(wanted=rows[0].department, by=town.lead, now=NOW)
    said = "\n".join(quote["words"] for section in pack.record["parts"] for quote in section["quotes"])
    assert "call [redacted] or write [redacted]" in said
    for word in ("Rosa", "Delgado", "王小丽", "Never quote"):
        assert word not in said


@pytest.mark.parametrize(
    ("giver", "said", "told"),
    [
        ("customer 4711", "The customer service is slow.", "The customer service is slow."),
        ("customer 4711", "I am 4711.", "I am [redacted]."),
        ("Bo Li", "Bo Li here, and bo li again", "[redacted] here, and [redacted] again"),
        ("", "Ring 0031 20 555 0199 in 2026, on 2026-11-02", "Ring [redacted] in 2026, on 2026-11-02"),
        ("", "a@b.example\nsaid so", "[redacted] said so"),
        ("李", "我姓李。", "我姓[redacted]。"),
        ("Schmidt, Anna", "Frau Schmidt war da, Anna auch.", "Frau [redacted] war da, [redacted] auch."),
        ("SCHMIDT; Anna", "Frau Schmidt", "Frau [redacted]"),
        ("anna schmidt", "I, Anna Schmidt, waited. Schmidt", "I, [redacted], waited. [redacted]"),
        ("mei.ng@example.org", "Ng waited, and Mei", "[redacted] waited, and [redacted]"),
    ],
)
def test_what_is_masked_is_who_said_it_and_how_to_reach_them(giver, said, told):
    assert voices.without_names(Feedback(giver=giver, text=said)) == told


def test_what_was_said_before_its_giver_was_forgotten_is_not_quoted(town, settings):
    take(EPOCH)
    row = Feedback.objects.exclude(text="").order_by("pk")[0]
    Feedback.objects.filter(pk=row.pk).update(
        text="I, Anna Schmidt, waited.", giver="", consent="", received_at=NOW - timedelta(days=40)
    )
    since = NOW.date() - timedelta(days=60)
    for days, is_quoted in ((730, True), (30, False)):
        settings.RETENTION_DAYS = {"givers": days}
        pack = packs.make(wanted=row.department, by=town.lead, now=NOW, since=since)
        said = [quote["words"] for section in pack.record["parts"] for quote in section["quotes"]]
        assert ("I, Anna Schmidt, waited." in said) == is_quoted


# --- on schedule ---------------------------------------------------------------------------------------------------


def test_a_scheduled_pack_is_made_once_for_a_meeting_and_each_member_is_told_once(town):
    chamber = Chamber(town, name="Harbour council", size=4)
    starts = EPOCH + timedelta(days=10)
    meeting = meetings.call(council=chamber.council, starts_at=starts, by=chamber.secretary, now=EPOCH)
    packs.schedule(council=chamber.council, days_before=3, by=chamber.secretary, now=EPOCH)
    assert packs.make_due(starts - timedelta(days=4)) == 0, "not yet"
    due = starts - timedelta(days=3)
    keeping.keep(due)
    keeping.keep(due + timedelta(minutes=1))
    pack = Pack.objects.get()
    assert (pack.meeting, pack.is_scheduled, pack.by) == (meeting, True, None)
    sweep(due)
    sweep(due + timedelta(minutes=1))
    told = Message.objects.filter(kind=Kind.PACK, subject_id=meeting.pk)
    seats = {membership.seat_id for membership in chamber.memberships} | {chamber.council.sponsor_id}
    assert sorted(told.values_list("seat_id", flat=True)) == sorted(seats)
    packs.make(wanted=meeting, by=chamber.chair, now=due)
    sweep(due + timedelta(minutes=2))
    assert Message.objects.filter(kind=Kind.PACK).count() == len(seats), "who makes one by hand shares the link"


def test_whoever_may_not_read_a_pack_does_not_hear_of_it_by_name(town):
    chamber = Chamber(town, name="Harbour council", size=4)
    pack = packs.make(wanted=chamber.council, by=chamber.chair, now=NOW)
    told = JournalEntry.objects.filter(event="actions.pack.made").get()
    assert told.subject_id == chamber.council.pk
    assert not JournalEntry.objects.filter(subject_id=pack.pk).exists()
    assert not JournalMention.objects.filter(subject_id=pack.pk).exists()


def test_two_that_make_it_at_the_same_time_make_one(town):
    chamber = Chamber(town, name="Harbour council", size=4)
    meeting = meetings.call(council=chamber.council, starts_at=NOW + timedelta(days=2), by=chamber.secretary, now=EPOCH)
    # Both have found that there is none yet.
    assert [packs._make_once(meeting, NOW) for _process in range(2)] == [1, 0]
    assert Pack.objects.count() == 1


def test_a_meeting_whose_pack_fails_holds_up_no_other(town, monkeypatch):
    first, second = (Chamber(town, name=name, size=4) for name in ("Harbour council", "Quay council"))
    for day, chamber in enumerate((first, second), start=1):
        starts = NOW + timedelta(days=day)
        meetings.call(council=chamber.council, starts_at=starts, by=chamber.secretary, now=EPOCH)
        packs.schedule(council=chamber.council, days_before=3, by=chamber.secretary, now=EPOCH)
    readers_of = queries.readers_of

    def faulty(target, by, now):
        if target.container == first.council:
            raise LookupError("broken")
        return readers_of(target, by, now)

    monkeypatch.setattr(queries, "readers_of", faulty)
    assert packs.make_due(NOW) == 1
    assert Pack.objects.get().container_id == second.council.pk


def test_no_pack_is_made_for_a_meeting_that_is_over_or_off(town):
    chamber = Chamber(town, name="Harbour council", size=4)
    held, off, missed = (
        meetings.call(council=chamber.council, starts_at=EPOCH + timedelta(days=day), by=chamber.secretary, now=EPOCH)
        for day in (1, 20, 2)
    )
    kept = packs.make(wanted=held, by=chamber.chair, now=EPOCH)
    meetings.open_meeting(meeting=held, by=chamber.chair, now=EPOCH + timedelta(days=1))
    held.refresh_from_db()
    assert packs.make(wanted=held, by=chamber.chair, now=EPOCH + timedelta(days=1)), "it goes on"
    meetings.close(meeting=held, by=chamber.chair, now=EPOCH + timedelta(days=1, hours=1))
    meetings.call_off(meeting=off, reason="Fog.", by=chamber.secretary, now=EPOCH + timedelta(days=3))
    for meeting in (held, off, missed):
        meeting.refresh_from_db()
        with pytest.raises(Conflict, match="for the next meeting"):
            packs.make(wanted=meeting, by=chamber.chair, now=NOW)
    assert queries.get(kept.reference, chamber.chair, NOW).digest == kept.digest, "what was made stays"


def test_a_pack_says_of_whom_and_of_when_it_is(town):
    chamber = Chamber(town, name="Harbour council", size=4)
    far = meetings.call(council=chamber.council, starts_at=NOW + timedelta(days=90), by=chamber.secretary, now=EPOCH)
    record = packs.make(wanted=far, by=chamber.chair, now=NOW, until=NOW.date() - timedelta(days=3)).record
    assert record["title"].endswith("as of 11 Nov 2026"), "the work of the day on which it was made"
    people = queries.people_of(queries.target_of(far), NOW)
    assert f"each of the {len(people)} readers" in record["reach"]
    assert "11 November 2026" in record["times"]


def test_what_the_readers_may_not_know_is_left_empty(town):
    take(EPOCH)
    theme = Feedback.objects.exclude(theme=None).first().theme
    chamber = Chamber(town, name="Harbour council", size=4)
    owner, seat = town.champions[town.claims.pk], town.champion_seats[town.claims.pk]
    for subject in (theme, None):
        action = items.put(title="Wait", seat=seat, council=chamber.council, proof="p", theme=subject, now=EPOCH)
        items.accept(action=action, promised_on=EPOCH.date(), by=owner, now=EPOCH)
    record = packs.make(wanted=chamber.council, by=chamber.chair, now=NOW).record
    late = next(section for section in record["summary"] if section["key"] == "late-worst")
    assert [row[5] for row in late["rows"]] == ["", ""], "nought would say that nobody said it"


@pytest.mark.parametrize(
    ("late", "said"),
    [
        ([0, 0], "No department has a promise that is late and that all readers see."),
        ([2, 1], "A has most that is late: 2 promises."),
        ([2, 2, 1], "A and B have most that is late: 2 promises each."),
        ([1, 1, 1, 0], "A and 2 others have most that is late: 1 promise each."),
    ],
)
def test_whoever_has_as_many_late_is_told_too(late, said):
    assert work._most_late(list(zip("ABCD", late, strict=False))) == said


def test_a_schedule_ends_and_begins_again(town):
    chamber = Chamber(town, name="Harbour council", size=4)
    meetings.call(council=chamber.council, starts_at=NOW + timedelta(days=2), by=chamber.secretary, now=EPOCH)
    packs.schedule(council=chamber.council, days_before=3, by=chamber.secretary, now=EPOCH)
    packs.schedule(council=chamber.council, days_before=None, by=chamber.secretary, now=EPOCH)
    assert packs.make_due(NOW) == 0
    found = PackSchedule.objects.get()
    with pytest.raises(Conflict):
        packs.schedule(council=chamber.council, days_before=7, by=chamber.chair, now=NOW, version=found.version - 1)
    with pytest.raises(Invalid):
        packs.schedule(council=chamber.council, days_before=31, by=chamber.chair, now=NOW)
    packs.schedule(council=chamber.council, days_before=7, by=chamber.chair, now=NOW)
    assert packs.make_due(NOW) == 1
    assert packs.make_due(NOW) == 0


def test_a_pack_goes_back_to_the_last_meeting_and_never_ahead(town):
    chamber = Chamber(town, name="Harbour council", size=4)
    first = packs.make(wanted=chamber.council, by=chamber.chair, now=NOW)
    assert first.since == NOW.date() - timedelta(days=30)
    held = meetings.call(council=chamber.council, starts_at=EPOCH, by=chamber.secretary, now=EPOCH)
    held = meetings.open_meeting(meeting=held, by=chamber.secretary, now=EPOCH)
    meetings.close(meeting=held, by=chamber.secretary, now=EPOCH + timedelta(hours=1))
    assert packs.make(wanted=chamber.council, by=chamber.chair, now=NOW).since == EPOCH.date()
    for since, until in ((None, NOW.date() + timedelta(days=1)), (NOW.date(), EPOCH.date())):
        with pytest.raises(Invalid):
            packs.make(wanted=chamber.council, by=chamber.chair, now=NOW, since=since, until=until)


def test_making_one_takes_no_more_statements_for_more_work(world):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            packs.make(wanted=world.council, by=world.town.lead, now=NOW)
        return len(counted)

    statements()  # references of its kind are counted from now on
    few = statements()
    for _number in range(25):
        world.one()
    assert statements() <= few


def test_what_somebody_said_in_these_days_that_it_worked_is_told_with_what_was_measured():
    work = Measured()
    work.seen(date(2026, 10, 20), numerator=120, denominator=400)
    action = work.verified()
    work.seen(date(2026, 11, 20), numerator=380, denominator=400)
    work.read_all(action)
    now = VERIFIED + timedelta(days=91)
    before = packs.make(wanted=work.chamber.council, by=work.chamber.chair, now=now)
    assert listed(before, "stories") == []
    said = "They wait two days, ask me at ann@example.org."
    items.judge(action=action, effect="worked", said=said, by=work.reader, now=now)
    pack = packs.make(wanted=work.chamber.council, by=work.chamber.chair, now=now + timedelta(hours=1))
    [told] = listed(pack, "stories")
    assert action.reference in told
    assert "They wait two days, ask me at [redacted]" in told
    later = now + timedelta(days=40)
    assert listed(packs.make(wanted=work.chamber.council, by=work.chamber.chair, now=later), "stories") == []
