"""The pages of governance: what stands first, what a form refuses, and that their cost does not grow with rows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance import access
from governance.clauses import Quorum, Representation, Rules
from governance.models import CharterVersion, Department, Organisation, Person, Seat, SeatKind, Tenure
from governance.services import charters, people, seats, submissions
from governance.services.duties import default_rules
from tests.factories import PASSWORD, Town

pytestmark = pytest.mark.django_db

LISTS = [
    "department-list",
    "seat-list",
    "person-list",
    "sponsor-list",
    "champion-list",
    "charter-list",
    "journal-list",
]


def url(name: str, *args: object) -> str:
    return reverse(f"governance:{name}", args=args)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_for_whoever_belongs(name, town, client_for):
    page = client_for(town.person("Nobody Inparticular")).get(url(name))
    assert page.status_code == 200
    assert "<h1>" in page.text


def test_every_page_about_one_thing_opens(town, client_for):
    client = client_for(town.lead)
    champion = town.champion_seats[town.claims.pk].reference
    for path in (
        url("department-detail", town.claims.reference),
        url("department-place", town.claims.reference),
        url("department-create"),
        url("seat-detail", champion),
        url("seat-person", champion),
        url("seat-found"),
        url("person-detail", town.sponsor.pk),
        url("person-add"),
        url("person-end-access", town.sponsor.pk),
        url("person-away", town.lead.pk),
        url("sponsor-detail", town.sponsor_seat.reference),
        url("sponsor-pledge", town.sponsor_seat.reference),
        url("champion-detail", champion),
        url("charter-detail", town.charter.reference),
        url("charter-draft", town.charter.reference),
        url("charter-create"),
        url("password"),
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert page.text.count("btn primary") <= 1, f"{path} has one primary button"


def rows_of_everything(town: Town, number: int) -> None:
    for place in range(number):
        department = town.department(f"X{place}", f"Extra {place}")
        head, champion = town.person(f"Head Of{place}"), town.person(f"Champion Of{place}")
        town.seat(SeatKind.HEAD, department, head, title=f"Head {place}")
        town.seat(SeatKind.CHAMPION, department, champion, title=f"Champion {place}")
        town.seat(SeatKind.EX_SPONSOR, department, title=f"Sponsor {place}")
        town.charter_in_force(f"Charter {place}", Rules())


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_two_rows_and_for_fifty(name, town, client_for):
    client = client_for(town.lead)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url(name)).status_code == 200
        return len(asked)

    rows_of_everything(town, 2)
    cost()
    few = cost()
    for place in range(2, 22):
        department = Department.objects.create(
            subject=town.claims.subject.__class__.objects.create(
                kind="department", reference=f"DEP-9{place:03}", title=f"More {place}",
                audience=town.claims.subject.audience, created_at=town.now,
            ),
            code=f"M{place}", name=f"More {place}", parent=town.root,
        )  # fmt: skip
        seats.found(kind=SeatKind.HEAD, department=department, by=None, now=town.now)
        seats.found(kind=SeatKind.CHAMPION, department=department, by=None, now=town.now)
        seats.found(kind=SeatKind.CX_SPONSOR, department=department, by=None, now=town.now)
        town.charter_in_force(f"More {place}", Rules())
        person = Person.objects.create_user(f"more{place}@harbourline.example", name=f"More {place}")
        Tenure.objects.create(seat=Seat.objects.latest("pk"), person=person, from_at=town.now)
    access.sync()
    assert cost() <= few


def test_a_seat_is_given_and_left_on_its_page(town, client_for):
    client = client_for(town.lead)
    seat = town.seat(SeatKind.FINANCE_PARTNER, town.claims, title="Finance partner, Claims")
    assert "Vacant since" in client.get(url("seat-detail", seat.reference)).text
    refused = client.post(url("seat-person", seat.reference), {"role": "holder"})
    assert refused.status_code == 422
    given = client.post(url("seat-person", seat.reference), {"person": town.sponsor.pk, "role": "holder"})
    assert given.status_code == 302
    assert "answers for it" in client.get(url("seat-detail", seat.reference)).text
    assert client.post(url("seat-leave", seat.reference), {"role": "holder"}).status_code == 302
    assert not Tenure.objects.filter(seat=seat, until_at=None).exists()
    history = client.get(url("seat-detail", seat.reference)).text
    assert "Ingrid Solheim" in history, "history keeps who held it"


def test_a_champion_may_look_but_not_place(town, client_for):
    client = client_for(town.champions[town.claims.pk])
    seat = town.champion_seats[town.digital.pk]
    assert client.get(url("seat-person", seat.reference)).status_code == 403
    assert client.post(url("seat-leave", seat.reference), {"role": "holder"}).status_code == 403
    assert client.get(url("person-add")).status_code == 403
    assert client.get(url("charter-create")).status_code == 403
    assert "Seat somebody" not in client.get(url("seat-detail", seat.reference)).text


def test_only_the_head_endorses_the_champion(town, client_for):
    seat = town.champion_seats[town.claims.pk]
    path = url("champion-endorse", seat.reference)
    assert client_for(town.heads[town.digital.pk]).post(path).status_code == 403
    assert client_for(town.heads[town.claims.pk]).post(path, {"term_ends_on": "2027-11-01"}).status_code == 302
    seat.champion.refresh_from_db()
    assert seat.champion.endorsed_by == town.heads[town.claims.pk]


def test_only_the_default_charters_editor_offers_the_terms_of_the_whole_programme(town, client_for):
    lead, default = client_for(town.lead), default_rules().charter
    of_programme = {"terms_answer", "terms_hand_over", "terms_take_over"}
    form = lead.get(url("charter-draft", default.reference)).context["form"]
    assert of_programme <= set(form.fields)
    for page in (url("charter-draft", town.charter.reference), url("charter-create")):
        shown = lead.get(page)
        assert not of_programme & set(shown.context["form"].fields)
        assert "hand over a leaver" not in shown.text
    read = [lead.get(url("charter-detail", one.reference)).text for one in (default, town.charter)]
    assert ["hand over a leaver" in page for page in read] == [True, False]
    sent = {name: value for name, value in form.initial.items() if value is not None}
    sent |= {"version": "", "purpose": "", "terms_answer": 7, "terms_fill": 8}
    assert lead.post(url("charter-draft", town.charter.reference), sent).status_code == 302
    terms = Rules.from_json(CharterVersion.objects.get(charter=town.charter, number=2).rules).terms
    assert (terms.answer, terms.fill) == (10, 8), "what is not offered stays as it is"


def test_a_charter_is_drafted_amended_and_ratified_by_page(town, client_for):
    lead, sponsor = client_for(town.lead), client_for(town.sponsor)
    form = lead.get(url("charter-draft", town.charter.reference))
    sent = {
        "purpose": "Decide what customers wait for.",
        **{name: value for name, value in form.context["form"].initial.items() if value is not None},
        "quorum_minimum": 6,
        "right_per_decision": "€5,000",
        "version": "",
        "represented_department_0": town.legal.reference,
        "ladder_keep_head": "3",
        "ladder_keep_owner": "−2, 0",
    }
    assert lead.post(url("charter-draft", town.charter.reference), {**sent, "terms_accept": 0}).status_code == 422
    refused = lead.post(url("charter-draft", town.charter.reference), {**sent, "ladder_keep_head": "soon"})
    assert (refused.status_code, "Write working days as whole numbers" in refused.text) == (422, True)
    twice = {**sent, "represented_department_2": town.legal.reference, "right_period": "month", "right_per_period": "1"}
    refused = lead.post(url("charter-draft", town.charter.reference), twice)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"represented_otherwise", "right_per_period"}
    for delegated, at in (
        ({"delegation_until": ""}, "delegation_until"),
        ({"delegation_per_allocation": ""}, "delegation_per_allocation"),
        ({"delegation_period": "month"}, "delegation_per_period"),
        ({"delegation_period": "month", "delegation_per_period": "1"}, "delegation_per_period"),
    ):
        whole = {"delegation_to": "chair", "delegation_per_allocation": "100", "delegation_until": "2027-01-31"}
        refused = lead.post(url("charter-draft", town.charter.reference), {**sent, **whole, **delegated})
        assert (refused.status_code, set(refused.context["form"].errors)) == (422, {at}), delegated
    assert refused.text.count("(needed where somebody may allocate)") == 2
    shown = lead.post(url("charter-draft", town.charter.reference), {**sent, "intent": "preview", "terms_accept": 0})
    assert shown.status_code == 200
    assert "at least 6 voting seats are taken" in shown.text
    assert "Represented when it decides: Legal &amp; Compliance." in shown.text
    assert "A promise not kept: whoever owes it is reminded 2 before" in shown.text
    assert CharterVersion.objects.filter(charter=town.charter).count() == 1, "looking keeps nothing"
    assert lead.post(url("charter-draft", town.charter.reference), sent).status_code == 302
    draft = CharterVersion.objects.get(charter=town.charter, number=2)
    rules = Rules.from_json(draft.rules)
    assert (rules.quorum.minimum, rules.right.per_decision) == (6, 500_000)
    steps = [(step.on, step.days, step.to) for step in rules.ladder.steps]
    assert steps == [("keep", -2, "owner"), ("keep", 0, "owner"), ("keep", 3, "head")]
    assert rules.represented.departments == (Representation(town.legal.reference, "Legal & Compliance"),)
    page = sponsor.get(url("charter-version", town.charter.reference, 2)).text
    assert "<ins>A decision counts when at least 6 voting seats are taken" in page
    ratify = url("charter-ratify", town.charter.reference, 2)
    amended = charters.amend(version=draft, rules=Rules(quorum=Quorum(minimum=7)), by=town.lead, now=town.now)
    submissions.submit(version=amended, sponsors=[town.sponsor_seat], by=town.lead, now=town.now)
    amended.refresh_from_db()
    assert lead.post(ratify).status_code == 403, "a sponsor ratifies"
    stale = sponsor.post(ratify, {"version": draft.version})
    assert stale.status_code == 409, "the sponsor read another draft"
    assert sponsor.post(ratify, {"version": amended.version}).status_code == 302
    assert CharterVersion.objects.get(charter=town.charter, state="in_force").number == 2
    assert lead.get(url("charter-amend", town.charter.reference, 2)).status_code == 409


def test_being_away_is_told_by_oneself_and_shown_to_nobody(town, client_for):
    champion = town.champions[town.claims.pk]
    path = url("person-away", champion.pk)
    assert client_for(town.lead).post(path, {"until": "2026-11-10"}).status_code == 403
    assert client_for(champion).post(path, {"until": "2026-11-10"}).status_code == 302
    champion.refresh_from_db()
    assert str(champion.away_until) == "2026-11-10"
    seen = client_for(town.lead).get(url("person-detail", champion.pk)).text
    assert "away" not in seen.lower().split("<main", 1)[1]


def test_ended_access_ends_sessions_at_once(town, client_for):
    champion = town.champions[town.claims.pk]
    client = client_for(champion)
    assert client.get(url("seat-list")).status_code == 200
    asked = client_for(town.lead).get(url("person-end-access", champion.pk))
    assert "Champion, Claims" in asked.text, "the page says what will stand vacant"
    assert client_for(town.lead).post(url("person-end-access", champion.pk)).status_code == 302
    assert client.get(url("seat-list")).status_code == 302
    last = client_for(town.lead).post(url("person-end-access", town.lead.pk))
    assert last.status_code == 409, "the last administrator stays"


def test_departments_cannot_lie_below_themselves(town, client_for):
    client = client_for(town.lead)
    below = town.department("CLM2", "Motor claims", parent=town.claims)
    place = url("department-place", town.claims.reference)
    circle = client.post(place, {"parent": below.pk, "version": town.claims.version})
    assert circle.status_code == 409
    assert "Move it first" in circle.text
    taken = client.post(
        url("department-create"), {"name": "Again", "code": "CLM", "kind": "function", "parent": town.root.pk}
    )
    assert taken.status_code == 422
    assert "is taken" in taken.text


class TestSigningIn:
    def test_wrong_words_are_the_same_for_known_and_unknown(self, town):
        client = Client()
        known = client.post("/sign-in/", {"email": town.lead.email, "password": "wrong"})
        unknown = client.post("/sign-in/", {"email": "nobody@harbourline.example", "password": "wrong"})
        assert known.status_code == unknown.status_code == 422
        assert "do not belong together" in known.text
        assert "do not belong together" in unknown.text

    def test_five_failures_close_the_door_even_for_the_right_password(self, town):
        client = Client()
        for _attempt in range(5):
            client.post("/sign-in/", {"email": town.lead.email, "password": "wrong"})
        closed = client.post("/sign-in/", {"email": town.lead.email, "password": PASSWORD})
        assert closed.status_code == 429
        assert "Wait 15 minutes" in closed.text
        other = client.post("/sign-in/", {"email": town.sponsor.email, "password": PASSWORD})
        assert other.status_code == 302, "somebody else is let in"

    def test_it_leads_only_to_our_own_pages(self, town):
        out = Client().post(
            "/sign-in/", {"email": town.lead.email, "password": PASSWORD, "next": "https://evil.example/"}
        )
        assert out["Location"] == "/"
        own = Client().post("/sign-in/", {"email": town.lead.email, "password": PASSWORD, "next": "/seats/"})
        assert own["Location"] == "/seats/"

    def test_demo_log_ins_stand_on_the_console_only(self, town):
        assert "console" not in Client().get("/sign-in/").text
        Organisation.objects.update(is_demo=True)
        page = Client().get("/sign-in/").text
        assert "console" in page
        assert town.lead.email not in page

    def test_signing_out_is_a_post(self, town, client_for):
        client = client_for(town.lead)
        assert client.get("/sign-out/").headers["Location"] == "/"
        assert client.get("/seats/").status_code == 200, "asking for the address signs nobody out"
        assert client.post("/sign-out/").status_code == 302
        assert client.get("/seats/").status_code == 302

    def test_a_changed_password_needs_the_old_one(self, town, client_for):
        client = client_for(town.lead)
        assert client.post("/me/password/", {"old": "x", "new": "a brand new sentence"}).status_code == 422
        assert client.post("/me/password/", {"old": PASSWORD, "new": "short"}).status_code == 422
        assert client.post("/me/password/", {"old": PASSWORD, "new": "a brand new sentence"}).status_code == 302
        assert client.get("/seats/").status_code == 200, "and one stays signed in here"


class TestStarting:
    SAID = {
        "name": "Harbourline Mutual", "zone": "Europe/Amsterdam", "country": "nl", "currency": "eur",
        "working_week": ["0", "1", "2", "3", "4"], "language": "en",
        "person_name": "Priya Raman", "email": "priya@harbourline.example", "password": "a long enough sentence",
    }  # fmt: skip

    def test_an_empty_installation_greets_and_asks_for_the_code(self, db):
        client = Client()
        assert client.get("/seats/", follow=True).redirect_chain[-1][0] == "/setup/"
        from django.core.management import call_command

        code = call_command("setup_code")
        wrong = client.post("/setup/", {**self.SAID, "code": "0000-0000-0000"})
        assert wrong.status_code == 422
        assert "not the code" in wrong.text
        begun = client.post("/setup/", {**self.SAID, "code": code})
        assert begun.status_code == 302, begun.text
        assert client.get(begun["Location"]).status_code == 200, "and the first person is signed in"
        assert Client().get("/setup/").status_code == 302, "only once"
        assert people.root_subject()

    def test_a_weak_password_is_refused_before_the_code_is_spent(self, db):
        from django.core.management import call_command

        code = call_command("setup_code")
        assert Client().post("/setup/", {**self.SAID, "code": code, "password": "123456789012"}).status_code == 422
        assert Client().post("/setup/", {**self.SAID, "code": code}).status_code == 302


def test_a_form_that_was_open_for_too_long_gives_back_what_was_typed_and_the_way_to_sign_in(town: Town) -> None:
    client = Client(enforce_csrf_checks=True)
    typed = {"reason": "Three calls <b>in a week</b>.", "password": "not to be told", "code": "single"}
    answer = client.post("/themes/?x=1", typed)
    assert answer.status_code == 403
    assert "Three calls &lt;b&gt;in a week&lt;/b&gt;." in answer.text
    assert "not to be told" not in answer.text
    assert f"{reverse('governance:sign-in')}?next=%2Fthemes%2F" in answer.text
    client.force_login(town.lead)
    signed_in = client.post("/themes/", typed)
    assert (signed_in.status_code, "Three calls" in signed_in.text) == (403, True)
    assert "?next=" not in signed_in.text
