"""Pages kept as views: read by their own form, counted as their page counts, their owner's alone."""

from dataclasses import replace

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.figures import Figure
from actions.models import ActionItem
from actions.services import items
from councils.models import AgendaItem, ItemState
from councils.services import agenda
from governance import kept
from governance.errors import Absent, Conflict, Invalid
from governance.models import SavedView, ViewCadence
from governance.queries import saved_views as queries
from governance.services import saved_views
from tests.factories import Chamber, Town

pytestmark = pytest.mark.django_db

RUBBISH = {
    "actions": "health=splendid", "requests": "state=odd", "themes": "answer=perhaps", "feedback": "target=maybe",
    "outcomes": "effect=magic", "review": "within=DEP-9999", "not-acted": "asked=favours", "resources": "from_on=soon",
    "decisions": "verdict=guilty", "meetings": "state=boring", "agenda-items": "matter=weather",
    "pilots": "state=odd", "envelopes": "unit=stones", "people": "left=perhaps", "seats": "filled=half",
    "journal": "event=gossip", "councils": "kind=club", "delegated": "council=COU-9999",
    "accountability": "department=DEP-9999", "pilot-places": "group=odd", "department-review": "below=on",
    "next": "person=nobody",
}  # fmt: skip
"""An address that each page's form refuses. Pages that read nothing refuse nothing: they keep nothing of it."""


@pytest.fixture
def chamber(town: Town) -> Chamber:
    return Chamber(town, name="CX Council", size=5)


@pytest.fixture
def works(town: Town, chamber: Chamber) -> list[ActionItem]:
    return [
        items.create(
            title=title,
            seat=town.champion_seats[place.pk],
            council=chamber.council,
            proof="It is seen",
            by=town.lead,
            now=town.now,
        )
        for title, place in (("Text the claimant", town.claims), ("Mend the form", town.digital))
    ]  # fmt: skip


def addresses(town: Town, chamber: Chamber) -> dict[str, str]:
    """For each page an address in its one spelling, and that narrows by a thing where the page can."""
    claims, council = town.claims.reference, chamber.council.reference
    return {
        "actions": f"department={claims}&state=open", "requests": f"department={claims}&state=open", "owes": "",
        "themes": f"department={claims}&answer=owed", "feedback": f"department={claims}&target=without",
        "outcomes": f"council={council}&effect=worked", "review": f"within={claims}&period=quarter",
        "not-acted": f"within={claims}&asked=acceptance", "trends": "", "record": "",
        "resources": f"council={council}&from_on=2026-01-01",
        "decisions": f"council={council}&verdict=valid&since=2026-01-02",
        "meetings": f"council={council}&state=planned",
        "agenda-items": f"council={council}&state=all&raised_from=2026-02-03",
        "pilots": "state=running", "envelopes": f"council={council}&unit=money&from_on=2026-01-01",
        "people": "search=el&left=yes", "seats": f"kind=champion&department={claims}&filled=yes",
        "departments": "", "coverage": "", "champions": "", "sponsors": "", "charters": "", "journeys": "",
        "metrics": "", "goals": "", "packs": "", "action-logs": "", "sources": "", "routing-rules": "",
        "journal": f"subject={claims}&event=actions.item.created&since=2026-01-01T00%3A00%3A00%2B00%3A00",
        "councils": "kind=governance", "delegated": f"council={council}",
        "accountability": f"council={council}&department={claims}", "pilot-places": "group=waiting",
        "department-review": f"department={claims}&below=on",
        "next": f"days=7&who=help&about={claims}&council={council}&person={town.lead.pk}",
    }  # fmt: skip


def test_each_page_refuses_rubbish_and_spells_its_address_in_one_way(town: Town, chamber: Chamber) -> None:
    good = addresses(town, chamber)
    assert set(good) == set(kept.PAGES), "a page that may be kept is tried here"
    for slug, page in kept.PAGES.items():
        found = kept.read(page, f"evil=1&{good[slug]}&page=4&words=", town.lead, town.now)
        assert sorted(found.address.split("&")) == sorted(good[slug].split("&")), slug
        assert kept.read(page, found.address, town.lead, town.now).address == found.address
        assert len(found.words) == len(QueryDict(good[slug])), slug
        for bad in (RUBBISH.get(slug), f"{RUBBISH[slug]}\0" if slug in RUBBISH else None):
            if bad is not None:
                with pytest.raises(Invalid):
                    kept.read(page, bad, town.lead, town.now)
    with pytest.raises(Invalid):
        kept.read(kept.PAGES["actions"], "&".join(["a=1"] * 400), town.lead, town.now)


def test_a_view_leads_to_its_page_and_counts_what_that_shows(town: Town, chamber: Chamber, works, client_for) -> None:
    page_of = client_for(town.lead)
    counted = {
        "departments": lambda shown: len(shown["branches"]), "coverage": lambda shown: shown["map"].holes,
        "champions": lambda shown: len(shown["rows"]), "sponsors": lambda shown: len(shown["rows"]),
        "charters": lambda shown: len(shown["rows"]),
    }  # fmt: skip
    for place, state in ((town.claims, "open"), (town.digital, ItemState.WITHDRAWN)):
        item = agenda.propose(
            council=chamber.council, about=None, matter="general", ask=place.name, by=chamber.secretary, now=town.now
        )
        AgendaItem.objects.filter(pk=item.pk).update(state=state)
    for slug, address in addresses(town, chamber).items():
        for narrowed in {address, ""}:
            if kept.PAGES[slug].in_path and not narrowed:
                continue  # there is no such page of nothing
            found = kept.read(kept.PAGES[slug], narrowed, town.lead, town.now)
            shown = page_of.get(found.path)
            assert (shown.status_code, f"/me/views/keep/{slug}/" in shown.text) == (200, True), slug
            count = found.count(town.lead, timezone.now())
            if slug == "review":
                total = shown.context["review"].total
                assert (count.value, count.of) == (total.late, total.open)
            elif slug == "owes":
                total = shown.context["matrix"].total
                assert (count.value, count.of) == (total.overdue, total.open)
            elif slug == "department-review":
                (late,) = [one.value for one in shown.context["found"].counts if one.figure == Figure.LATE]
                assert (count.value, count.of) == (late, shown.context["found"].open)
            elif slug in counted:
                assert count.value == counted[slug](shown.context), slug
            elif slug in ("trends", "record", "resources", "people", "journal", "accountability", "next"):
                assert count is None, slug
            else:
                assert count.value == shown.context["page"].paginator.count, (slug, narrowed)
    for address, count in (("", 1), ("state=", 2), ("state=all", 2)):
        found = kept.read(kept.PAGES["agenda-items"], address, town.lead, town.now)
        assert found.count(town.lead, town.now) == kept.Count(count), "without a state the page shows the open ones"
    assert kept.read(kept.PAGES["actions"], "", town.lead, town.now).count(town.lead, town.now).value == len(works)


def test_a_view_keeps_the_filters_and_is_its_owners_alone(town: Town, works, client_for) -> None:
    mine, other = client_for(town.champions[town.claims.pk]), client_for(town.champions[town.legal.pk])
    keep = reverse("governance:view-keep", args=["actions"])
    answer = mine.post(keep, {"name": " My  risks ", "query": "health=at_risk&page=4&evil=1"})
    view = SavedView.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/actions/?health=at_risk")
    assert (view.name, view.page, view.query, view.cadence) == ("My risks", "actions", "health=at_risk", "never")
    first = mine.get("/actions/").text
    assert ("Kept as “My risks”" in first, "Replaced" in first) == (True, False)
    assert "My risks" in mine.get("/me/views/").text
    assert "My risks" not in other.get("/actions/").text + other.get("/me/views/").text
    for verb in ("", "let-go/"):
        assert other.post(f"/me/views/{view.pk}/{verb}", {"name": "Theirs"}).status_code == 404
    again = mine.post(keep, {"name": "My risks", "query": "state=open"}, follow=True)
    assert ("Replaced: “My risks”" in again.text, "Kept as" in again.text) == (True, False)
    assert mine.post(keep, {"name": "Odd", "query": "department=DEP-9999"}).status_code == 422
    assert [one.query for one in SavedView.objects.all()] == ["state=open"]
    changed = mine.post(f"/me/views/{view.pk}/", {"name": "Open", "cadence": "weekly", "weekday": "3"})
    assert changed.status_code == 302
    assert SavedView.objects.values_list("name", "query", "cadence", "weekday").get() == (
        "Open",
        "state=open",
        "weekly",
        3,
    )
    assert mine.post(f"/me/views/{view.pk}/", {"name": "", "cadence": "weekly"}).status_code == 422
    assert mine.post(f"/me/views/{view.pk}/let-go/", {"page": "actions"})["Location"] == "/actions/"
    assert not SavedView.objects.exists()


def test_what_a_view_may_not_be(town: Town, works) -> None:
    lead, now = town.lead, town.now
    with pytest.raises(Absent):
        saved_views.let_go(key=1, by=lead, now=now)
    for number in range(saved_views.MOST):
        saved_views.save(page="actions", name=f"View {number}", query="", by=lead, now=now)
    with pytest.raises(Conflict):
        saved_views.save(page="review", name="One more", query="", by=lead, now=now)
    first, second = SavedView.objects.order_by("pk")[:2]
    with pytest.raises(Conflict):
        saved_views.change(key=first.pk, name=second.name, by=lead, now=now)
    other = town.champions[town.claims.pk]
    with pytest.raises(Absent):
        saved_views.change(key=first.pk, name="Theirs", by=other, now=now)
    for wrong in ({"page": "passwords"}, {"page": "trends", "cadence": "changed"}, {"weekday": 7}, {"name": " "}):
        with pytest.raises(Invalid):
            saved_views.save(**{"page": "actions", "name": "X", "query": "", **wrong}, by=other, now=now)
    # Of another page the same name is another view.
    for page in ("actions", "decisions"):
        saved_views.save(page=page, name="Mine", query="", by=other, now=now)
    assert SavedView.objects.filter(person=other).count() == 2


def test_a_view_shows_what_its_reader_may_see_now_and_says_when_it_is_gone(town: Town, works, client_for) -> None:
    champion, hidden = town.champions[town.claims.pk], Chamber(town, name="Secret", size=3, confidential=True)
    view = saved_views.save(page="decisions", name="Ours", query="", by=champion, now=town.now)
    # A kept address carries no permission: as if it had been kept while its owner could see the council.
    SavedView.objects.filter(pk=view.pk).update(query=f"council={hidden.council.reference}")
    line = queries.told(SavedView.objects.get(), champion, town.now)
    assert (line.is_gone, line.count, line.path) == (True, None, "")
    page = client_for(champion).get("/me/views/")
    assert "cannot be shown any more" in page.text
    assert hidden.council.name not in page.text
    # It may be told of no longer all the same.
    assert saved_views.change(key=view.pk, name="Theirs", by=champion, now=town.now).name == "Theirs"


def test_a_view_of_a_department_in_review_is_its_page_and_gone_with_it(town: Town, works, client_for, api_for) -> None:
    lead, here = town.lead, town.claims.reference
    browser, place = client_for(lead), f"/review/departments/{town.claims.reference}/"
    shown = browser.get(f"{place}?below=1&help=all").text
    assert f'name="query" value="below=1&amp;help=all&amp;department={here}"' in shown
    keep = reverse("governance:view-keep", args=["department-review"])
    sent = {"name": "Claims", "query": f"below=1&help=all&department={here}", "cadence": "changed"}
    assert browser.post(keep, sent)["Location"] == f"{place}?below=on"
    view = SavedView.objects.get()
    assert (view.query, view.told_count) == (f"department={here}&below=on", 0)
    line = queries.told(view, lead, timezone.now())
    assert (line.path, line.says) == (f"{place}?below=on", "0 late of 0 open")
    assert [str(label) for label, _value in line.read.words] == ["Department", "With those below it"]
    # Of no department, or of one that there is not, nothing is kept; hidden and absent are told the same.
    for query in ("", "below=on", "department=DEP-9999"):
        assert browser.post(keep, {"name": "X", "query": query}).status_code == 422
    alone = saved_views.save(page="department-review", name="Alone", query=f"department={here}&below=0", by=lead,
                             now=town.now)  # fmt: skip
    assert alone.query == f"department={here}"
    assert api_for(lead).get(f"/api/v1/saved-views/{alone.pk}/").data["address"].endswith(place)
    listed = browser.get("/me/views/").text
    assert f'href="{place}"' in listed
    assert 'href="/review/">Department in review' in listed, "where one chooses a department"
    assert browser.post(f"/me/views/{alone.pk}/let-go/", {"page": "department-review"})["Location"] == "/review/"
    # Archived, it is gone, and says so.
    type(town.claims.subject).objects.filter(pk=town.claims.pk).update(archived_at=town.now)
    line = queries.told(view, lead, timezone.now())
    assert (line.is_gone, line.count, line.path) == (True, None, "")
    assert "cannot be shown any more" in browser.get("/me/views/").text


def test_what_narrows_to_what_may_not_be_seen_is_kept_by_nobody(town: Town) -> None:
    hidden = Chamber(town, name="Secret", size=3, confidential=True).council
    outsider = town.champions[town.claims.pk]
    for slug, name in (("journal", "subject"), ("delegated", "council"), ("accountability", "council"),
                       ("next", "council"), ("next", "about")):  # fmt: skip
        told = []
        for reference in (hidden.reference, "COU-9999"):
            with pytest.raises(Invalid) as refused:
                kept.read(kept.PAGES[slug], f"{name}={reference}", outsider, town.now)
            told.append(str(refused.value))
        assert told[0] == told[1], slug


def test_nobody_subscribes_to_a_count_of_what_somebody_did(town: Town) -> None:
    for slug in ("journal", "record", "next"):
        with pytest.raises(Invalid):
            saved_views.save(page=slug, name="X", query="", by=town.lead, now=town.now, cadence=ViewCadence.CHANGED)
        assert saved_views.save(page=slug, name="X", query="", by=town.lead, now=town.now, cadence="weekly").pk


def test_the_page_of_my_views_costs_by_views_and_not_by_what_they_count(town: Town, works, client_for, chamber) -> None:
    saved_views.save(page="actions", name="All", query="", by=town.lead, now=town.now)
    browser = client_for(town.lead)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/me/views/").status_code == 200
        return len(captured)

    before = statements()
    for number in range(5):
        items.create(title=f"More {number}", seat=town.champion_seats[town.claims.pk], council=chamber.council,
                     proof="It is seen", by=town.lead, now=town.now)  # fmt: skip
    assert statements() == before


def test_views_over_the_api(town: Town, works, api_for) -> None:
    mine, other = api_for(town.champions[town.claims.pk]), api_for(town.lead)
    # As a client asks that knows of the list of actions alone.
    made = mine.post("/api/v1/saved-views/", {"name": "Open", "query": "state=open"}, format="json")
    assert (made.status_code, made.data["query"], made.data["page"]) == (201, "state=open", "actions")
    assert (made.data["count"], made.data["cadence"], made.data["is_gone"]) == (1, "never", False)
    assert made.data["address"].endswith("/actions/?state=open")
    late = {"page": "review", "name": "Late", "query": "", "cadence": "changed"}
    assert mine.post("/api/v1/saved-views/", late, format="json").data["of"] == 0
    for bad in (
        {"query": "state=odd"},
        {"page": "passwords"},
        {"cadence": "hourly"},
        {"page": "record", "cadence": "changed"},
    ):
        sent = {"name": "X", "query": "", **bad}
        assert mine.post("/api/v1/saved-views/", sent, format="json").status_code == 422, bad
    place = f"/api/v1/saved-views/{made.data['id']}/"
    put = mine.put(place, {"cadence": "weekly", "weekday": 4}, format="json")
    assert (put.status_code, put.data["name"], put.data["cadence"], put.data["weekday"]) == (200, "Open", "weekly", 4)
    assert [one["name"] for one in mine.get("/api/v1/saved-views/?of_page=actions").data["results"]] == ["Open"]
    for answer in (other.get(place), other.put(place, {"name": "Mine"}, format="json"), other.delete(place)):
        assert answer.status_code == 404
    assert mine.delete(place).status_code == 204
    assert SavedView.objects.get().cadence == ViewCadence.CHANGED


def test_what_was_changed_on_another_page_meanwhile_is_not_written_over(town: Town, works, client_for, api_for) -> None:
    lead = town.lead
    page, api = client_for(lead), api_for(lead)
    view = saved_views.save(page="actions", name="Open", query="state=open", by=lead, now=town.now)
    place, there = f"/me/views/{view.pk}/", f"/api/v1/saved-views/{view.pk}/"
    first = api.get(there)
    assert f'name="version" value="{view.version}"' in page.get("/me/views/").text
    # Two tabs show the view as it was; the first says something, then the second.
    weekly = {"name": "Open", "cadence": "weekly", "weekday": "2", "version": str(view.version)}
    assert page.post(place, weekly).status_code == 302
    late = page.post(place, {**weekly, "name": "Mine", "cadence": "changed"})
    assert late.status_code == 409
    assert "when its count changed" in late.text, "what was typed stays"
    assert "once a week" in late.text, "beside what stands"
    view.refresh_from_db()
    assert (view.name, view.cadence) == ("Open", "weekly")
    # Sent again it is said of what was shown.
    assert f'name="version" value="{view.version}"' in late.text
    again = page.post(place, {**weekly, "name": "Mine", "version": str(view.version)})
    assert again.status_code == 302
    # A program that read it before is told so, too: changing and letting go.
    stale = {"HTTP_IF_MATCH": first["ETag"]}
    for answer in (api.put(there, {"name": "Theirs"}, format="json", **stale), api.delete(there, **stale)):
        assert answer.status_code == 412
    assert SavedView.objects.get().name == "Mine"
    now = {"HTTP_IF_MATCH": api.get(there)["ETag"]}
    changed = api.put(there, {"name": "Theirs"}, format="json", **now)
    assert (changed.status_code, changed["ETag"] != now["HTTP_IF_MATCH"]) == (200, True)
    # Kept anew under its name it is another, whoever has the old one open.
    saved_views.save(page="actions", name="Theirs", query="state=done", by=lead, now=town.now)
    assert api.put(there, {"name": "Open"}, format="json", HTTP_IF_MATCH=changed["ETag"]).status_code == 412
    assert api.delete(there).status_code == 204


def test_what_is_kept_anew_under_its_name_is_told_of_as_it_was(town: Town, works) -> None:
    lead = town.lead
    how = {"page": "actions", "name": "Mine", "by": lead, "now": town.now}
    saved_views.save(**how, query="state=open", cadence="weekly", weekday=2)
    again = saved_views.save(**how, query="state=done")
    assert (again.query, again.cadence, again.weekday) == ("state=done", "weekly", 2)


def test_a_name_has_no_sign_that_cannot_be_seen(town: Town) -> None:
    how = {"page": "actions", "query": "", "by": town.lead, "now": town.now}
    assert saved_views.save(**how, name="La\u202ete\u200b\x07").name == "Late"
    with pytest.raises(Invalid):
        saved_views.save(**how, name="\u200b\u202e")


def test_a_view_that_cannot_be_counted_takes_no_other_with_it(town: Town, works, client_for, monkeypatch) -> None:
    saved_views.save(page="decisions", name="Ancient", query="since=0001-01-01", by=town.lead, now=town.now)
    saved_views.save(page="actions", name="All", query="", by=town.lead, now=town.now)
    client = client_for(town.lead)
    assert client.get("/decisions/?since=0001-01-01").status_code == 200
    assert client.get("/me/views/").status_code == 200
    page = kept.PAGES["decisions"]

    def fails(*_asked: object) -> None:
        raise OverflowError

    monkeypatch.setitem(kept.PAGES, "decisions", replace(page, count=fails))
    told = client.get("/me/views/")
    assert told.status_code == 200
    lines = {line.view.name: line for line, _form in told.context["rows"]}
    assert (lines["Ancient"].count, lines["Ancient"].is_gone) == (None, False), "it is there, and leads to its page"
    assert "2 actions" in told.text


def test_a_program_hears_of_what_a_page_is_not_narrowed_by(town: Town, works, api_for) -> None:
    api = api_for(town.lead)
    refused = api.post("/api/v1/saved-views/", {"name": "x", "query": "state=open&departement=1"}, format="json")
    assert refused.status_code == 422
    assert "departement" in refused.content.decode()
    assert api.post("/api/v1/saved-views/", {"name": "x", "query": "state=open"}, format="json").status_code == 201


def test_what_came_of_work_is_told_of_nobody_elses_seat(town: Town, works, client_for, api_for) -> None:
    """Beside the seat's verified work it would be a rate of one person, and a digest would tell how it moves."""
    seat = town.champion_seats[town.claims.pk]
    address = f"seat={seat.reference}&figure=worked"
    with pytest.raises(Invalid):
        saved_views.save(page="actions", name="x", query=address, by=town.lead, now=town.now)
    assert client_for(town.lead).get(f"/actions/?{address}").status_code == 404
    assert api_for(town.lead).get(f"/api/v1/actions/?{address}").status_code == 422
    assert client_for(town.champions[town.claims.pk]).get(f"/actions/?{address}").status_code == 200
    assert client_for(town.lead).get(f"/actions/?seat={seat.reference}&figure=late").status_code == 200
