"""An old action log is pasted: owners matched to seats and never guessed in silence, dates kept as asked for."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from actions.importing import logbook
from actions.models import ActionItem, ActionLog, ActionLogLine, Fate, Promise
from actions.queries import logs as queries
from actions.queries.logs import TRIAGE, Choices, Plan
from actions.services import items, logs
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, JournalEntry, SeatKind
from governance.services import people
from notifications.models import Message
from notifications.services import listening, outbox
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db

LOG = (Path(__file__).parents[1] / "data" / "old-action-log.tsv").read_text(encoding="utf-8")
TODAY = date(2026, 11, 23)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def town(now: datetime) -> Town:
    made = Town(now)
    jing = people.add(email="jing.chen@harbourline.example", name="陈怡静", by=None, now=now)
    made.seat(SeatKind.OTHER, made.legal, jing, title="Reviewer")
    return made


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return Chamber(town, name="Claims Council", size=3)


def plan(chamber: Chamber, text: str = LOG, **said: Any) -> Plan:
    return queries.plan(text, chamber.council, chamber.secretary, chamber.town.now, Choices(**said))


def choices(chamber: Chamber, text: str = LOG, **said: Any) -> Choices:
    """Every name chosen: the first that could be meant, days before months."""
    asked = plan(chamber, text, **said)
    owners = {group.key: group.options[0].reference for group in asked.undecided}
    return Choices(owners=owners, **{"day_first": True, **said})


def take(chamber: Chamber, text: str = LOG, **said: Any) -> ActionLog:
    return logs.take_over(
        text=text,
        council=chamber.council,
        by=chamber.secretary,
        now=chamber.town.now,
        choices=choices(chamber, text, **said),
    )


def line(number: int) -> ActionLogLine:
    """A line by its number in the log's own first column."""
    names = LOG.splitlines()
    at = next(place for place, row in enumerate(names, start=1) if row.startswith(f"{number}\t"))
    return ActionLogLine.objects.get(number=at)


# --- reading: pure -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("2026-12-15", date(2026, 12, 15)), ("31.01.2027", date(2027, 1, 31)), ("15/1/2027", date(2027, 1, 15)),
        ("1.2.27", date(2027, 2, 1)), ("12 Mar 2027", date(2027, 3, 12)), ("March 12, 2027", date(2027, 3, 12)),
        ("March 2027", date(2027, 3, 31)), ("Q1 2027", date(2027, 3, 31)), ("end of Q2 2027", date(2027, 6, 30)),
        ("2027 Q4", date(2027, 12, 31)), ("2027年3月1日", date(2027, 3, 1)), ("46044", date(2026, 1, 22)),
        ("2026-12-15 00:00:00", date(2026, 12, 15)), ("by 3. Mai 2027", date(2027, 5, 3)),
        ("02/2027", date(2027, 2, 28)), ("3-4-2027", date(2027, 4, 3)),
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(words: str, found: date) -> None:
    assert logbook.day(words, day_first=True) == (found, "")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("31.02.2027", "there is no such day"), ("2027-04-31", "there is no such day"),
        ("31.02.", "there is no such day"), ("31/13/2027", "there is no such day"),
        ("Q3", "no year is written"), ("12.03.", "no year is written"), ("12 March", "no year is written"),
        ("asap", "this names no day"), ("3 months", "this names no day"), ("next year", "this names no day"),
        ("n/a", ""), ("-", ""), ("", ""), ("TBC", ""),
    ],
)  # fmt: skip
def test_what_names_no_day_gives_none_and_says_why(words: str, why: str) -> None:
    assert logbook.day(words, day_first=True) == (None, why)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("€ 12,500", 1_250_000), ("2.500,00", 250_000), ("8k", 800_000), ("15 000 EUR", 1_500_000),
        ("25000", 2_500_000),
        ("10000000000", 10**12), ("10000000000.01", None), ("9" * 30, None), ("9" * 5_000, None), ("99999999 m", None),
        ("99.5", 9_950), ("¥ 3000", None), ("n/a", None), ("tbd", None), ("", None), ("USD 5", None),
    ],
)  # fmt: skip
def test_money_is_read_in_the_currency_of_the_organisation_alone(words: str, found: int | None) -> None:
    assert logbook.amount(words, "EUR") == found


def test_half_of_a_surrogate_pair_in_a_log_is_read_as_no_letter() -> None:
    assert logbook.cut("Action\tOwner\na\ud800\tJoel").lines == ((2, ("a?", "Joel")),)


def test_days_that_could_be_months_are_doubtful_until_one_settles_it() -> None:
    assert logbook.is_ambiguous(["3/2/2027", "4/5/2027"])
    assert not logbook.is_ambiguous(["3/2/2027", "13/5/2027"])
    assert not logbook.is_ambiguous(["3/3/2027", "2027-02-03", "3.2.2027"])
    assert not logbook.is_day_first(["3/2/2027", "5/13/2027"])


@pytest.mark.parametrize("sign", ["\t", ";", ","])
def test_columns_are_guessed_with_a_header_and_without_one(sign: str) -> None:
    rows = ["Action;Who;Deadline", "Write the letter to all customers;Li;2027-01-02"]
    with_header = logbook.cut("\n".join(rows).replace(";", sign))
    assert logbook.columns(with_header) == ["what", "owner", "due"]
    bare = logbook.cut(rows[1].replace(";", sign))
    assert bare.names == ()
    assert logbook.columns(bare) == ["what", "", "due"]


# --- matching owners -----------------------------------------------------------------------------------------------


def seat_of(chamber: Chamber, owner: str, department: str = "", **said: Any) -> Any:
    group = plan(chamber, f"Action\tOwner\tDept\nDo it\t{owner}\t{department}", **said).groups[0]
    return group.sure.label if group.sure else [option.label for option in group.options]


@pytest.mark.parametrize(
    "owner",
    ["Fatima El Idrissi", "fatima.el.idrissi@harbourline.example", "El Idrissi, Fatima", "FATIMA  EL-IDRISSI",
     "Champion, Claims", "Fatima El Idrissi <fatima.el.idrissi@harbourline.example>"],
)  # fmt: skip
def test_a_name_that_can_mean_one_seat_alone_is_matched(chamber: Chamber, owner: str) -> None:
    assert seat_of(chamber, owner) == "Fatima El Idrissi (Champion, Claims)"


@pytest.mark.parametrize("owner", ["Fatima", "FEI", "F. El Idrissi", "Idrissi", "Fatima El Idrisi"])
def test_a_name_that_is_only_likely_is_never_matched_in_silence(chamber: Chamber, owner: str) -> None:
    assert seat_of(chamber, owner)[0] == "Fatima El Idrissi (Champion, Claims)"


def test_a_chinese_name_is_matched(chamber: Chamber) -> None:
    assert seat_of(chamber, "陈怡静") == "陈怡静 (Reviewer)"
    assert seat_of(chamber, "怡静") == ["陈怡静 (Reviewer)"]


def test_a_department_means_its_head(chamber: Chamber) -> None:
    assert seat_of(chamber, "Claims") == seat_of(chamber, "clm") == "Joel Brandt (Head of Claims)"


def test_two_names_are_a_choice_because_one_seat_is_accountable(chamber: Chamber) -> None:
    group = plan(chamber, "Action\tOwner\nDo it\tAmara / Sanne").groups[0]
    assert [one.label.split(" (")[0] for one in group.options] == ["Amara Okafor", "Sanne de Wit"]
    assert "one seat is accountable" in group.says


def test_two_people_of_one_name_are_a_choice(town: Town, chamber: Chamber) -> None:
    other = people.add(email="other@harbourline.example", name="Fatima El Idrissi", by=None, now=town.now)
    town.seat(SeatKind.OTHER, town.legal, other, title="Clerk")
    assert len(seat_of(chamber, "Fatima El Idrissi")) == 2
    assert len(seat_of(chamber, "Fatima El Idrissi", "Claims")) == 2, "a department settles it for one person alone"


def test_one_person_in_two_seats_answers_in_the_department_of_the_line(town: Town, chamber: Chamber) -> None:
    town.seat(SeatKind.OTHER, town.legal, town.champions[town.claims.pk], title="Clerk")
    assert seat_of(chamber, "Fatima El Idrissi", "Legal & Compliance") == "Fatima El Idrissi (Clerk)"
    assert len(seat_of(chamber, "Fatima El Idrissi")) == 2


def test_nobody_means_the_head_of_the_department_or_the_cx_lead_and_says_so(chamber: Chamber) -> None:
    text = "Action\tOwner\tDept\nOne\tBob\tClaims\nTwo\tBob\t\nThree\t\t"
    asked = plan(chamber, text)
    assert asked.lines[0].seat.subject.title == "Head of Claims"
    assert [group.says for group in asked.groups] == [
        "Nobody who holds a working seat here is called that. Joel Brandt (Head of Claims) finds an owner.",
        "Nobody who holds a working seat here is called that. Priya Raman (CX lead) finds an owner.",
        "No owner is written. Priya Raman (CX lead) finds one.",
    ]
    assert not asked.undecided


def test_a_seat_that_is_chosen_holds_against_what_was_found(town: Town, chamber: Chamber) -> None:
    text = "Action\tOwner\nOne\tFatima"
    key = plan(chamber, text).groups[0].key
    other = town.champion_seats[town.legal.pk]
    assert plan(chamber, text, owners={key: other.reference}).lines[0].seat == other
    assert plan(chamber, text, owners={key: TRIAGE}).lines[0].seat.subject.title == "CX lead"
    with pytest.raises(Invalid):
        plan(chamber, text, owners={key: chamber.memberships[0].seat.reference})


# --- taking it over ------------------------------------------------------------------------------------------------


def test_forty_lines_become_actions_with_their_seats_and_the_days_that_were_asked_for(chamber: Chamber) -> None:
    log = take(chamber)
    fates = {fate: log.lines.filter(fate=fate).count() for fate in Fate.values}
    assert fates == {
        Fate.ACTION: 32, Fate.HISTORY: 4, Fate.LEFT_OUT: 0, Fate.KNOWN: 0, Fate.TWICE: 2, Fate.TOTAL: 1,
        Fate.NOTHING: 1, Fate.WITHDRAWN: 0,
    }  # fmt: skip
    first = line(1).action
    assert first is not None
    assert (first.state, first.asked_for, first.promised) == ("proposed", date(2026, 12, 15), None)
    assert first.seat == chamber.town.champion_seats[chamber.town.claims.pk]
    assert not Promise.objects.exists(), "a date of the log is nobody's promise"
    assert (line(1).money, line(5).money, line(15).money) == (1_250_000, 250_000, None)
    assert line(11).what == "Dark mode, for the app"
    assert line(18).action.seat.subject.title == "Reviewer"
    assert line(37).owner == '=HYPERLINK("http://x")', "words stay words"
    owed = Duty.objects.filter(kind=DutyKind.ACCEPT, closed_at=None)
    assert owed.count() == ActionItem.objects.count() == 32
    assert set(owed.values_list("overseer_id", flat=True)) == {chamber.council.pk}


def test_an_import_is_one_entry_and_each_owner_gets_one_mail(chamber: Chamber, mailoutbox: Any) -> None:
    town = chamber.town
    before = JournalEntry.objects.count()
    take(chamber)
    assert JournalEntry.objects.count() == before + 1
    listening.hear(town.now)
    outbox.drain(town.now + timedelta(minutes=5))  # the moment of the digest
    asked = set(ActionItem.objects.values_list("seat", flat=True))
    addressed = [message.to[0] for message in mailoutbox]
    assert len(addressed) == len(set(addressed)) == len(asked) > 5
    fatima = next(message for message in mailoutbox if message.to[0].startswith("fatima"))
    assert fatima.body.count("You are asked to take on") == 6
    assert Message.objects.filter(kind="asked").count() == ActionItem.objects.count()


def test_the_history_of_an_action_says_where_it_came_from(chamber: Chamber, client_for: Any) -> None:
    take(chamber)
    page = client_for(chamber.chair).get(f"/actions/{line(3).action.reference}/").content.decode()
    assert "took an old action log over" in page
    assert "F. El Idrissi" in page
    assert "Q3" in page


def test_the_same_log_pasted_twice_adds_nothing_and_says_so(chamber: Chamber) -> None:
    take(chamber)
    again = plan(chamber, day_first=True)
    assert again.becoming == 0
    assert len(again.of(Fate.KNOWN)) == 36
    with pytest.raises(Conflict, match="Nothing in it is new"):
        take(chamber)
    assert (ActionItem.objects.count(), ActionLog.objects.count()) == (32, 1)


def test_a_log_that_went_on_brings_only_what_is_new(chamber: Chamber) -> None:
    take(chamber)
    later = LOG.replace("\topen\t€ 12,500", "\tdone\t€ 12,500").replace("2026-10-01", "2027-09-01")
    fresh = plan(chamber, later + "41\tA new line\tAmara Okafor\tDIG\t\topen\t\t\n", day_first=True)
    assert [one.line.what for one in fresh.of(Fate.ACTION)] == ["A new line"]
    assert not fresh.of(Fate.HISTORY), "a known line that is done by now is known"


def test_what_is_undecided_is_asked_before_anybody_else_is(chamber: Chamber) -> None:
    town = chamber.town
    args: dict[str, Any] = {"text": LOG, "council": chamber.council, "by": chamber.secretary, "now": town.now}
    doubtful = "Action\tDue\nOne\t3/2/2027"
    with pytest.raises(Invalid) as refused:
        logs.take_over(**{**args, "text": doubtful})
    assert refused.value.field == "order"
    with pytest.raises(Invalid) as refused:
        logs.take_over(**args)
    assert refused.value.field == "owners"
    assert "“Fatima”" in str(refused.value)
    assert not ActionItem.objects.exists()


def test_what_is_done_can_be_left_out(chamber: Chamber) -> None:
    log = take(chamber, keeps_done=False)
    assert log.lines.filter(fate=Fate.LEFT_OUT).count() == 4
    assert not log.lines.filter(fate=Fate.HISTORY).exists()


# --- the first report of the truth ---------------------------------------------------------------------------------


def test_the_report_counts_what_is_missing_and_each_number_opens_its_lines(chamber: Chamber, client_for: Any) -> None:
    log = take(chamber)
    rows = list(log.lines.filter(fate=Fate.ACTION))
    expected = {
        "actions": len(rows),
        "no-owner": sum(not row.is_matched for row in rows),
        "no-date": sum(row.asked_for is None for row in rows),
        "no-money": sum(row.money is None for row in rows),
        "overdue": sum(row.asked_for is not None and row.asked_for < TODAY for row in rows),
        "history": 4,
        "rest": 4,
    }
    assert queries.report(log, TODAY) == expected
    assert (expected["no-owner"], expected["no-date"], expected["overdue"]) == (5, 9, 4)
    client = client_for(chamber.chair)
    for name, count in expected.items():
        shown = client.get(f"/action-logs/{log.pk}/?show={name}")
        assert shown.context["page"].paginator.count == count, name


# --- taking it back ------------------------------------------------------------------------------------------------


def test_a_log_is_withdrawn_as_a_whole_while_nobody_has_answered(chamber: Chamber, mailoutbox: Any) -> None:
    town = chamber.town
    log = take(chamber)
    listening.hear(town.now)
    outbox.drain(town.now + timedelta(minutes=5))
    mailoutbox.clear()
    logs.withdraw(log=log, by=chamber.secretary, now=town.now)
    assert set(ActionItem.objects.values_list("state", flat=True)) == {"cancelled"}
    assert not Duty.objects.filter(kind=DutyKind.ACCEPT, closed_at=None).exists()
    listening.hear(town.now)
    outbox.drain(town.now + timedelta(days=1, minutes=5))  # the next digest
    addressed = [message.to[0] for message in mailoutbox]
    assert len(addressed) == len(set(addressed)) > 5, "each is told once that it is off"
    assert plan(chamber, day_first=True).becoming == 32, "and it may be pasted again"
    with pytest.raises(Conflict):
        logs.withdraw(log=log, by=chamber.secretary, now=town.now)


def test_a_log_that_somebody_answered_stays_and_says_whose(chamber: Chamber) -> None:
    log = take(chamber)
    action = line(1).action
    owner = chamber.town.champions[chamber.town.claims.pk]
    items.accept(action=action, promised_on=date(2026, 12, 20), by=owner, now=chamber.town.now)
    with pytest.raises(Conflict, match=action.reference):
        logs.withdraw(log=log, by=chamber.secretary, now=chamber.town.now)
    action.refresh_from_db()
    assert (action.asked_for, action.promised.isoformat()) == (date(2026, 12, 15), "2026-12-20")


# --- who may -------------------------------------------------------------------------------------------------------


def test_only_who_prepares_a_council_brings_a_log_to_it(chamber: Chamber) -> None:
    town = chamber.town
    other = Chamber(town, name="Quiet Council", size=3, confidential=True)
    args: dict[str, Any] = {"text": "Action\nOne", "now": town.now}
    with pytest.raises(Absent):
        logs.take_over(council=other.council, by=town.lead, **args)
    for person in (chamber.members[2], town.sponsor):
        with pytest.raises(Refused):
            logs.take_over(council=chamber.council, by=person, **args)
    logs.take_over(council=chamber.council, by=town.lead, **args)
    log = logs.take_over(council=other.council, by=other.secretary, **args)
    with pytest.raises(Absent):
        queries.get(log.pk, town.lead, town.now)
    with pytest.raises(Refused):
        logs.withdraw(log=ActionLog.objects.exclude(pk=log.pk).get(), by=chamber.members[2], now=town.now)


def test_the_database_takes_a_line_over_once(chamber: Chamber) -> None:
    log = take(chamber)
    row = line(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionLogLine.objects.create(log=log, council=row.council, number=99, key=row.key, fate=Fate.HISTORY)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("  \n ", "There is no line in it"),
        ("x" * 400_001, "too long"),
        ("a\n" * 501, "500 lines"),
        ("\t".join("abcdefgh" * 8), "60 columns"),
        ("Owner\tDue\n\t", "Say which column"),
    ],
)
def test_what_is_no_log_is_refused_with_a_remedy(chamber: Chamber, text: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        plan(chamber, text)


# --- pages ---------------------------------------------------------------------------------------------------------


def values(form: Any) -> dict[str, str]:
    return {name: form[name].value() or "" for name in form.fields}


def test_a_log_is_pasted_looked_at_and_taken_over(chamber: Chamber, client_for: Any) -> None:
    client: Client = client_for(chamber.secretary)
    assert "Paste an old log" in client.get("/actions/").content.decode()
    said = {"council": chamber.council.reference, "text": LOG}
    shown = client.post("/action-logs/new/", said)
    assert "32 actions for" in shown.content.decode()
    assert not ActionItem.objects.exists(), "looking asks nobody"

    refused = client.post(
        "/action-logs/new/", {**said, **values(shown.context["form"]), "seal": shown.context["seal"], "take": "1"}
    )
    assert refused.status_code == 422
    assert "Choose who is meant by" in refused.content.decode()

    chosen = values(shown.context["form"])
    for group in shown.context["plan"].undecided:
        chosen[f"owner_{group.key}"] = group.options[0].reference
    changed = client.post("/action-logs/new/", {**said, **chosen, "take": "1"})
    assert changed.status_code == 422
    assert "You changed something" in changed.content.decode()
    done = client.post(
        "/action-logs/new/", {**said, **chosen, "seal": changed.context["seal"], "take": "1"}, follow=True
    )
    assert "What the log truly held" in done.content.decode()
    assert ActionItem.objects.count() == 32
    again = client.post("/action-logs/new/", {**said, **chosen, "take": "1", "seal": changed.context["seal"]})
    assert again.status_code == 422, "a second press adds nothing"
    assert ActionItem.objects.count() == 32

    key = ActionLog.objects.get().pk
    client.post(f"/action-logs/{key}/withdraw/")
    assert "It was withdrawn" in client.get(f"/action-logs/{key}/").content.decode()


def test_the_columns_of_a_log_can_be_changed(chamber: Chamber, client_for: Any) -> None:
    client: Client = client_for(chamber.secretary)
    said = {"council": chamber.council.reference, "text": "Alpha;Beta\nlonger words in here;short"}
    form = client.post("/action-logs/new/", said).context["form"]
    assert (form["column_0"].value(), form["header"].value()) == ("what", "no")
    changed = client.post(
        "/action-logs/new/",
        {**said, "column_0": "notes", "column_1": "what", "header": "yes", "sign": ";", "look": "1"},
    )
    assert [one.line.what for one in changed.context["plan"].lines] == ["short"]


def test_who_prepares_no_council_is_told_who_does(town: Town, client_for: Any) -> None:
    client: Client = client_for(town.champions[town.claims.pk])
    assert client.get("/action-logs/new/").status_code == 403
    assert "Paste an old log" not in client.get("/actions/").content.decode()


# --- over the API --------------------------------------------------------------------------------------------------


def test_a_program_looks_at_a_log_and_takes_it_over(chamber: Chamber, api_for: Any) -> None:
    program = api_for(chamber.secretary)
    text = "Action;Owner;Due\nOne;Fatima;2027-01-02\nTwo;Bob;Q3"
    said = {"council": chamber.council.reference, "text": text}
    looked = program.post("/api/v1/action-logs/look/", said)
    assert looked.status_code == 200, looked.data
    assert looked.data["columns"] == ["what", "owner", "due"]
    first = looked.data["owners"][0]
    assert (first["chosen"], len(first["options"])) == ("", 1)
    assert program.post("/api/v1/action-logs/", said).status_code == 422
    said["owners"] = {first["key"]: first["options"][0]["reference"]}
    made = program.post("/api/v1/action-logs/", said)
    assert made.status_code == 201, made.data
    assert (made.data["report"]["actions"], made.data["report"]["no_owner"], made.data["report"]["no_date"]) == (
        2,
        1,
        1,
    )
    lines = program.get(f"/api/v1/action-logs/{made.data['id']}/lines/?show=no-owner").data
    assert [row["what"] for row in lines["results"]] == ["Two"]
    assert program.post("/api/v1/action-logs/", said).status_code == 409
    assert program.post(f"/api/v1/action-logs/{made.data['id']}/withdraw/").data["report"]["actions"] == 0


def test_what_a_confidential_council_gives_to_nobody_stays_in_the_room(town: Town) -> None:
    quiet = Chamber(town, name="Quiet Council", size=3, confidential=True)
    args: dict[str, Any] = {"council": quiet.council, "by": quiet.secretary, "now": town.now}
    logs.take_over(text="Action\tOwner\tDept\nOne\tBob\tClaims\nTwo\t\t", **args)
    assert {action.seat.kind for action in ActionItem.objects.all()} == {SeatKind.SECRETARY}
    for outsider in (town.lead, town.heads[town.claims.pk]):
        assert not ActionItem.objects.visible_to(outsider, town.now).exists()
