"""A meeting called on the spot: one form with nothing to type, then it is opened."""

import pytest
from django.utils import timezone

from councils.models import Meeting, MeetingState
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db


def test_a_secretary_calls_a_meeting_for_now_and_opens_it(client_for) -> None:
    chamber = Chamber(Town(timezone.now()), name="Quick Council", size=3)
    client = client_for(chamber.secretary)
    address = f"/councils/{chamber.council.reference}/meetings/call/"
    form = client.get(address).context["form"]
    sent = client.post(address, {name: form[name].value() for name in ("day", "time")})
    assert sent.status_code == 302
    meeting = Meeting.objects.get()
    client.post(f"/meetings/{meeting.reference}/open/")
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.OPEN
