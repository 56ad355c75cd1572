"""Sentences of the journal: each thing in them through the viewer, at one price for any number of entries."""

from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import events
from governance.models import JournalEntry
from governance.queries import journal as queries
from governance.services import journal, subjects
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db

TRIED = events.EVENTS.get("governance.test.tried") or events.declare(
    "governance.test.tried", says="{by} tried {subject} with {partner} for {amount} until {until_on}: {text} {nothing}"
)


@pytest.fixture
def rooms(town: Town) -> tuple[Town, Chamber, Chamber]:
    return (
        town,
        Chamber(town, name="Harbour Council", size=3),
        Chamber(town, name="Zephyr Council", size=3, confidential=True),
    )


def tell(entry: JournalEntry, viewer, now) -> queries.Sentence:
    return queries.sentences([entry], viewer, now)[0]


def test_each_thing_is_named_through_its_viewer(rooms):
    town, harbour, zephyr = rooms
    entry = journal.record(
        TRIED, subject=harbour.council.subject, by=town.lead, now=town.now, text="Quietly.",
        mentions=[("partner", zephyr.council.subject)], amount=399_900, currency="EUR", until_on="2026-11-13",
    )  # fmt: skip
    cleared = tell(entry, town.sponsor, town.now)
    assert (
        cleared.text == "Priya Raman tried Harbour Council with Zephyr Council for €3,999 until 13 Nov 2026: Quietly. …"
    )
    assert (cleared.reference, cleared.path) == (harbour.council.reference, f"/councils/{harbour.council.reference}/")
    assert "with a body that you do not belong to" in tell(entry, town.lead, town.now).text
    outside = tell(entry, town.person("Out Sider"), town.now)
    assert outside.text.startswith("Priya Raman tried a body that you do not belong to with a body that")
    assert (outside.reference, outside.path, outside.words) == ("", "", "")
    assert "Quietly" not in outside.text, "words are the subject's"


def test_the_list_asks_who_may_see_the_thing_now(rooms):
    town, _harbour, zephyr = rooms
    entry = journal.record(TRIED, subject=town.claims.subject, by=None, now=town.now)
    outsider = town.person("Out Sider")
    assert entry in queries.entries(outsider, town.now)
    subjects.show_to(town.claims.subject, [zephyr.council.pk])
    assert entry not in queries.entries(outsider, town.now)
    assert entry in queries.entries(zephyr.chair, town.now)


def test_about_a_thing_also_tells_what_mentions_it(rooms):
    town, harbour, _zephyr = rooms
    entry = journal.record(
        TRIED, subject=town.claims.subject, by=None, now=town.now, mentions=[("partner", harbour.council.subject)]
    )
    assert queries.entries(town.lead, town.now, subject=harbour.council.subject).first() == entry


def test_the_price_does_not_grow(rooms):
    town, harbour, zephyr = rooms

    def cost(number: int) -> int:
        for _place in range(number):
            journal.record(
                TRIED, subject=harbour.council.subject, by=town.lead, now=town.now, text="Words",
                mentions=[("partner", zephyr.council.subject)], person=town.sponsor.pk,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            queries.sentences(queries.entries(town.lead, town.now)[: number + 2], town.lead, town.now)
        return len(asked)

    assert cost(2) == cost(40)


def test_every_declared_event_reads_as_a_sentence(town):
    """No braces are left over, whatever an entry lacks."""
    for name, event in events.EVENTS.items():
        entry = JournalEntry.objects.create(at=town.now, event=name, subject=town.claims.subject, facts={})
        told = tell(entry, town.lead, town.now)
        assert "{" not in told.text, name
        assert event.says
        for fact in event.instead:
            entry = JournalEntry.objects.create(
                at=town.now, event=name, subject=town.claims.subject, facts={fact: True}
            )
            other = tell(entry, town.lead, town.now)
            assert "{" not in other.text, name
            assert other.text != told.text, name


def test_a_day_of_the_timeline_is_the_readers(town):
    told = queries.sentences(queries.entries(town.lead, town.now)[:3], town.lead, town.now)
    shown = queries.timeline(told, ZoneInfo("Asia/Hong_Kong"))
    assert shown[0]["system"][0]["at"] == "16:00", "08:00 UTC"


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("actions.feedback.taken_in", "file"),
        ("actions.feedback.withdrawn", "file"),
        ("councils.council.stuck", "problem"),
    ],
)
def test_words_stand_beside_an_entry_and_those_of_before_are_told_from_its_facts(rooms, name: str, fact: str):
    town, _harbour, zephyr = rooms
    subject = zephyr.council.subject
    new = journal.record(events.EVENTS[name], subject=subject, by=None, now=town.now, text="Of Jane Doe")
    old = JournalEntry.objects.create(at=town.now, event=name, subject=subject, facts={fact: "Of Jane Doe"})
    for entry in (new, old):
        assert "Of Jane Doe" in tell(entry, town.sponsor, town.now).text
        assert "Jane" not in tell(entry, town.lead, town.now).text, "words are the subject's"
    new.text.delete()
    assert "…" in tell(JournalEntry.objects.get(pk=new.pk), town.sponsor, town.now).text


def test_what_is_quoted_within_quotation_marks_has_single_ones(town: Town) -> None:
    name = "test.thing.quoted"
    event = events.EVENTS.get(name) or events.declare(
        name, says="{by} kept “{subject}”: {text} ({how})", words={"how": {"so": "thus"}}
    )
    thing = subjects.create("theme", title="“Rewrite it”, the “new” way", now=town.now, audience={town.claims.pk})
    entry = journal.record(event, subject=thing, by=town.lead, now=town.now, text="“Yes”", how="so")
    (told,) = queries.sentences([entry], town.lead, town.now)
    assert told.text.endswith("kept “‘Rewrite it’, the ‘new’ way”: “Yes” (thus)"), told.text
    del events.EVENTS[name]
