import collections
from django.db import connection
from django.test.utils import CaptureQueriesContext
import pytest
from django.core.management import call_command
from governance.models import Person, Tenure, SeatKind, Seat

pytestmark = [pytest.mark.django_db(transaction=True)]

def test_it(client):
    call_command("seed_demo")
    seat = Seat.objects.filter(kind=SeatKind.CX_LEAD).first()
    lead = Tenure.objects.filter(seat=seat, until_at=None).first().person
    client.force_login(lead)
    for path in ("/review/", "/review/not-acted/"):
        client.get(path)
        with CaptureQueriesContext(connection, ) as seen:
            assert client.get(path).status_code == 200
        print(path, len(seen))
        for q in seen.captured_queries:
            s = q["sql"]
            print("   ", q["time"], s[:100].replace("\n"," "), "...", s[s.find(" FROM "):][:90].replace("\n"," "))
