"""What lasts of a decision: the evidence it was based on, when it is looked at again, and what took its place."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from actions.models import Feedback, Theme
from actions.services import items
from councils import evidence, minuting
from councils.models import (
    AgendaItem,
    Decision,
    DecisionEvidence,
    DecisionReview,
    Minutes,
    Supersession,
    Verdict,
)
from councils.queries import decisions as queries
from councils.queries import lasting as lasting_queries
from councils.queries import minutes as minutes_queries
from councils.services import agenda, decisions, lasting, meetings, taking_back
from councils.services.lasting import Lasting
from governance.errors import Conflict, Invalid, Refused
from governance.models import Duty, DutyKind, SubjectKind
from governance.services import subjects
from tests.actions.reading_files import take
from tests.councils.rooms import sit
from tests.factories import EPOCH

DAY = date(2026, 12, 1)
AFTER = EPOCH + timedelta(days=40)


class Sitting:
    """A council in an open meeting that notes things."""

    def __init__(self, council, now=EPOCH):
        self.council, self.now = council, now
        self.meeting, self.votes = sit(council, now=now)

    def item(self, ask="Travel is by train.", about=None, matter="general"):
        item = agenda.propose(
            council=self.council.council, about=about, matter=matter, by=self.council.secretary, now=self.now, ask=ask
        )
        agenda.place(item=item, meeting=self.meeting, by=self.council.secretary, now=self.now)
        return AgendaItem.objects.get(pk=item.pk)

    def note(self, votes=None, item=None, **more):
        return decisions.settle(
            item=item or self.item(), outcome="note", motion="Travel is by train.", payload={"note": "By train."},
            votes=votes or self.votes, by=self.council.secretary, now=self.now, lasting=Lasting(**more),
        )  # fmt: skip


@pytest.fixture
def room(town, council):
    return Sitting(council)


def listed(room, how, now=EPOCH):
    rows = Decision.objects.filter(lasting_queries.stands(how, now.date()))
    return list(rows.order_by("pk"))


def test_a_decision_with_a_day_of_review_stands_until_it_is_looked_at_again(room):
    decision = room.note(review_on=DAY)
    duty = Duty.objects.get(subject_id=decision.pk, kind=DutyKind.RECONSIDER)
    assert (duty.seat, duty.due_on, duty.overseer_id) == (
        room.council.memberships[1].seat, DAY, room.council.council.pk,
    )  # fmt: skip
    assert (listed(room, "standing"), listed(room, "due"), listed(room, "due", AFTER)) == ([decision], [], [decision])
    by = room.council.secretary
    with pytest.raises(Refused):
        lasting.review(decision=decision, finding="Fine.", by=room.council.members[5], now=AFTER)
    for wrong, field in (({"finding": " "}, "finding"), ({"finding": "x", "next_on": DAY}, "next_on")):
        with pytest.raises(Invalid) as refused:
            lasting.review(decision=decision, by=by, now=AFTER, **wrong)
        assert refused.value.field == field
    lasting.review(decision=decision, finding="It works.", next_on=date(2027, 6, 1), by=by, now=AFTER)
    assert Duty.objects.get(subject_id=decision.pk, closed_at=None).due_on == date(2027, 6, 1)
    lasting.review(decision=decision, finding="All trains now.", by=by, now=AFTER)
    assert listed(room, "standing") == []
    with pytest.raises(Conflict, match="Nobody looks"):
        lasting.review(decision=decision, finding="Again.", by=by, now=AFTER)
    with pytest.raises(DatabaseError, match="stays as it was written"), transaction.atomic():
        DecisionReview.objects.update(finding="Nothing.")
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(review_on=None)


@pytest.mark.parametrize("day", [EPOCH.date(), date(2026, 10, 1), date(2199, 1, 1)], ids=["today", "passed", "far"])
def test_a_day_of_review_is_to_come_and_in_the_calendar(room, day):
    with pytest.raises(Invalid) as refused:
        room.note(review_on=day)
    assert refused.value.field == "review_on"


def test_another_decision_takes_its_place_and_the_old_row_is_never_touched(room):
    old = room.note(review_on=DAY)
    before = Decision.objects.filter(pk=old.pk).values().get()
    new = room.note(supersedes=[old.reference.lower()], review_on=DAY)
    assert Decision.objects.filter(pk=old.pk).values().get() == before
    assert (listed(room, "standing"), listed(room, "superseded")) == ([new], [old])
    by = room.council.secretary
    assert lasting_queries.of(old, by, EPOCH).superseded_by == new
    assert lasting_queries.of(new, by, EPOCH).supersedes == [old]
    with pytest.raises(Invalid, match=rf"superseded by {new.reference}") as refused:
        room.note(supersedes=[old.reference])
    assert refused.value.field == "supersedes"
    with pytest.raises(IntegrityError), transaction.atomic():
        Supersession.objects.create(old=old, new=room.note(), at=EPOCH)
    for change in (Supersession.objects.all().delete, lambda: Supersession.objects.update(new=old)):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            change()


def test_what_does_not_count_takes_no_place_and_what_does_not_exist_has_none(room, committee):
    old = room.note(review_on=DAY)
    lost = room.note(votes=dict.fromkeys(room.votes, "against"), supersedes=[old.reference], review_on=DAY)
    assert (lost.verdict, lost.review_on, listed(room, "standing")) == (Verdict.REJECTED, None, [old])
    above = Sitting(committee)
    theirs = decisions.settle(
        item=above.item(), outcome="note", motion="m", payload={}, votes=dict(list(above.votes.items())[:3]),
        by=committee.secretary, now=EPOCH,
    )  # fmt: skip
    for reference in ("DEC-9999", theirs.reference, lost.reference):
        with pytest.raises(Invalid) as refused:
            room.note(supersedes=[reference])
        assert refused.value.field == "supersedes"


def test_taking_the_newer_one_back_lets_the_old_one_stand_as_it_stood(room):
    old = room.note(review_on=DAY)
    new = room.note(supersedes=[old.reference], review_on=DAY)
    by = room.council.secretary
    with pytest.raises(Conflict, match="built upon"):
        taking_back.take_back(decision=old, reason="r", by=by, now=EPOCH)
    taking_back.take_back(decision=new, reason="The wrong one.", by=by, now=EPOCH)
    assert (listed(room, "standing"), listed(room, "superseded"), listed(room, "taken_back")) == ([old], [], [new])
    again = room.note(supersedes=[old.reference])
    assert listed(room, "superseded") == [old]
    assert queries.listed(by, EPOCH).filter(pk=again.pk).exists()


def heard(town, council):
    take(EPOCH)
    theme = Theme.objects.order_by("pk").first()
    Feedback.objects.filter(theme=theme).order_by("pk").update(text="Nobody told me where my claim is.")
    subjects.show_to(theme.subject, [council.council.pk])
    return theme


def test_evidence_is_kept_by_reference_with_the_words_as_they_were(town, room):
    theme = heard(town, room.council)
    item = room.item(about=theme.subject, matter="theme", ask="")
    by = room.council.secretary
    offered = evidence.offered(item, by, EPOCH)
    assert [piece.label for piece in offered][:2] == ["theme", "voice"]
    keys = [piece.key for piece in offered[:2]]
    with pytest.raises(Invalid) as refused:
        room.note(item=item, evidence=["feedback:999999"])
    assert refused.value.field == "evidence"
    decision = room.note(item=item, evidence=keys)
    Feedback.objects.update(text="Something else.")
    kept = lasting_queries.of(decision, by, EPOCH).evidence
    assert [one.key for one in kept] == keys
    assert kept[1].words == "Nobody told me where my claim is."
    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        DecisionEvidence.objects.update(words="Nothing.")
    Feedback.objects.update(consent="refused")
    assert [one.key for one in lasting_queries.of(decision, by, EPOCH).evidence] == keys[:1], "nobody quotes them now"
    assert "Nobody told me" not in lasting_queries.grounds([decision.pk], by, EPOCH)[decision.pk]


def test_evidence_is_read_by_whoever_may_see_both(town, room):
    theme = heard(town, room.council)
    item = room.item(about=theme.subject, matter="theme", ask="")
    keys = [piece.key for piece in evidence.offered(item, room.council.secretary, EPOCH)]
    decision = room.note(item=item, evidence=keys)
    subjects.show_to(theme.subject, [town.digital.pk])  # the council sees it no more
    member = room.council.members[4]
    assert lasting_queries.of(decision, member, EPOCH).evidence == []
    assert evidence.offered(item, member, EPOCH) == []


def test_an_action_offers_the_theme_behind_it(town, room):
    theme = heard(town, room.council)
    action = items.create(
        title="Tell them", seat=town.champion_seats[town.claims.pk], council=room.council.council, proof="p",
        theme=theme, by=town.lead, now=EPOCH,
    )  # fmt: skip
    item = room.item(about=action.subject, matter="late_action", ask="What now?")
    assert f"theme:{theme.pk}" in {piece.key for piece in evidence.offered(item, town.lead, EPOCH)}


def test_pages_and_api_say_it(town, council, client):
    now = timezone.now()
    room = Sitting(council, now)
    later = (now + timedelta(days=60)).date()
    old = room.note(review_on=later)
    item = room.item("Travel is by bicycle.")
    client.force_login(council.secretary)
    page = client.get(f"/agenda-items/{item.reference}/").content.decode()
    assert "What it is based on, and how long it stands" in page
    votes = {f"vote_{one.seat.reference}": "for" for one in council.memberships}
    asked = {"outcome": "note", "motion": "By bicycle.", "note": "n", "version": item.version, **votes}
    wrong = client.post(f"/agenda-items/{item.reference}/settle/", {**asked, "supersedes": "DEC-9"})
    assert (wrong.status_code, "DEC-9 is no decision" in wrong.content.decode()) == (422, True)
    given = {"supersedes": old.reference, "review_on": later.isoformat()}
    done = client.post(f"/agenda-items/{item.reference}/settle/", {**asked, **given})
    new = Decision.objects.get(item=item)
    assert done["Location"] == f"/decisions/{new.reference}/"
    assert old.reference in client.get(f"/decisions/{new.reference}/").content.decode()
    shown = client.get(f"/decisions/{old.reference}/").content.decode()
    assert "It stands no more" in shown
    assert f"/decisions/{new.reference}/" in shown
    register = client.get("/decisions/?stands=superseded").content.decode()
    assert (f"/decisions/{old.reference}/" in register, f"/decisions/{new.reference}/" in register) == (True, False)
    looked = client.post(f"/decisions/{new.reference}/review/", {"finding": ""})
    assert (looked.status_code, "Say what you found" in looked.content.decode()) == (422, True)
    assert client.post(f"/decisions/{new.reference}/review/", {"finding": "Fine."}).status_code == 302
    assert "served its purpose" in client.get(f"/decisions/{new.reference}/").content.decode()
    told = client.get(f"/api/v1/decisions/{new.reference}/lasting/").json()
    assert (told["supersedes"], told["reviews"][0]["finding"], told["review_due"]) == ([old.reference], "Fine.", None)
    assert client.get("/api/v1/decisions/?stands=superseded").json()["results"][0]["reference"] == old.reference
    assert client.get(f"/api/v1/agenda-items/{item.reference}/evidence/").json() == []
    assert old.subject.kind == SubjectKind.DECISION


def test_minutes_and_register_say_what_it_was_based_on_and_how_long_it_stands(town, room, client):
    theme = heard(town, room.council)
    old = room.note()
    item = room.item(about=theme.subject, matter="theme", ask="")
    keys = [piece.key for piece in evidence.offered(item, room.council.secretary, EPOCH)][:2]
    room.note(item=item, evidence=keys, supersedes=[old.reference], review_on=DAY)
    by = room.council.secretary
    meetings.close(meeting=room.meeting, by=by, now=EPOCH)
    paper = minuting.text(minutes_queries.compose(Minutes.objects.get(meeting=room.meeting)))
    for words in ("Nobody told me where my claim is.", f"In the place of {old.reference}.", "Looked at again by"):
        assert words in paper
    client.force_login(by)
    assert "Nobody told me where my claim is." in client.get("/decisions/").content.decode()
    subjects.show_to(theme.subject, [town.digital.pk])
    assert "Nobody told me where my claim is." not in client.get("/decisions/").content.decode()
    paper = minuting.text(minutes_queries.compose(Minutes.objects.get(meeting=room.meeting)))
    assert "Nobody told me where my claim is." not in paper
