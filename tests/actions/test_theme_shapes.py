"""Themes are renamed, merged and split: nothing heard is lost, every clock goes on, nobody sees too much."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse

from actions.models import ActionItem, Feedback, FeedbackImport, Response, Routing, Theme
from actions.queries import action_lists as lists
from actions.queries import fit, independence
from actions.queries import items as item_queries
from actions.queries import themes as theme_queries
from actions.queries.items import Narrowed
from actions.services import feedback, items, theme_shapes, themes
from councils.models import AgendaItem
from councils.services import agenda
from governance.errors import Absent, Conflict, DomainError, Invalid, Refused, Stale
from governance.models import AudienceContainer, Duty, DutyKind, JournalEntry
from governance.queries import journal
from governance.services import duties
from tests.actions.reading_files import ROWS, take
from tests.actions.test_themes import counted_by_hand, kept, owed, sees
from tests.factories import EPOCH, Chamber, Town

pytestmark = pytest.mark.django_db

BOTH = (
    "1,,,,CLM,Claim status,Nobody tells me.",
    "2,,,,CLM,Claim status,Three calls.",
    "3,,,,DIG,Where is my claim,The app says nothing.",
    "4,,,,CLM,Where is my claim,Silence for weeks.",
)


def named(name: str) -> Theme:
    return Theme.objects.select_related("subject").get(name=name)


def merged(town: Town, now, **given) -> tuple[Theme, Theme]:
    take(now, *BOTH)
    gone, into = named("Where is my claim"), named("Claim status")
    theme_shapes.merge(theme=gone, into=into, by=town.lead, now=now, **given)
    return named("Where is my claim"), named("Claim status")


# --- renaming ------------------------------------------------------------------------------------------------------


def test_a_renamed_theme_keeps_its_topics_and_tells_what_it_was_called(town: Town, now) -> None:
    take(now)
    theme = theme_shapes.rename(theme=named("Claim status"), name="Where claims stand", by=town.lead, now=now)
    take(now, *ROWS, "9,,,,CLM,claim STATUS,Again.")
    assert (theme.subject.title, Theme.objects.get(pk=theme.pk).feedback.count()) == ("Where claims stand", 3)
    told = journal.sentences(journal.entries(town.lead, now, subject=theme.subject), town.lead, now)
    assert any("called until then: Claim status" in one.text for one in told)
    with pytest.raises(Stale):
        theme_shapes.rename(theme=theme, name="Other", by=town.lead, now=now, version=1)
    with pytest.raises(Refused):
        theme_shapes.rename(theme=theme, name="Other", by=town.champions[town.claims.pk], now=now)


def test_a_name_that_another_theme_has_is_refused_unless_that_one_is_hidden(town: Town, now) -> None:
    take(now, *BOTH, "5,,,,LEG,Überfällig,Nobody writes.")
    theme, hidden = named("Claim status"), named("Überfällig")
    for name in ("where IS  my claim", "ÜBERFÄLLIG"):
        with pytest.raises(Invalid, match="Merge this one into it") as told:
            theme_shapes.rename(theme=theme, name=name, by=town.lead, now=now)
        assert told.value.field == "name"
    with pytest.raises(Invalid, match="Choose another name") as told:
        theme_shapes.split(theme=theme, name="where is my claim", words="calls", by=town.lead, now=now)
    assert told.value.field == "name"
    head = town.heads[town.claims.pk]
    assert not Theme.objects.visible_to(head, now).filter(pk=hidden.pk).exists()
    renamed = theme_shapes.rename(theme=theme, name="Überfällig", by=head, now=now)
    assert renamed.name == "Überfällig"
    # Another spelling of its own name is no other theme's.
    assert theme_shapes.rename(theme=renamed, name="überfällig", by=head, now=now).name == "überfällig"


# --- merging -------------------------------------------------------------------------------------------------------


def test_everything_of_a_merged_theme_follows_it(town: Town, now) -> None:
    chamber = town.council_of_nine()
    take(now, *BOTH)
    gone, into = named("Where is my claim"), named("Claim status")
    said = themes.answer(
        theme=gone, department=town.digital, text="We fix it.", by=town.champions[town.digital.pk], now=now
    )
    work = items.create(
        title="Say where it is", seat=town.champion_seats[town.legal.pk], council=chamber.council, proof="p",
        theme=gone, fit_reason="Legal words it.", by=town.lead, now=now,
    )  # fmt: skip
    item = agenda.propose(
        council=chamber.council, about=gone.subject, matter="theme", by=town.lead, now=now, ask="What do we do?"
    )
    first_due = owed()["Claim status", "CLM"].due_on
    theme_shapes.merge(theme=gone, into=into, by=town.lead, now=now + timedelta(days=1))
    assert kept() == counted_by_hand() == {("Claim status", "CLM"): (3, 3, 3), ("Claim status", "DIG"): (1, 1, 1)}
    assert Response.objects.get(pk=said.pk).theme == into
    assert ActionItem.objects.get(pk=work.pk).theme == into
    assert AgendaItem.objects.get(pk=item.pk).about_id == into.pk
    assert set(owed()) == {("Claim status", "CLM")}, "Digital has answered, and that stands"
    assert owed()["Claim status", "CLM"].due_on == first_due
    assert item_queries.orphans(now + timedelta(days=1)) == []
    gone = named("Where is my claim")
    assert (gone.merged_into, gone.subject.archived_at is not None) == (into, True)
    assert JournalEntry.objects.filter(event="actions.theme.merged").count() == 1


def test_what_is_taken_in_later_lands_in_the_theme_that_stands(town: Town, now) -> None:
    gone, into = merged(town, now)
    take(now, *BOTH, "5,,,,LEG,Where is my claim,Third letter.")
    assert Feedback.objects.get(external_id="5").theme == into
    assert not gone.feedback.exists()
    assert kept() == counted_by_hand()


def test_work_for_a_merged_theme_is_work_for_the_one_that_stands(town: Town, now) -> None:
    chamber = town.council_of_nine()
    gone, into = merged(town, now)
    seat = town.champion_seats[town.claims.pk]
    made = items.put(title="Text", seat=seat, council=chamber.council, proof="p", theme=gone, now=now)
    assert made.theme == into
    assert list(lists.narrowed(town.lead, now, Narrowed(theme=gone))) == [made]


def test_merges_do_not_chain(town: Town, now) -> None:
    gone, into = merged(town, now)
    take(now, "8,,,,CLM,Silence,a", source="Shop")
    theme_shapes.merge(theme=into, into=named("Silence"), by=town.lead, now=now)
    assert set(Theme.objects.filter(merged_into__isnull=False).values_list("merged_into__name", flat=True)) == {
        "Silence"
    }
    with pytest.raises(Conflict):
        theme_shapes.merge(theme=named("Silence"), into=named(gone.name), by=town.lead, now=now)


def test_an_answer_owed_twice_is_owed_by_the_earlier_day(town: Town, now) -> None:
    take(now, "1,,,,CLM,Early,a")
    take(now + timedelta(days=7), "2,,,,CLM,Late,b", source="Shop")
    early = owed()["Early", "CLM"].due_on
    theme_shapes.merge(theme=named("Early"), into=named("Late"), by=town.lead, now=now + timedelta(days=7))
    assert {pair: duty.due_on for pair, duty in owed().items()} == {("Late", "CLM"): early}
    assert Duty.objects.filter(closed_as="merged").count() == 1


def test_an_import_that_is_withdrawn_after_a_merge_leaves_no_row_in_a_theme_that_is_gone(town: Town, now) -> None:
    take(now, *BOTH)
    take(now, "3,,,,DIG,Claim status,Moved.", *BOTH[:2], BOTH[3])
    last = FeedbackImport.objects.latest("pk")
    into = named("Claim status")
    theme_shapes.merge(theme=named("Where is my claim"), into=into, by=town.lead, now=now)
    feedback.withdraw(feedback_import=last, by=town.lead, now=now)
    assert set(Feedback.objects.values_list("theme", flat=True)) == {into.pk}
    assert kept() == counted_by_hand()


def test_a_split_outlives_the_withdrawal_of_an_import_that_changed_words_alone(town: Town, now) -> None:
    take(now, *ROWS)
    take(now, "1,,,,CLM,Claim status,Said otherwise.", *ROWS[1:])
    last = FeedbackImport.objects.latest("pk")
    made = theme_shapes.split(
        theme=named("Claim status"), name="Silence", by=town.lead, now=now,
        rows=[Feedback.objects.get(external_id="1").pk],
    )  # fmt: skip
    feedback.withdraw(feedback_import=last, by=town.lead, now=now)
    again = Feedback.objects.get(external_id="1")
    assert (again.theme, again.text) == (made, "Nobody tells me.")


def test_merging_needs_the_right_to_triage_wherever_either_is_heard(town: Town, now) -> None:
    take(now, *BOTH)
    head = town.heads[town.claims.pk]
    with pytest.raises(Refused):
        theme_shapes.merge(theme=named("Claim status"), into=named("Where is my claim"), by=head, now=now)
    with pytest.raises(Absent):
        theme_shapes.merge(
            theme=named("Claim status"), into=named("Where is my claim"), by=town.heads[town.legal.pk], now=now
        )
    with pytest.raises(Invalid) as itself:
        theme_shapes.merge(theme=named("Claim status"), into=named("Claim status"), by=town.lead, now=now)
    assert itself.value.field == "into"
    assert Theme.objects.filter(merged_into__isnull=False).count() == 0


def test_a_merge_shows_work_to_whoever_sees_the_theme_but_never_that_of_a_confidential_council(town: Town, now) -> None:
    open_one, closed = town.council_of_nine(), Chamber(town, name="Quiet Council", size=5, confidential=True)
    take(now, *BOTH)
    gone, into = named("Where is my claim"), named("Claim status")
    seen = items.put(
        title="Open", seat=town.champion_seats[town.claims.pk], council=open_one.council, proof="p", theme=into, now=now
    )
    hidden = items.put(
        title="Quiet", seat=closed.memberships[3].seat, council=closed.council, proof="p", theme=into, now=now
    )
    digital = town.champions[town.digital.pk]
    assert not sees_action(digital, seen, now)
    before = containers(hidden)
    theme_shapes.merge(theme=gone, into=into, by=town.lead, now=now)
    assert sees_action(digital, seen, now)
    assert not sees_action(digital, hidden, now)
    assert containers(hidden) == before == {closed.council.pk}
    assert sees(digital, into, now)
    assert not sees(town.champions[town.legal.pk], named("Where is my claim"), now)


def sees_action(person, action, now) -> bool:
    return ActionItem.objects.visible_to(person, now).filter(pk=action.pk).exists()


def containers(thing) -> set[int]:
    found = AudienceContainer.objects.filter(audience__subjects=thing.pk)
    return set(found.values_list("container_id", flat=True))


def test_the_address_of_a_merged_theme_leads_on_for_whoever_sees_the_other(
    town: Town, now, client_for, api_for
) -> None:
    gone, into = merged(town, now)
    lead, legal = client_for(town.lead), client_for(town.champions[town.legal.pk])
    path = f"/themes/{gone.reference}/"
    assert lead.get(path).headers["Location"] == f"/themes/{into.reference}/"
    assert "Where is my claim" in lead.get(path, follow=True).text
    assert legal.get(path).status_code == 404
    assert theme_queries.listed(town.lead, now).filter(pk=gone.pk).count() == 0
    told = api_for(town.lead).get(f"/api/v1{path}")
    assert (told.status_code, told["Location"]) == (308, f"/api/v1/themes/{into.reference}/")
    assert api_for(town.champions[town.legal.pk]).get(f"/api/v1{path}").status_code == 404
    assert lead.post(f"{path}route/").status_code == 404


def test_who_sees_a_merged_theme_follows_the_one_that_took_it_up(town: Town, now) -> None:
    gone, into = merged(town, now)
    take(now, *(row.replace("DIG", "LEG").replace("CLM", "LEG") for row in BOTH))
    assert containers(gone) == containers(into) == {town.legal.pk}


# --- splitting -----------------------------------------------------------------------------------------------------


def test_a_topic_that_is_split_off_takes_what_comes_later_with_it(town: Town, now) -> None:
    _gone, into = merged(town, now)
    due = owed()["Claim status", "CLM"].due_on
    later = now + timedelta(days=3)
    made = theme_shapes.split(
        theme=into, name="Silence in claims", topics=["where is MY claim"], by=town.lead, now=later
    )
    assert kept() == counted_by_hand()
    assert {pair: duty.due_on for pair, duty in owed().items()} == {
        ("Claim status", "CLM"): due, ("Silence in claims", "CLM"): due, ("Silence in claims", "DIG"): due,
    }  # fmt: skip
    take(later, *BOTH, "5,,,,LEG,Where is my claim,Third letter.")
    assert Feedback.objects.get(external_id="5").theme == made
    assert kept() == counted_by_hand()
    assert item_queries.orphans(later) == []
    assert sees(town.champions[town.digital.pk], made, later)
    assert not sees(town.champions[town.digital.pk], into, later), "nothing of it is heard there any more"


def test_words_and_single_rows_split_off_what_was_heard_until_now(town: Town, now) -> None:
    take(now, *BOTH)
    theme = named("Claim status")
    with pytest.raises(Invalid) as none:
        theme_shapes.split(theme=theme, name="X", words="nobody says this", by=town.lead, now=now)
    assert none.value.field == "topics"
    other = Feedback.objects.get(external_id="3").pk
    with pytest.raises(Invalid) as elsewhere:
        theme_shapes.split(theme=theme, name="X", rows=[other], by=town.lead, now=now)
    assert elsewhere.value.field == "rows"
    with pytest.raises(Invalid):
        theme_shapes.split(theme=theme, name="X", topics=["Claim status"], by=town.lead, now=now)
    made = theme_shapes.split(theme=theme, name="Calls", words="three CALLS", by=town.lead, now=now)
    assert [one.external_id for one in made.feedback.all()] == ["2"]
    take(now, *BOTH, "6,,,,CLM,Claim status,Three calls more.")
    assert Feedback.objects.get(external_id="6").theme == theme
    assert kept() == counted_by_hand()


def test_a_rung_that_was_reached_is_not_climbed_again_after_a_split(town: Town, now) -> None:
    take(now, *BOTH)
    duty = owed()["Claim status", "CLM"]
    Duty.objects.filter(pk=duty.pk).update(rung=1)
    duties.reschedule([duty.pk])
    duty.refresh_from_db()
    theme_shapes.split(theme=named("Claim status"), name="Calls", words="calls", by=town.lead, now=now)
    again = owed()["Calls", "CLM"]
    assert (again.rung, again.next_at, again.due_on) == (1, duty.next_at, duty.due_on)


# --- the pages and the API -----------------------------------------------------------------------------------------


def test_the_pages_rename_merge_and_split(town: Town, now, client_for) -> None:
    take(now, *BOTH)
    client, theme, other = client_for(town.lead), named("Claim status"), named("Where is my claim")
    place = f"/themes/{theme.reference}/"
    for name in ("rename", "merge", "split"):
        assert reverse(f"actions:theme-{name}", args=[theme.reference]) in client.get(place).text
        assert client.get(f"{place}{name}/").status_code == 200
    assert other.reference in client.get(f"{place}merge/?words=where").text
    seen = theme.version
    theme_shapes.rename(theme=theme, name="Claims", by=town.lead, now=now)
    stale = client.post(f"{place}rename/", {"name": "Mine", "version": seen})
    assert (stale.status_code, "Mine" in stale.text, "Claims" in stale.text) == (409, True, True)
    assert client.post(f"{place}rename/", {"name": "Mine", "version": seen + 1}).status_code == 302
    assert client.post(f"{place}split/", {"name": "", "words": "x"}).status_code == 422
    split = client.post(f"{place}split/", {"name": "Calls", "words": "calls"})
    assert split.headers["Location"] == f"/themes/{named('Calls').reference}/"
    gone = client.post(f"{place}merge/", {"into": other.reference})
    assert gone.headers["Location"] == f"/themes/{other.reference}/"
    champion = client_for(town.champions[town.claims.pk])
    assert champion.get(f"/themes/{other.reference}/merge/").status_code == 403
    assert "/merge/" not in champion.get(f"/themes/{other.reference}/").text


def test_the_api_shapes_themes_under_if_match(town: Town, now, api_for) -> None:
    take(now, *BOTH)
    api, theme, other = api_for(town.lead), named("Claim status"), named("Where is my claim")
    place = f"/api/v1/themes/{theme.reference}/"
    tag = api.get(place)["ETag"]
    done = api.post(f"{place}rename/", {"name": "Claims"}, format="json", headers={"If-Match": tag})
    assert (done.status_code, done.data["name"]) == (200, "Claims")
    late = api.post(f"{place}rename/", {"name": "Other"}, format="json", headers={"If-Match": tag})
    assert late.status_code == 412
    key = Feedback.objects.get(external_id="2").pk
    for nowhere in (10**9, 10**30):
        refused = api.post(f"{place}split/", {"name": "X", "feedback": [nowhere]}, format="json")
        assert refused.status_code == 422, "told as what is of another theme is"
    made = api.post(f"{place}split/", {"name": "Calls", "feedback": [key]}, format="json")
    assert (made.status_code, made.data["heard"]) == (200, 1)
    into = api.post(f"{place}merge/", {"into": other.reference}, format="json")
    assert (into.status_code, into.data["reference"], into.data["heard"]) == (200, other.reference, 3)


# --- whatever comes ------------------------------------------------------------------------------------------------

TOPICS = ("Queue", "Letters", "App", "Refund", "")


@pytest.mark.parametrize("seed", range(3))
def test_after_any_merges_splits_and_imports_nothing_is_lost_and_nothing_rests(town: Town, now, seed: int) -> None:
    dice = random.Random(seed)
    rows: dict[str, str] = {}
    chamber = town.council_of_nine()
    done = 0
    for step in range(14):
        at = EPOCH + timedelta(days=step)
        for _number in range(4):
            key = str(dice.randrange(30))
            closed = dice.choice(["", "2026-11-01 10:00"])
            rows[key] = (
                f"{key},,,{closed},{dice.choice(['CLM', 'DIG', 'LEG'])},{dice.choice(TOPICS)},word{dice.randrange(4)}"
            )
        take(at, *rows.values())
        standing = list(Theme.objects.filter(merged_into=None).order_by("pk"))
        one, other = dice.choice(standing), dice.choice(standing)
        deed = dice.choice(["merge", "split", "answer", "agenda", "route"])
        try:
            if deed == "merge":
                theme_shapes.merge(theme=one, into=other, by=town.lead, now=at)
            elif deed == "split":
                theme_shapes.split(
                    theme=one, name=f"Part {step}", topics=dice.sample(TOPICS, 1), words=dice.choice(["", "word1"]),
                    by=town.lead, now=at,
                )  # fmt: skip
            elif deed == "answer":
                place = Routing.objects.filter(theme=one, heard__gt=0).select_related("department").first()
                if place:
                    who = town.champions[place.department_id]
                    themes.answer(theme=one, department=place.department, text="Yes.", by=who, now=at)
            elif deed == "agenda":
                agenda.propose(council=chamber.council, about=one.subject, matter="theme", by=town.lead, now=at)
            else:
                themes.route(theme=one, by=town.lead, now=at)
            done += 1
        except DomainError:
            pass
        assert set(Feedback.objects.values_list("external_id", flat=True)) == set(rows), "nothing heard is lost"
        by_hand: dict[tuple[int, int], int] = {}
        for piece in Feedback.objects.all():
            pair = (piece.theme_id, piece.department_id)
            by_hand[pair] = by_hand.get(pair, 0) + 1
        counted = {(r.theme_id, r.department_id): r.heard for r in Routing.objects.filter(heard__gt=0)}
        assert counted == by_hand
        assert not Feedback.objects.filter(theme__merged_into__isnull=False).exists()
        assert not Duty.objects.filter(
            closed_at=None, kind=DutyKind.ANSWER, subject__theme__merged_into__isnull=False
        ).exists()
        assert not Theme.objects.filter(merged_into__merged_into__isnull=False).exists()
        assert item_queries.orphans(at) == []
    assert done > 7


def test_a_department_that_heard_it_no_more_has_no_part_in_what_comes(town: Town, now) -> None:
    take(now, *BOTH)
    theme = named("Where is my claim")
    theme_shapes.split(theme=theme, name="The app", words="app", by=town.lead, now=now)
    theme.refresh_from_db()
    chamber = town.council_of_nine()
    action = items.create(
        title="T", seat=town.champion_seats[town.claims.pk], council=chamber.council, proof="p", theme=theme,
        by=town.lead, now=now,
    )  # fmt: skip
    assert set(action.subject.audience.containers.values_list("container_id", flat=True)) == {
        town.claims.pk, chamber.council.pk,
    }  # fmt: skip
    assert independence._champions(action) == [town.champion_seats[town.claims.pk].pk]
    digital = town.champion_seats[town.digital.pk]
    assert [one.reference for one in fit.misfits(digital, theme, None, town.lead, now)] == [
        town.champion_seats[town.claims.pk].reference
    ]


def test_a_key_beyond_any_number_is_an_input_error(town: Town, now, client_for) -> None:
    take(now, *BOTH)
    place = f"/themes/{named('Claim status').reference}/split/"
    for key in ("9" * 25, "9" * 5_000, "-1", "x"):
        assert client_for(town.lead).post(place, {"name": "X", "rows": [key]}).status_code == 422
