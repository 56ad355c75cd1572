"""The demo: an organisation that reads as if it had been lived, and whose books and ladders are in order."""

import json
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

pytestmark = pytest.mark.django_db


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
        for name in ("kept", "late", "blocked", "no_date", "unowned", "unfunded", "unverified")
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
