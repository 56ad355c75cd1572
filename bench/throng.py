"""An organisation with up to 1,000,000 actions in 20 departments, most of them closed long ago: for lines that count.

Some actions are written whole, then copied by statements over sets: what is measured is reading.
"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.management import call_command
from django.db import connection, models

from actions.models import ActionItem, Blocker, Outcome, OutcomeVerdict, Theme, Verification
from councils.models import Account, AgendaItem, Council, Envelope
from councils.services import books, councils
from governance.models import (
    Audience,
    AudienceContainer,
    Department,
    ExecutiveSponsor,
    Person,
    Seat,
    SeatKind,
    Subject,
    SubjectKind,
)
from governance.services import departments, organisation, people, seats, sponsors

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
DEPARTMENTS, COUNCILS = 20, 5
BASE = 10_000


class Throng:
    """``lead`` sees all of it.

    Begins with 100,000 open actions and 90,000 that were closed within the year; ``age`` adds 810,000 from the nine
    years before it: ten times as much is closed then.
    """

    def __init__(self, folder: Path) -> None:
        print("building 190,000 actions, which takes a while")
        if connection.vendor == "sqlite":
            connection.close()
            connection.settings_dict["NAME"] = str(folder / "throng.sqlite3")
        call_command("migrate", verbosity=0)
        self.lead = organisation.start(
            name="Large", zone="UTC", currency="EUR", country="DE", now=NOW - timedelta(days=4_000),
            email="lead@large.example", person_name="Lead", password="correct-horse-battery-7",
        )  # fmt: skip
        self._places()
        dice = random.Random(7)
        self._base("OPEN", [self._open(dice) for _number in range(BASE)], dice)
        self._base("NEW", [self._closed(dice, 30, 360) for _number in range(BASE * 9 // 10)], dice)
        self._base("OLD", [self._closed(dice, 400, 3_650) for _number in range(BASE * 9 // 10)], dice)
        self._copy("OPEN", range(1, 10))
        self._copy("NEW", range(1, 9))
        self._heard()
        self._ready()

    def age(self) -> None:
        """Ten times as much that is closed: 1,000,000 actions in all."""
        self._copy("OLD", range(1, 91))
        self._ready()

    # --- who and where

    def _places(self) -> None:
        past = NOW - timedelta(days=4_000)
        self.places: list[Department] = []
        self.owners: list[Seat] = []
        for number in range(DEPARTMENTS):
            place = departments.create(code=f"D{number}", name=f"Department {number:02}", by=None, now=past)
            seat = seats.found(kind=SeatKind.CHAMPION, department=place, by=None, now=past, title=f"Champion {number}")
            if number % 10:  # two are vacant
                seats.seat_person(seat=seat, person=self._person(f"champion{number}", past), by=None, now=past)
            self.places.append(place)
            self.owners.append(seat)
        seat = seats.found(kind=SeatKind.CX_SPONSOR, department=self.places[0], by=None, now=past, title="Sponsor")
        self.sponsor = self._person("sponsor", past)
        seats.seat_person(seat=seat, person=self.sponsor, by=None, now=past)
        pledged = ExecutiveSponsor.objects.get(pk=seat.pk)
        sponsors.pledge(
            sponsor=pledged, by=None, now=past, response_days=3, attendance_pledge=75, checkins_a_quarter=3,
            funding_authority=10**9,
        )  # fmt: skip
        self.councils: list[Council] = [
            councils.found(
                name=f"Council {number}", kind="governance", department=self.places[number], sponsor=pledged, by=None,
                now=past,
            )
            for number in range(COUNCILS)
        ]  # fmt: skip
        self.envelope: Envelope = books.grant(council=self.councils[0], amount=10**9, by=self.sponsor, now=NOW)

    @staticmethod
    def _person(name: str, at: datetime) -> Person:
        return people.add(email=f"{name}@large.example", name=name.title(), by=None, now=at)

    # --- what is written whole

    def _open(self, dice: random.Random) -> ActionItem:
        state = dice.choice(["accepted", "in_progress", "in_progress", "done"])
        accepted = NOW - timedelta(days=dice.randrange(1, 400))
        return ActionItem(
            state=state, accepted_at=accepted, done_at=NOW if state == "done" else None,
            promised=None if dice.random() < 0.1 else NOW.date() + timedelta(days=dice.randrange(-120, 120)),
        )  # fmt: skip

    def _closed(self, dice: random.Random, newest: int, oldest: int) -> ActionItem:
        """``newest`` and ``oldest``: days ago."""
        state = "as_is" if dice.random() < 0.1 else "verified"
        accepted = NOW - timedelta(days=dice.randrange(newest, oldest))
        closed = accepted + timedelta(days=25)
        return ActionItem(
            state=state, accepted_at=accepted, done_at=closed, verified_at=closed if state == "verified" else None,
            promised=closed.date(),
        )  # fmt: skip

    def _base(self, name: str, items: Sequence[ActionItem], dice: random.Random) -> None:
        for number, item in enumerate(items):
            place = number % DEPARTMENTS
            council = self.councils[dice.randrange(COUNCILS)]
            item.department, item.seat, item.council = self.places[place], self.owners[place], council
            item.proof, item.needs_none = "It is seen.", dice.random() < 0.3
        subjects = Subject.objects.bulk_create(
            [
                Subject(
                    kind=SubjectKind.ACTION, reference=f"{name}-{number}", title=f"Work {number} on the promise",
                    audience_id=self._audience(item.department_id, item.council_id), created_at=item.accepted_at or NOW,
                )
                for number, item in enumerate(items)
            ]
        )  # fmt: skip
        for subject, item in zip(subjects, items, strict=True):
            item.subject = subject
        ActionItem.objects.bulk_create(items, batch_size=1_000)
        holds = [item for item in items if not item.needs_none and dice.random() < 0.7]
        Account.objects.bulk_create(
            [Account(envelope=self.envelope, kind="allocation", subject_id=item.subject_id) for item in holds]
        )
        running = [item for item in items if item.state in ("accepted", "in_progress") and dice.random() < 0.05]
        Blocker.objects.bulk_create(
            [Blocker(action=item, kind="blocked", reason="r", since=NOW, by=self.lead) for item in running]
        )
        judged = [item for item in items if item.state == "verified" and dice.random() < 0.6]
        rounds = Verification.objects.bulk_create(
            [
                Verification(action=one, round=1, finding="confirmed", by=self.sponsor, at=one.verified_at or NOW)
                for one in judged
            ]
        )
        outcomes = Outcome.objects.bulk_create(
            [Outcome(action=one, number=1, because="b", by=self.lead, at=one.accepted_at or NOW) for one in judged]
        )
        OutcomeVerdict.objects.bulk_create(
            [
                OutcomeVerdict(
                    action=one, outcome=outcome, verification=round_, effect=dice.choice(["worked", "not"]), words="w",
                    by=self.lead, at=NOW,
                )
                for one, outcome, round_ in zip(judged, outcomes, rounds, strict=True)
            ]
        )  # fmt: skip

    def _heard(self) -> None:
        """Themes and matters before councils, a thousand of each."""
        for kind, name in ((SubjectKind.THEME, "HEARD"), (SubjectKind.AGENDA_ITEM, "ASKED")):
            subjects = Subject.objects.bulk_create(
                [
                    Subject(
                        kind=kind, reference=f"{name}-{number}", title=f"Matter {number}", created_at=NOW,
                        audience_id=self._audience(self.councils[number % COUNCILS].pk),
                    )
                    for number in range(1_000)
                ]
            )  # fmt: skip
            if kind == SubjectKind.THEME:
                Theme.objects.bulk_create([Theme(subject=one, name=one.title) for one in subjects])
            else:
                AgendaItem.objects.bulk_create(
                    [
                        AgendaItem(
                            subject=one, council=self.councils[number % COUNCILS], about=one, matter="free",
                            state="open" if number % 3 else "settled", raised_at=NOW,
                        )
                        for number, one in enumerate(subjects)
                    ]
                )  # fmt: skip

    # --- what is copied

    def _copy(self, name: str, copies: range) -> None:
        many = "(WITH RECURSIVE k(n) AS (SELECT %s UNION ALL SELECT n + 1 FROM k WHERE n < %s) SELECT n FROM k) AS k"
        new = "JOIN governance_subject AS s ON s.reference = b.reference || '-' || k.n"
        base = f"governance_subject AS b CROSS JOIN {many}"
        of_base = f"b.reference LIKE '{name}-%%' AND b.reference NOT LIKE '{name}-%%-%%'"
        ends = [copies[0], copies[-1]]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO governance_subject (kind, reference, title, audience_id, created_at)"
                f" SELECT b.kind, b.reference || '-' || k.n, b.title, b.audience_id, b.created_at FROM {base}"
                f" WHERE {of_base}",
                ends,
            )
            for model, key in (
                (ActionItem, "subject_id"), (Account, "subject_id"), (Blocker, "action_id"),
                (Verification, "action_id"), (Outcome, "action_id"),
            ):  # fmt: skip
                table, names = model._meta.db_table, _columns(model, key)
                taken = ", ".join(f"t.{name_}" for name_ in names)
                cursor.execute(
                    f"INSERT INTO {table} ({key}, {', '.join(names)}) SELECT s.id, {taken} FROM {base} {new}"
                    f" JOIN {table} AS t ON t.{key} = b.id WHERE {of_base}",
                    ends,
                )
            cursor.execute(
                "INSERT INTO actions_outcomeverdict (action_id, outcome_id, verification_id, effect, words, by_id, at)"
                " SELECT s.id, o.id, v.id, t.effect, t.words, t.by_id, t.at"
                f" FROM {base} {new} JOIN actions_outcomeverdict AS t ON t.action_id = b.id"
                " JOIN actions_outcome AS o ON o.action_id = s.id JOIN actions_verification AS v ON v.action_id = s.id"
                f" WHERE {of_base}",
                ends,
            )

    @staticmethod
    def _ready() -> None:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

    def _audience(self, *containers: int) -> int:
        audience, is_new = Audience.objects.get_or_create(key=",".join(map(str, sorted(containers))))
        if is_new:
            AudienceContainer.objects.bulk_create(
                AudienceContainer(audience=audience, container_id=container) for container in containers
            )
        return int(audience.pk)


def _columns(model: type[models.Model], key: str) -> list[str]:
    """The columns of a copy that stay as they are."""
    named = [field.column for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    return [name for name in named if name is not None and name != key]
