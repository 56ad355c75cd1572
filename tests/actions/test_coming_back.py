"""Customers still saying it: after a promised day, and after a verification."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import ActionItem, Feedback, FeedbackImport, FeedbackSource, Theme, Verification
from actions.queries import items as item_queries
from actions.queries import outcomes as queries
from actions.queries.late import late_promises
from actions.services import items, returning
from governance.models import Duty, DutyKind, JournalEntry, SubjectKind
from governance.services import subjects
from notifications.models import Message
from notifications.queries.home import waiting_for
from notifications.services.keeping import keep
from notifications.services.sweep import sweep
from tests.actions.test_items import DAY, Work, owed
from tests.factories import EPOCH

pytestmark = pytest.mark.django_db

VERIFIED = EPOCH + timedelta(days=4)


class Heard(Work):
    """A theme of Claims, and an action that answers it."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        audience = [self.town.claims.pk]
        subject = subjects.create(SubjectKind.THEME, title="Claim status", now=EPOCH, audience=audience)
        self.theme = Theme.objects.create(subject=subject, name="Claim status")
        source = subjects.create(SubjectKind.SOURCE, title="Desk", now=EPOCH, audience=audience)
        self.source = FeedbackSource.objects.create(subject=source, name="Desk")
        self.file = FeedbackImport.objects.create(source=self.source, file_name="f", file_digest="d", started_at=EPOCH)

    def voices(self, many: int, first, last, **fields) -> None:
        """So many, evenly between two moments."""
        step = (last - first) / (many + 1)
        known = Feedback.objects.count()
        Feedback.objects.bulk_create(
            Feedback(
                source=self.source, external_id=str(known + number), first_import=self.file, theme=self.theme,
                department=self.town.claims, received_at=first + step * (number + 1), topic="Claim status", digest="d",
                **fields,
            )
            for number in range(many)
        )  # fmt: skip

    def verified(self) -> ActionItem:
        action = self.done(theme=self.theme)
        items.verify(action=action, finding="confirmed", by=self.chamber.secretary, now=VERIFIED)
        return ActionItem.objects.get(pk=action.pk)

    def before(self, many: int) -> None:
        self.voices(many, EPOCH - timedelta(days=84), EPOCH)

    def after(self, many: int) -> None:
        self.voices(many, VERIFIED, VERIFIED + timedelta(days=28))


@pytest.fixture
def work() -> Heard:
    return Heard()


MONTH = VERIFIED + timedelta(days=28, hours=1)


def test_what_customers_say_again_is_reopened_once_with_a_new_date_to_promise(work: Heard) -> None:
    work.before(90)
    action = work.verified()
    work.after(30)
    assert returning.bring_back(MONTH) == 1
    action.refresh_from_db()
    assert (action.state, action.promised, owed(action).kind) == ("in_progress", None, DutyKind.SET_DATE)
    undone = Verification.objects.get(came_back_at__isnull=False)
    assert undone.came_back == {"before": 90, "after": 30}
    entry = JournalEntry.objects.get(event="actions.item.came_back")
    assert (entry.facts["before"], entry.facts["after"], entry.by) == (90, 30, None)
    assert returning.bring_back(MONTH + timedelta(days=1)) == 0, "once a verification"
    assert action.promises.get().due_on == DAY, "what was promised stays on record"
    assert item_queries.orphans(MONTH) == []


def test_it_is_done_and_verified_again_and_looked_at_again(work: Heard) -> None:
    work.before(90)
    action = work.verified()
    work.after(30)
    returning.bring_back(MONTH)
    items.set_date(action=action, due_on=MONTH.date() + timedelta(days=9), by=work.owner, now=MONTH)
    items.say_done(action=action, by=work.owner, now=MONTH)
    again = MONTH + timedelta(days=1)
    items.verify(action=action, finding="confirmed", by=work.chamber.secretary, now=again)
    assert Verification.objects.filter(finding="confirmed").count() == 2
    work.voices(25, again, again + timedelta(days=28))
    assert returning.bring_back(again + timedelta(days=29)) == 1


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (90, 8, "fewer than ten voices accuse nobody"),
        (90, 15, "half of the old rate is not ruled out"),
        (0, 30, "nothing was said before, so nothing comes back"),
    ],
)
def test_what_cannot_be_told_stays_verified(work: Heard, before: int, after: int, why: str) -> None:
    work.before(before)
    action = work.verified()
    work.after(after)
    assert returning.bring_back(MONTH) == 0, why
    assert ActionItem.objects.get(pk=action.pk).state == "verified"


def test_nobody_looks_before_four_weeks_are_full_nor_at_what_was_said_outside_of_them(work: Heard) -> None:
    work.before(90)
    work.verified()
    work.after(30)
    assert returning.bring_back(VERIFIED + timedelta(days=27)) == 0
    assert returning.bring_back(VERIFIED + timedelta(days=28 * 2 + 1)) == 0, "the second four weeks were quiet"
    assert returning.bring_back(VERIFIED + timedelta(days=28 * 8)) == 0


def test_the_counts_are_those_of_a_slow_look_at_each_voice(work: Heard) -> None:
    work.before(37)
    action = work.verified()
    work.after(21)
    work.voices(5, VERIFIED + timedelta(days=29), VERIFIED + timedelta(days=40))
    work.voices(5, EPOCH - timedelta(days=120), EPOCH - timedelta(days=90))
    found = returning.look(MONTH)
    heard = [one.received_at for one in Feedback.objects.all() if one.received_at is not None]
    before = sum(action.done_at - timedelta(days=84) < at <= action.done_at for at in heard)
    after = sum(VERIFIED < at <= VERIFIED + timedelta(days=28) for at in heard)
    assert [(one.before, one.after) for one in found] == [(before, after)] == [(37, 21)]


def test_a_look_costs_the_same_however_many_actions_there_are(work: Heard, django_assert_num_queries) -> None:
    work.before(90)
    for _number in range(3):
        work.verified()
    work.after(30)
    with django_assert_num_queries(6):
        assert len(returning.look(MONTH)) == 3


# --- late ----------------------------------------------------------------------------------------------------------


def test_a_late_promise_says_how_many_more_said_the_same_since(work: Heard, django_assert_num_queries) -> None:
    late = work.running(theme=work.theme)
    other = work.running(title="Of no theme")
    work.voices(7, EPOCH, EPOCH + timedelta(days=10))
    now = EPOCH + timedelta(days=40)
    work.voices(14, EPOCH + timedelta(days=13), now)
    work.voices(3, now, now + timedelta(days=5))
    said = Feedback.objects.filter(received_at__date__gt=DAY, received_at__lte=now).count()
    assert said == 14
    queries.said_since([late], work.owner, now)  # what the viewer's seats are is read once
    with django_assert_num_queries(1):
        assert queries.said_since([late, other], work.owner, now) == {late.pk: 14}


def test_the_owners_home_says_so_too(work: Heard) -> None:
    late = work.running(theme=work.theme)
    now = EPOCH + timedelta(days=40)
    work.voices(14, EPOCH + timedelta(days=13), now)
    found = waiting_for(work.owner, now).late
    assert [(task.reference, task.said_since) for task in found] == [(late.reference, 14)]


def test_whoever_may_not_see_the_theme_is_not_told_how_many_said_it(work: Heard) -> None:
    late = work.running(theme=work.theme)
    now = EPOCH + timedelta(days=40)
    work.voices(14, EPOCH + timedelta(days=13), now)
    assert queries.said_since([late], work.chamber.members[5], now) == {}


def test_the_page_of_a_late_action_and_of_one_that_came_back_say_so(work: Heard, client) -> None:
    late = work.running(theme=work.theme)
    assert Duty.objects.filter(subject_id=late.pk).exists()
    work.before(90)
    action = work.verified()
    work.after(30)
    returning.bring_back(MONTH)

    with mock.patch("django.utils.timezone.now", return_value=MONTH):
        client.force_login(work.owner)
        page = client.get(f"/actions/{action.reference}/").text
        assert "Came back on" in page
        assert "30 voices in four weeks" in page
        assert "more customers said the same" in client.get(f"/actions/{late.reference}/").text


def test_it_is_looked_for_once_a_day_and_the_owner_hears_of_it(work: Heard, settings, tmp_path) -> None:
    settings.JOURNAL_HEADS = str(tmp_path / "heads")
    work.before(90)
    action = work.verified()
    work.after(30)
    keep(MONTH)
    assert ActionItem.objects.get(pk=action.pk).state == "in_progress"
    sweep(MONTH)
    assert Message.objects.filter(kind="came_back", subject_id=action.pk).get().seat_id == work.seat.pk


def test_what_was_reopened_by_hand_is_looked_at_from_its_last_verification(work: Heard) -> None:
    work.before(90)
    action, again = work.verified(), VERIFIED + timedelta(days=27)
    items.reopen(action=action, reason="It was not.", by=work.chamber.secretary, now=VERIFIED + timedelta(days=1))
    work.after(60)
    items.say_done(action=action, by=work.owner, now=again)
    items.verify(action=action, finding="confirmed", by=work.chamber.secretary, now=again)
    assert returning.bring_back(MONTH) == 0, "what was said while it was open is no return"
    assert Verification.objects.filter(came_back_at__isnull=False).count() == 0


def test_the_executive_review_says_so_beside_each_late_promise(work: Heard, client) -> None:
    late, other = work.running(theme=work.theme), work.running(title="Of no theme")
    now = EPOCH + timedelta(days=40)
    work.voices(14, EPOCH + timedelta(days=13), now)
    found = late_promises(work.town.lead, now)
    assert [(one.action, one.since) for one in found.listed] == [(late, 14), (other, None)]
    assert [one.since for one in late_promises(work.chamber.members[5], now).listed] == [None, None]
    one = late_promises(work.town.lead, now, shown=1)
    assert (len(one.listed), one.more) == (1, 1)
    with mock.patch("django.utils.timezone.now", return_value=now):
        client.force_login(work.town.lead)
        page = " ".join(client.get("/review/").text.split())
        door = reverse("actions:theme-detail", args=[work.theme.subject.reference])
        assert f'<a href="{door}"> 14 more customers said the same </a>' in page
        assert [one["since"] for one in client.get("/api/v1/review/").json()["late"]] == [14, None]


def test_the_statements_about_late_promises_do_not_grow_with_them(work: Heard) -> None:
    now, counts = EPOCH + timedelta(days=40), []
    for _round in range(2):
        for _number in range(3):
            work.running(theme=work.theme)
        late_promises(work.town.lead, now)
        with CaptureQueriesContext(connection) as captured:
            late_promises(work.town.lead, now)
        counts.append(len(captured))
    assert counts[0] == counts[1]
