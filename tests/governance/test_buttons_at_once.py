"""Links that are pressed at the same moment: one answers, and whoever came second gets the friendly page."""

import threading

import pytest
from django.db import connection
from django.test import Client

from governance.models import Button, Duty, DutyKind, JournalEntry
from governance.services import buttons
from tests.actions.test_help import owner, work
from tests.conftest import TODAY
from tests.factories import Town

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_links_pressed_at_once_one_answers(town: Town) -> None:
    """One link twice and the one beside it: locked in one order, so that they neither both answer nor wait for ever."""
    action = work(town, accepted=False, now=TODAY)
    duty = Duty.objects.get(subject=action.subject, kind=DutyKind.ACCEPT, closed_at=None)
    person = owner(town)
    accept, decline = (
        buttons.issue(purpose=name, person=person, subject=action.subject, duty=duty, seat=duty.seat_id, now=TODAY)
        for name in ("accept", "decline")
    )
    begin, answers = threading.Barrier(4), []

    def press(url: str) -> None:
        begin.wait(60)
        try:
            answers.append(Client().post(url, {"promised_on": "2026-12-20", "reason": "No."}))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(url,)) for url in (accept, decline, accept, decline)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]
    assert all("not open any more" in answer.text for answer in answers if answer.status_code == 410)
    said = JournalEntry.objects.filter(
        subject=action.subject, event__in=["actions.item.accepted", "actions.item.declined"]
    )
    assert said.count() == 1
    assert sorted(Button.objects.values_list("ended_as", flat=True)) == ["overtaken", "pressed"]
