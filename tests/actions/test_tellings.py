"""Telling the givers of feedback: drafted, approved by another, sent to whoever agreed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from actions.models import ActionItem, Feedback, Telling
from actions.queries import outcomes as queries
from actions.services import items, tellings
from governance.errors import Absent, Conflict, Invalid, Refused
from governance.models import JournalEntry
from tests.actions.test_coming_back import Heard
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db


class Told(Heard):
    """Three who agreed and can be reached, two who agreed without an address, four who did not agree."""

    def __init__(self) -> None:
        super().__init__()
        before = EPOCH - timedelta(days=30)
        self.voices(3, before, EPOCH, consent="Yes", giver="=cmd|calc@customer.example", language="en")
        self.voices(2, before, EPOCH, consent="granted")
        self.voices(3, before, EPOCH, consent="no", giver="b@customer.example")
        self.voices(1, before, EPOCH, giver="c@customer.example")
        self.one = self.verified()

    def draft(self, **fields) -> Telling:
        given = {"action": self.one, "text": "You now hear at each step.", "by": self.owner, "now": EPOCH}
        return tellings.draft_telling(**{**given, **fields})

    def approve(self, **fields) -> Telling:
        return tellings.approve_telling(**{"action": self.one, "by": self.head, "now": EPOCH, **fields})

    def send(self, **fields) -> Telling:
        return tellings.send_telling(**{"action": self.one, "by": self.owner, "now": EPOCH, **fields})


@pytest.fixture
def work() -> Told:
    return Told()


def test_only_those_who_agreed_and_left_an_address_are_told_and_the_others_are_counted(work: Told) -> None:
    assert queries.of(work.one, EPOCH).reach == {"told": 3, "no_consent": 4, "no_address": 2}
    work.draft()
    work.approve()
    sent = work.send()
    assert queries.counts_of([sent]) == [(sent, {"told": 3, "no_consent": 4, "no_address": 2})]
    entry = JournalEntry.objects.get(event="actions.telling.sent")
    assert (entry.facts["told"], entry.facts["untold"]) == (3, 6)


def test_it_is_sent_only_once_another_person_approved_exactly_that_text(work: Told) -> None:
    with pytest.raises(Conflict, match="Nothing is drafted"):
        work.approve()
    work.draft()
    with pytest.raises(Conflict, match="not approved"):
        work.send()
    with pytest.raises(Refused):
        work.approve(by=work.owner)
    work.approve()
    with pytest.raises(Conflict, match="It is approved"):
        work.approve()
    work.draft(text="Something else.")
    with pytest.raises(Conflict, match="not approved"):
        work.send()
    assert Telling.objects.get().approved_at is None
    with pytest.raises(IntegrityError, match="nobody_approves_their_own_text"), transaction.atomic():
        Telling.objects.update(approved_by=work.owner)


def test_a_draft_says_something_about_a_verified_action_that_came_of_a_theme(work: Told) -> None:
    for text in (" ", "a" * 4001):
        with pytest.raises(Invalid) as error:
            work.draft(text=text)
        assert error.value.field == "text"
    with pytest.raises(Conflict):
        work.draft(action=work.running(theme=work.theme))
    ActionItem.objects.filter(pk=work.one.pk).update(theme=None)
    with pytest.raises(Conflict, match="no theme"):
        work.draft()


def test_the_file_holds_those_who_agreed_alone_and_runs_no_formula(work: Told) -> None:
    work.draft(text="=HYPERLINK(1)")
    work.approve()
    sent = work.send()
    lines = tellings.as_file(action=work.one, key=sent.pk, by=work.owner, now=EPOCH).splitlines()
    assert len(lines) == 1 + 3
    assert all('"\'=cmd|calc@customer.example"' in line and '"\'=HYPERLINK(1)"' in line for line in lines[1:])
    assert "b@customer" not in "".join(lines)
    assert JournalEntry.objects.filter(event="actions.telling.exported").count() == 1


def test_whoever_withdrew_consent_or_was_forgotten_since_is_not_in_the_file(work: Told) -> None:
    work.draft()
    work.approve()
    sent = work.send()
    first, second, _third = Feedback.objects.filter(consent="Yes").order_by("pk")
    Feedback.objects.filter(pk=first.pk).update(consent="withdrawn")
    Feedback.objects.filter(pk=second.pk).update(giver="")
    assert len(tellings.as_file(action=work.one, key=sent.pk, by=work.owner, now=EPOCH).splitlines()) == 1 + 1


def test_the_file_is_there_only_for_whoever_may_send_it(work: Told, client) -> None:
    work.draft()
    work.approve()
    sent = work.send()
    for person in (work.chamber.chair, work.town.champions[work.town.digital.pk]):
        with pytest.raises(Absent):
            tellings.as_file(action=work.one, key=sent.pk, by=person, now=EPOCH)
    client.force_login(work.owner)
    answer = client.get(f"/actions/{work.one.reference}/told/{sent.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(f"/actions/{work.one.reference}/told/999/").status_code == 404


def test_what_was_approved_before_the_work_was_reopened_is_read_again(work: Told) -> None:
    work.draft()
    work.approve()
    later, clerk = EPOCH + timedelta(days=3), work.chamber.secretary
    items.reopen(action=work.one, reason="It came back.", by=clerk, now=later)
    items.set_date(action=work.one, due_on=(later + timedelta(days=3)).date(), by=work.owner, now=later)
    items.say_done(action=work.one, by=work.owner, now=later)
    items.verify(action=work.one, finding="confirmed", by=clerk, now=later)
    with pytest.raises(Conflict, match="not approved"):
        work.send()
    work.approve()
    assert work.send().sent_at == EPOCH
