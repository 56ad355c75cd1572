"""Charters tried every night: a duty where a council can get stuck, closed when it is mended."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from councils.models import Council, Trial
from councils.queries import stuck
from councils.services import trials
from governance.clauses import Quorum, Rules
from governance.models import Duty, DutyKind, JournalEntry, TenureRole
from governance.services import charters, seats
from tests.factories import EPOCH, Chamber

TOMORROW = EPOCH + timedelta(days=1)


def unstick(chamber):
    return Duty.objects.filter(subject_id=chamber.council.pk, kind=DutyKind.UNSTICK)


def deputise(chamber, number, person):
    seat = chamber.memberships[number].seat
    seats.seat_person(seat=seat, person=person, by=None, now=EPOCH, role=TenureRole.DEPUTY)


def test_a_council_that_can_get_stuck_owes_to_mend_it_until_it_is_mended(town, committee, council):
    deputise(committee, 0, town.heads[town.claims.pk])
    assert trials.try_all(EPOCH).councils == 2
    duty = unstick(council).get()
    assert (duty.seat, duty.overseer_id, duty.closed_at) == (council.memberships[1].seat, council.council.pk, None)
    assert duty.due_on == (EPOCH + timedelta(days=14)).date()
    problems = stuck.tried([council.council], EPOCH)[0].problems
    assert [problem.key for problem in problems] == ["chair_alone"]
    assert problems[0].url == reverse(
        "councils:membership-seat", args=[council.council.reference, council.memberships[0].seat.reference]
    )
    entry = JournalEntry.objects.get(event="councils.council.stuck", subject_id=council.council.pk)
    assert (entry.text.body, entry.facts) == (problems[0].sentence, {"problems": [f"{problems[0].clause}.chair_alone"]})
    assert trials.try_all(EPOCH) is None, "once a day"
    deputise(council, 0, town.heads[town.digital.pk])
    assert trials.try_all(TOMORROW).stuck == 1
    assert unstick(council).get().closed_as == "mended"
    assert unstick(committee).get().closed_at is None, "three seats, and five are needed"
    events = list(JournalEntry.objects.filter(event__startswith="councils.council.").values_list("event", flat=True))
    assert sorted(event.rpartition(".")[2] for event in events if "stuck" in event) == ["stuck", "stuck", "unstuck"]
    assert Trial.objects.count() == 2


def test_a_draft_is_tried_on_the_charters_page_and_over_the_api_before_it_is_ratified(
    town, committee, council, client_for, api_for
):
    draft = charters.draft(title="", rules=Rules(quorum=Quorum(12)), charter=town.charter, by=town.lead, now=EPOCH)
    page = client_for(town.lead).get(reverse("governance:charter-version", args=[town.charter.reference, draft.number]))
    assert "A decision needs 12 voting seats, and there are 9: nothing can ever count." in page.text
    assert council.council.name in page.text
    assert council.council.name not in client_for(town.heads[town.claims.pk]).get(page.request["PATH_INFO"]).text
    path = f"/api/v1/councils/{council.council.reference}/problems/"
    told = api_for(town.lead).get(path, {"version": draft.number}).json()
    assert told["charter_version"] == draft.number
    assert told["problems"][0]["key"] == "too_few_seats"
    assert api_for(town.lead).get(path).json()["charter_version"] == 1
    assert api_for(town.heads[town.claims.pk]).get(path).status_code == 404
    assert "It can get stuck" in client_for(town.lead).get(f"/councils/{council.council.reference}/").text


def test_trying_many_councils_costs_as_many_statements_as_trying_one(town, committee, council):
    def statements(councils):
        with CaptureQueriesContext(connection) as asked:
            stuck.tried(councils, EPOCH)
        return len(asked)

    one = statements([Council.objects.select_related("subject").get(pk=council.council.pk)])
    Chamber(town, name="Third Table", size=3)
    assert statements(list(Council.objects.select_related("subject"))) == one
