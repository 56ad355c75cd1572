"""My work, inbox, what happens next, outbox, how I am reached."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.models import ActionItem, ActionState
from actions.services import items
from councils.models import Meeting
from councils.services import meetings
from governance.models import Duty, HelpRequest, Seat, TenureRole
from governance.services import helping, people, seats
from governance.sql import ladders
from notifications import context
from notifications.models import Delivery, Message, MessageState, Preference, Wish
from notifications.queries import inbox
from notifications.queries.home import load_of, waiting_for
from notifications.queries.upcoming import Narrowing, foretold, what_happens_next
from notifications.services import listening, outbox
from notifications.services.sweep import sweep
from tests.factories import EPOCH, Chamber, Town
from tests.notifications.building import owe

ASKED = 'id="asked"'


@pytest.fixture
def chamber(town: Town):
    return town.council_of_nine()


@pytest.fixture
def champion(town: Town):
    return town.champions[town.claims.pk]


def act(town: Town, chamber, title: str, *, days: int | None = 5, seat=None) -> ActionItem:
    """An action of the champion of Claims; accepted for so many days from today, or (None) still asked."""
    seat = seat or town.champion_seats[town.claims.pk]
    now = timezone.now()
    action = items.create(title=title, seat=seat, council=chamber.council, proof="Seen.", by=town.lead, now=now)
    if days is not None:
        holder = town.champions[town.claims.pk]
        day = now.date() + timedelta(days=max(days, 1))
        action = items.accept(action=action, promised_on=day, by=holder, now=now)
        if days < 1:
            Duty.objects.filter(subject=action.subject).update(due_on=now.date() + timedelta(days=days))
    return action


def test_home_says_what_is_late_what_is_asked_and_what_is_next(town: Town, chamber, champion, client_for) -> None:
    late = act(town, chamber, "Rewrite the letter", days=-4)
    asked = act(town, chamber, "Call back", days=None)
    act(town, chamber, "Send a text", days=6)
    act(town, chamber, "Next year", days=300)
    page = client_for(champion).get("/").content.decode()
    assert "Two things need you today" in page
    assert "One is late." in page
    waiting = waiting_for(champion, timezone.now())
    assert [task.title for task in waiting.late] == [late.title]
    assert [task.title for task in waiting.answers] == [asked.title]
    assert [task.title for task in waiting.soon] == ["Send a text"]
    assert [task.title for task in waiting.later] == ["Next year"]
    assert load_of(champion, timezone.now()).mine == waiting.mine == 4
    assert load_of(champion, timezone.now()).late == 1


def test_home_with_nothing_to_do_teaches(town: Town, client_for) -> None:
    page = client_for(town.person("Eva Vos")).get("/").content.decode()
    assert "Nothing needs you today" in page
    assert "Nothing waits for you" in page


def test_two_taps_say_where_it_stands(town: Town, chamber, champion, client_for) -> None:
    action = act(town, chamber, "Send a text")
    client = client_for(champion)
    answer = client.post(
        f"/my-work/{action.reference}/update/",
        {"health": "at_risk", "line": "Wording is open.", "version": action.version},
        follow=True,
    )
    assert "Saved: Send a text." in answer.content.decode()
    update = action.updates.get()
    assert (update.health, update.line, update.by) == ("at_risk", "Wording is open.", champion)


def test_a_refused_update_keeps_what_was_written(town: Town, chamber, champion, client_for) -> None:
    action = act(town, chamber, "Send a text")
    answer = client_for(champion).post(f"/my-work/{action.reference}/update/", {"line": "Wording is open."})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose on track, at risk or off track." in page
    assert "Wording is open." in page
    assert not action.updates.exists()


def test_a_stale_update_is_a_conflict_and_changes_nothing(town: Town, chamber, champion, client_for) -> None:
    action = act(town, chamber, "Send a text")
    answer = client_for(champion).post(
        f"/my-work/{action.reference}/update/", {"health": "on_track", "line": "Mine", "version": action.version - 1}
    )
    assert answer.status_code == 409
    assert "Mine" in answer.content.decode()
    assert not action.updates.exists()


def test_what_is_asked_is_accepted_or_declined_where_it_stands(town: Town, chamber, champion, client_for) -> None:
    first, second = act(town, chamber, "First", days=None), act(town, chamber, "Second", days=None)
    client = client_for(champion)
    day = (timezone.now() + timedelta(days=9)).date()
    client.post(f"/my-work/{first.reference}/accept/", {"promised_on": day.isoformat(), "version": first.version})
    assert client.post(f"/my-work/{second.reference}/decline/", {"reason": ""}).status_code == 422
    client.post(f"/my-work/{second.reference}/decline/", {"reason": "Not ours.", "version": second.version})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.promised) == (ActionState.ACCEPTED, day)
    assert second.state == ActionState.DECLINED


def test_what_may_not_be_seen_is_not_there(town: Town, chamber, client_for) -> None:
    action = act(town, chamber, "Send a text")
    client = client_for(town.champions[town.legal.pk])
    assert client.post(f"/my-work/{action.reference}/update/", {"health": "on_track"}).status_code == 404
    assert client.post("/my-work/ACT-9/update/", {"health": "on_track"}).status_code == 404
    assert "Send a text" not in client.get("/next/").content.decode()


def test_a_deputy_sees_the_work_while_the_holder_is_away(town: Town, chamber, champion, client_for) -> None:
    act(town, chamber, "Send a text")
    deputy = town.person("Noor Visser")
    seat = town.champion_seats[town.claims.pk]
    seats.seat_person(seat=seat, person=deputy, by=None, now=town.now, role=TenureRole.DEPUTY)
    assert load_of(deputy, timezone.now()).mine == 0
    people.be_away(person=champion, by=champion, until=timezone.now().date() + timedelta(days=7))
    assert load_of(deputy, timezone.now()).mine == waiting_for(deputy, timezone.now()).mine == 1
    assert load_of(champion, timezone.now()).mine == 0
    assert "Send a text" in client_for(deputy).get("/").content.decode()


def test_what_others_owe_me_stands_apart(town: Town, chamber, champion, client_for) -> None:
    action = act(town, chamber, "Send a text")
    now = timezone.now()
    items.add_evidence(action=action, title="Forty texts", kind="note", by=champion, now=now)
    items.say_done(action=ActionItem.objects.get(pk=action.pk), by=champion, now=now)
    (task,) = waiting_for(champion, now).others
    assert (task.title, task.move.who) == ("Send a text", chamber.secretary.name)
    assert "For one you wait on somebody else." in client_for(champion).get("/").content.decode()


def _seats_of(town: Town, chamber, number: int, since: int = 0) -> None:
    """Actions of so many seats of so many departments, all deputised by one person whose holders are away."""
    deputy = town.everywhere
    for place in range(since, number):
        department = town.department(f"D{place}", f"Department {place}")
        holder = town.person(f"Holder {place}")
        seat = town.seat("other", department, holder, title=f"Seat {place}", deputy=deputy)
        now = timezone.now()
        action = items.create(
            title=f"Work {place}", seat=seat, council=chamber.council, proof="x", by=town.lead, now=now
        )
        items.accept(action=action, promised_on=now.date() + timedelta(days=3), by=holder, now=now)
        people.be_away(person=holder, by=holder, until=now.date() + timedelta(days=30))


@pytest.mark.parametrize("path", ["/", "/next/", "/inbox/?show=all"])
def test_a_page_makes_as_many_statements_for_many_rows_as_for_few(town: Town, chamber, client_for, path: str) -> None:
    town.everywhere = town.person("Every Where")
    client = client_for(town.everywhere)

    def statements(number: int, since: int = 0) -> int:
        _seats_of(town, chamber, number, since)
        sweep(timezone.now() + timedelta(days=2))
        outbox.drain(timezone.now() + timedelta(days=2))
        with CaptureQueriesContext(connection) as captured:
            page = client.get(path).content.decode()
        assert page.count("Work ") >= number
        return len(captured)

    assert statements(2) == statements(12, since=2)


def test_the_inbox_is_read_line_by_line_or_whole(town: Town, champion, client_for) -> None:
    town.council_of_nine()
    owe(town, 3, due_on=(timezone.now() + timedelta(days=1)).date())
    sweep(timezone.now())
    outbox.drain(timezone.now())
    mine = Delivery.objects.filter(person=champion, channel="inbox")
    number = mine.count()
    assert number >= 3
    client = client_for(champion)
    assert f"{number} lines are unread." in client.get("/inbox/").content.decode()
    line = mine.order_by("pk").first()
    client.post(f"/inbox/{line.pk}/read/")
    assert mine.filter(read_at=None).count() == number - 1
    assert client_for(town.lead).post(f"/inbox/{line.pk}/read/").status_code == 404
    client.post("/inbox/read/")
    assert not mine.filter(read_at=None).exists()
    assert "Everything here is read." in client.get("/inbox/").content.decode()


def test_what_happens_next_names_when_whom_and_what(town: Town, chamber, champion, client_for) -> None:
    action = act(town, chamber, "Send a text", days=3)
    outlook = what_happens_next(town.lead, timezone.now(), days=30)
    reached = [(rung.target, rung.who) for rung in outlook.rungs if rung.reference == action.reference]
    assert reached == [
        ("owner", champion.name),
        ("warning", champion.name),
        ("head", "Joel Brandt"),
        ("warning", champion.name),
        ("sponsor", "Ingrid Solheim"),
        ("warning", champion.name),
        ("council", chamber.chair.name),
    ]
    assert [rung.onto for rung in outlook.rungs if rung.target == "council"] == [chamber.council.name]
    client = client_for(town.lead)
    assert "Send a text" in client.get("/next/?days=30").content.decode()
    asking = client.get("/next/?days=30&who=help").context["page"].object_list
    assert {rung.target for rung in asking} == {"head", "sponsor", "council"}
    # The head of Claims sees the action and its ladder, but the council is not theirs to know of.
    seen = what_happens_next(town.heads[town.claims.pk], timezone.now(), days=30)
    assert {rung.reference for rung in seen.rungs} == {action.reference}
    assert {rung.onto for rung in seen.rungs} == {""}
    assert not what_happens_next(town.champions[town.legal.pk], timezone.now(), days=30).rungs


def test_the_outbox_is_for_who_runs_the_program_and_names_no_subject(town: Town, client_for) -> None:
    (duty,) = owe(town, 1, due_on=timezone.now().date())
    sweep(timezone.now())
    outbox.drain(timezone.now())
    message = Message.objects.filter(duty=duty).first()
    assert message is not None
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED)
    Delivery.objects.filter(message=message).delete()
    Delivery.objects.create(
        message=message, person=town.lead, channel="mail", handed_at=timezone.now(), error="SMTPServerDisconnected: no"
    )
    assert client_for(town.champions[town.claims.pk]).get("/outbox/").status_code == 403
    client = client_for(town.lead)
    page = client.get("/outbox/").content.decode()
    assert "One message could not be handed over." in page
    assert "SMTPServerDisconnected" in page
    assert message.subject.title not in page
    assert client_for(town.champions[town.claims.pk]).post("/outbox/retry/").status_code == 403
    client.post("/outbox/retry/")
    message.refresh_from_db()
    assert message.state == MessageState.WAITING


def test_hours_that_end_before_they_begin_are_refused_at_the_field(town: Town, champion, client_for) -> None:
    client = client_for(champion)
    assert client.get("/preferences/").status_code == 200
    sent = {"cadence": "weekly", "digest_hour": "9", "weekday": "4", "followed_mail": "on", "mentions_inbox": "on"}
    answer = client.post("/preferences/", {**sent, "wants_mail": "on", "from_hour": "18", "until_hour": "9"})
    assert answer.status_code == 422
    assert "The last hour comes after the first" in answer.content.decode()
    client.post("/preferences/", {**sent, "from_hour": "9", "until_hour": "24"})
    stored = Preference.objects.get(person=champion)
    assert (stored.wants_mail, stored.from_hour, stored.until_hour, stored.cadence) == (False, 9, 24, "weekly")
    wishes = {(one.family, one.channel): one.is_wanted for one in Wish.objects.filter(person=champion)}
    assert wishes["followed", "mail"]
    assert not wishes["mentions", "mail"]
    assert ("mentions", "inbox") not in wishes, "as it comes anyway"
    assert ("owed", "inbox") not in wishes, "what one owes stays in the inbox, whatever is sent"
    page = client.get("/preferences/").text
    assert "One digest a week, Friday" in page or "You are not mailed" in page
    assert "otherwise nobody would see that it rests" in page


def test_a_line_is_put_off_and_its_news_muted_where_it_stands(town: Town, chamber, champion, client_for) -> None:
    action = act(town, chamber, "Rewrite the letter", days=None)
    listening.hear(timezone.now())
    outbox.drain(timezone.now())
    client = client_for(champion)
    line = Delivery.objects.filter(person=champion, channel="inbox").order_by("pk")[0]
    unread = client.get("/inbox/count/").text
    late = client.post(f"/inbox/{line.pk}/snooze/", {"day": "2020-01-01", "hour": "9"})
    assert late.status_code == 422
    assert "Choose a moment that is still to come." in late.text
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    assert client.post(f"/inbox/{line.pk}/snooze/", {"day": day, "hour": "9"}).status_code == 302
    assert client.get("/inbox/count/").text != unread
    assert client_for(town.lead).post(f"/inbox/{line.pk}/snooze/", {"day": day, "hour": "9"}).status_code == 404
    page = f"/actions/{action.reference}/"
    assert "Mute its news" in client.get(page).text
    assert client.post(f"/mutes/{action.reference}/").url == page
    assert "Hear its news again" in client.get(page).text
    assert action.reference in client.get("/preferences/").text
    client.post(f"/mutes/{action.reference}/", {"muted": "no", "back": "preferences"})
    assert "Nothing is muted" in client.get("/preferences/").text
    assert client.post("/mutes/ACT-99999/").status_code == 404


def test_asking_for_the_count_writes_nothing(town: Town, champion, client_for) -> None:
    client = client_for(champion)
    client.get("/inbox/count/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/inbox/count/").status_code == 200
    assert all(one["sql"].lstrip().startswith("SELECT") for one in captured.captured_queries)
    assert len(captured) <= 5


def test_pages_ask_who_is_there(town: Town, client) -> None:
    for path in ("/", "/inbox/", "/next/", "/outbox/", "/preferences/"):
        assert client.get(path).status_code == 302
    for path in ("/inbox/read/", "/outbox/retry/", "/my-work/ACT-1/update/"):
        assert client.get(path).status_code in {302, 405}


def test_the_frame_is_built_once_in_eight_statements(town: Town, chamber, champion) -> None:
    act(town, chamber, "Send a text")
    seats.leave(seat=Seat.objects.get(kind="head", department=town.legal), by=None, now=timezone.now())
    owe(town, 2, due_on=timezone.now().date(), seat=Seat.objects.get(kind="head", department=town.legal))
    for person in (champion, town.lead):
        request = RequestFactory().get("/inbox/")
        request.user = person
        with CaptureQueriesContext(connection) as captured:
            frame = context.shell(request)["shell"]
            assert frame.person.name == person.name
            assert context.shell(request)["shell"].groups == frame.groups
        assert len(captured) <= 8
        (current,) = [link for group in frame.groups for link in group.links if link.current]
        assert current.url == "/inbox/"
        home = frame.groups[0].links[0]
        assert home.count == waiting_for(person, timezone.now()).mine
    assert "Outbox" in [link.label for group in frame.groups for link in group.links]


def test_the_frame_of_nobody_is_empty(town: Town) -> None:
    request = RequestFactory().get("/")
    assert not context.shell(request)["shell"]
    request.user = AnonymousUser()
    assert not context.shell(request)["shell"]


def test_whose_help_a_rung_asked_reads_so_on_home_and_review_until_it_is_answered(town, chamber, client_for) -> None:
    action = act(town, chamber, "Send a text", days=-10)
    Duty.objects.filter(subject=action.subject).update(next_at=None)
    ladders.schedule(list(Duty.objects.filter(subject=action.subject).values_list("pk", flat=True)))
    head, sponsor = client_for(town.heads[town.claims.pk]), client_for(town.sponsor)
    assert ASKED not in head.get("/").content.decode()
    sweep(timezone.now())
    home = head.get("/").content.decode()
    assert ASKED in home
    assert "Send a text" in home.split(ASKED)[1]
    # A sponsor pledged to answer within days: that is theirs to do, among what waits for them.
    home = sponsor.get("/").content.decode()
    assert ASKED not in home
    assert "Send a text" in home
    assert "answers the escalation" in home
    assert "Your answer is waited for" in sponsor.get("/review/").content.decode()
    assert ASKED not in client_for(town.heads[town.legal.pk]).get("/").content.decode()
    # Another day answers the ask, and so does its end.
    Duty.objects.filter(subject=action.subject).update(due_on=timezone.now().date() + timedelta(days=9))
    assert ASKED not in head.get("/").content.decode()


def test_todays_meeting_stands_on_the_home_of_whoever_sits_in_it(town, chamber, client_for) -> None:
    soon, later = timezone.now() + timedelta(hours=2), timezone.now() + timedelta(days=2)
    for starts in (soon, later):
        meetings.call(council=chamber.council, starts_at=starts, by=chamber.secretary, now=timezone.now())
    today, other = Meeting.objects.order_by("starts_at")
    for person, sees in ((chamber.chair, True), (town.sponsor, True), (town.champions[town.legal.pk], False)):
        home = client_for(person).get("/").content.decode()
        assert (f"/meetings/{today.reference}/" in home) == sees
        # The sponsor pledged to attend: the later one is among what they owe.
        assert (f"/meetings/{other.reference}/" in home) == (person == town.sponsor)


def test_home_says_of_what_is_late_who_is_asked_next_and_when(town: Town, client_for) -> None:
    today = timezone.now().date()
    owe(town, 2, due_on=today - timedelta(days=3))
    owe(town, 1, due_on=today + timedelta(days=30))
    champion = town.champions[town.claims.pk]
    page = client_for(champion).get("/").content.decode()
    assert page.count("Joel Brandt (Head of Claims) will be asked for help; answer, or ask now yourself.") == 2
    with CaptureQueriesContext(connection) as few:
        client_for(champion).get("/")
    owe(town, 20, due_on=today - timedelta(days=3))
    with CaptureQueriesContext(connection) as many:
        client_for(champion).get("/")
    assert len(many) == len(few)


def test_help_that_was_answered_is_settled_in_the_inbox(town: Town) -> None:
    head = town.heads[town.claims.pk]
    (duty,) = owe(town, 1, due_on=EPOCH.date())
    moment = EPOCH + timedelta(days=3)
    while not HelpRequest.objects.filter(duty=duty).exists():
        moment += timedelta(days=1)
        sweep(moment)
        outbox.drain(moment)

    def lies() -> list[bool]:
        mine = inbox.delivered(head, moment).filter(message__duty=duty)
        return [note.is_past for note in inbox.notes(inbox.with_matter(mine), head, moment)]

    assert lies() == [False]
    request = HelpRequest.objects.get(duty=duty)
    helping.answer(request=request, answer="helped", said="I take the printer up.", by=head, now=moment)
    assert lies() == [True]


def test_home_leads_to_the_date_that_is_to_be_promised(town: Town, chamber, champion, client_for) -> None:
    seat = town.champion_seats[town.claims.pk]
    made = items.create(title="Text", seat=seat, council=chamber.council, proof="p", by=town.lead, now=EPOCH)
    items.accept(action=made, promised_on=None, by=champion, now=EPOCH)
    page = client_for(champion).get("/").content.decode()
    assert f"/actions/{made.reference}/?do=set-date#do" in page
    assert "home-update" not in page
    assert "Save update" not in page


def test_a_seat_that_one_may_not_know_of_is_somebody_wherever_it_owes_or_is_asked(
    town: Town, chamber, champion, client_for, api_for
) -> None:
    """A thing that Claims knows, owed by a confidential council's seat: whoever reads it is not told whose it is."""
    quiet = Chamber(town, name="Zephyr", size=4, confidential=True)
    seat, holder = quiet.memberships[3].seat, quiet.members[3]
    due = timezone.now().date()
    (owing,) = owe(town, 1, due_on=due + timedelta(days=3), seat=seat, overseer_id=chamber.council.pk)
    (climbing,) = owe(town, 1, due_on=due + timedelta(days=3), overseer_id=quiet.council.pk)
    about = {owing.subject.reference, climbing.subject.reference}
    page = client_for(champion).get("/next/?days=30").text
    api = api_for(champion).get("/api/v1/upcoming/?days=30")
    assert {row["subject"] for row in api.json()["results"]} == about
    for told in (page, api.text):
        assert "Zephyr" not in told
        assert holder.name not in told
        assert champion.name in told
    assert "somebody" in page
    assert holder.name not in str(what_happens_next(champion, timezone.now(), days=30).rungs)
    assert not what_happens_next(champion, timezone.now(), days=30, only=Narrowing(person=holder)).rungs
    assert what_happens_next(holder, timezone.now(), days=30, only=Narrowing(person=holder)).rungs

    asked = foretold([climbing.subject_id], champion, timezone.now())[climbing.subject_id]
    sentence = asked.sentence(champion.zone)
    assert "somebody will be asked for help" in sentence
    assert "the agenda of a council" in replace(asked, target="council").sentence(champion.zone)
    at_the_root = replace(asked, target="parent", council_id=None, onto="")
    assert "will be asked for help" in at_the_root.sentence(champion.zone), "no body stands above: the sponsor is asked"
    cleared = foretold([climbing.subject_id], quiet.chair, timezone.now())[climbing.subject_id]
    assert "Zephyr" in cleared.sentence("UTC")


def test_the_inbox_names_the_seat_that_owes_to_whoever_may_know_of_it(
    town: Town, chamber, champion, client_for, api_for
) -> None:
    quiet = Chamber(town, name="Zephyr", size=4, confidential=True)
    now = timezone.now()
    (duty,) = owe(town, 1, due_on=now.date(), seat=quiet.memberships[3].seat, overseer_id=chamber.council.pk)
    outbox.enqueue(
        [
            Message(
                occurrence=f"{kind}:{person.pk}", person=person, kind=kind, subject=duty.subject, duty=duty,
                facts={"position": duty.rung, "due_on": duty.due_on.isoformat()}, created_at=now, not_before=now,
            )
            for kind in ("head", "help_wanted", "due")
            for person in (champion, quiet.members[3])
        ]
    )  # fmt: skip
    outbox.drain(now)
    assert Delivery.objects.filter(person=champion, channel="inbox").count() == 3
    for told in (client_for(champion).get("/inbox/").text, api_for(champion).get("/api/v1/notifications/").text):
        assert "Zephyr" not in told
        assert duty.subject.title in told
        assert "Somebody owes this since" in told
    assert "Zephyr owes this since" in client_for(quiet.members[3]).get("/inbox/").text
    assert not [sent for sent in mail.outbox if "Zephyr" in f"{sent.subject}{sent.body}"]


def test_the_operators_page_tells_no_address_and_counts_one_answer_once(town: Town, client_for, api_for) -> None:
    now, people = timezone.now(), [town.lead, town.sponsor]
    duties = owe(town, len(people), due_on=now.date())
    for duty, person in zip(duties, people, strict=True):
        message = Message.objects.create(
            occurrence=f"o:{duty.pk}", person=person, kind="head", subject=duty.subject, duty=duty, created_at=now,
            not_before=now, state=MessageState.FAILED,
        )  # fmt: skip
        Delivery.objects.create(
            message=message, person=person, channel="mail", handed_at=now,
            error=f"550 5.1.1 <{person.email}>: no such user",
        )  # fmt: skip
    page = client_for(town.lead).get("/outbox/").text
    told = api_for(town.lead).get("/api/v1/outbox/")
    assert [(one["error"], one["messages"]) for one in told.json()["faults"]] == [
        ("550 5.1.1 <[address]>: no such user", len(people))
    ]
    for person in people:
        assert person.email not in told.text
    assert town.sponsor.email not in page
    assert "[address]" in page
