"""Taking files in: what is written, what is refused, what a second time changes, and taking it back."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actions.importing import taking_in
from actions.models import Feedback, FeedbackChange, FeedbackImport, FeedbackSource, Routing, Theme
from actions.services import feedback, items, themes
from councils.services import agenda, decisions, meetings
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Department, DepartmentAlias, Duty, DutyKind, JournalEntry
from tests.actions.reading_files import DATA, HEADER, MAPPING, ROWS, file_of, take
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db

QUIRKS = DATA / "feedback-quirks.csv"


def counts(summary: feedback.Summary) -> tuple[int, int, int, int, int]:
    return summary.read, summary.created, summary.updated, summary.unchanged, summary.rejected


# --- what comes in -------------------------------------------------------------------------------------------------


def test_quirks_are_read_and_bad_rows_are_told_by_line_while_the_rest_goes_in(town: Town, now) -> None:
    summary = feedback.take_in(
        path_or_file=QUIRKS, source_name="Quirks", mapping=QUIRKS.with_suffix(".json"), by=town.lead, now=now
    )
    assert counts(summary) == (12, 8, 0, 0, 4)
    told = [(error["line"], error["column"]) for error in summary.errors]
    assert told == [(8, "Opened"), (9, ""), (10, "Ref"), (12, "Ref")]
    assert "stands in line 2 already" in summary.errors[3]["reason"]
    assert summary.clock_oddities == 2, "one time that never was, one that was twice"
    assert summary.date_unknown == 1
    assert summary.new_departments == ("BRK",)
    assert Feedback.objects.get(external_id="Q-3").received_at is None
    assert {one.department.code for one in Feedback.objects.filter(theme__name="Claim status")} == {"CLM"}, (
        "matched by code and by name, whatever its case and blanks"
    )


def test_the_sources_own_dates_are_facts_about_the_feedback(town: Town, now) -> None:
    feedback.take_in(path_or_file=QUIRKS, source_name="Quirks", mapping=QUIRKS.with_suffix(".json"), now=now)
    said = {one.external_id: one.answered_in_time_by_source for one in Feedback.objects.all()}
    assert (said["Q-4"], said["Q-5"]) == (True, False)
    assert said["Q-1"] is None, "open at the source: nobody can tell yet"
    assert said["Q-2"] is said["Q-12"] is None, "no target, so neither on time nor late"
    assert not Duty.objects.filter(kind=DutyKind.KEEP).exists(), "none of them is a promise of ours"


def test_an_unknown_department_waits_under_to_be_placed(town: Town, now) -> None:
    take(now, "1,,,,Brokers,Delay,Too late")
    made = Department.objects.get(name="Brokers")
    assert made.to_be_placed
    assert made.parent is not None
    assert (made.parent.name, made.parent.parent) == ("To be placed", town.root)
    again = take(now, "2,,,,BROKERS ,Delay,Too late")
    assert again.new_departments == ()


def test_a_department_is_found_by_its_alias(town: Town, now) -> None:
    DepartmentAlias.objects.create(department=town.legal, name="the lawyers")
    take(now, "1,,,,The  Lawyers,Delay,Too late")
    assert Feedback.objects.get().department == town.legal


def test_a_name_that_two_departments_have_is_refused_and_says_what_helps(town: Town, now) -> None:
    town.department("CLM-2", "Claims")
    summary = take(now, "1,,,,Claims,Delay,Too late", "2,,,,CLM,Delay,Too late")
    assert counts(summary) == (2, 1, 0, 0, 1)
    assert "give their codes" in summary.errors[0]["reason"]


def test_without_a_topic_feedback_stands_under_its_sources_unsorted_theme(town: Town, now) -> None:
    mapping = {"text": "text"}
    take(now, mapping=mapping)
    take(now, mapping=mapping, source="Shop")
    assert sorted(Theme.objects.values_list("name", flat=True)) == [
        "Unsorted feedback, Desk",
        "Unsorted feedback, Shop",
    ]


def test_the_mapping_is_kept_with_the_source_and_used_again(town: Town, now) -> None:
    take(now)
    source = FeedbackSource.objects.get()
    assert source.mapping == MAPPING
    summary = feedback.take_in(path_or_file=file_of("9,,,,CLM,Delay,Late"), source_name=" desk ", now=now)
    assert (summary.source_reference, summary.created) == (source.reference, 1)


def test_a_source_that_nobody_mapped_asks_for_a_mapping_and_names_the_columns(town: Town, now) -> None:
    with pytest.raises(Invalid, match="“topic”, “text”"):
        feedback.take_in(path_or_file=file_of(*ROWS), source_name="Desk", now=now)
    assert not FeedbackSource.objects.exists()


def test_a_file_that_lacks_a_column_leaves_nothing_behind(town: Town, now) -> None:
    with pytest.raises(Invalid, match="no column “words”"):
        take(now, mapping={"text": "words"})
    assert not FeedbackSource.objects.exists()
    assert not FeedbackImport.objects.exists()


def test_an_import_is_one_journal_entry_however_many_rows_it_has(town: Town, now) -> None:
    before = JournalEntry.objects.count()
    take(now, *(f"{number},,,,CLM,Topic {number % 7},Words {number}" for number in range(950)))
    assert JournalEntry.objects.count() == before + 1


def test_only_who_may_triage_the_organisation_takes_files_in(town: Town, now) -> None:
    with pytest.raises(Refused):
        feedback.take_in(
            path_or_file=file_of(*ROWS),
            source_name="Desk",
            mapping=MAPPING,
            by=town.champions[town.claims.pk],
            now=now,
        )
    assert not FeedbackSource.objects.exists()


def test_the_score_is_kept_raw_with_its_bounds(town: Town, now) -> None:
    mapping = {"text": "text", "score": {"column": "id", "scale": [1, 5]}}
    summary = take(now, "4,,,,,,Good", "-2,,,,,,Not said", mapping=mapping)
    kept = set(Feedback.objects.values_list("score", "score_low", "score_high"))
    assert kept == {("4", "1", "5"), ("-2", "1", "5")}
    assert summary.off_scale == 1


def test_statements_grow_with_batches_not_with_rows(town: Town, now) -> None:
    def spent(first: int, many: int) -> int:
        rows = [f"{number},,,,CLM,Claim status,Words" for number in range(first, first + many)]
        with CaptureQueriesContext(connection) as caught:
            take(now, *rows)
        return len(caught)

    take(now)
    assert spent(100, 10) == spent(1000, taking_in.BATCH)


# --- a second time -------------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(town: Town, now) -> None:
    assert counts(take(now)) == (3, 3, 0, 0, 0)
    stored = list(Feedback.objects.order_by("pk").values())
    duties = list(Duty.objects.order_by("pk").values())
    again = take(now + timedelta(days=3))
    assert counts(again) == (3, 0, 0, 3, 0)
    assert again.new_duties == 0
    assert list(Feedback.objects.order_by("pk").values()) == stored
    assert list(Duty.objects.order_by("pk").values()) == duties


def test_rows_without_a_number_are_told_apart_and_known_again(town: Town, now) -> None:
    rows = ["1,,,,CLM,Delay,Late"] * 3 + ["1,,,,CLM,Delay,Later"]
    mapping = {"topic": "topic", "text": "text", "department": "department"}
    assert counts(take(now, *rows, mapping=mapping)) == (4, 4, 0, 0, 0)
    assert counts(take(now, *rows, mapping=mapping)) == (4, 0, 0, 4, 0)
    assert counts(take(now, *rows, rows[0], mapping=mapping)) == (5, 1, 0, 4, 0)


def test_a_row_that_stands_twice_in_a_file_is_taken_once(town: Town, now) -> None:
    assert counts(take(now, ROWS[0], ROWS[0])) == (2, 1, 0, 1, 0)


def test_a_changed_row_keeps_its_theme_and_department_unless_topic_or_department_changed(town: Town, now) -> None:
    take(now, "1,,,,CLM,Claim status,First words")
    row = Feedback.objects.get()
    moved = Theme.objects.get(
        pk=themes.find_or_make({"other": "Other"}, departments={"other": town.legal.pk}, now=now)["other"]
    )
    Feedback.objects.filter(pk=row.pk).update(theme=moved, department=town.legal)

    assert counts(take(now, "1,,,,CLM,claim  STATUS,Other words")) == (1, 0, 1, 0, 0)
    row.refresh_from_db()
    assert (row.text, row.theme, row.department) == ("Other words", moved, town.legal), "somebody had moved it"

    assert counts(take(now, "1,,,,DIG,claim status,Other words")) == (1, 0, 1, 0, 0)
    row.refresh_from_db()
    assert (row.theme.name, row.department) == ("Claim status", town.digital)

    take(now, "1,,,,DIG,Claim form,Other words")
    row.refresh_from_db()
    assert row.theme.name == "Claim form"
    heard = {(r.theme.name, r.department.code): r.heard for r in Routing.objects.filter(heard__gt=0)}
    assert heard == {("Claim form", "DIG"): 1}


def test_an_import_that_was_cut_short_goes_on_where_it_stopped(town: Town, now, monkeypatch) -> None:
    rows = [f"{number},,,,CLM,Topic {number % 3},Words" for number in range(10)]
    take(now, "3,,,,CLM,Topic 0,What it said before")
    monkeypatch.setattr(taking_in, "BATCH", 4)
    written = taking_in.TakingIn.take

    def fails_at_the_second(self, batch) -> None:
        if self.tally.read:
            raise KeyboardInterrupt
        written(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(taking_in.TakingIn, "take", fails_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            take(now, *rows)
    cut = FeedbackImport.objects.get(finished_at=None)
    assert cut.brought.count() == 3, "the first batch, of which one was known"

    summary = take(now + timedelta(hours=1), *rows)
    assert summary.import_id == cut.pk
    assert counts(summary) == (10, 9, 1, 0, 0), "as if it had never been cut short"
    assert sum(routing.heard for routing in Routing.objects.all()) == 10
    assert Duty.objects.filter(kind=DutyKind.ANSWER, closed_at=None).count() == 3


def test_each_batch_is_a_transaction_of_its_own(town: Town, now) -> None:
    with CaptureQueriesContext(connection) as caught:
        take(now, *(f"{number},,,,CLM,Claim status,Words" for number in range(taking_in.BATCH + 1)))
    sql = [query["sql"] for query in caught]
    writes = [place for place, words in enumerate(sql) if "INSERT INTO actions_feedback (" in words]
    assert len(writes) == 2
    assert any(words.startswith("RELEASE SAVEPOINT") for words in sql[writes[0] : writes[1]])


# --- taking it back ------------------------------------------------------------------------------------------------


def last_import() -> FeedbackImport:
    return FeedbackImport.objects.latest("pk")


def test_an_import_is_withdrawn_as_a_whole(town: Town, now) -> None:
    take(now, *ROWS)
    before = list(Feedback.objects.order_by("pk").values())
    columns = ("heard", "open_at_source", "without_target")
    counted = list(Routing.objects.filter(heard__gt=0).order_by("pk").values(*columns))
    take(now, "1,2026-10-05 09:00,,,LEG,Consent,Changed", "4,,,,LEG,Consent,New", *ROWS[1:])
    assert FeedbackChange.objects.count() == 1

    feedback.withdraw(feedback_import=last_import(), by=town.lead, now=now)
    assert list(Feedback.objects.order_by("pk").values()) == before, "what it changed says again what it said"
    assert list(Routing.objects.filter(heard__gt=0).order_by("pk").values(*columns)) == counted
    consent = Theme.objects.get(name="Consent")
    assert consent.subject.archived_at is not None, "nothing is heard of it any more"
    assert not Duty.objects.filter(subject=consent.subject, closed_at=None).exists()
    with pytest.raises(Conflict, match="withdrawn already"):
        feedback.withdraw(feedback_import=last_import(), by=town.lead, now=now)


def test_what_was_withdrawn_can_be_taken_in_again(town: Town, now) -> None:
    take(now)
    feedback.withdraw(feedback_import=last_import(), by=town.lead, now=now)
    assert counts(take(now)) == (3, 3, 0, 0, 0)
    assert Theme.objects.get(name="Claim status").subject.archived_at is None
    assert Duty.objects.filter(kind=DutyKind.ANSWER, closed_at=None).count() == 1


def test_an_import_on_which_a_later_one_built_is_not_withdrawn_before_it(town: Town, now) -> None:
    take(now)
    first = last_import()
    take(now, "1,,,,CLM,Claim status,Changed")
    with pytest.raises(Conflict, match="Withdraw that one first"):
        feedback.withdraw(feedback_import=first, by=town.lead, now=now)
    feedback.withdraw(feedback_import=last_import(), by=town.lead, now=now)
    feedback.withdraw(feedback_import=first, by=town.lead, now=now)
    assert not Feedback.objects.exists()


def test_a_withdrawal_that_was_cut_short_goes_on(town: Town, now, monkeypatch) -> None:
    monkeypatch.setattr(taking_in, "BATCH", 2)
    take(now)
    back = taking_in.take_back
    with monkeypatch.context() as patch:
        calls: list[int] = []

        def once(taken):
            calls.append(1)
            if len(calls) > 1:
                raise KeyboardInterrupt
            return back(taken)

        patch.setattr(taking_in, "take_back", once)
        with pytest.raises(KeyboardInterrupt):
            feedback.withdraw(feedback_import=last_import(), by=town.lead, now=now)
    assert Feedback.objects.count() == 1
    feedback.withdraw(feedback_import=last_import(), by=town.lead, now=now)
    assert not Feedback.objects.exists()


def decide_on(town: Town, chamber: Chamber, theme: Theme, now) -> None:
    item = agenda.propose(council=chamber.council, about=theme.subject, matter="theme", by=town.lead, now=now)
    meeting = meetings.call(council=chamber.council, starts_at=now, by=chamber.secretary, now=now)
    meeting = meetings.open_meeting(meeting=meeting, by=chamber.secretary, now=now)
    for membership in chamber.memberships:
        meetings.mark(meeting=meeting, membership=membership, presence="present", by=chamber.secretary, now=now)
    item.refresh_from_db()
    votes = {membership.pk: "for" for membership in chamber.memberships}
    decisions.settle(
        item=item,
        outcome="note",
        motion="Noted.",
        payload={"note": "We have heard it."},
        votes=votes,
        by=chamber.secretary,
        now=now,
    )


def test_an_import_on_which_something_was_decided_stays(town: Town, now) -> None:
    take(now)
    decide_on(town, town.council_of_nine(), Theme.objects.get(name="Claim status"), now + timedelta(days=1))
    with pytest.raises(Conflict, match="was decided on what this import brought"):
        feedback.withdraw(feedback_import=last_import(), by=town.lead, now=now + timedelta(days=2))
    assert Feedback.objects.count() == 3


def test_an_import_from_which_an_action_came_stays(town: Town, now) -> None:
    take(now)
    items.create(
        title="Text at each step",
        seat=town.champion_seats[town.claims.pk],
        council=town.council_of_nine().council,
        proof="Four texts.",
        theme=Theme.objects.get(name="Claim status"),
        by=town.lead,
        now=now + timedelta(days=1),
    )
    with pytest.raises(Conflict, match="came of what this import brought"):
        feedback.withdraw(feedback_import=last_import(), by=town.lead, now=now + timedelta(days=2))


def test_what_was_decided_before_an_import_came_does_not_hold_it(town: Town, now) -> None:
    take(now)
    decide_on(town, town.council_of_nine(), Theme.objects.get(name="Claim status"), now + timedelta(days=1))
    take(now + timedelta(days=5), "77,,,,CLM,Claim status,Again")
    feedback.withdraw(feedback_import=last_import(), by=town.lead, now=now + timedelta(days=6))
    assert Feedback.objects.count() == 3


@pytest.mark.parametrize("person", ["champion", "sponsor"])
def test_only_who_may_triage_the_organisation_withdraws(town: Town, now, person: str) -> None:
    take(now)
    by = town.champions[town.claims.pk] if person == "champion" else town.sponsor
    with pytest.raises(Refused):
        feedback.withdraw(feedback_import=last_import(), by=by, now=now)


# --- the command ---------------------------------------------------------------------------------------------------


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("import_feedback", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "desk.csv").write_text("\n".join([HEADER, *ROWS, "8,soon,,,CLM,Delay,Late"]))
    (tmp_path / "desk.json").write_text(json.dumps(MAPPING))
    return str(tmp_path / "desk.csv"), str(tmp_path / "desk.json")


def test_the_command_prints_one_json_object(town: Town, files) -> None:
    file, mapping = files
    told = json.loads(command(file, "--source", "Desk", "--mapping", mapping, "--json"))
    assert {name: told[name] for name in ("read", "created", "updated", "unchanged", "rejected")} == {
        "read": 4,
        "created": 3,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
    }
    assert told["errors"] == [{"line": 5, "column": "received", "reason": "“soon” is no date written %Y-%m-%d %H:%M"}]


def test_the_command_tells_people_the_same(town: Town, files) -> None:
    file, mapping = files
    told = command(file, "--source", "Desk", "--mapping", mapping, "--by", town.lead.email)
    assert "read 4: 3 created, 0 updated, 0 unchanged, 1 rejected" in told
    assert "line 5, column “received”" in told
    assert FeedbackImport.objects.get().by == town.lead
    assert "3 unchanged" in command(file, "--source", "Desk"), "the mapping was kept"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{file}.gone", "--source", "Desk", "--mapping", "{mapping}"], "cannot be read"),
        (["{file}", "--source", "Desk", "--mapping", "{mapping}.gone"], "cannot be read"),
        (["{file}", "--source", "Desk", "--mapping", "{file}"], "is not JSON"),
        (["{file}", "--source", "Desk"], "Give a mapping"),
        (["{file}", "--source", " ", "--mapping", "{mapping}"], "Name the source"),
        (["{file}", "--source", "Desk", "--mapping", "{mapping}", "--by", "nobody@x.example"], "Nobody here has"),
    ],
)
def test_what_cannot_be_taken_in_is_one_sentence(town: Town, files, arguments: list[str], says: str) -> None:
    file, mapping = files
    with pytest.raises(CommandError, match=says):
        command(*(argument.format(file=file, mapping=mapping) for argument in arguments))
    assert not Feedback.objects.exists()


def test_an_import_of_another_source_is_absent(town: Town, now) -> None:
    from actions.queries import feedback as queries

    take(now)
    taken = last_import()
    take(now, source="Shop")
    with pytest.raises(Absent):
        queries.import_of(FeedbackSource.objects.get(name="Shop"), taken.pk)
