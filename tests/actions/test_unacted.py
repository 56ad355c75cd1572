"""Who has not acted: each line against a slow derivation that imports only models, for everybody who may look."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.queries.scope import Scope, of_duties
from actions.services import items
from governance import access
from governance.models import Calendar, Department, Duty, Person
from governance.queries import unacted
from governance.services import subjects
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db
LATER = EPOCH + timedelta(days=60)
WAITING = {
    "respond": "escalation", "answer": "answer", "accept": "acceptance", "answer_request": "request",
    "weigh": "request", "confirm": "request", "approve_date": "date", "verify": "verification", "vote": "vote",
    "ratify": "signature", "endorse": "champion", "join": "champion", "renew": "champion", "check_in": "check_in",
}  # fmt: skip


def slow(viewer: Person, now, council=None, department=None) -> dict[str, list[int]]:
    """By what was asked, the duties in their order: row by row."""
    found: dict[str, list[int]] = {}
    for duty in Duty.objects.order_by("due_on", "pk"):
        today = now.astimezone(ZoneInfo(Calendar.objects.get(pk=duty.calendar_id).zone)).date()
        if duty.closed_at is not None or duty.kind not in WAITING or duty.due_on is None or duty.due_on >= today:
            continue
        if not all(access.may_see(viewer, key, now) for key in (duty.subject_id, duty.seat_id)):
            continue
        if council is not None and duty.overseer_id != council.pk:
            continue
        if department is not None:
            above = Department.objects.get(pk=duty.seat.department_id)
            while above is not None and above.pk != department.pk:
                above = above.parent
            if above is None:
                continue
        found.setdefault(WAITING[duty.kind], []).append(duty.pk)
    return found


@pytest.fixture
def place():
    """Work in three departments, one below another and far away, and some of it for a confidential council alone."""
    town = Town()
    council = town.council_of_nine().council
    quiet = Chamber(town, name="Restructuring", size=3, confidential=True).council
    below = town.department("DIG-APP", "App", parent=town.digital)
    samoa = Calendar.objects.create(name="Pago Pago", zone="Pacific/Pago_Pago")
    Department.objects.filter(pk=below.pk).update(calendar=samoa)
    seats = [*town.champion_seats.values(), town.seat("champion", below, town.person("App Champion"))]
    for number, seat in enumerate(seats * 2):
        action = items.create(
            title=f"Work {number}", seat=seat, council=council, proof="p", by=town.lead, now=EPOCH, needs_none=True
        )
        if number % 2:
            subjects.show_to(action.subject, [quiet.pk])
    action = items.create(title="Ask", seat=seats[0], council=council, proof="p", by=town.lead, now=EPOCH)
    items.accept(action=action, promised_on=LATER.date(), by=town.champions[town.claims.pk], now=EPOCH)
    town.council, town.quiet, town.below = council, quiet, below
    return town


def keys(found: "dict[str, list[int]]") -> list[int]:
    return [key for some in found.values() for key in some]


@pytest.mark.parametrize("hours", [0, 6, 60 * 24])
def test_each_line_is_found_a_second_time_for_everybody_who_may_look(place, hours):
    now = EPOCH + timedelta(days=7, hours=hours)
    seen = 0
    for viewer in Person.objects.all():
        for council in (None, place.council):
            for department in (None, place.digital, place.below):
                scope = of_duties(Scope(within=department, council=council))
                wanted = slow(viewer, now, council, department)
                listed = unacted.listed(viewer, now, **scope)
                assert sorted(listed.values_list("pk", flat=True)) == sorted(keys(wanted))
                assert {str(key): n for key, n in unacted.counted(listed).items() if n} == {
                    key: len(some) for key, some in wanted.items()
                }
                seen += len(keys(wanted))
    assert seen or not hours


@pytest.mark.once
def test_a_view_of_one_kind_and_the_page_and_the_sheet_say_the_same(place, client_for, api_for, time_machine):
    time_machine.move_to(LATER, tick=False)
    wanted = slow(place.lead, LATER)
    client = client_for(place.lead)
    page = client.get("/review/not-acted/?asked=acceptance").text
    titles = [Duty.objects.get(pk=key).subject.title for key in wanted["acceptance"]]
    assert titles
    assert all(title in page for title in titles)
    sheet = b"".join(client.get("/review/not-acted.csv?asked=acceptance").streaming_content).decode()
    assert sheet.count("\r\n") == len(titles) + 1
    told = api_for(place.lead).get("/api/v1/not-acted/?asked=acceptance").data["results"]
    assert [one["title"] for one in told] == titles
    assert "Work 0" in client.get("/review/").text


@pytest.mark.once
def test_what_a_link_names_and_its_reader_may_not_see_is_refused_like_what_is_not_there(place, client_for, api_for):
    stranger = client_for(place.person("Somebody Else"))
    hidden, absent = place.quiet.reference, "COU-9999"
    answers = [stranger.get(f"/review/not-acted/?council={one}").text.replace(one, "") for one in (hidden, absent)]
    assert answers[0].count("error") == answers[1].count("error") > 0
    api = api_for(Person.objects.get(name="Somebody Else"))
    assert [api.get(f"/api/v1/not-acted/?council={one}").status_code for one in (hidden, absent)] == [422, 422]


@pytest.mark.once
def test_its_statements_do_not_grow_with_the_lines(place, client_for, time_machine):
    time_machine.move_to(LATER, tick=False)
    client = client_for(place.lead)
    client.get("/review/not-acted/")
    with CaptureQueriesContext(connection) as few:
        client.get("/review/not-acted/")
    for number in range(12):
        items.create(
            title=f"More {number}", seat=next(iter(place.champion_seats.values())), council=place.council, proof="p",
            by=place.lead, now=EPOCH,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get("/review/not-acted/")
    assert len(many) == len(few)
