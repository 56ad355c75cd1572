"""Trends: each number against a second, slow derivation from rows; what few people promised cannot be had from them.

The stories are random: promises over a year, moved, blocked, reported, said done, sent back, dropped. The slow reading
goes action by action through promises and the journal, and never looks at duties.
"""

import csv
import io
import random
import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.exhibits import exhibits
from actions.models import ActionItem, Blocker, DateRequest, Promise, Update
from actions.queries import record
from actions.queries.climbing import Ending
from actions.queries.trends import Trends, trends
from actions.services import blockers, items
from governance.errors import DomainError
from governance.models import CalendarDay, Duty, DutyKind, Firing, JournalEntry, Person
from governance.services import subjects
from tests import remembered
from tests.actions.spreadsheet_files import sheets_of
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 12, 7, 9, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 12, 1), date(2027, 11, 30)
ZONE = ZoneInfo("Europe/Amsterdam")
TARGETS = ("champion", "head", "sponsor", "chair", "council")


class Place:
    """A large department, a smaller one, and one of two people; ``live`` tells the stories of so many promises."""

    def __init__(self) -> None:
        self.town = Town(renewals=5)
        chamber = self.town.council_of_nine()
        self.council, self.clerk = chamber.council, chamber.secretary
        self.quiet = Chamber(self.town, name="Restructuring", size=3, confidential=True).council
        self.doers = [
            (self._seat(department, number), number)
            for department, many in ((self.town.claims, 9), (self.town.digital, 6), (self.town.legal, 2))
            for number in range(many)
        ]

    def _seat(self, department, number):
        person = self.town.person(f"Doer {department.code} {number}")
        return self.town.seat("other", department, person, title=f"Seat {department.code} {number}"), person

    def live(self, rng: random.Random, many: int, start: datetime = EPOCH) -> None:
        for _number in range(many):
            (seat, person), _place = rng.choice(self.doers)
            self.story(rng, seat, person, start + timedelta(days=rng.randint(0, 370), hours=rng.randint(0, 12)))

    def story(self, rng: random.Random, seat, person: Person, at: datetime) -> None:
        action = items.create(title="Text", seat=seat, council=self.council, proof="p", by=self.town.lead, now=at)
        due = (at + timedelta(days=rng.randint(3, 60))).date()
        action = items.accept(action=action, promised_on=due, by=person, now=at)
        if rng.random() < 0.3 and at + timedelta(days=90) < NOW:
            at = self.candid(rng, action, seat, person, at)
        for _step in range(rng.randint(0, 6)):
            at += timedelta(days=rng.randint(1, 25), hours=rng.randint(0, 9))
            if at > NOW:
                break
            try:
                self.step(rng, action, seat, person, at)
            except DomainError:
                continue
        if rng.random() < 0.15:
            subjects.show_to(action.subject, [self.quiet.pk])
        for duty in Duty.objects.filter(subject_id=action.pk, kind=DutyKind.KEEP):
            self.climb(rng, duty)

    def candid(self, rng: random.Random, action: ActionItem, seat, person: Person, at: datetime) -> datetime:
        """Another day asked for around two days before the promised one, approved, and mostly kept."""
        at = max(at, at + timedelta(days=(action.promised - at.date()).days - rng.randint(1, 4)))
        day = action.promised + timedelta(days=rng.randint(2, 20))
        items.ask_for_time(action=action, due_on=day, reason="r", by=person, now=at)
        head = self.town.heads[seat.department_id]
        items.answer_date(action=action, answer="approved", said="s", by=head, now=at + timedelta(hours=3))
        at += timedelta(days=rng.randint(1, 20))
        items.add_evidence(action=action, title="e", kind="note", by=person, now=at)
        items.say_done(action=action, by=person, now=at)
        return at

    def step(self, rng: random.Random, action: ActionItem, seat, person: Person, at: datetime) -> None:
        action = ActionItem.objects.get(pk=action.pk)
        what = rng.choice(["report", "ask", "ask", "block", "lift", "done", "done", "back", "drop"])
        if what == "report":
            items.report(action=action, health="at_risk", by=person, now=at)
        elif what == "ask":
            day = max(action.promised or at.date(), at.date()) + timedelta(days=rng.randint(3, 40))
            items.ask_for_time(action=action, due_on=day, reason="r", by=person, now=at)
            answer = rng.choice(["approved", "approved", "refused", ""])
            if answer:
                head = self.town.heads[seat.department_id]
                items.answer_date(
                    action=action, answer=answer, said="s", by=head, now=at + timedelta(hours=rng.randint(1, 70))
                )
        elif what == "block":
            blockers.block(action=action, reason="r", by=person, now=at)
        elif what == "lift":
            blocker = Blocker.objects.filter(action=action, lifted_at=None).first()
            if blocker is not None:
                blockers.lift(blocker=blocker, by=person, now=at)
        elif what == "done":
            items.add_evidence(action=action, title="e", kind="note", by=person, now=at)
            items.say_done(action=action, by=person, now=at)
        elif what == "back":
            owed = Duty.objects.filter(subject_id=action.pk, kind=DutyKind.VERIFY, closed_at=None).first()
            if owed is not None:
                found = rng.choice(["refused", "confirmed"])
                items.verify(action=action, finding=found, note="n", by=owed.seat.tenures.get().person, now=at)
        elif rng.random() < 0.3:
            items.cancel(action=action, reason="r", by=self.clerk, now=at)

    @staticmethod
    def climb(rng: random.Random, duty: Duty) -> None:
        """Rungs fall after the day, one after the other, as long as the promise is owed."""
        at = datetime.combine(duty.due_on - timedelta(days=2), datetime.min.time(), UTC) + timedelta(hours=8)
        for position, target in enumerate(("owner", *TARGETS[: rng.randint(0, 5)])):
            if not duty.opened_at < at < min(duty.closed_at or NOW, NOW):
                break
            Firing.objects.create(duty=duty, position=position, target=target, fired_at=at, due_on=duty.due_on)
            at += timedelta(days=rng.randint(1, 5))


# --- read slowly ---------------------------------------------------------------------------------------------------


def on(at: datetime) -> date:
    return at.astimezone(ZONE).date()


class Slow:
    """One promise of one action, as promises and the journal tell it."""

    def __init__(self, action: ActionItem, place: int, promises: list[Promise]) -> None:
        self.action, self.promise = action, promises[place]
        self.next = promises[place + 1] if place + 1 < len(promises) else None
        self.person = self.promise.tenure.person_id
        self.events = [
            (entry.at, entry.event.rsplit(".", 1)[1])
            for entry in JournalEntry.objects.filter(subject=action.pk).order_by("pk")
            if entry.event in ("actions.item.done", "actions.item.sent_back", "actions.item.cancelled")
        ]

    @property
    def ended_at(self) -> datetime | None:
        """When it stopped being owed; done and sent back later is not done."""
        if self.next is not None:
            return self.next.given_at
        last = self.events[-1] if self.events else None
        return last[0] if last is not None and last[1] in ("done", "cancelled") else None

    @property
    def ended_as(self) -> str:
        if self.next is not None:
            return "moved"
        return self.events[-1][1] if self.ended_at is not None else ""

    def is_owed(self, at: datetime) -> bool:
        return self.promise.given_at < at and (self.ended_at is None or self.ended_at >= at)


def all_of(viewer: Person) -> list[Slow]:
    found = []
    for action in ActionItem.objects.visible_to(viewer, NOW):
        promises = list(Promise.objects.filter(action=action).order_by("number"))
        found += [Slow(action, place, promises) for place in range(len(promises))]
    return found


def is_few(people: set[int], many: int) -> bool:
    return len(people) < 5 or many < 10


def month_ends() -> list[date]:
    return [date(2026 + (number + 12) // 12, (number + 12) % 12 + 1, 1) for number in range(12)]


def slow_verdict(action: ActionItem, days: list[Promise]) -> tuple[str, date] | None:
    """What became of an action's promises by the end of November, and when; None: nothing yet, or it was dropped."""
    done_days = [
        (entry.at, date.fromisoformat(entry.facts["done_on"]))
        for entry in JournalEntry.objects.filter(subject=action.pk, event="actions.item.done").order_by("pk")
    ]
    closed = action.state in ("done", "verified") and not (action.refused_at and action.refused_at > action.done_at)
    done = action.done_on if closed and action.done_on <= LAST else None
    dropped = JournalEntry.objects.filter(subject=action.pk, event="actions.item.cancelled").first()
    ended = on(dropped.at) if dropped is not None and on(dropped.at) <= LAST else None
    stop = min(day for day in (done, ended, LAST) if day is not None)
    said = []
    for one in days:
        asked = DateRequest.objects.filter(promise=one).order_by("asked_on").first()
        early = [day for _at, day in done_days if day <= one.due_on]
        said.append(asked.asked_on if asked is not None else min(early, default=None))
    for one, spoken in zip(days, said, strict=True):
        if one.due_on < stop and not (spoken is not None and spoken <= one.due_on):
            return "missed", one.due_on + timedelta(days=1)
    if done is None:
        return None
    if done <= days[0].due_on:
        return "kept", done
    ahead = all(
        spoken is not None and (one.due_on - spoken).days >= 2 for one, spoken in zip(days[:-1], said, strict=False)
    )
    return ("renegotiated" if ahead and len(days) > 1 and done <= days[-1].due_on else "short"), done


@pytest.fixture(autouse=True)
def in_december(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def place() -> Place:
    return Place()


def the_line(found: Trends, table: str, key: str) -> dict[str, float | None]:
    exhibit = next(one for one in exhibits(found) if one.key == table)
    line = next(line for line in [*exhibit.lines, *([exhibit.total] if exhibit.total else [])] if line.key == key)
    return {name: cell.value for name, cell in exhibit.named(line).items()}


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.once)])
def test_each_number_is_found_a_second_time_slowly(place: Place, seed: int) -> None:
    place.live(random.Random(seed), 150)
    viewers = [place.town.lead, place.town.heads[place.town.claims.pk]]
    for viewer in viewers:
        found, promises = trends(viewer, NOW), all_of(viewer)
        assert (found.period.first, found.period.last) == (FIRST, LAST)
        _cohorts_agree(found, viewer)
        _ageing_agrees(found, promises)
        _moves_agree(found, promises)
        _answers_agree(found, promises)
        _climbs_agree(found, promises)


def _cohorts_agree(found: Trends, viewer: Person) -> None:
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    people: dict[str, set[int]] = defaultdict(set)
    for action in ActionItem.objects.visible_to(viewer, NOW):
        days = list(Promise.objects.filter(action=action).order_by("number"))
        verdict = slow_verdict(action, days)
        if verdict is None or not FIRST <= verdict[1] <= LAST:
            continue
        given = on(days[0].given_at)
        month = given.strftime("%Y-%m") if given >= FIRST else "earlier"
        counted[month][verdict[0]] += 1
        people[month].add(days[0].tenure.person_id)
    whole = defaultdict(int)
    for some in counted.values():
        for verdict, many in some.items():
            whole[verdict] += many
    total = found.cohorts.total
    assert total is not None
    assert {name: getattr(total, name) for name in ("kept", "renegotiated", "short", "missed")} == {
        name: whole[name] for name in ("kept", "renegotiated", "short", "missed")
    }
    by_department = record.of_departments(viewer, NOW).total
    assert by_department is not None
    assert by_department.counted == total.counted, "both tables are cut from one whole"
    told = 0
    for row in found.cohorts.rows:
        key = "earlier" if row.month == date.min else row.month.strftime("%Y-%m")
        if row.figures is not None:
            told += 1
            assert not is_few(people[key], row.figures.counted)
            assert {name: getattr(row.figures, name) for name in counted[key]} == dict(counted[key])
    assert told or viewer.name != "Priya Raman"


def _ageing_agrees(found: Trends, promises: list[Slow]) -> None:
    for row in found.ageing:
        at = datetime.combine(row.today, datetime.min.time(), ZONE) if row.month else NOW
        owed = [one for one in promises if one.is_owed(at)]
        late, age = defaultdict(int), defaultdict(int)
        for one in owed:
            days = (row.today - one.promise.due_on).days
            bands = (("in_time", 0), ("late_7", 7), ("late_30", 30), ("late_90", 90), ("late_longer", 10_000))
            late[next(name for name, most in bands if days <= most)] += 1
            old = (row.today - on(one.action.accepted_at)).days
            age["age_30" if old <= 30 else "age_90" if old <= 90 else "age_180" if old <= 180 else "age_longer"] += 1
        assert {name: many for name, many in row.late.items() if many} == late, row.month
        assert {name: many for name, many in row.age.items() if many} == age, row.month
    assert found.ageing[-1].whole


def _moves_agree(found: Trends, promises: list[Slow]) -> None:
    actions = {one.action.pk for one in promises}
    for row in found.moving:
        end = (row.month + timedelta(days=32)).replace(day=1)
        start_at, end_at = (datetime.combine(day, datetime.min.time(), ZONE) for day in (row.month, end))
        held = [
            one for one in promises if one.promise.given_at < end_at and not (one.ended_at and one.ended_at < start_at)
        ]
        many = len({one.action.pk for one in held})
        if is_few({one.person for one in held}, many):
            assert row.moves is None
            continue
        assert row.moves is not None
        assert row.moves.open == many
        assert row.moves.asked == sum(
            row.month <= one.asked_on < end for one in DateRequest.objects.filter(action__in=actions)
        )
        assert row.moves.moved == sum(
            row.month <= on(one.promise.given_at) < end for one in promises if one.promise.approver_id is not None
        )


def _fifth(day: date, calendar: int) -> date:
    days = CalendarDay.objects.filter(calendar=calendar, day__gt=day, is_working=True).order_by("day")
    return days.values_list("day", flat=True)[4]


def _answers_agree(found: Trends, promises: list[Slow]) -> None:
    overdue: dict[date, list[tuple[int, bool]]] = defaultdict(list)
    calendar = Duty.objects.filter(kind=DutyKind.KEEP).first().calendar_id
    for one in promises:
        due, until = one.promise.due_on, _fifth(one.promise.due_on, calendar)
        if not FIRST <= until <= LAST or (one.ended_at and on(one.ended_at) <= due):
            continue
        by_then = [what for at, what in one.events if on(at) <= due and at >= one.promise.given_at]
        if by_then and by_then[-1] == "done":
            continue
        answered = (
            any(due < on(at) <= until for at in Update.objects.filter(action=one.action).values_list("at", flat=True))
            or any(
                on(blocker.since) <= until and not (blocker.lifted_at and on(blocker.lifted_at) <= due)
                for blocker in Blocker.objects.filter(action=one.action)
            )
            or DateRequest.objects.filter(promise=one.promise, asked_on__lte=until).exists()
            or any(what == "done" and due < on(at) <= until for at, what in one.events)
            or (one.ended_as == "moved" and on(one.ended_at) <= until)
        )
        if not answered and one.ended_at is not None and on(one.ended_at) <= until:
            continue
        overdue[until.replace(day=1)].append((one.person, answered))
    total = [one for some in overdue.values() for one in some]
    if found.answering.answers is None:
        assert is_few({person for person, _yes in total}, len(total))
    else:
        assert (found.answering.answers.overdue, found.answering.answers.answered) == (
            len(total), sum(yes for _person, yes in total),
        )  # fmt: skip
    for row in found.answering.months:
        some = overdue[row.month]
        if row.answers is not None:
            assert (row.answers.overdue, row.answers.answered) == (len(some), sum(yes for _person, yes in some))
            assert not is_few({person for person, _yes in some}, len(some))
        if row.reminders is not None:
            end = (row.month + timedelta(days=32)).replace(day=1)
            done = [one for one in promises if one.ended_as == "done" and row.month <= on(one.ended_at) < end]
            actions = {one.action.pk for one in promises}
            fell = Firing.objects.filter(target__in=("owner", "warning"), duty__subject__in=actions)
            assert row.reminders.resolved == len(done)
            assert row.reminders.reminders == sum(row.month <= on(one.fired_at) < end for one in fell)


def _climbs_agree(found: Trends, promises: list[Slow]) -> None:
    actions = {one.action.pk for one in promises}
    highest: dict[int, Firing] = {}
    for firing in Firing.objects.filter(duty__subject__in=actions, target__in=TARGETS).order_by("fired_at", "pk"):
        if FIRST <= on(firing.fired_at) <= LAST:
            highest[firing.duty_id] = firing
    by_rung: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for firing in highest.values():
        one = next(
            one
            for one in promises
            if one.action.pk == firing.duty.subject_id and one.promise.given_at == firing.duty.opened_at
        )
        ended = one.ended_at is not None and on(one.ended_at) <= LAST
        ending = {"moved": "another_day", "done": "done", "cancelled": "otherwise"}[one.ended_as] if ended else "open"
        by_rung[firing.target].append((one.person, ending))
    assert {rung for rung, _climbs in found.climbed.rungs} == set(by_rung)
    for rung, climbs in found.climbed.rungs:
        some = by_rung[rung]
        if climbs is not None:
            assert not is_few({person for person, _ending in some}, len(some))
            assert climbs.climbed == len(some)
            counted = {str(ending): many for ending, many in climbs.ended.items() if many}
            assert counted == {ending: sum(one == ending for _p, one in some) for _p, ending in some}
    total = found.climbed.total
    assert total is not None
    assert total.climbed == sum(total.ended.values()) == len(highest)
    assert set(total.ended) == set(Ending)


# --- told everywhere the same, and to nobody more than they may see ---------------------------------------------------


@pytest.fixture
def lived(place: Place) -> Place:
    remembered.built(place, "trends", lambda: place.live(random.Random(7), 110))
    return place


@pytest.mark.once
def test_page_program_and_sheets_say_the_same(lived: Place, client_for, api_for) -> None:
    client = client_for(lived.town.lead)
    page = client.get("/review/trends/").text
    reply = api_for(lived.town.lead).get("/api/v1/trends/").json()
    book = sheets_of(client.get("/review/trends.xlsx").content)
    assert reply["period"] == {"first": "2026-12-01", "last": "2027-11-30"}
    assert reply["finding"] in page
    assert len(book) == len(reply["tables"]) == 7
    numbers = 0
    for table, sheet in zip(reply["tables"], book, strict=True):
        rows = [*table["rows"], *([table["total"]] if table["total"] else [])]
        expected = [
            [row["label"], *("too few to tell" if one is None else one for one in row["values"].values())]
            for row in rows
        ]
        assert [[cells[0], *map(_as_number, cells[1:])] for cells in sheet[1:]] == expected
        assert sheet[0][1:] == [column["label"] for column in table["columns"]]
        text = client.get(f"/review/trends.csv?table={table['key']}").content.decode("utf-8-sig")
        listed = list(csv.DictReader(io.StringIO(text)))
        assert [[row["row"], *map(_as_number, list(row.values())[1:])] for row in listed] == [
            [row["row"], *cells[1:]] for row, cells in zip(rows, expected, strict=True)
        ]
        assert table["finding"] in page
        on_page = _table_on(page, table["key"]) if rows else []
        for row, cells in zip(rows, on_page, strict=True):
            told = [value for value in row["values"].values() if value is not None]
            assert [_as_number(cell) for cell in cells if cell != "Too few to tell"] == told
            numbers += len(told)
    assert numbers > 100
    main = page[page.index("<main") :]
    assert not [person.name for (_seat, person), _number in lived.doers if person.name in main], (
        "nothing about a person"
    )
    assert client.get("/review/trends.csv?table=nothing").status_code == 404


def _as_number(text: str) -> float | str:
    return float(text) if re.fullmatch(r"[0-9.]+", text) else text


def _table_on(page: str, key: str) -> list[list[str]]:
    """The cells of an exhibit's table, without its first column and its shares."""
    section = page[page.index(f'<h2 id="{key}">') :]
    body = section[section.index("<tbody>") : section.index("</table>")]
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
        cells = re.findall(r"<td[^>]*>(.*?)</td>", re.sub(r'<span class="sub">.*?</span>', "", row), re.DOTALL)
        found.append([re.sub(r"<[^>]*>", "", cell).strip() for cell in cells])
    return found


@pytest.mark.once
def test_each_number_of_now_opens_the_list_that_it_counts(lived: Place, client_for, api_for) -> None:
    client, opened = client_for(lived.town.lead), 0
    for exhibit in exhibits(trends(lived.town.lead, NOW)):
        for line in exhibit.lines:
            for cell in line.cells:
                if cell.url:
                    opened += 1
                    page = client.get(cell.url)
                    assert page.context["sums"].total == cell.value, (exhibit.key, cell.url)
                    listed = api_for(lived.town.lead).get(f"/api/v1{cell.url}").json()
                    assert listed["count"] == cell.value
        links = [cell.url for line in exhibit.lines for cell in line.cells if line.key != "now" and cell.url]
        assert links == [], "what stood then has no list"
    assert opened >= 8


def test_two_readers_read_what_each_may_see_and_a_stranger_nothing(lived: Place, client_for) -> None:
    """What a confidential council hides changes the numbers of whoever belongs to it, and of nobody else."""
    lead, member = lived.town.lead, lived.quiet.memberships.first().seat.tenures.get().person
    before = [exhibits(trends(one, NOW)) for one in (lead, member)]
    assert sum(row.whole for row in trends(member, NOW).ageing) > 0
    hidden = ActionItem.objects.visible_to(lead, NOW).filter(state__in=("accepted", "in_progress"))[:5]
    for action in hidden:
        subjects.show_to(action.subject, [lived.quiet.pk])
    after = trends(lead, NOW)
    assert after.ageing[-1].whole == before[0][1].lines[-1].cells[0].value - len(hidden)
    assert trends(member, NOW).ageing[-1].whole == before[1][1].lines[-1].cells[0].value + len(hidden)
    stranger = lived.town.person("Somebody Else")
    nothing = exhibits(trends(stranger, NOW))
    assert [one.lines for one in nothing] == [[]] * 7
    page = client_for(stranger).get("/review/trends/").text
    assert "Too few promises have come to their end to tell" in page
    assert '<svg class="chart"' not in page


def test_a_month_less_the_department_that_lies_in_it_tells_of_nobody(place: Place) -> None:
    """Each table alone would show all of its rows, and the March of all less Claims would be one person of Digital."""
    of_claims, of_digital = place.doers[:6], place.doers[9:15]

    def keep(doers, month: int, times: int) -> None:
        for (seat, person), _number in doers:
            for _time in range(times):
                at = datetime(2027, month, 3, 9, tzinfo=UTC)
                action = items.create(
                    title="T", seat=seat, council=place.council, proof="p", by=place.town.lead, now=at
                )
                due = at.date() + timedelta(days=9)
                action = items.accept(action=action, promised_on=due, by=person, now=at)
                items.add_evidence(action=action, title="e", kind="note", by=person, now=at)
                items.say_done(action=action, by=person, now=at)

    keep(of_claims, 3, 2)
    keep(of_digital, 5, 2)
    assert [row.figures.counted for row in trends(place.town.lead, NOW).cohorts.rows if row.figures] == [12, 12]
    keep(of_digital[:1], 3, 1)
    by_department = record.of_departments(place.town.lead, NOW).rows
    assert [row.figures.counted for row in by_department if row.figures] == [12, 13]
    found = trends(place.town.lead, NOW).cohorts
    assert [row.month for row in found.rows if row.figures] == []
    assert found.total is not None
    assert found.total.counted == 25


@pytest.mark.once
def test_nothing_narrows_them_and_they_change_with_the_month(lived: Place, api_for, time_machine) -> None:
    api = api_for(lived.town.lead)
    whole = api.get("/api/v1/trends/").json()
    for narrowed in ("?department=DEP-1002", "?first=2027-01-01", "?within=DEP-1002", "?council=COU-1001", "?months=3"):
        assert api.get(f"/api/v1/trends/{narrowed}").json() == whole
    conduct = [table for table in whole["tables"] if table["key"] not in ("lateness", "ageing")]
    time_machine.move_to(NOW + timedelta(days=20), tick=False)
    for action in ActionItem.objects.filter(state__in=("accepted", "in_progress"))[:12]:
        seat = action.seat.tenures.get().person
        items.report(action=action, health="at_risk", by=seat, now=NOW + timedelta(days=19))
    later = api.get("/api/v1/trends/").json()
    assert [table for table in later["tables"] if table["key"] not in ("lateness", "ageing")] == conduct
    assert later["tables"] != whole["tables"]


def test_its_statements_do_not_grow_with_the_promises(place: Place) -> None:
    counts = []
    for seed in (11, 12):
        place.live(random.Random(seed), 25)
        with CaptureQueriesContext(connection) as asked:
            trends(place.town.lead, NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 40


def test_what_answers_an_overdue_promise_and_what_does_not(place: Place) -> None:
    """Promised for Friday 5 March: the five working days after it end on Friday the 12th."""
    given = datetime(2027, 2, 15, 9, tzinfo=UTC)

    def at(month: int, day: int) -> datetime:
        return datetime(2027, month, day, 9, tzinfo=UTC)

    def say(action, person, on):
        items.report(action=action, health="at_risk", by=person, now=on)

    def done(action, person, on):
        items.add_evidence(action=action, title="e", kind="note", by=person, now=on)
        items.say_done(action=action, by=person, now=on)

    def back(action, on):
        owed = Duty.objects.get(subject_id=action.pk, kind=DutyKind.VERIFY, closed_at=None)
        items.verify(action=action, finding="refused", note="n", by=owed.seat.tenures.get().person, now=on)

    def ask(action, person, on):
        items.ask_for_time(action=action, due_on=date(2027, 4, 1), reason="r", by=person, now=on)

    def block(action, person, on, lifted=None):
        blocker = blockers.block(action=action, reason="r", by=person, now=on)
        if lifted is not None:
            blockers.lift(blocker=blocker, by=person, now=lifted)

    answered = [
        lambda a, p: say(a, p, at(3, 8)),
        lambda a, p: say(a, p, at(3, 12)),
        lambda a, p: ask(a, p, at(3, 4)),
        lambda a, p: ask(a, p, at(3, 11)),
        lambda a, p: block(a, p, at(2, 20)),
        lambda a, p: block(a, p, at(3, 10), at(3, 11)),
        lambda a, p: done(a, p, at(3, 12)),
    ]
    silent = [
        lambda a, p: None,
        lambda a, p: say(a, p, at(3, 5)),
        lambda a, p: say(a, p, at(3, 15)),
        lambda a, p: ask(a, p, at(3, 15)),
        lambda a, p: block(a, p, at(2, 20), at(3, 5)),
        lambda a, p: done(a, p, at(3, 15)),
        lambda a, p: (done(a, p, at(3, 3)), back(a, at(3, 4))),
        lambda a, p: items.cancel(action=a, reason="r", by=place.clerk, now=at(3, 15)),
    ]
    nowhere = [
        lambda a, p: done(a, p, at(3, 5)),
        lambda a, p: (done(a, p, at(3, 4)), back(a, at(3, 8))),
        lambda a, p: items.cancel(action=a, reason="r", by=place.clerk, now=at(3, 8)),
    ]
    for number, then in enumerate([*answered, *silent, *nowhere]):
        (seat, person), _number = place.doers[number % 6]
        action = items.create(title="T", seat=seat, council=place.council, proof="p", by=place.town.lead, now=given)
        then(items.accept(action=action, promised_on=date(2027, 3, 5), by=person, now=given), person)
    found = trends(place.town.lead, NOW).answering
    assert found.answers is not None
    assert (found.answers.overdue, found.answers.answered) == (len(answered) + len(silent), len(answered))
    assert [row.month for row in found.months if row.answers is not None] == [date(2027, 3, 1)]
