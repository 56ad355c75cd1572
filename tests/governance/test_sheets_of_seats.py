"""Seats as a sheet: it goes out and comes back, and a changed cell is the one thing that changes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from governance.models import JournalEntry, Seat, SeatKind, Tenure, TenureRole
from governance.queries import sheets as queries
from governance.services import seat_sheet
from governance.sheets import tables
from governance.sheets.judging import Outcome
from governance.sheets.seats import COLUMNS
from tests.factories import Town
from tests.governance.test_sheets_round_trip import NAMES


def rows(text: str) -> list[tables.Row]:
    return tables.from_text(text, COLUMNS).rows


def sheet(town: Town) -> str:
    return tables.written(COLUMNS, queries.seat_rows(town.lead, town.now))


def holder(reference: str, role: str = TenureRole.HOLDER) -> str:
    found = Tenure.objects.filter(seat__subject__reference=reference, role=role, until_at=None).first()
    return found.person.email if found else ""


class RoundTrip(TestCase):
    """Odd titles and expectations, through the database."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.town = Town()
        cls.town.council_of_nine()

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=3, unique_by=lambda one: tables.folded(one[0])))
    def test_an_untouched_file_changes_nothing(self, titles: list[tuple[str, str]]) -> None:
        town = self.town
        for title, expectations in titles:
            seat = town.seat(SeatKind.OTHER, town.claims, town.sponsor, title=title.strip(), deputy=town.lead)
            Seat.objects.filter(pk=seat.pk).update(expectations=expectations, capacity_minutes=240, filled_by=seat)
        plan = queries.judge_seats(tables.from_bytes(sheet(town).encode(), COLUMNS).rows, town.lead, town.now)
        assert {line.outcome for line in plan.lines} == {Outcome.SAME}, [
            (line.faults, line.changes) for line in plan.lines if line.outcome != Outcome.SAME
        ]
        assert len(plan.lines) == Seat.objects.count()


@pytest.mark.django_db
class TestSeats:
    def test_seats_are_founded_and_filled_from_pasted_rows_and_only_once(self, town: Town, client_for) -> None:
        town.department("NEW", "New")
        pasted = (
            "New;head;;joel.brandt@harbourline.example;amara.okafor@harbourline.example\n"
            "NEW;champion\nNEW;;Analyst;;;240\n"
        )
        client = client_for(town.lead)
        looked = client.post("/seats/several/", {"pasted": pasted})
        assert "3 will be added" in looked.text
        sent = {"rows": looked.context["rows"], "deed": "take"}
        assert client.post("/seats/several/", sent).status_code == 302
        head = Seat.objects.select_related("subject").get(kind=SeatKind.HEAD, department__code="NEW")
        assert head.title == "department head, New"
        assert holder(head.reference).startswith("joel")
        assert holder(head.reference, TenureRole.DEPUTY).startswith("amara")
        assert Seat.objects.get(subject__title="Analyst").capacity_minutes == 240
        before = (Seat.objects.count(), Tenure.objects.count(), JournalEntry.objects.count())
        client.post("/seats/several/", sent)
        assert before == (Seat.objects.count(), Tenure.objects.count(), JournalEntry.objects.count())

    def test_a_changed_holder_title_and_capacity_are_shown_and_then_so(self, town: Town) -> None:
        seat = town.seat(SeatKind.OTHER, town.claims, town.sponsor, title="Analyst")
        text = f"reference,title,holder,capacity_minutes\n{seat.reference},Data analyst,{town.lead.email},60\n"
        plan = seat_sheet.take_in(rows=rows(text), by=town.lead, now=town.now)
        assert {change.column for change in plan.lines[0].changes} == {"title", "holder", "capacity_minutes"}
        again = Seat.objects.select_related("subject").get(pk=seat.pk)
        assert (again.title, again.capacity_minutes, again.version) == ("Data analyst", 60, seat.version + 1)
        assert holder(seat.reference) == town.lead.email

    def test_holder_and_deputy_change_places_in_one_row(self, town: Town) -> None:
        seat = town.seat(SeatKind.OTHER, town.claims, town.sponsor, title="Analyst", deputy=town.lead)
        text = f"reference,holder,deputy\n{seat.reference},{town.lead.email},{town.sponsor.email}\n"
        seat_sheet.take_in(rows=rows(text), by=town.lead, now=town.now)
        assert (holder(seat.reference), holder(seat.reference, TenureRole.DEPUTY)) == (
            town.lead.email,
            town.sponsor.email,
        )

    def test_an_emptied_cell_ends_a_tenure_and_a_missing_column_does_not(self, town: Town) -> None:
        seat = town.seat(SeatKind.OTHER, town.claims, town.sponsor, title="Analyst", deputy=town.lead)
        seat_sheet.take_in(rows=rows(f"reference,deputy\n{seat.reference},\n"), by=town.lead, now=town.now)
        assert holder(seat.reference) == town.sponsor.email
        assert holder(seat.reference, TenureRole.DEPUTY) == ""

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("department,kind,title\nNowhere,head,", "There is no department"),
            ("department,kind,title\nCLM,wizard,", "Write a kind"),
            ("department,kind,title\nCLM,other,", "Write what this seat is called"),
            ("department,kind,title\nCLM,chair,", "A council makes its own seats"),
            ("department,kind,title,holder\nCLM,other,X,nobody@x.example", "Nobody here has this address"),
            ("department,kind,holder\nORG,cx_sponsor,priya.raman@harbourline.example", "themselves as a sponsor"),
            ("department,kind,deputy\nORG,cx_sponsor,joel.brandt@harbourline.example", "name their own deputy"),
            ("department,title,capacity\nCLM,X,lots", "Write whole minutes"),
            ("department,kind\nNEW,head\nNEW,head", "Line 2 founds this seat"),
            ("reference,kind\nSEAT-9,head", "There is no seat"),
        ],
    )
    def test_each_fault_names_its_remedy(self, town: Town, text: str, says: str) -> None:
        town.department("NEW", "New")
        plan = queries.judge_seats(rows(text), town.lead, town.now)
        assert says in " ".join(fault.says for line in plan.lines for fault in line.faults)

    def test_a_councils_seats_go_out_and_come_back_but_are_not_changed_here(self, town: Town) -> None:
        chamber = town.council_of_nine()
        seat = chamber.memberships[3].seat
        text = f"reference,title,holder\n{seat.reference},Queen,{chamber.members[3].email}\n"
        plan = queries.judge_seats(rows(text), town.lead, town.now)
        assert [line.outcome for line in plan.lines] == [Outcome.PROBLEM]

    def test_seats_of_a_confidential_council_stand_in_no_sheet(self, town: Town, client_for) -> None:
        chamber = town.council_of_nine(confidential=True)
        assert (
            chamber.memberships[0].seat.reference not in client_for(town.lead).get("/seats/sheet/").getvalue().decode()
        )

    def test_the_list_is_taken_away_as_it_is_narrowed(self, town: Town, client_for, api_for) -> None:
        client = client_for(town.champions[town.claims.pk])
        narrowed = client.get(f"/seats/sheet/?kind=head&department={town.claims.reference}").getvalue().decode()
        assert len(narrowed.strip().splitlines()) == 2
        assert "Head of Claims" in narrowed
        api = api_for(town.lead)
        answer = api.post("/api/v1/seats/batch/", {"csv": api.get("/api/v1/seats/sheet/").text}).json()
        assert (answer["added"], answer["changed"], answer["problems"]) == (0, 0, 0)
