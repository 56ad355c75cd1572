"""The books balance to the cent, whatever is allocated and given back, and nothing goes below nothing."""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from councils.models import Account, Envelope, Posting
from councils.queries import books as queries
from councils.services import books
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import SubjectKind
from governance.services import sponsors, subjects
from tests.councils.rooms import EUROS
from tests.engines import examples
from tests.factories import EPOCH


def things(council, number):
    return [
        subjects.create(SubjectKind.THEME, title=f"Thing {place}", now=EPOCH, audience=[council.pk])
        for place in range(number)
    ]


def derived():
    """Balances from the postings alone, row by row: the slow second derivation."""
    sums: dict[int, int] = defaultdict(int)
    for posting in Posting.objects.all():
        sums[posting.source_id] -= posting.amount
        sums[posting.target_id] += posting.amount
    return sums


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grant", "allocate", "commit", "give back", "give all back"]),
        st.integers(0, 2),
        st.integers(1, 150_000),
    ),
    max_size=14,
)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_balances_equal_their_postings_and_nothing_is_lost_or_owed(town, committee, steps):
    council, by = committee.council, town.sponsor
    point = transaction.savepoint()
    subjects_of_three = things(council, 3)
    granted = 0
    for step, which, amount in steps:
        subject = subjects_of_three[which]
        try:
            with transaction.atomic():
                if step == "grant":
                    books.grant(council=council, amount=amount, by=by, now=EPOCH)
                    granted += amount
                elif step == "allocate" and (envelope := Envelope.objects.order_by("pk").last()):
                    books.allocate(envelope=envelope, subject=subject, amount=amount, by=by, now=EPOCH)
                elif step == "commit":
                    books.commit(council=council, subject=subject, amount=amount, by=by, now=EPOCH)
                elif step == "give back":
                    books.give_back(subject=subject, amount=amount, by=by, now=EPOCH)
                elif step == "give all back":
                    books.give_back(subject=subject, by=by, now=EPOCH)
        except Conflict:
            pass
        sums = derived()
        accounts = list(Account.objects.weighed())
        assert {account.pk: account.balance for account in accounts} == {a.pk: sums[a.pk] for a in accounts}
        assert sum(account.balance for account in accounts) == 0
        assert all(account.balance >= 0 for account in accounts if account.kind != "grantor")
        figures = sum(
            queries.balances(Envelope.objects.values_list("pk", flat=True)).values(), start=queries.Balances()
        )
        assert figures.granted == granted == figures.free + figures.allocated + figures.spent
        assert queries.free(council) == figures.free
    transaction.savepoint_rollback(point)


def test_one_envelope_after_another_is_drawn_on_the_first_to_close_first(town, committee):
    council = committee.council
    open_end = books.grant(council=council, amount=100, by=town.sponsor, now=EPOCH)
    soon = books.grant(council=council, amount=60, by=town.sponsor, now=EPOCH, closes_on=date(2026, 12, 31))
    [thing] = things(council, 1)
    books.commit(council=council, subject=thing, amount=90, by=None, now=EPOCH)
    figures = queries.balances([open_end.pk, soon.pk])
    assert (figures[soon.pk].free, figures[open_end.pk].free) == (0, 70)
    with pytest.raises(books.EnvelopeShort) as short:
        books.commit(council=council, subject=thing, amount=71, by=None, now=EPOCH)
    assert short.value.facts["free"] == 70
    assert queries.balances([open_end.pk])[open_end.pk].free == 70, "nothing was drawn"


def test_an_envelope_that_closed_or_has_not_opened_is_not_free(town, committee):
    council = committee.council
    books.grant(council=council, amount=100, by=town.sponsor, now=EPOCH, closes_on=date(2026, 11, 10))
    books.grant(council=council, amount=40, by=town.sponsor, now=EPOCH, opens_on=date(2026, 11, 20))
    assert queries.free_now(council, EPOCH) == 100
    assert queries.free_now(council, EPOCH + timedelta(days=10)) == 0
    assert queries.free_now(council, EPOCH + timedelta(days=20)) == 40


def test_the_database_itself_refuses_what_goes_below_nothing_and_what_crosses_envelopes(town, committee):
    council = committee.council
    one = books.grant(council=council, amount=100, by=town.sponsor, now=EPOCH)
    other = books.grant(council=council, amount=100, by=town.sponsor, now=EPOCH)
    free, spent = one.accounts.get(kind="free"), books.account(one, "spent", things(council, 1)[0])
    with pytest.raises(Conflict):
        books.post(free, spent, 101, by=None, now=EPOCH)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(source=free, target=other.accounts.get(kind="free"), amount=1, at=EPOCH)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.all().update(amount=1)
    assert books.balance(free) == 100


def test_a_grant_is_signed_by_the_sponsor_within_authority_or_by_the_chair_above(town, committee, council):
    granted = books.grant(council=council.council, amount=1_000 * EUROS, by=committee.chair, now=EPOCH)
    assert granted.signed_for == committee.memberships[0].seat
    assert granted.statement == (
        "I, Executive Member1, for the seat “Chair, Executive Committee”, grant CX Governance Council an envelope of "
        "€1,000.00, to be committed by its decisions from 2 November 2026."
    )
    sponsors.pledge(
        sponsor=town.exec_sponsor, by=None, now=EPOCH, response_days=3, attendance_pledge=75, checkins_a_quarter=3,
        funding_authority=500 * EUROS,
    )  # fmt: skip
    with pytest.raises(Refused, match="funding authority"):
        books.grant(council=council.council, amount=501 * EUROS, by=town.sponsor, now=EPOCH)
    assert books.grant(council=council.council, amount=500 * EUROS, by=town.sponsor, now=EPOCH).currency == "EUR"
    for person in (council.chair, council.secretary, town.lead):
        with pytest.raises(Refused, match="Ask"):
            books.grant(council=council.council, amount=1, by=person, now=EPOCH)
    with pytest.raises(Absent):
        books.grant(council=council.council, amount=1, by=town.champions[town.claims.pk], now=EPOCH)
    with pytest.raises(Invalid):
        books.grant(council=council.council, amount=0, by=town.sponsor, now=EPOCH)


def test_more_than_was_allocated_is_not_given_back(town, committee):
    council = committee.council
    books.grant(council=council, amount=100, by=town.sponsor, now=EPOCH)
    [thing] = things(council, 1)
    books.commit(council=council, subject=thing, amount=60, by=None, now=EPOCH)
    with pytest.raises(Conflict):
        books.give_back(subject=thing, amount=61, by=None, now=EPOCH)
    assert books.give_back(subject=thing, by=None, now=EPOCH) == 60
    assert queries.free(council) == 100
