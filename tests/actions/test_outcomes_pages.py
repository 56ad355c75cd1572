"""Fixing, reading and judging on the page and over the API."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from actions.models import ActionItem, Outcome, OutcomeVerdict
from actions.queries import outcomes as outcome_queries
from actions.services import items
from tests.actions.test_outcomes import VERIFIED, Measured
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db


@pytest.fixture
def work() -> Measured:
    return Measured()


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def program(person) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def at(moment):
    return mock.patch("django.utils.timezone.now", return_value=moment)


def test_the_owner_fixes_the_kpi_while_accepting_and_what_is_refused_keeps_the_input(work: Measured) -> None:
    action, client = work.action(), browser(work.owner)
    path = f"/actions/{action.reference}/"
    with at(EPOCH):
        assert "The one KPI that will show whether it worked" in client.get(path).text
        wrong = {"promised_on": "2026-11-13", "metric": work.metric.pk, "target": "", "share": "40"}
        answer = client.post(f"{path}accept/", wrong)
        assert answer.status_code == 422
        assert 'value="40"' in answer.text
        assert "Better” is no target" in answer.text
        answer = client.post(f"{path}accept/", {**wrong, "target": "35,0"}, follow=True)
    assert "Told within two days" in answer.text
    outcome = Outcome.objects.get()
    assert (outcome.target, outcome.share) == (350, 40)
    assert ActionItem.objects.get(pk=action.pk).state == "accepted"


def test_a_stale_page_shows_both_and_corrects_nothing(work: Measured) -> None:
    action, clerk = work.accepted(), browser(work.chamber.secretary)
    version = action.version
    items.report(action=action, health="on_track", by=work.owner, now=EPOCH)
    sent = {"because": "None fits.", "reason": "Typed wrong.", "share": "", "version": version}
    with at(EPOCH):
        answer = clerk.post(f"/actions/{action.reference}/correct-measure/", sent)
    assert answer.status_code == 409
    assert "Somebody was quicker" in answer.text
    assert "None fits." in answer.text
    assert Outcome.objects.count() == 1


def test_a_reading_is_offered_when_its_day_has_come_and_drawn_with_words_beside_it(work: Measured) -> None:
    work.seen(EPOCH.date() - timedelta(days=13), numerator=120, denominator=400)
    action = work.verified()
    work.seen(VERIFIED.date() + timedelta(days=20), numerator=160, denominator=400)
    path = f"/actions/{action.reference}/"
    with at(VERIFIED + timedelta(days=29)):
        assert f'action="{path}read-kpi/"' not in browser(work.reader).get(path).text
    with at(VERIFIED + timedelta(days=30)):
        client = browser(work.reader)
        assert f'action="{path}read-kpi/"' in client.get(path).text
        page = client.post(f"{path}read-kpi/", {"version": action.version}, follow=True).text
    assert "Worked: 30.0 % before, 40.0 % after; the change lies between +3.4 and +16.5 points." in page
    assert 'class="interval"' in page
    assert "Before: 30.0 %, of 400: truly between 25.7 % and 34.7 %." in page


def test_an_action_is_measured_and_judged_over_the_api(work: Measured) -> None:
    action, api = work.action(), "/api/v1"
    owner, reader = program(work.owner), program(work.reader)
    path = f"{api}/actions/{action.reference}"
    aim = {"metric": work.metric.reference, "target": "35.0"}
    with at(EPOCH):
        answer = owner.post(
            f"{path}/accept/", {"promised_on": "2026-11-13", "aim": {**aim, "target": "x"}}, format="json"
        )
        assert (answer.status_code, answer.data["errors"][0]["pointer"]) == (422, "/target")
        answer = owner.post(f"{path}/accept/", {"promised_on": "2026-11-13", "aim": aim}, format="json")
        assert answer.status_code == 200, answer.data
    items.add_evidence(action=action, title="t", kind="note", by=work.owner, now=EPOCH)
    items.say_done(action=action, by=work.owner, now=EPOCH)
    items.verify(action=action, finding="confirmed", by=work.chamber.secretary, now=VERIFIED)
    for day in (30, 60, 90):
        with at(VERIFIED + timedelta(days=day)):
            assert reader.post(f"{path}/read-kpi/").status_code == 200
    with at(VERIFIED + timedelta(days=91)):
        stale = reader.post(f"{path}/judge/", {"effect": "not", "said": "No."}, format="json", HTTP_IF_MATCH='"1"')
        assert stale.status_code == 412
        assert (
            reader.post(f"{path}/judge/", {"effect": "cannot_tell", "said": "Nothing seen."}, format="json").status_code
            == 200
        )
        told = reader.get(f"{api}/outcomes/?of={action.reference}").data["results"]
    assert OutcomeVerdict.objects.get().effect == "cannot_tell"
    assert (told[0]["target"], told[0]["metric"]) == ("35.0", work.metric.reference)
    assert [one["sentence"] for one in told[0]["readings"]] == ["Cannot tell: nothing was seen before it."] * 3
    assert told[0]["verdicts"][0]["words"] == "Nothing seen."


def test_lists_of_outcomes_cost_the_same_for_one_and_for_many(work: Measured) -> None:
    def cost() -> list[int]:
        found = []
        for address in ("/outcomes/", "/api/v1/outcomes/"):
            client = browser(work.chamber.chair)
            client.get(address)  # the first call pays for what a process keeps
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found.append(len(asked))
        return found

    def read() -> None:
        action = work.verified(work.aim(share=10))
        items.read(action=action, by=work.reader, now=VERIFIED + timedelta(days=30))

    read()
    one = cost()
    for _number in range(3):
        read()
    assert cost() == one


def test_what_was_judged_stands_first_in_the_list(work: Measured) -> None:
    judged = work.verified(work.aim(share=1))
    work.read_all(judged)
    end = VERIFIED + timedelta(days=95)
    items.judge(action=judged, effect="not", said="Nothing moved.", by=work.reader, now=end)
    later = work.verified(work.aim(share=2))
    ActionItem.objects.filter(pk=later.pk).update(verified_at=VERIFIED + timedelta(days=1))
    assert list(outcome_queries.results(work.town.lead, end)) == [judged, later]
