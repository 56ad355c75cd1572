"""Every route, every role: pages and API, reading and doing, for the things of an open and of a confidential council.

The expectation stands in ``expected.py``, written by hand; a route that it does not name fails here.
"""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, TestCase
from django.urls import get_resolver, reverse
from pypdf import PdfReader
from rest_framework.test import APIClient

from governance.checks import routes
from governance.sight import PUBLIC_ROUTES
from tests.access.expected import DELETE, DONE, LONG_FORMS, NONE, PUT, ROLES, SEEN, Do, See
from tests.access.world import SECRET, Room, World, arguments, build

PUBLIC = Path(__file__).with_name("public_routes.txt")
SIDES = ("open", "closed")
CLEARED_HERE = ("sponsor", "other_member")
"""Who may read of the confidential council while asking for the open one's things."""


def every_route() -> dict[str, tuple[str, Any]]:
    return {name: (path, view) for name, path, view in routes(get_resolver()) if name not in PUBLIC_ROUTES}


ROUTES = every_route()


def is_api(name: str) -> bool:
    return ROUTES[name][0].startswith("api/")


def methods(name: str) -> set[str]:
    """The methods that a route answers. A page's are found by asking the table: it reads, does, or both."""
    view = ROUTES[name][1]
    actions = getattr(view, "actions", None)
    if actions:
        return {method.upper() for method in actions} - {"HEAD"}
    cls = getattr(view, "cls", None)
    if cls is not None:
        return {method.upper() for method in ("get", "post", "put", "patch", "delete") if hasattr(cls, method)}
    return set()


# --- asking --------------------------------------------------------------------------------------------------------


@cache
def folder_of(name: str) -> tuple[str, set[str]]:
    """The first folder of a route's path, and the names of its arguments."""
    path = ROUTES[name][0].removeprefix("api/v1/").lstrip("^")
    names = set()
    for part in get_resolver().reverse_dict.getlist(name) if ":" not in name else ():
        names |= set(part[0][0][1])
    if ":" in name:
        namespace, _colon, bare = name.partition(":")
        for part in get_resolver().namespace_dict[namespace][1].reverse_dict.getlist(bare):
            names |= set(part[0][0][1])
    return path.split("/")[0], names - {"format"}


def address(world: World, room: Room, name: str) -> str:
    folder, names = folder_of(name)
    return reverse(name, kwargs=arguments(world, room, folder, names, name))


def has_arguments(name: str) -> bool:
    return bool(folder_of(name)[1])


def sides(name: str, closed: Any) -> tuple[str, ...]:
    return SIDES if closed is not None else ("open",)


def filled(world: World, room: Room, send: dict[str, Any]) -> dict[str, Any]:
    town = world.town
    known: dict[str, Any] = {
        "$claims": town.claims.pk,
        "$root": town.root.pk,
        "$claims_reference": town.claims.reference,
        "$root_reference": town.root.reference,
        "$stranger": world.stranger.pk,
        "$sponsor": town.exec_sponsor.pk,
        "$sponsor_reference": town.sponsor_seat.reference,
        "$council": room.council.reference,
        "$seat": room.memberships[3].seat.reference,
        "$chair_seat": room.memberships[0].seat.reference,
        "$meeting": room.next_meeting.pk,
        "$on_agenda": room.item.reference,
        "$meeting_reference": room.next_meeting.reference,
        "$owner": town.champion_seats[town.claims.pk].reference,
        "$metric": world.goal.metric_id,
        "$metric_reference": world.goal.metric.reference,
        "$owner_key": town.champion_seats[town.claims.pk].pk,
        "$other_seat": town.champion_seats[town.digital.pk].reference,
        "$blocker": room.running.blockers.get().pk,
        "$doer": room.running.doers.get().pk,
        "$milestone": room.running.milestones.get().pk,
        "$dependency": room.running.dependencies.get().pk,
        "$other_action": room.done.reference,
        "$head": (town.heads[town.claims.pk] if room.word != SECRET else room.member).pk,
        "$other_doer": town.sponsor_seat.reference,
        "$evidence": room.running.evidence.get().pk,
        "$running": room.running.reference,
        "$proposed": room.proposed.reference,
        "$closed": room.minutes.meeting.reference,
        "$comment": room.minutes.comments.get().pk,
        "$other_theme": world.other_theme.reference,
        "$reserve": room.reserve.reference,
        "$votes": {room.memberships[0].seat.reference: "for"},
    }

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        return known.get(value, value) if isinstance(value, str) else value

    return {key: fill(value) for key, value in send.items()}


ADDRESSES: dict[tuple[str, str], str] = {}


class Asker:
    """Asks as one role about one side's things; what it changed is undone."""

    def __init__(self, world: World, side: str, role: str) -> None:
        self.world, self.side, self.room = world, side, world.rooms[side]
        person = world.roles[side].get(role)
        self.browser, self.program = Client(), APIClient()
        if person is not None:
            self.browser.force_login(person)
            if person.is_active:
                self.program.force_authenticate(person)

    def ask(self, name: str, method: str, send: dict[str, Any] | None = None) -> Any:
        path = ADDRESSES.get((self.side, name)) or address(self.world, self.room, name)
        ADDRESSES[self.side, name] = path  # nothing that is asked here changes what there is
        body = filled(self.world, self.room, send) if send else {}
        with transaction.atomic():
            if is_api(name):
                answer = getattr(self.program, method.lower())(path, body or None, format="json")
            else:
                answer = getattr(self.browser, method.lower())(path, body)
            if getattr(answer, "streaming", False):  # read while it is there to be read
                answer = HttpResponse(
                    b"".join(answer.streaming_content), status=answer.status_code, headers=answer.headers
                )
            transaction.set_rollback(True)
        return answer


def told(answer: Any) -> str:
    """What the answer amounts to: may, refused, absent, sign-in; or the status itself."""
    status = answer.status_code
    if status in (301, 302):
        return "sign-in" if "/sign-in/" in answer["Location"] else "may"
    if status == 403 and "not_authenticated" in answer.text:
        return "sign-in"
    if status == 422 and ("html" in answer["Content-Type"] or '"code":"absent"' in answer.text):
        return "unknown"
    return {
        200: "may",
        201: "may",
        204: "may",
        409: "may",
        304: "may",
        401: "sign-in",
        403: "refused",
        404: "absent",
    }.get(status, f"{status} {read_out(answer)[-300:]}")


def read_out(answer: Any) -> str:
    """What an answer says, a printed paper too."""
    if answer.headers.get("Content-Type") == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    if answer.headers.get("Content-Type", "").endswith("spreadsheetml.sheet"):
        with ZipFile(BytesIO(answer.content)) as parcel:
            return "\n".join(parcel.read(name).decode() for name in parcel.namelist())
    return str(answer.text)


def compare(found: dict[tuple[str, str, str, str], str], wanted: dict[tuple[str, str, str, str], str]) -> None:
    lines = [
        f"{method} {name} ({side}) as {role}: expected {wanted[key]}, was {found[key]}"
        for key in sorted(wanted)
        if found[key] != wanted[key]
        for method, name, side, role in [key]
    ]
    assert not lines, "\n" + "\n".join(lines)


# --- the table is whole -----------------------------------------------------------------------------------------------


def test_every_route_stands_in_the_table() -> None:
    missing = []
    for name in ROUTES:
        known = {"GET"} if name in SEEN else set()
        known |= {"POST"} if name in DONE else set()
        known |= {"PUT"} if name in PUT else set()
        known |= {"DELETE"} if name in DELETE else set()
        needs = methods(name)
        if (needs and needs != known) or not known:
            missing.append(f"{name}: answers {sorted(needs) or 'something'}, the table has {sorted(known)}")
    assert not missing, "\n".join(missing)


def test_the_table_names_no_route_that_is_gone() -> None:
    assert not (set(SEEN) | set(DONE) | set(PUT) | set(DELETE)) - set(ROUTES)


def test_the_public_routes_are_those_that_were_reviewed() -> None:
    reviewed = {line.split()[0] for line in PUBLIC.read_text().splitlines() if line and not line.startswith("#")}
    assert reviewed == PUBLIC_ROUTES - {"governance:design", "not-found"}, "those two are there while developing only"


# --- the matrix -------------------------------------------------------------------------------------------------------


def reading(row: See, side: str, role: str, name: str) -> str:
    may = row.open if side == "open" else row.closed or NONE
    if role in may:
        return "may"
    if role in row.refused:
        return "refused"
    if name in DONE:  # the form of a deed: seen and not mine is refused
        sees = DONE[name].seen if side == "open" else DONE[name].closed_seen
        return "refused" if role in sees else "absent"
    return "absent" if has_arguments(name) else "refused"


def doing(row: Do, side: str, role: str) -> str:
    may, sees = (row.open, row.seen) if side == "open" else (row.closed or NONE, row.closed_seen)
    return "may" if role in may else "refused" if role in sees else "unknown" if role in row.unknown else "absent"


def doing_told(answer: Any, name: str, role: str) -> str:
    is_asked_for_more = answer.status_code == 422 and name in LONG_FORMS and role in DONE[name].open
    return "may" if is_asked_for_more else told(answer)


def shape(answer: Any) -> dict[str, str]:
    return {key: value for key, value in answer.items() if key != "X-Request-ID"}


class Matrix(TestCase):
    """One world for all: it is built once, and every question is undone."""

    world: World

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = build()
        ADDRESSES.clear()

    def reads(self, role: str) -> None:
        """... and whoever is not cleared reads nowhere of the secret: lists, counts in words, journal, timelines."""
        found, wanted, leaks = {}, {}, []
        askers = {side: Asker(self.world, side, role) for side in SIDES}
        for name, row in SEEN.items():
            for side in sides(name, row.closed):
                key = ("GET", name, side, role)
                answer = askers[side].ask(name, "GET")
                found[key] = told(answer)
                wanted[key] = reading(row, side, role, name)
                said = read_out(answer)
                if side == "open" and role not in CLEARED_HERE and SECRET in said:
                    at = said.index(SECRET)
                    leaks.append(f"{name}: …{said[max(0, at - 160) : at + 40]}…")
        compare(found, wanted)
        assert not leaks, "\n".join(leaks)

    def does(self, role: str) -> None:
        found, wanted = {}, {}
        askers = {side: Asker(self.world, side, role) for side in SIDES}
        for method, table in (("POST", DONE), ("PUT", PUT), ("DELETE", DELETE)):
            for name, row in table.items():
                for side in sides(name, row.closed):
                    key = (method, name, side, role)
                    found[key] = doing_told(askers[side].ask(name, method, row.send), name, role)
                    wanted[key] = doing(row, side, role)
        compare(found, wanted)

    def is_asked_to_sign_in(self, role: str) -> None:
        found, wanted = {}, {}
        asker = Asker(self.world, "open", role)
        for method, table in (("GET", SEEN), ("POST", DONE), ("PUT", PUT), ("DELETE", DELETE)):
            for name in table:
                key = (method, name, "open", role)
                found[key] = told(asker.ask(name, method))
                wanted[key] = "sign-in"
        compare(found, wanted)

    def test_what_is_hidden_answers_byte_for_byte_like_what_is_absent(self) -> None:
        """By status, headers and body; one static page, one static problem."""
        differ = []
        asker = Asker(self.world, "closed", "outsider")
        for name, row in SEEN.items():
            if row.closed is None or not has_arguments(name):
                continue
            hidden = asker.ask(name, "GET")
            path = address(self.world, self.world.rooms["closed"], name).removeprefix("/api/v1")
            last = next(part for part in reversed(path.split("/")) if any(sign.isdigit() for sign in part))
            gone = path.replace(last, "9" * 9 if last.isdigit() else f"{last.split('-')[0]}-99999")
            absent = asker.program.get(f"/api/v1{gone}") if is_api(name) else asker.browser.get(gone)
            if (hidden.status_code, hidden.content, shape(hidden)) != (404, absent.content, shape(absent)):
                differ.append(f"{name}: {hidden.status_code} {absent.status_code}")
        assert not differ, "\n".join(differ)


def _for(kind: str, role: str) -> Callable[[Matrix], None]:
    def asked(self: Matrix) -> None:  # no lambda: a mark would take it for its argument, and nothing would be asked
        getattr(self, kind)(role)

    return asked


ON_BOTH = ("cx_lead", "member", "outsider")
"""Who may nearly everything, some and nothing: their questions are asked of PostgreSQL too."""

for _role in ROLES:
    for _kind, _name in (("reads", "reads_what_it_may"), ("does", "does_what_it_may")):
        _test = _for(_kind, _role)
        setattr(Matrix, f"test_{_role}_{_name}", _test if _role in ON_BOTH else pytest.mark.once(_test))
for _role in ("anonymous", "ended"):
    setattr(Matrix, f"test_{_role}_is_asked_to_sign_in", pytest.mark.once(_for("is_asked_to_sign_in", _role)))
