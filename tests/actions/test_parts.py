"""Who works on an action, what it waits for, where it belongs; and that no doer ever verifies."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from actions.fit import Line, Why, judge
from actions.models import ActionItem, Contribution, Dependency, Doer, Follower, Milestone, Request, Routing, Theme
from actions.queries import independence
from actions.queries import parts as queries
from actions.services import facts, feedback, funding, items, parts, requests
from actions.services.facts import Benefit, Facts
from actions.sql.dependencies import waits_for
from governance.errors import Absent, Conflict, Invalid, Refused, Stale
from governance.models import ExecutiveSponsor, JournalEntry
from governance.services import journeys
from tests.engines import examples
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db
FILE = "tests/data/harbourline-requests.csv"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def town(now) -> Town:
    return Town(now)


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return town.council_of_nine()


def owner(town: Town):
    return town.champions[town.claims.pk]


def make(town: Town, chamber: Chamber, now, title: str = "Text", **more) -> ActionItem:
    seat = town.champion_seats[town.claims.pk]
    made = items.create(
        title=title, seat=seat, council=chamber.council, proof="Seen.", by=town.lead, now=now, **more
    )  # fmt: skip
    return items.accept(action=made, promised_on=now.date() + timedelta(days=20), by=owner(town), now=now)


@pytest.fixture
def action(town: Town, chamber: Chamber, now) -> ActionItem:
    return make(town, chamber, now)


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


# --- doers ------------------------------------------------------------------------------------------------------------


def test_a_doer_reports_and_shows_evidence_and_never_verifies(town, chamber, action, now) -> None:
    head = town.heads[town.claims.pk]
    with pytest.raises(Refused):
        items.report(action=action, health="on_track", by=head, now=now)
    parts.add_doer(action=action, person=head, by=owner(town), now=now)
    update = items.report(action=action, health="on_track", by=head, now=now)
    assert update.reported_for_owner, "the accountable seat stays"
    items.add_evidence(action=action, title="Seen", kind="note", by=head, now=now)
    with pytest.raises(Refused):
        items.say_done(action=action, by=head, now=now)
    items.say_done(action=action, by=owner(town), now=now)
    with pytest.raises(Refused):
        items.verify(action=action, finding="confirmed", by=head, now=now)


def test_whoever_would_verify_and_does_the_work_is_passed_over(town, chamber, action, now) -> None:
    secretary = chamber.secretary
    parts.add_doer(action=action, person=secretary, by=owner(town), now=now)
    items.add_evidence(action=action, title="Seen", kind="note", by=owner(town), now=now)
    items.say_done(action=action, by=owner(town), now=now)
    assert not independence.may_verify(action, secretary, now)
    with pytest.raises(Refused):
        items.verify(action=action, finding="confirmed", by=secretary, now=now)
    items.verify(action=action, finding="confirmed", by=chamber.chair, now=now)


def test_a_seat_that_works_on_it_takes_its_holder_out_too_also_after_it_ended(town, chamber, action, now) -> None:
    seat = chamber.memberships[1].seat  # the secretary's
    doer = parts.add_doer(action=action, seat=seat, by=chamber.chair, now=now)
    assert chamber.secretary.pk in independence.involved(action, now)
    parts.end_doer(action=action, doer=doer.pk, by=chamber.chair, now=now)
    assert chamber.secretary.pk in independence.involved(action, now), "a part that ended was a part"
    with pytest.raises(Conflict):
        parts.end_doer(action=action, doer=doer.pk, by=chamber.chair, now=now)


def test_who_does_not_see_it_cannot_be_given_part_of_it(town, chamber, action, now) -> None:
    stranger = town.champions[town.digital.pk]
    with pytest.raises(Invalid, match="does not see"):
        parts.add_doer(action=action, person=stranger, by=owner(town), now=now)
    facts.describe(action=action, facts=Facts(departments=[town.digital]), by=town.heads[town.claims.pk], now=now)
    parts.add_doer(action=action, person=stranger, by=owner(town), now=now)
    with pytest.raises(Conflict):
        parts.add_doer(action=action, person=stranger, by=owner(town), now=now)
    with pytest.raises(Invalid):
        parts.add_doer(action=action, by=owner(town), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Doer.objects.create(action=action, by=stranger, at=now)


# --- departments ------------------------------------------------------------------------------------------------------


def test_a_department_that_helps_sees_it_as_long_as_it_helps(town, chamber, action, now) -> None:
    other = town.champions[town.digital.pk]
    path = f"/actions/{action.reference}/"
    assert browser(other).get(path).status_code == 404
    facts.describe(action=action, facts=Facts(departments=[town.digital]), by=owner(town), now=now)
    assert browser(other).get(path).status_code == 200
    facts.describe(action=action, facts=Facts(), by=owner(town), now=now)
    assert browser(other).get(path).status_code == 404
    assert Contribution.objects.get().ended_at == now


def test_what_is_asked_for_an_action_is_seen_by_whoever_sees_that(town, chamber, action, now) -> None:
    asked = requests.ask(
        action=action, title="A text", to=town.champion_seats[town.legal.pk], asked_for=now.date() + timedelta(days=9),
        by=owner(town), now=now,
    )  # fmt: skip
    other = town.champions[town.digital.pk]
    for helping, seen in ((town.digital, True), (None, False)):
        departments = [helping] if helping else []
        facts.describe(action=action, facts=Facts(departments=departments), by=owner(town), now=now)
        assert Request.objects.visible_to(other, now).filter(pk=asked.pk).exists() is seen


def test_a_department_that_helps_still_does_when_the_seat_changes(town, chamber, now) -> None:
    seat = town.champion_seats[town.claims.pk]
    made = items.create(title="T", seat=seat, council=chamber.council, proof="S", by=town.lead, now=now)
    facts.describe(action=made, facts=Facts(departments=[town.legal]), by=owner(town), now=now)
    made.refresh_from_db()
    items.reassign(action=made, seat=town.champion_seats[town.digital.pk], by=town.lead, now=now)
    assert ActionItem.objects.visible_to(town.champions[town.legal.pk], now).filter(pk=made.pk).exists()


def test_work_of_a_confidential_council_is_never_shown_wider(town, now) -> None:
    closed = town.council_of_nine(confidential=True)
    seat = closed.memberships[3].seat
    made = items.put(title="T", seat=seat, council=closed.council, proof="S", now=now)
    with pytest.raises(Invalid) as error:
        facts.describe(action=made, facts=Facts(departments=[town.digital]), by=closed.chair, now=now)
    assert error.value.field == "departments"
    assert not ActionItem.objects.visible_to(town.champions[town.digital.pk], now).exists()


# --- what it waits for ------------------------------------------------------------------------------------------------


def test_no_circle_however_far_round(town, chamber, now) -> None:
    first, second, third = (make(town, chamber, now, title) for title in "abc")
    parts.depend(action=first, needs=second, by=owner(town), now=now)
    parts.depend(action=second, needs=third, by=owner(town), now=now)
    with pytest.raises(Conflict, match="waits for this one"):
        parts.depend(action=third, needs=first, by=owner(town), now=now)
    with pytest.raises(Invalid):
        parts.depend(action=first, needs=first, by=owner(town), now=now)
    link = Dependency.objects.get(action=second)
    parts.depend_no_more(action=second, dependency=link.pk, by=owner(town), now=now)
    parts.depend(action=third, needs=first, by=owner(town), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dependency.objects.create(action=first, needs=first, by=town.lead, at=now)


def test_what_may_not_be_seen_cannot_be_waited_for_nor_is_told(town, chamber, action, now) -> None:
    closed = Chamber(town, name="Quiet Council", size=5, confidential=True)
    hidden = items.put(title="H", seat=closed.memberships[3].seat, council=closed.council, proof="S", now=now)
    with pytest.raises(Absent):
        parts.depend(action=action, needs=hidden, by=owner(town), now=now)
    Dependency.objects.create(action=action, needs=hidden, by=town.lead, at=now)
    assert not queries.of(action, owner(town), now).needs
    with pytest.raises(Absent):
        parts.depend_no_more(action=action, dependency=Dependency.objects.get().pk, by=owner(town), now=now)


def slowly(edges: set[tuple[int, int]], start: int, goal: int) -> bool:
    """Whether there is a way from start to goal: by trying every walk as long as there are edges."""
    reached = {start}
    for _length in range(len(edges) + 1):
        reached |= {end for begin, end in edges if begin in reached}
    return goal in reached


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=14))
def test_what_waits_for_what_never_goes_in_a_circle(wanted, town, chamber, now) -> None:
    with transaction.atomic():
        work = [make(town, chamber, now, f"w{number}") for number in range(5)]
        edges: set[tuple[int, int]] = set()
        for begin, end, is_taken_out in wanted:
            if is_taken_out and (begin, end) in edges:
                link = Dependency.objects.get(action=work[begin], needs=work[end], ended_at=None)
                parts.depend_no_more(action=work[begin], dependency=link.pk, by=owner(town), now=now)
                edges.discard((begin, end))
                continue
            would_circle = slowly(edges, end, begin)
            try:
                parts.depend(action=work[begin], needs=work[end], by=owner(town), now=now)
            except (Conflict, Invalid):
                assert would_circle or (begin, end) in edges or begin == end
            else:
                assert not would_circle
                edges.add((begin, end))
            for one in range(5):
                for other in range(5):
                    if one != other:
                        assert waits_for(work[one].pk, work[other].pk) == slowly(edges, one, other)
        transaction.set_rollback(True)


# --- milestones and followers -----------------------------------------------------------------------------------------


def test_a_milestone_is_set_reached_and_taken_back(town, chamber, action, now) -> None:
    first = parts.set_milestone(action=action, title="Wording agreed", by=owner(town), now=now)
    second = parts.set_milestone(action=action, title="Slip", by=owner(town), now=now)
    parts.reach(action=action, milestone=first.pk, by=owner(town), now=now)
    with pytest.raises(Conflict):
        parts.reach(action=action, milestone=first.pk, by=owner(town), now=now)
    with pytest.raises(Conflict, match="reached"):
        parts.take_back_milestone(action=action, milestone=first.pk, by=owner(town), now=now)
    with pytest.raises(Refused):
        parts.take_back_milestone(action=action, milestone=second.pk, by=chamber.chair, now=now)
    parts.take_back_milestone(action=action, milestone=second.pk, by=owner(town), now=now)
    assert Milestone.objects.filter(taken_back_at=None).get() == first


def test_somebody_follows_what_they_may_see(town, chamber, action, now) -> None:
    client = browser(chamber.members[5])
    path = f"/actions/{action.reference}/follow/"
    client.post(path, {})
    client.post(path, {})
    assert Follower.objects.get().person == chamber.members[5]
    client.post(path, {"followed": "no"})
    assert not Follower.objects.exists()
    assert browser(town.champions[town.legal.pk]).post(path, {}).status_code == 404


# --- where it belongs -------------------------------------------------------------------------------------------------


def test_more_money_than_can_be_stored_is_told_at_its_field(town, action, now) -> None:
    for huge in (10**13, 10**30):
        with pytest.raises(Invalid) as error:
            facts.describe(
                action=action, facts=Facts(benefit=Benefit(kind="cashable", likely=huge)), by=owner(town), now=now
            )
        assert error.value.field == "benefit_high"


def test_a_benefit_is_money_between_its_ends_or_words(town, action, now) -> None:
    def say(**benefit) -> ActionItem:
        return facts.describe(action=action, facts=Facts(benefit=Benefit(**benefit)), by=owner(town), now=now)

    kept = say(kind="cashable", likely=40_000_00)
    assert (kept.benefit_low, kept.benefit_likely, kept.benefit_high) == (4_000_000, 4_000_000, 4_000_000)
    assert kept.benefit_currency == "EUR"
    for wrong, field in (
        ({"kind": "cashable", "low": 5, "likely": 4, "high": 9}, "benefit_likely"),
        ({"kind": "not_money", "likely": 4}, "benefit_kind"),
        ({"likely": 4}, "benefit_kind"),
        ({"kind": "revenue", "low": 4}, "benefit_likely"),
        ({"kind": "gold", "words": "much"}, "benefit_kind"),
    ):
        with pytest.raises(Invalid) as error:
            say(**wrong)
        assert error.value.field == field
    kept = say(kind="not_money", words="Fewer people call twice.")
    assert (kept.benefit_likely, kept.benefit_words) == (None, "Fewer people call twice.")


def test_whoever_was_slower_is_shown_both(town, action, now) -> None:
    client, path = browser(owner(town)), f"/actions/{action.reference}/edit/"
    sent = {"origin": "finding", "benefit_kind": "", "version": action.version}
    with pytest.raises(Stale):
        facts.describe(action=action, facts=Facts(), by=owner(town), now=now, version=action.version - 1)
    facts.describe(action=action, facts=Facts(origin="kpi"), by=owner(town), now=now)
    answer = client.post(path, sent)
    assert answer.status_code == 409
    assert ("Comes from", "a finding", "a KPI") in answer.context["form"].changes
    sent["version"] = ActionItem.objects.get().version
    assert client.post(path, sent).status_code == 302
    assert ActionItem.objects.get().origin == "finding"
    assert client.post(path, {**sent, "version": "", "benefit_likely": "much"}).status_code == 422


def test_a_benefit_is_written_on_the_page_as_money_is_written(town, action, now) -> None:
    client, path = browser(owner(town)), f"/actions/{action.reference}/edit/"
    sent = {"origin": "finding", "benefit_kind": "revenue", "benefit_low": "3,000", "benefit_likely": "5000",
            "benefit_high": "8 000.50"}  # fmt: skip
    assert client.post(path, sent).status_code == 302
    kept = ActionItem.objects.get()
    assert (kept.benefit_low, kept.benefit_likely, kept.benefit_high) == (300_000, 500_000, 800_050)
    wrong = client.post(path, {**sent, "benefit_likely": "1" * 40})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["benefit_likely"]


def test_a_key_beyond_any_number_is_no_choice(town, action) -> None:
    client = browser(owner(town))
    for path, field in (("doer", "person"), ("measure", "metric")):
        answer = client.post(f"/actions/{action.reference}/{path}/", {field: "1" * 40})
        assert answer.status_code == 422, path
    answer = client.post(f"/actions/{action.reference}/edit/", {"origin": "finding", "departments": ["1" * 40]})
    assert answer.status_code == 422
    assert answer.context["form"].errors["departments"]


def test_the_address_of_a_deed_leads_to_its_page(town, action) -> None:
    client = browser(owner(town))
    assert client.get(f"/actions/{action.reference}/block/").headers["Location"] == f"/actions/{action.reference}/"
    assert client.get("/me/views/5/let-go/", follow=True).status_code == 200


def test_only_owner_head_and_council_arrange(town, chamber, action, now) -> None:
    for person, may in (
        (owner(town), 200), (town.heads[town.claims.pk], 200), (chamber.secretary, 200), (chamber.members[5], 403),
        (town.champions[town.legal.pk], 404),
    ):  # fmt: skip
        assert browser(person).get(f"/actions/{action.reference}/edit/").status_code == may, person


def test_over_the_api_with_the_version_that_was_seen(town, action, now) -> None:
    program = APIClient()
    program.force_authenticate(owner(town))
    path = f"/api/v1/actions/{action.reference}/"
    said = {"origin": "kpi", "departments": [town.digital.reference], "benefit_kind": "revenue", "benefit_likely": 500}
    told = program.post(f"{path}describe/", said, format="json", headers={"If-Match": f'"{action.version}"'})
    assert told.status_code == 200, told.data
    assert told.data["departments"] == [town.digital.reference]
    assert program.get(path).data["benefit_high"] == 500
    stale = program.post(f"{path}set-milestone/", {"title": "M"}, format="json", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    made = program.post(f"{path}set-milestone/", {"title": "M"}, format="json")
    assert made.data["milestones"][0]["title"] == "M"
    assert program.post(f"{path}follow/", {}, format="json").data == {"is_followed": True}


# --- whether the seat fits --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seat", "department", "routed", "champion", "step_owner", "has_step", "why"),
    [
        (1, 10, [], None, None, False, []),
        (1, 10, [10], 5, None, False, []),
        (1, 10, [20], 5, None, False, [Why.ROUTED]),
        (5, 10, [20], 5, None, False, []),
        (1, 10, [10], 5, 7, True, [Why.STEP]),
        (7, 10, [20], 5, 7, True, [Why.ROUTED]),
        (1, 10, [20], 5, 7, True, [Why.ROUTED, Why.STEP]),
        (1, 10, [10], 5, None, True, []),
    ],
)
def test_a_matter_belongs_where_it_was_routed_and_to_whoever_owns_the_step(
    seat, department, routed, champion, step_owner, has_step, why
) -> None:
    found = judge(
        seat=seat, department=department, routed=routed, champion=champion, step_owner=step_owner, has_step=has_step
    )
    assert [one.why for one in found] == why


def test_another_seat_has_the_step_so_keeping_this_one_needs_a_reason(town, chamber, action, now) -> None:
    digital = town.champion_seats[town.digital.pk]
    journey = journeys.draw(
        title="I sign in", seat=digital, by=town.lead, now=now, steps=[journeys.StepWish("Sign in", seat=digital)]
    )
    step = journey.steps.get()
    with pytest.raises(Invalid, match=r"Champion, Digital & App") as error:
        facts.describe(action=action, facts=Facts(step=step), by=owner(town), now=now)
    assert error.value.field == "fit_reason"
    facts.describe(action=action, facts=Facts(step=step, fit_reason="They build, we answer."), by=owner(town), now=now)
    text = browser(owner(town)).get(f"/actions/{action.reference}/").content.decode()
    assert "They build, we answer." in text
    assert "Champion, Digital &amp; App" in text
    with pytest.raises(Invalid, match=r"Champion, Digital & App"):
        make(town, chamber, now, "New", step=step)
    assert make(town, chamber, now, "New", step=step, fit_reason="So.").fit_reason == "So."


def test_a_theme_that_went_elsewhere_names_who_has_it(town, chamber, now) -> None:
    feedback.take_in(path_or_file=FILE, source_name="Desk", mapping=FILE.replace("csv", "json"), now=now)
    theme = Theme.objects.get(name="Claim status")
    routed = set(Routing.objects.filter(theme=theme).values_list("department_id", flat=True))
    assert routed == {town.claims.pk}
    seat = town.champion_seats[town.digital.pk]
    said = {
        "title": "T", "proof": "P", "seat": seat.reference, "council": chamber.council.reference,
        "theme": theme.reference,
    }  # fmt: skip
    client = browser(town.lead)
    answer = client.post("/actions/new/", said)
    assert answer.status_code == 422
    assert "Champion, Claims" in answer.content.decode()
    assert client.post("/actions/new/", {**said, "fit_reason": "The app is where it hurts."}).status_code == 302
    made = ActionItem.objects.get()
    assert (made.fit_reason, made.origin) == ("The app is where it hurts.", "theme")


# --- all of it on one page --------------------------------------------------------------------------------------------


def test_the_journal_tells_of_each_part(town, action, now) -> None:
    parts.add_doer(action=action, person=town.heads[town.claims.pk], by=owner(town), now=now)
    facts.describe(action=action, facts=Facts(departments=[town.digital]), by=owner(town), now=now)
    text = browser(owner(town)).get(f"/actions/{action.reference}/").content.decode()
    assert "gave part of the work" in text
    assert "Joel Brandt" in text
    assert "brought Digital &amp; App into" in text
    assert JournalEntry.objects.filter(subject_id=action.pk, event="actions.item.described").count() == 1


def test_statements_of_the_page_do_not_grow_with_parts(town, chamber, action, now) -> None:
    client, counted = browser(chamber.members[5]), []
    for number in (1, 4):
        for place in range(number):
            parts.set_milestone(action=action, title=f"M{place}", by=owner(town), now=now)
            other = make(town, chamber, now, f"O{number}{place}")
            parts.depend(action=action, needs=other, by=owner(town), now=now)
        client.get(f"/actions/{action.reference}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/actions/{action.reference}/")
        counted.append(len(asked))
    assert counted[0] == counted[1]


# --- money beyond the authority of its line ------------------------------------------------------------------------


def lower(sponsor: ExecutiveSponsor, euros: int) -> None:
    ExecutiveSponsor.objects.filter(pk=sponsor.pk).update(funding_authority=euros * 100)


def test_more_money_than_the_sponsor_may_grant_names_the_one_who_may_and_needs_a_reason(town, chamber, action, now):
    person = town.person("Erik Chief")
    chief = town.seat("ex_sponsor", town.root, person, title="EX executive sponsor")
    lower(chief.sponsor, 5_000)
    lower(town.exec_sponsor, 100)
    with pytest.raises(Invalid, match="EX executive sponsor has that authority") as error:
        funding.ask(action=action, amount=500_00, what_for="Texts", by=owner(town), now=now)
    assert error.value.field == "amount"
    funding.ask(action=action, amount=90_00, what_for="Texts", by=owner(town), now=now)
    assert queries.of(action, owner(town), now).misfits == [], "within what its sponsor may grant"
    lower(town.exec_sponsor, 50)
    action.refresh_from_db()
    (misfit,) = queries.of(ActionItem.objects.get(pk=action.pk), town.lead, now).misfits
    assert misfit.reference == chief.reference
    assert "€90" in misfit.says
    assert misfit.says in browser(town.lead).get(f"/actions/{action.reference}/").text
    for by in (owner(town),):
        with pytest.raises(Invalid) as error:
            facts.describe(action=action, facts=Facts(), by=by, now=now)
        assert error.value.field == "fit_reason"
    facts.describe(action=action, facts=Facts(sponsor=chief.sponsor), by=owner(town), now=now)
    facts.describe(action=action, facts=Facts(fit_reason="She asked for it."), by=owner(town), now=now)


def test_a_sponsor_of_whom_nobody_said_what_they_may_grant_fits_anything(town, chamber, action, now) -> None:
    lower(town.exec_sponsor, 0)
    funding.ask(action=action, amount=500_00, what_for="Texts", by=owner(town), now=now)
    assert queries.of(action, owner(town), now).misfits == []


@pytest.mark.parametrize(("needed", "authority", "misfit"), [(0, 5, False), (5, 5, False), (6, 5, True), (6, 0, False)])
def test_the_rule_of_authority(needed: int, authority: int, misfit: bool) -> None:
    found = judge(
        seat=1, department=2, routed=[], champion=None, step_owner=None, has_step=False,
        line=Line(needed, authority, above=9),
    )  # fmt: skip
    assert [(one.why, one.has_it) for one in found] == ([(Why.AUTHORITY, 9)] if misfit else [])
