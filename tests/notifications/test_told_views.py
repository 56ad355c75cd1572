"""Kept views in the digest: told when there is something to tell, once, as their reader may see them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from actions.models import ActionItem, ActionState
from actions.queries import themes
from actions.services import items
from councils.models import Council
from governance.models import Person, SavedView
from governance.services import people, saved_views
from notifications.kinds import Kind
from notifications.models import Channel, Delivery, Message, MessageState
from notifications.reach import WEEKLY, Hours, next_look
from notifications.services import inbox, kept_views, outbox
from notifications.services.sweep import sweep
from tests.factories import Chamber, Town

DAY = timedelta(days=1)
WEDNESDAY = datetime(2026, 11, 11, 10, 0, tzinfo=UTC)  # eleven in Amsterdam
HOUR = datetime(2026, 11, 12, 8, 0, tzinfo=UTC)  # nine there, on Thursday
DIGEST = datetime(2026, 11, 12, 8, 5, tzinfo=UTC)


@pytest.fixture
def town(db: None) -> Town:
    built = Town()
    Chamber(built, name="CX Council", size=5)
    sweep(built.now)
    Message.objects.all().delete()
    return built


@pytest.fixture
def reader(town: Town) -> Person:
    return town.champions[town.claims.pk]


def work(town: Town, now: datetime, number: int = 1) -> list[ActionItem]:
    """Actions of Claims, which its champion sees; what is said of them is not what is looked at here."""
    seat, council = town.champion_seats[town.claims.pk], Council.objects.get(name="CX Council")
    made = [
        items.create(title=f"Work {one}, {now}", seat=seat, council=council, proof="It is seen", by=town.lead, now=now)
        for one in range(number)
    ]
    sweep(now)
    Message.objects.exclude(kind=Kind.VIEWS).update(state=MessageState.SETTLED)
    return made


def over(action: ActionItem) -> None:
    """It is open no longer; by whom and why is not looked at here."""
    ActionItem.objects.filter(pk=action.pk).update(state=ActionState.CANCELLED)


def keep(reader: Person, now: datetime = WEDNESDAY, **how) -> SavedView:
    given = {"page": "actions", "name": "Open work", "query": "state=open", "cadence": "changed", **how}
    return saved_views.save(**given, by=reader, now=now)


def turn(now: datetime) -> list[str]:
    """A turn of the loop; the mails that left, as text."""
    mail.outbox.clear()
    kept_views.look(now)
    outbox.drain(now)
    return [str(sent.body) for sent in mail.outbox]


def section(body: str) -> str:
    """What a mail says of views."""
    return body.split("Your views\n", 1)[1].split("What is told here", 1)[0]


def days(first: datetime, number: int) -> list[list[str]]:
    """The mails of each of so many days: at the hour, and when the digest goes."""
    return [[*turn(first + ahead * DAY), *turn(first + ahead * DAY + timedelta(minutes=5))] for ahead in range(number)]


def test_what_changed_is_told_against_what_was_told_last_and_nothing_else_makes_a_mail(town, reader) -> None:
    work(town, town.now, 2)
    keep(reader)
    assert days(HOUR, 1) == [[]], "nothing changed since they subscribed"
    friday = work(town, HOUR + timedelta(hours=2), 2)
    assert turn(HOUR + DAY) == [], "looked at on the hour, told when the digest goes"
    (told,) = turn(DIGEST + DAY)
    assert "Open work: 4 actions, 2 more than on Wednesday\nhttp" in section(told)
    assert "/actions/?state=open" in section(told)
    assert "/me/views/" in told
    html = str(mail.outbox[0].alternatives[0][0])
    assert ("2 more than on Wednesday" in html, "/me/views/" in html) == (True, True)
    assert mail.outbox[0].subject == "Your view “Open work”"
    # Over the weekend nobody is told; on Monday nothing is new; then there is less.
    assert days(HOUR + 2 * DAY, 3) == [[], [], []]
    over(friday[0])
    (told,) = days(HOUR + 5 * DAY, 1)[0]
    assert "3 actions, 1 fewer than on Friday" in section(told)
    assert not Delivery.objects.filter(channel=Channel.INBOX, message__kind=Kind.VIEWS).exists()


def test_it_is_counted_when_it_is_sent_and_rides_in_the_one_digest(town, reader) -> None:
    work(town, town.now)
    keep(reader)
    work(town, HOUR - timedelta(hours=1))
    assert turn(HOUR) == []
    late = work(town, HOUR + timedelta(minutes=1), 3)
    seat = town.champion_seats[town.claims.pk]
    outbox.enqueue([Message(occurrence="x", seat=seat, kind="verified", subject=late[0].subject,
                            created_at=HOUR, not_before=HOUR)])  # fmt: skip
    (told,) = turn(DIGEST)
    assert "5 actions, 4 more than yesterday" not in told
    assert "5 actions, 4 more than on Wednesday" in section(told)
    assert late[0].title in told
    # What is back to what was told makes no mail, although something was there when it was looked at.
    gone = work(town, DIGEST + timedelta(hours=1))
    assert turn(HOUR + DAY) == []
    over(gone[0])
    assert turn(DIGEST + DAY) == []


def test_once_a_week_on_its_day_whatever_it_counts(town, reader) -> None:
    work(town, town.now)
    keep(reader, cadence="weekly", weekday=0)
    keep(reader, page="trends", name="Trends", query="", cadence="weekly", weekday=0)
    found = days(HOUR, 12)  # from Thursday to Monday of the week after the next
    assert [len(mails) for mails in found] == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]
    first, second = section(found[4][0]), section(found[11][0])
    assert ("1 action, as on Wednesday" in first, "1 action, as on 16 November" in second) == (True, True)
    assert "Trends\nhttp" in first, "what counts nothing is linked"


def test_a_view_that_is_gone_says_so_once_and_stops_no_digest(town, reader) -> None:
    work(town, town.now)
    view, whole = keep(reader), keep(reader, name="All", query="")
    SavedView.objects.filter(pk=view.pk).update(query="department=DEP-9999")
    work(town, HOUR - timedelta(hours=1))
    (told,) = days(HOUR, 1)[0]
    assert "Open work: It cannot be shown any more" in section(told)
    assert "All: 2 actions, 1 more than on Wednesday" in section(told)
    assert days(HOUR + DAY, 1) == [[]]
    whole.refresh_from_db()
    assert (whole.told_count, whole.told_gone) == (2, False)


def test_a_page_that_cannot_be_counted_is_left_out_of_the_digest(town, reader, monkeypatch) -> None:
    work(town, town.now)
    keep(reader), keep(reader, page="themes", name="Themes", query="", cadence="weekly", weekday=3)
    work(town, HOUR - timedelta(hours=1))

    def broken(*_given) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("actions.queries.themes.listed", broken)
    (told,) = days(HOUR, 1)[0]
    assert ("Open work: 2 actions" in section(told), "Themes" in section(told)) == (True, False)


def failing(monkeypatch, times: int, error: Exception) -> list[int]:
    """The list of themes fails so many times when it is counted; returns how often it was asked."""
    asked: list[int] = []
    whole = themes.listed

    def listed(*given, **named):
        asked.append(len(asked))
        if len(asked) <= times:
            raise error
        return whole(*given, **named)

    monkeypatch.setattr(themes, "listed", listed)
    return asked


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), OperationalError("canceling statement due to statement timeout")]
)
def test_what_could_not_be_counted_once_is_looked_at_again_and_not_lost_for_a_week(
    town, reader, monkeypatch, error
) -> None:
    other = town.heads[town.claims.pk]
    work(town, town.now)
    keep(reader, page="themes", name="Themes", query="", cadence="weekly", weekday=3)
    keep(other)
    turn(WEDNESDAY)
    work(town, HOUR - timedelta(hours=1))
    asked = failing(monkeypatch, 1, error)
    (told,) = days(HOUR, 1)[0]
    assert ("Open work: 2 actions" in section(told), asked) == (True, [0]), "another person's is told"
    assert turn(HOUR + timedelta(minutes=30)) == []
    assert asked == [0], "not with every turn of the loop"
    assert turn(HOUR + timedelta(hours=1)) == []
    assert len(asked) > 1
    (told,) = days(HOUR + DAY, 1)[0]
    assert "Themes: 0 themes, as on Wednesday" in section(told)
    # From then on it comes on its day.
    found = days(HOUR + 2 * DAY, 6)
    assert [len(mails) for mails in found] == [0, 0, 0, 0, 0, 1]


def test_what_cannot_be_counted_when_its_mail_is_made_says_so_and_comes_again(town, reader, monkeypatch) -> None:
    keep(reader, page="themes", name="Themes", query="", cadence="weekly", weekday=3)
    assert [*turn(WEDNESDAY), *turn(HOUR)] == []
    before = SavedView.objects.values_list("told_count", "told_at").get()
    failing(monkeypatch, 1, ZeroDivisionError())
    outbox.drain(DIGEST)
    (told,) = [str(sent.body) for sent in mail.outbox]
    assert "Themes: It could not be counted this time. It is tried again." in section(told)
    assert SavedView.objects.values_list("told_count", "told_at").get() == before, "no figure was told"
    assert turn(DIGEST + timedelta(hours=1)) == []
    (told,) = days(HOUR + DAY, 1)[0]
    assert "Themes: 0 themes, as on Wednesday" in section(told)


def test_a_page_that_always_fails_holds_up_nothing(town, reader, monkeypatch) -> None:
    work(town, town.now)
    keep(reader, page="themes", name="Themes", query="", cadence="weekly", weekday=3), keep(reader)
    turn(WEDNESDAY)
    work(town, HOUR - timedelta(hours=1))
    monkeypatch.setattr(kept_views, "AT_ONCE", 1)
    failing(monkeypatch, 1000, ZeroDivisionError())
    (told,) = days(HOUR, 1)[0]
    assert ("Open work: 2 actions" in section(told), "Themes" in section(told)) == (True, False)


def test_who_may_see_less_is_told_less_and_who_has_left_nothing(town) -> None:
    reader = town.heads[town.claims.pk]
    (hidden, _other) = work(town, town.now, 2)
    keep(reader)
    view = SavedView.objects.get()
    room = Chamber(town, name="Secret", size=3, confidential=True)
    turn(HOUR)
    type(hidden.subject).objects.filter(pk=hidden.pk).update(audience=room.council.subject.audience)
    (told,) = days(HOUR + DAY, 1)[0]
    assert "1 action, 1 fewer than on Wednesday" in section(told)
    assert "Secret" not in told
    work(town, HOUR + DAY + timedelta(hours=1))
    people.end_access(person=reader, by=town.lead, now=HOUR + DAY + timedelta(hours=2))
    assert days(HOUR + 4 * DAY, 1) == [[]]
    view.refresh_from_db()
    assert view.told_count == 1


def test_who_is_not_mailed_or_does_not_want_it_is_told_nothing(town, reader) -> None:
    work(town, town.now)
    keep(reader)
    inbox.prefer(by=reader, now=WEDNESDAY, families={("views", "mail"): False})
    work(town, HOUR - timedelta(hours=1))
    assert days(HOUR, 2) == [[], []]
    assert not Message.objects.filter(kind=Kind.VIEWS).exists()
    # At an hour of their own, from the day on which they want it again.
    inbox.prefer(by=reader, now=HOUR + DAY, digest_hour=16, families={("views", "mail"): True})
    afternoon = HOUR + DAY + timedelta(hours=7)
    assert turn(HOUR + DAY + timedelta(hours=1)) == []
    (told,) = [*turn(afternoon), *turn(afternoon + timedelta(minutes=5))]
    assert "2 actions, 1 more than on Wednesday" in section(told)


class _Crash(BaseException):
    """What a process that is killed would do: nothing more."""


def test_a_killed_sender_tells_again_as_the_same_mail_and_against_the_same_figure(town, reader, monkeypatch) -> None:
    work(town, town.now)
    view = keep(reader)
    work(town, HOUR - timedelta(hours=1))
    turn(HOUR)

    def die(*_given, **_named):
        raise _Crash

    # After the server took it, before that is settled.
    monkeypatch.setattr(outbox, "settle", die)
    with pytest.raises(_Crash):
        outbox.drain(DIGEST)
    monkeypatch.undo()
    (first,) = mail.outbox
    view.refresh_from_db()
    assert view.told_count == 1, "what is not settled was not told"
    assert turn(DIGEST + timedelta(seconds=10)) == [], "the lease holds"
    (again,) = turn(DIGEST + timedelta(minutes=11))
    assert again == str(first.body)
    assert mail.outbox[0].extra_headers["Message-ID"] == first.extra_headers["Message-ID"]
    view.refresh_from_db()
    assert view.told_count == 2
    # Within the settling: all of it or nothing.
    work(town, HOUR + timedelta(hours=3))
    turn(HOUR + DAY)
    monkeypatch.setattr(outbox.saved_views, "tell", die)
    with pytest.raises(_Crash):
        outbox.drain(DIGEST + DAY)
    monkeypatch.undo()
    assert Message.objects.filter(kind=Kind.VIEWS, state=MessageState.CLAIMED).count() == 1
    assert len(turn(DIGEST + DAY + timedelta(minutes=11))) == 1
    assert days(HOUR + 4 * DAY, 1) == [[]]


def test_a_look_that_dies_is_taken_again_and_two_sweeps_take_it_once(town, reader, monkeypatch) -> None:
    work(town, town.now)
    keep(reader)
    kept_views.look(WEDNESDAY)
    work(town, HOUR - timedelta(hours=1))

    def die(*_given, **_named):
        raise _Crash

    monkeypatch.setattr(kept_views.outbox, "enqueue", die)
    with pytest.raises(_Crash):
        kept_views.look(HOUR)
    monkeypatch.undo()
    seen = kept_views._due(HOUR)
    assert (len(seen), kept_views.look(HOUR)) == (1, 1)
    monkeypatch.setattr(kept_views, "_due", lambda _now, rows=[seen, []]: rows.pop(0) if rows else [])
    assert kept_views.look(HOUR) == 0, "the other sweep read the same rows, and was later"
    assert Message.objects.filter(kind=Kind.VIEWS).count() == 1


def test_what_still_waits_takes_on_what_is_to_be_told_meanwhile(town, reader) -> None:
    work(town, town.now)
    inbox.prefer(by=reader, now=WEDNESDAY, cadence=WEEKLY, weekday=4)
    keep(reader)
    kept_views.look(WEDNESDAY)
    work(town, WEDNESDAY + timedelta(hours=1))
    # Looked at too early, as where hours changed meanwhile: the message waits for the digest of Friday.
    SavedView.objects.update(looks_at=HOUR)
    assert turn(HOUR) == []
    keep(reader, name="All", query="", now=town.now)
    SavedView.objects.filter(name="All").update(looks_at=HOUR, told_count=0)
    assert turn(HOUR + timedelta(minutes=1)) == []
    assert Message.objects.filter(kind=Kind.VIEWS).count() == 1
    (told,) = turn(DIGEST + DAY)
    assert re.findall(r"^(All|Open work):", told, re.MULTILINE) == ["All", "Open work"]


def test_a_look_costs_by_views_and_one_statement_where_none_is_due(town, reader) -> None:
    def statements(now: datetime) -> int:
        with CaptureQueriesContext(connection) as captured:
            kept_views.look(now)
        return len(captured)

    assert statements(WEDNESDAY) == 1
    work(town, town.now)
    keep(reader)
    kept_views.look(WEDNESDAY)
    assert statements(WEDNESDAY + timedelta(minutes=1)) == 1
    work(town, WEDNESDAY + timedelta(hours=1))
    few = statements(HOUR)
    outbox.drain(DIGEST)
    work(town, DIGEST + timedelta(hours=1), 6)
    assert statements(HOUR + DAY) == few


def test_whose_clock_changes_before_the_weeks_digest_is_told_that_week_all_the_same(town, reader) -> None:
    keep(reader, page="themes", name="Themes", query="", cadence="weekly", weekday=3)
    turn(WEDNESDAY)
    # Where that digest's hour is over.
    inbox.choose(by=reader, zone="Asia/Tokyo", now=HOUR - timedelta(minutes=30))
    told = [text for each in range(5 * 24) for one in days(HOUR + timedelta(hours=each), 1) for text in one]
    assert len(told) == 1, "not lost for a week, and told once"


def test_the_next_look_is_at_the_readers_hour_a_little_before_the_digest() -> None:
    hours = Hours("Europe/Amsterdam", digest=9)

    def works(day: date) -> bool:
        return day.weekday() < 5 and day != date(2026, 11, 16)  # that Monday is a day off

    def look(after: datetime, **how) -> str:
        return f"{next_look(after, hours, works, **how):%a %d %H:%M}"

    assert (look(HOUR), look(HOUR - timedelta(seconds=1))) == ("Fri 13 08:00", "Thu 12 08:00")
    assert look(HOUR + DAY) == "Tue 17 08:00"
    assert look(HOUR, weekday=0) == "Tue 17 08:00"
    tuesday = datetime(2026, 11, 17, 8, 0, tzinfo=UTC)
    assert look(tuesday - timedelta(hours=1), weekday=0) == "Tue 17 08:00"
    assert look(tuesday, weekday=0) == "Mon 23 08:00"
    assert look(tuesday - timedelta(hours=1), weekday=0, told_on=date(2026, 11, 16)) == "Mon 23 08:00"
    # The hours changed after that week's look was passed over: it is told of in the next digest, and once.
    before, monday = date(2026, 11, 10), date(2026, 11, 16)
    assert look(tuesday, weekday=0, told_on=before, is_anew=True) == "Wed 18 08:00"
    assert look(tuesday, weekday=0, told_on=before) == "Mon 23 08:00"
    assert look(tuesday, weekday=0, told_on=monday, is_anew=True) == "Mon 23 08:00"
    assert look(tuesday - timedelta(hours=1), weekday=0, told_on=before, is_anew=True) == "Tue 17 08:00"
    weekly = Hours("Europe/Amsterdam", digest=9, cadence=WEEKLY, weekday=4)
    assert f"{next_look(HOUR, weekly, works, weekday=0):%a %d %H:%M}" == "Fri 13 08:00"


def test_a_view_that_cannot_be_asked_stops_nothing_that_is_owed(town, reader, monkeypatch) -> None:
    keep(reader)
    work(town, town.now)
    SavedView.objects.update(looks_at=HOUR)

    def fails(*_asked: object) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(kept_views, "_due", fails)
    report = sweep(WEDNESDAY + 40 * DAY)
    assert report.errors == 1
    assert report.fell, "what was due fell all the same"


def test_what_shows_something_else_meanwhile_is_not_told_of_as_what_it_was(town, reader) -> None:
    view = keep(reader)
    saved_views.change(key=view.pk, query="state=done", by=reader, now=WEDNESDAY)
    saved_views.tell(key=view.pk, query="state=open", count=5, is_gone=False, now=HOUR)
    view.refresh_from_db()
    assert view.told_count == 0
    saved_views.tell(key=view.pk, query="state=done", count=1, is_gone=False, now=HOUR)
    view.refresh_from_db()
    assert view.told_count == 1


def test_that_a_weekly_view_is_gone_is_told_once(town, reader) -> None:
    view = keep(reader, query=f"department={town.claims.reference}", cadence="weekly", weekday=3)
    SavedView.objects.filter(pk=view.pk).update(query="department=DEP-9999", looks_at=None)
    told = [mails for ahead in range(4) for mails in days(HOUR + 7 * ahead * DAY, 1)]
    assert sum(len(mails) for mails in told) == 1


def pictures() -> list[bytes]:
    """The drawings that the mails which left hold."""
    parts = [part for sent in mail.outbox for part in sent.message().walk()]
    return [part.get_payload(decode=True) for part in parts if part.get_content_type() == "image/png"]


def test_a_page_that_draws_is_drawn_in_the_mail_with_its_words(town, reader, monkeypatch) -> None:
    seat, council = town.champion_seats[town.claims.pk], Council.objects.get(name="CX Council")
    action = items.create(title="T", seat=seat, council=council, proof="p", by=town.lead, now=town.now)
    items.accept(action=action, promised_on=date(2026, 12, 1), by=reader, now=town.now)
    sweep(WEDNESDAY)
    Message.objects.update(state=MessageState.SETTLED)
    keep(reader, page="trends", query="", cadence="weekly", weekday=4)
    assert turn(HOUR) == []
    (told,) = [sent for at in (HOUR + DAY, DIGEST + DAY) for sent in turn(at)]
    assert "0 of 1 open promise is late now." in section(told)
    (picture,) = pictures()
    assert picture.startswith(b"\x89PNG")
    html = str(mail.outbox[0].alternatives[0][0])
    (name,) = re.findall(r'src="cid:([^"]+)"', html)
    assert [part["Content-ID"] for part in mail.outbox[0].message().walk() if part["Content-ID"]] == [f"<{name}>"]
    assert "Not late: 1" in html
    # What cannot be drawn is a link, and the mail goes.
    monkeypatch.setattr("governance.pdf.as_png", lambda _svg: 1 / 0)
    (told,) = [sent for at in (HOUR + 8 * DAY, DIGEST + 8 * DAY) for sent in turn(at)]
    assert "/review/trends/" in section(told)
    assert pictures() == []
