"""A delivery is confirmed by another person than whoever delivered it, whoever holds which seat."""

import pytest

from actions.models import Request
from actions.queries import requests as queries
from actions.requesting import Side
from actions.services import requests
from governance.errors import Conflict, Refused
from governance.models import Seat, TenureRole
from governance.services import seats
from tests.actions.test_requests import Between, owed
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db


@pytest.fixture
def both() -> Between:
    """One person holds the seat that asks and the seat that is asked."""
    between = Between()
    seats.seat_person(seat=between.seat, person=between.asked, by=None, now=EPOCH)
    between.asker = between.asked
    return between


def head_of(between: Between) -> Seat:
    return Seat.objects.get(kind="head", department=between.town.claims)


def test_whoever_delivers_does_not_confirm_it(both: Between) -> None:
    request = both.delivered()
    with pytest.raises(Refused, match="Joel Brandt"):
        requests.confirm(request=request, by=both.asked, now=EPOCH)
    assert Side.CONFIRMING not in queries.sides(request, both.asked, EPOCH)
    assert Request.objects.get(pk=request.pk).state == "delivered"


def test_the_next_in_line_owes_the_confirmation_and_gives_it(both: Between) -> None:
    request = both.delivered()
    assert owed(request).seat_id == head_of(both).pk
    head = both.town.heads[both.town.claims.pk]
    assert requests.confirm(request=request, by=head, now=EPOCH).state == "confirmed"


def test_the_deputy_of_the_asking_seat_confirms_although_its_holder_is_here(both: Between) -> None:
    deputy = both.town.person("Dana Deputy")
    seats.seat_person(seat=both.seat, person=deputy, by=None, now=EPOCH, role=TenureRole.DEPUTY)
    assert requests.confirm(request=both.delivered(), by=deputy, now=EPOCH).state == "confirmed"


def test_a_deputy_who_delivers_does_not_free_whoever_answers_for_both() -> None:
    between = Between()
    deputy = between.town.person("Dana Deputy")
    seats.seat_person(seat=between.to, person=deputy, by=None, now=EPOCH, role=TenureRole.DEPUTY)
    request = between.agreed()
    between.asked.is_active = False
    between.asked.save()
    requests.deliver(request=request, by=deputy, now=EPOCH)
    between.asked.is_active = True
    between.asked.save()
    seats.seat_person(seat=between.seat, person=between.asked, by=None, now=EPOCH)
    request.refresh_from_db()
    with pytest.raises(Refused):
        requests.confirm(request=request, by=between.asked, now=EPOCH)
    assert requests.confirm(request=request, by=between.town.heads[between.town.claims.pk], now=EPOCH).closed_at


def test_where_the_head_holds_both_too_the_line_goes_on(both: Between) -> None:
    seats.seat_person(seat=head_of(both), person=both.asked, by=None, now=EPOCH)
    request = both.delivered()
    assert owed(request).seat.kind == "cx_lead"
    assert requests.send_back(request=request, reason="It lacks Dutch.", by=both.town.lead, now=EPOCH).state == "agreed"


def test_two_people_confirm_as_before_and_what_is_not_delivered_is_said_so() -> None:
    between = Between()
    request = between.agreed()
    with pytest.raises(Conflict, match="delivers it"):
        requests.confirm(request=request, by=between.asker, now=EPOCH)
    requests.deliver(request=request, by=between.asked, now=EPOCH)
    assert owed(request).seat_id == between.seat.pk
    request.refresh_from_db()
    with pytest.raises(Refused):
        requests.confirm(request=request, by=between.town.heads[between.town.claims.pk], now=EPOCH)
    assert requests.confirm(request=request, by=between.asker, now=EPOCH).state == "confirmed"
