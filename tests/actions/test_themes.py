"""Themes: routed to who can act, answered by who owes it, seen by who belongs there."""

from datetime import date, timedelta

import pytest

from actions.models import Feedback, FeedbackImport, FeedbackSource, Response, Routing, Theme
from actions.services import feedback, themes
from actions.services.themes import RuleWish
from councils.models import Council
from governance import access
from governance.clauses import Rules
from governance.errors import Absent, Invalid, Refused, Stale
from governance.models import Duty, DutyKind, Firing, JournalEntry, JournalMention, Person, SeatKind
from governance.queries import journal
from governance.queries.seats import cx_lead_seat
from governance.services import duties, seats
from notifications.services.sweep import sweep
from tests.actions.reading_files import ROWS, take
from tests.factories import Town

pytestmark = pytest.mark.django_db


def owed() -> dict[tuple[str, str], Duty]:
    """Open answer duties by theme and department."""
    found = Duty.objects.filter(kind=DutyKind.ANSWER, closed_at=None).select_related("subject", "department", "seat")
    return {(duty.subject.title, duty.department.code): duty for duty in found if duty.department is not None}


def counted_by_hand() -> dict[tuple[str, str], tuple[int, int, int]]:
    """A second, slow derivation of what routings count."""
    found: dict[tuple[str, str], list[int]] = {}
    for one in Feedback.objects.select_related("theme", "department"):
        sums = found.setdefault((one.theme.name, one.department.code), [0, 0, 0])
        sums[0] += 1
        sums[1] += one.closed_at is None
        sums[2] += one.due_at is None
    return {pair: (sums[0], sums[1], sums[2]) for pair, sums in found.items()}


def kept() -> dict[tuple[str, str], tuple[int, int, int]]:
    rows = Routing.objects.filter(heard__gt=0).select_related("theme", "department")
    return {
        (routing.theme.name, routing.department.code): (
            routing.heard,
            routing.open_at_source,
            routing.without_target,
        )
        for routing in rows
    }


# --- grouping and counting -----------------------------------------------------------------------------------------


def test_topics_that_differ_only_in_case_and_blanks_are_one_theme(town: Town, now) -> None:
    take(now, "1,,,,CLM,Claim status,a", "2,,,,CLM,claim  STATUS ,b", "3,,,,CLM,Ｃｌａｉｍ status,c")
    assert [theme.name for theme in Theme.objects.all()] == ["Claim status"]


def test_counts_stay_exact_whatever_comes_changes_and_goes(town: Town, now) -> None:
    take(now, *ROWS)
    assert kept() == counted_by_hand()
    take(now, "1,,,2026-10-20 10:00,LEG,Claim form,moved and closed", "9,,,,CLM,Claim form,new", *ROWS[1:])
    assert kept() == counted_by_hand()
    take(now, *(f"s{n},,,,DIG,Claim form,more" for n in range(7)), source="Shop")
    assert kept() == counted_by_hand()
    feedback.withdraw(feedback_import=FeedbackImport.objects.latest("pk"), by=town.lead, now=now)
    assert kept() == counted_by_hand()


# --- who owes an answer --------------------------------------------------------------------------------------------


def test_one_answer_is_owed_for_a_theme_in_a_department_while_something_is_open_there(town: Town, now) -> None:
    take(now, *ROWS, "4,,,,LEG,Claim status,Consent")
    assert set(owed()) == {("Claim status", "CLM"), ("Claim status", "LEG")}, "the claim form is closed at its source"
    assert owed()["Claim status", "CLM"].seat == town.champion_seats[town.claims.pk]


def test_the_clock_starts_at_routing_never_at_what_the_source_says(town: Town, now) -> None:
    take(now, "1,2019-01-01 09:00,2019-01-05 09:00,,CLM,Claim status,Years ago")
    duty = owed()["Claim status", "CLM"]
    term = Rules.from_json(duties.default_rules().rules).terms.answer
    assert term == 10
    assert duty.due_on == date(2026, 11, 16), "ten working days after Monday 2 November 2026"
    assert duty.next_at is not None
    assert duty.next_at > now
    sweep(now=now)
    assert not Firing.objects.exists(), "an import fires no rung"


def test_a_department_without_a_champion_is_answered_for_by_the_nearest_head_then_by_the_cx_lead(
    town: Town, now
) -> None:
    below = town.department("CLM-N", "Claims North", parent=town.claims)
    take(now, "1,,,,CLM-N,Delay,a", "2,,,,Unheard Of,Delay,b", "3,,,,,Delay,c")
    found = owed()
    assert found["Delay", "CLM-N"].seat.kind == SeatKind.HEAD
    assert found["Delay", "CLM-N"].seat.department == town.claims
    assert found["Delay", "Unheard Of"].seat == cx_lead_seat()
    assert found["Delay", "ORG"].seat == cx_lead_seat(), "nobody was named: the CX lead's department"
    seats.found(kind=SeatKind.CHAMPION, department=below, by=None, now=now)
    theme = Theme.objects.get()
    themes.route(theme=theme, by=town.lead, now=now + timedelta(days=1))
    again = owed()["Delay", "CLM-N"]
    assert (again.seat.kind, again.due_on) == (SeatKind.CHAMPION, found["Delay", "CLM-N"].due_on)


def test_an_import_names_each_champion_once_however_much_it_brings(town: Town, now) -> None:
    take(now, *(f"{n},,,,CLM,Topic {n},Words" for n in range(12)), "99,,,,DIG,Topic 1,Words")
    entry = JournalEntry.objects.filter(event="actions.feedback.taken_in").get()
    named = JournalMention.objects.filter(entry=entry, role="owes").values_list("subject_id", flat=True)
    assert sorted(named) == sorted(town.champion_seats[one.pk].pk for one in (town.claims, town.digital))
    take(now, *(f"{n},,,,CLM,Topic {n},Words" for n in range(12)))
    entry = JournalEntry.objects.filter(event="actions.feedback.taken_in").latest("pk")
    assert not entry.mentions.exists(), "nothing is newly owed"


def test_a_duty_ends_when_nothing_is_open_at_the_source_any_more(town: Town, now) -> None:
    take(now, "1,,,,CLM,Delay,a")
    take(now, "1,,,2026-10-20 10:00,CLM,Delay,a")
    duty = Duty.objects.get(kind=DutyKind.ANSWER)
    assert (duty.closed_at, duty.closed_as, duty.next_at) == (now, "nothing open", None)
    take(now, "1,,,,CLM,Delay,a")
    assert set(owed()) == {("Delay", "CLM")}, "opened again at the source"


def test_what_was_answered_is_owed_anew_only_when_something_new_is_heard(town: Town, now) -> None:
    champion = town.champions[town.claims.pk]
    take(now, "1,,,,CLM,Delay,a")
    themes.answer(theme=Theme.objects.get(), department=town.claims, text="We hire.", by=champion, now=now)
    take(now, "1,,,,CLM,Delay,a")
    assert not owed(), "still open at the source, but answered"
    take(now, "1,,,,CLM,Delay,said otherwise")
    assert not owed()
    take(now, "2,,,,CLM,Delay,b")
    assert set(owed()) == {("Delay", "CLM")}


# --- answering -----------------------------------------------------------------------------------------------------


def answer(theme: Theme, by: Person, now, department, text: str = "We hire two more.") -> Response:
    return themes.answer(theme=theme, department=department, text=text, by=by, now=now)


def test_an_answer_is_kept_and_the_duty_is_done(town: Town, now) -> None:
    take(now)
    theme = Theme.objects.get(name="Claim status")
    given = answer(theme, town.champions[town.claims.pk], now, town.claims)
    assert Response.objects.get() == given
    duty = Duty.objects.get(kind=DutyKind.ANSWER)
    assert (duty.closed_as, duty.closed_at) == ("answered", now)
    entry = JournalEntry.objects.get(event="actions.theme.answered")
    assert (entry.subject_id, entry.text.body) == (theme.pk, "We hire two more.")
    assert entry.facts == {"response": given.pk}, "keys, and no names"
    assert f"for {town.claims.name}" in journal.sentences([entry], town.lead, now)[0].text


@pytest.mark.parametrize(("who", "may"), [("champion", True), ("head", True), ("sponsor", False), ("lead", False)])
def test_the_department_answers(town: Town, now, who: str, may: bool) -> None:
    take(now)
    people = {
        "champion": town.champions[town.claims.pk],
        "head": town.heads[town.claims.pk],
        "sponsor": town.sponsor,
        "lead": town.lead,
    }
    theme = Theme.objects.get(name="Claim status")
    if may:
        assert answer(theme, people[who], now, town.claims).by == people[who]
    else:
        with pytest.raises(Refused):
            answer(theme, people[who], now, town.claims)
        assert not Response.objects.exists()


def test_whoever_holds_the_seat_that_owes_the_answer_gives_it(town: Town, now) -> None:
    take(now, "1,,,,Unheard Of,Delay,a")
    theme = Theme.objects.get()
    department = Routing.objects.get().department
    assert answer(theme, town.lead, now, department).by == town.lead


def test_an_answer_says_something_and_speaks_for_where_the_theme_is(town: Town, now) -> None:
    take(now)
    theme = Theme.objects.get(name="Claim status")
    champion = town.champions[town.claims.pk]
    with pytest.raises(Invalid) as empty:
        answer(theme, champion, now, town.claims, " \n")
    assert empty.value.field == "text"
    with pytest.raises(Invalid) as elsewhere:
        answer(theme, champion, now, town.digital)
    assert elsewhere.value.field == "department"


def test_a_theme_that_one_may_not_see_is_absent(town: Town, now) -> None:
    take(now)
    with pytest.raises(Absent):
        answer(Theme.objects.get(name="Claim status"), town.champions[town.legal.pk], now, town.claims)


# --- who sees it ---------------------------------------------------------------------------------------------------


def sees(person: Person, theme: Theme, now) -> bool:
    return Theme.objects.visible_to(person, now).filter(pk=theme.pk).exists()


def test_a_theme_is_seen_where_it_was_routed_and_no_longer_where_it_left(town: Town, now) -> None:
    take(now)
    theme = Theme.objects.get(name="Claim status")
    claims, legal = town.champions[town.claims.pk], town.champions[town.legal.pk]
    assert (sees(claims, theme, now), sees(legal, theme, now), sees(town.lead, theme, now)) == (True, False, True)
    take(now, "1,,,,LEG,Claim status,a", "2,,,,LEG,Claim status,b")
    assert (sees(claims, theme, now), sees(legal, theme, now)) == (False, True)


def test_a_council_that_has_a_theme_in_its_audience_keeps_it(town: Town, now) -> None:
    take(now)
    council: Council = town.council_of_nine().council
    theme = Theme.objects.get(name="Claim status")
    from governance.services import subjects

    subjects.show_to(theme.subject, [town.claims.pk, council.pk])
    take(now, "9,,,,LEG,Claim status,more")
    containers = set(Theme.objects.get(pk=theme.pk).subject.audience.containers.values_list("container_id", flat=True))
    assert containers == {town.claims.pk, town.legal.pk, council.pk}


# --- rules ---------------------------------------------------------------------------------------------------------


def test_a_rule_routes_what_comes_after_it_and_says_so(town: Town, now) -> None:
    themes.set_rule(wish=RuleWish(to_department=town.digital, topic_contains="  Claim   STATUS"), by=town.lead, now=now)
    take(now)
    routing = Routing.objects.get(theme__name="Claim status")
    assert (routing.department, routing.heard) == (town.digital, 2)
    assert routing.rule is not None
    assert set(Feedback.objects.filter(theme=routing.theme).values_list("named_department", flat=True)) == {
        town.claims.pk
    }, "whom the source named is kept"


def test_a_rule_that_is_off_routes_nothing(town: Town, now) -> None:
    themes.set_rule(
        wish=RuleWish(to_department=town.digital, topic_contains="claim", is_active=False), by=town.lead, now=now
    )
    take(now)
    assert Routing.objects.get(theme__name="Claim status").department == town.claims


def test_a_theme_is_routed_again_by_todays_rules(town: Town, now) -> None:
    take(now)
    source = FeedbackSource.objects.get()
    theme = Theme.objects.get(name="Claim status")
    themes.set_rule(wish=RuleWish(to_department=town.legal, source=source), by=town.lead, now=now)
    assert set(owed()) == {("Claim status", "CLM")}, "a rule holds from now on"
    themes.route(theme=theme, by=town.lead, now=now)
    assert set(owed()) == {("Claim status", "LEG")}
    assert kept() == counted_by_hand()
    assert Duty.objects.get(subject=theme.subject, department=town.claims).closed_as == "nothing open"
    assert themes.route(theme=theme, by=town.lead, now=now) == [], "a second time changes nothing"


def test_only_who_may_triage_every_place_of_a_theme_routes_it_again(town: Town, now) -> None:
    take(now, *ROWS, "4,,,,LEG,Claim status,Consent")
    theme = Theme.objects.get(name="Claim status")
    with pytest.raises((Refused, Absent)):
        themes.route(theme=theme, by=town.heads[town.claims.pk], now=now)


def test_a_rule_has_a_condition_and_is_set_by_who_may_triage(town: Town, now) -> None:
    with pytest.raises(Invalid) as empty:
        themes.set_rule(wish=RuleWish(to_department=town.legal, topic_contains=" "), by=town.lead, now=now)
    assert empty.value.field == "topic_contains"
    with pytest.raises(Refused):
        themes.set_rule(
            wish=RuleWish(to_department=town.legal, topic_contains="x"), by=town.champions[town.claims.pk], now=now
        )


def test_two_who_change_a_rule_do_not_overwrite_each_other(town: Town, now) -> None:
    rule = themes.set_rule(wish=RuleWish(to_department=town.legal, topic_contains="x"), by=town.lead, now=now)
    assert rule.version == 1
    wish = RuleWish(to_department=town.digital, topic_contains="x")
    assert themes.set_rule(wish=wish, rule=rule, version=1, by=town.lead, now=now).version == 2
    with pytest.raises(Stale):
        themes.set_rule(wish=wish, rule=rule, version=1, by=town.lead, now=now)


def test_the_cx_lead_alone_holds_triage_over_the_whole_organisation_here(town: Town, now) -> None:
    assert access.may(town.lead, access.TRIAGE, town.root, now)
    assert not access.may(town.sponsor, access.TRIAGE, town.root, now)
