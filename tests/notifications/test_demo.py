"""The demo: an organisation that reads as if it had been lived, and whose books and ladders are in order."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from actions.models import ActionItem, Feedback, Request, RequestState
from actions.queries import debts, items, review
from councils.models import Decision, Meeting
from governance import access
from governance.models import Department, JournalEntry, Organisation, Person
from notifications.demo import effects, script

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("weekday", range(7))
def test_the_story_keeps_its_order_on_every_day_of_the_week(weekday, monkeypatch):
    monkeypatch.setattr(script, "_move_on", lambda _now: None)
    told = script.Script(datetime(2026, 11, 23 + weekday, 2, tzinfo=UTC))
    played = []
    for place, (days, hour) in enumerate([(-1, 17), (-36, 15), (-35, 11), (-34, 9), (-33, 10), (-33, 11), (-2, 10)]):
        told.on(days, lambda now, place=place: played.append((place, now)), hour)
    told.play()
    assert [place for place, _now in played] == [1, 2, 3, 4, 5, 6, 0]
    moments = [now for _place, now in played]
    assert moments == sorted(moments)
    assert moments[-1] <= told.now
    assert {now.astimezone(told.zone).weekday() for now in moments} <= set(range(5))


@pytest.mark.parametrize("weekday", range(7))
def test_effects_are_read_on_their_days_on_every_day_of_the_week(weekday):
    told = script.Script(datetime(2026, 11, 23 + weekday, 2, tzinfo=UTC))
    since = [(told.day(day) - told.day(effects.VERIFIED)).days for day in effects.READ]
    assert all(days >= due for days, due in zip(since, (30, 60, 90), strict=True))


def test_the_demo_is_an_organisation_in_full_swing(client):
    out = StringIO()
    call_command("seed_demo", "--if-empty", "--json", stdout=out)
    told = json.loads(out.getvalue())
    now = timezone.now()

    assert [account["role"] for account in told["accounts"]] == [
        "CX lead and administrator", "Council chair", "Champion", "Executive sponsor",
    ]  # fmt: skip
    assert len({account["password"] for account in told["accounts"]}) == 4
    assert len(told["story"]) == 7
    assert not mail.outbox, "what was said in five past months is not mailed now"

    lead = Person.objects.get(email=told["accounts"][0]["email"])
    assert not items.orphans(now), "nothing rests"
    assert access.differences() == []
    assert set(ActionItem.objects.values_list("state", flat=True)) >= {
        "proposed", "accepted", "in_progress", "done", "verified", "declined",
    }  # fmt: skip
    assert set(Decision.objects.values_list("verdict", flat=True)) == {"valid", "advisory", "referred"}
    totals = {
        name: sum(getattr(row, name) for row in review.executive(lead, now).rows)
        for name in ("late", "blocked", "no_date", "unowned", "unfunded", "unverified")
    }
    assert all(totals.values()), f"every number of the review has something behind it: {totals}"
    assert Feedback.objects.count() > 300
    states = set(Request.objects.values_list("state", flat=True))
    assert states == set(RequestState.values), "a request in every state"
    owed = debts.matrix(lead, now).total
    assert owed.open >= 8
    assert owed.overdue
    assert owed.unanswered
    assert Department.objects.filter(to_be_placed=True).exists()
    assert Meeting.objects.filter(state="planned", starts_at__date__gte=now.date()).exists()
    moments = list(JournalEntry.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments), "the journal reads in the order in which things happened"
    assert moments[-1] <= now

    for account in told["accounts"]:
        client.logout()
        assert client.post("/sign-in/", {"email": account["email"], "password": account["password"]}).status_code == 302
        assert client.get("/").status_code == 200

    out.truncate(0)
    call_command("seed_demo", "--if-empty", "--json", stdout=out)
    assert not out.getvalue().strip("\0"), "a second time it says nothing"
    with pytest.raises(CommandError, match="empty installation"):
        call_command("seed_demo")
    assert Organisation.objects.get().is_demo
