"""A charter's way into force: named sponsors sign exactly what was submitted; the clock ends what is provisional."""

import re
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from councils.models import CouncilKind
from governance import blueprints
from governance.clauses import Provisional, Quorum, Review, Rules
from governance.errors import Conflict, Invalid, Refused, Stale
from governance.mandates import Mandate, Value
from governance.models import CharterState, CharterVersion, Duty, DutyKind, Seat, SeatKind, Signature, TenureRole
from governance.services import charters, people, seats, submissions
from governance.services.duties import default_rules, rules_in_force
from notifications.services import inbox, outbox
from notifications.services.sweep import sweep
from tests.factories import Town

pytestmark = pytest.mark.django_db

MANDATE = Mandate(
    vision="Customers are helped the first time.",
    values=(Value("Candour", "we say early what does not work"),),
    scope_in=("What several departments share",),
    measures=("Promises kept: 8 of 10",),
)


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def second(town: Town) -> Seat:
    """Another sponsor, so that two have to sign."""
    return town.seat(SeatKind.EX_SPONSOR, town.root, town.person("Henrik Vos"), title="EX executive sponsor")


def drafted(town: Town, **given: Any) -> CharterVersion:
    rules = given.pop("rules", Rules(quorum=Quorum(minimum=4)))
    given.setdefault("charter", town.charter)
    return charters.draft(title="Charter", rules=rules, mandate=MANDATE, by=town.lead, now=town.now, **given)


def submitted(town: Town, *sponsors: Seat, **given: Any) -> CharterVersion:
    version = drafted(town, **given)
    submissions.submit(version=version, sponsors=sponsors or [town.sponsor_seat], by=town.lead, now=town.now)
    return fresh(version)


def fresh(version: CharterVersion) -> CharterVersion:
    return CharterVersion.objects.select_related("charter__subject").get(pk=version.pk)


def owed(version: CharterVersion, kind: str = DutyKind.RATIFY) -> set[int]:
    return set(
        Duty.objects.filter(subject_id=version.charter_id, kind=kind, closed_at=None).values_list("seat_id", flat=True)
    )


class TestSigning:
    def test_it_comes_into_force_when_each_named_sponsor_has_signed(self, town: Town, second: Seat) -> None:
        version = submitted(town, town.sponsor_seat, second)
        assert owed(version) == {town.sponsor_seat.pk, second.pk}
        submissions.ratify(version=version, by=town.sponsor, now=town.now, expected=version.version)
        assert fresh(version).state == CharterState.SUBMITTED
        assert owed(version) == {second.pk}
        henrik = second.tenures.get().person
        submissions.ratify(version=version, by=henrik, now=town.now, expected=version.version)
        version = fresh(version)
        assert (version.state, version.ratified_by, version.provisional_until) == (CharterState.IN_FORCE, henrik, None)
        assert town.charter.versions.get(number=1).state == CharterState.SUPERSEDED
        assert owed(version) == set()
        signed = Signature.objects.filter(submission__charter_version=version).order_by("at", "pk")
        assert [(one.seat_id, one.person, one.verdict, one.how) for one in signed] == [
            (town.sponsor_seat.pk, town.sponsor, "ratified", "page"),
            (second.pk, henrik, "ratified", "page"),
        ]

    def test_the_page_of_the_version_in_force_leads_who_is_asked_to_the_one_to_sign(
        self, town: Town, second: Seat, client_for: Any
    ) -> None:
        version = submitted(town, town.sponsor_seat, second)
        home = f"/charters/{version.charter.reference}/"
        to_sign = f"{home}versions/{version.number}/"
        lines = client_for(town.sponsor).get(home).context["moves"]
        assert [(line["is_you"], line["url"]) for line in lines if line["what"] == DutyKind.RATIFY.label] == [
            (True, to_sign), (False, ""),
        ]  # fmt: skip
        assert {line["url"] for line in lines if line["what"] != DutyKind.RATIFY.label} <= {""}
        assert not any(line["url"] for line in client_for(town.sponsor).get(to_sign).context["moves"])

    def test_a_refusal_sends_it_back_to_draft_with_its_reason(self, town: Town, second: Seat) -> None:
        version = submitted(town, town.sponsor_seat, second)
        submissions.refuse(version=version, reason="The limit is too high.", by=town.sponsor, now=town.now)
        version = fresh(version)
        assert version.state == CharterState.DRAFT
        assert owed(version) == set()
        assert version.submissions.get().signatures.get().reason == "The limit is too high."
        again = charters.amend(version=version, rules=Rules(quorum=Quorum(minimum=5)), by=town.lead, now=town.now)
        submissions.submit(version=again, sponsors=[town.sponsor_seat], by=town.lead, now=town.now)
        assert submissions.ratify(version=again, by=town.sponsor, now=town.now).state == CharterState.IN_FORCE

    def test_a_refusal_has_a_reason(self, town: Town) -> None:
        version = submitted(town)
        with pytest.raises(Invalid) as refused:
            submissions.refuse(version=version, reason="  ", by=town.sponsor, now=town.now)
        assert refused.value.field == "reason"
        assert not Signature.objects.filter(submission__charter_version=version).exists()

    def test_a_sponsor_who_was_not_named_does_not_sign(self, town: Town, second: Seat) -> None:
        version = submitted(town, town.sponsor_seat)
        henrik = second.tenures.get().person
        with pytest.raises(Refused, match="CX executive sponsor"):
            submissions.ratify(version=version, by=henrik, now=town.now)
        with pytest.raises(Refused):
            submissions.refuse(version=version, reason="No.", by=henrik, now=town.now)
        with pytest.raises(Refused):
            submissions.ratify(version=version, by=town.lead, now=town.now)

    def test_only_sponsors_are_asked_to_sign_and_at_least_one(self, town: Town) -> None:
        version = drafted(town)
        for named in ([], [town.champion_seats[town.claims.pk]]):
            with pytest.raises(Invalid):
                submissions.submit(version=version, sponsors=named, by=town.lead, now=town.now)
        with pytest.raises(Refused):
            submissions.submit(version=version, sponsors=[town.sponsor_seat], by=town.sponsor, now=town.now)

    def test_a_deputy_signs_only_while_the_holder_is_away(self, town: Town) -> None:
        deputy = town.person("Dina Deputy")
        seats.seat_person(seat=town.sponsor_seat, person=deputy, by=None, now=town.now, role=TenureRole.DEPUTY)
        version = submitted(town)
        with pytest.raises(Refused):
            submissions.ratify(version=version, by=deputy, now=town.now)
        people.be_away(person=town.sponsor, by=town.sponsor, until=date(2026, 12, 1))
        assert submissions.ratify(version=version, by=deputy, now=town.now).state == CharterState.IN_FORCE
        signature = Signature.objects.get(submission__charter_version=version)
        assert (signature.person, signature.seat_id) == (deputy, town.sponsor_seat.pk)

    def test_a_next_text_takes_the_place_of_a_provisional_one_that_waits(self, town: Town) -> None:
        first = submitted(town, charter=None, rules=Rules(quorum=Quorum(minimum=4), provisional=Provisional(days=60)))
        submissions.put_into_force_provisionally(version=first, by=town.lead, now=town.now)
        following = submitted(town, charter=first.charter)
        assert Duty.objects.filter(subject_id=first.charter_id, kind=DutyKind.RATIFY, closed_at=None).count() == 1
        for answer in (submissions.ratify, partial(submissions.refuse, reason="No.")):
            with pytest.raises(Conflict, match="Version 1 waits for no signature"):
                answer(version=first, by=town.sponsor, now=town.now)
        assert rules_in_force(first.charter, town.now) == first, "until the next is signed"
        submissions.ratify(version=following, by=town.sponsor, now=town.now)
        assert (fresh(first).state, fresh(following).state) == (CharterState.SUPERSEDED, CharterState.IN_FORCE)

    def test_another_text_than_was_read_is_not_signed(self, town: Town) -> None:
        version = submitted(town)
        read = version.version
        submissions.withdraw(version=version, by=town.lead, now=town.now)
        changed = charters.amend(version=version, rules=Rules(quorum=Quorum(minimum=9)), by=town.lead, now=town.now)
        submissions.submit(version=changed, sponsors=[town.sponsor_seat], by=town.lead, now=town.now)
        with pytest.raises(Stale):
            submissions.ratify(version=changed, by=town.sponsor, now=town.now, expected=read)

    def test_a_draft_is_not_signed_and_a_version_in_force_not_again(self, town: Town) -> None:
        version = drafted(town)
        with pytest.raises(Conflict):
            submissions.ratify(version=version, by=town.sponsor, now=town.now)
        submissions.submit(version=version, sponsors=[town.sponsor_seat], by=town.lead, now=town.now)
        submissions.ratify(version=version, by=town.sponsor, now=town.now)
        with pytest.raises(Conflict):
            submissions.ratify(version=version, by=town.sponsor, now=town.now)

    def test_one_version_of_a_charter_is_before_its_sponsors_at_a_time(self, town: Town) -> None:
        submitted(town)
        other = drafted(town)
        with pytest.raises(Conflict, match="Version 2"):
            submissions.submit(version=other, sponsors=[town.sponsor_seat], by=town.lead, now=town.now)


class TestFrozen:
    def test_what_was_submitted_is_not_changed(self, town: Town) -> None:
        version = submitted(town)
        with pytest.raises(Conflict, match="Withdraw"):
            charters.amend(version=version, rules=Rules(), by=town.lead, now=town.now)

    def test_the_database_keeps_the_text_too(self, town: Town) -> None:
        version = submitted(town, purpose="What it is for.")
        texts: list[dict[str, Any]] = [{"purpose": "Another."}, {"mandate": {}}, {"rules": {}}, {"number": 9}]
        for state in (CharterState.SUBMITTED, CharterState.IN_FORCE):
            assert fresh(version).state == state
            for text in texts:
                with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
                    CharterVersion.objects.filter(pk=version.pk).update(**text)
            if state == CharterState.SUBMITTED:
                submissions.ratify(version=version, by=town.sponsor, now=town.now)

    def test_the_database_keeps_what_was_in_force_from_becoming_a_draft_again(self, town: Town) -> None:
        version = town.charter.versions.get()
        with pytest.raises(DatabaseError), transaction.atomic():
            CharterVersion.objects.filter(pk=version.pk).update(state=CharterState.SUBMITTED)

    def test_a_signature_is_never_changed_but_its_words_can_be_erased(self, town: Town) -> None:
        version = submitted(town)
        submissions.refuse(version=version, reason="Words about somebody.", by=town.sponsor, now=town.now)
        signatures = Signature.objects.filter(submission__charter_version=version)
        for change in ({"verdict": "ratified"}, {"reason": "Other words."}, {"at": town.now + timedelta(days=1)}):
            with pytest.raises(DatabaseError, match="signature"), transaction.atomic():
                signatures.update(**change)
        with pytest.raises(DatabaseError, match="signature"), transaction.atomic():
            signatures.delete()
        assert signatures.update(reason="") == 1


class TestProvisional:
    def first(self, town: Town, days: int = 60) -> CharterVersion:
        return submitted(town, charter=None, rules=Rules(quorum=Quorum(minimum=4), provisional=Provisional(days)))

    def held(self, town: Town, days: int = 60) -> CharterVersion:
        return submissions.put_into_force_provisionally(version=self.first(town, days), by=town.lead, now=town.now)

    def test_it_holds_by_the_clock_and_then_the_default_charter_again(self, town: Town) -> None:
        version = self.held(town)
        last = town.now + timedelta(days=60) - timedelta(seconds=1)
        assert rules_in_force(version.charter, town.now) == version
        assert rules_in_force(version.charter, last) == version
        assert rules_in_force(version.charter, last + timedelta(seconds=1)) == default_rules()

    def test_its_days_are_the_charters(self, town: Town) -> None:
        version = self.held(town, days=10)
        assert version.provisional_until == town.now + timedelta(days=10)
        with pytest.raises(Conflict):
            self.held(town, days=0)

    def test_signed_it_is_full_without_a_new_version(self, town: Town) -> None:
        version = self.held(town)
        later = town.now + timedelta(days=90)
        assert owed(version) == {town.sponsor_seat.pk}, "the sponsor is still asked"
        submissions.ratify(version=version, by=town.sponsor, now=later)
        version = fresh(version)
        assert (version.number, version.state, version.provisional_until) == (1, CharterState.IN_FORCE, None)
        assert rules_in_force(version.charter, later) == version

    def test_refused_it_ends_and_its_text_is_the_next_draft(self, town: Town) -> None:
        version = self.held(town)
        draft = submissions.refuse(version=version, reason="Not so.", by=town.sponsor, now=town.now)
        assert (draft.number, draft.state, draft.mandate) == (2, CharterState.DRAFT, version.mandate)
        assert rules_in_force(version.charter, town.now) == default_rules()
        submissions.submit(version=draft, sponsors=[town.sponsor_seat], by=town.lead, now=town.now)
        with pytest.raises(Conflict, match="first charter"):
            submissions.put_into_force_provisionally(version=fresh(draft), by=town.lead, now=town.now)

    def test_only_a_first_charter_and_only_by_the_cx_lead(self, town: Town) -> None:
        with pytest.raises(Conflict, match="first charter"):
            submissions.put_into_force_provisionally(version=submitted(town), by=town.lead, now=town.now)
        with pytest.raises(Refused):
            submissions.put_into_force_provisionally(version=self.first(town), by=town.sponsor, now=town.now)

    def test_the_database_does_not_prolong_it(self, town: Town) -> None:
        version = self.held(town)
        with pytest.raises(DatabaseError, match="prolonged"), transaction.atomic():
            CharterVersion.objects.filter(pk=version.pk).update(provisional_until=town.now + timedelta(days=900))


class TestReview:
    def test_a_ratified_charter_is_reviewed_on_its_day_and_again(self, town: Town) -> None:
        version = submitted(town, rules=Rules(review=Review(months=6)))
        submissions.ratify(version=version, by=town.sponsor, now=town.now)
        assert self.due(version) == date(2027, 5, 2)
        later = town.now + timedelta(days=200)
        with pytest.raises(Refused):
            submissions.review(charter=version.charter, note="Fine.", by=town.sponsor, now=later)
        with pytest.raises(Invalid):
            submissions.review(charter=version.charter, note=" ", by=town.lead, now=later)
        submissions.review(charter=version.charter, note="The limit still fits.", by=town.lead, now=later)
        assert self.due(version) == date(2027, 11, 21)

    def test_without_months_no_review_is_owed(self, town: Town) -> None:
        version = submitted(town, rules=Rules(review=Review(months=0)))
        submissions.ratify(version=version, by=town.sponsor, now=town.now)
        assert owed(version, DutyKind.REVIEW) == set()

    def test_a_month_that_is_shorter_ends_earlier(self) -> None:
        assert charters.months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
        assert charters.months_after(date(2027, 12, 15), 1) == date(2028, 1, 15)

    @staticmethod
    def due(version: CharterVersion) -> date | None:
        return Duty.objects.get(subject_id=version.charter_id, kind=DutyKind.REVIEW, closed_at=None).due_on


class TestPages:
    def url(self, version: CharterVersion, name: str) -> str:
        return reverse(f"governance:charter-{name}", args=[version.charter.reference, version.number])

    def test_submitted_refused_changed_and_ratified_by_page(self, town: Town) -> None:
        lead, sponsor = Client(), Client()
        lead.force_login(town.lead)
        sponsor.force_login(town.sponsor)
        version = drafted(town, purpose="What it is for.")
        assert lead.post(self.url(version, "submit"), {"sponsors": []}).status_code == 422
        sent = {"sponsors": [town.sponsor_seat.pk], "version": version.version}
        assert lead.post(self.url(version, "submit"), sent).status_code == 302
        page = sponsor.get(self.url(version, "version")).text
        assert "Your signature is asked" in page
        assert "Candour: we say early what does not work" in page
        assert "Your signature is asked" not in lead.get(self.url(version, "version")).text
        assert lead.get(self.url(version, "amend")).status_code == 409
        empty = sponsor.post(self.url(version, "refuse"), {"reason": ""})
        assert (empty.status_code, "Fill this in." in empty.text) == (422, True)
        assert sponsor.post(self.url(version, "refuse"), {"reason": "Too high."}).status_code == 302
        assert "Too high." in lead.get(self.url(version, "version")).text
        version = fresh(version)
        assert lead.post(self.url(version, "submit"), sent | {"version": version.version}).status_code == 302
        assert lead.post(self.url(version, "withdraw")).status_code == 302
        version = fresh(version)
        assert lead.post(self.url(version, "submit"), sent | {"version": version.version}).status_code == 302
        version = fresh(version)
        old = sponsor.post(self.url(version, "ratify"), {"version": version.version - 1})
        assert old.status_code == 409, "the sponsor read another text"
        assert sponsor.post(self.url(version, "ratify"), {"version": version.version}).status_code == 302
        assert fresh(version).state == CharterState.IN_FORCE
        assert "ratified by Ingrid Solheim" in lead.get(self.url(version, "version")).text

    def test_two_versions_are_compared_rule_by_rule(self, town: Town) -> None:
        drafted(town, purpose="What it is for.")
        client = Client()
        client.force_login(town.sponsor)
        page = client.get(reverse("governance:charter-compare", args=[town.charter.reference]) + "?from=1&to=2").text
        assert '<del class="pre">A decision counts when at least 5 voting seats are taken' in page
        assert '<ins class="pre">A decision counts when at least 4 voting seats are taken' in page
        assert '<ins class="pre">What it is for.</ins>' in page
        answer = client.get(f"/api/v1/charters/{town.charter.reference}/compare/?from=1&to=2").json()
        quorum = next(row for row in answer if row["part"] == "quorum")
        assert (quorum["differs"], "at least 4" in quorum["after"]) == (True, True)
        assert client.get(f"/api/v1/charters/{town.charter.reference}/compare/?from=1&to=x").status_code == 404


class TestByMail:
    """The link that a sponsor is mailed: two answers, once, about the text that was submitted."""

    def links(self, town: Town) -> tuple[str, str]:
        """Hand over what waits, to a sponsor who chose to have each thing at once; the two links of the last mail."""
        inbox.prefer(by=town.sponsor, now=town.now, wants_mail=True, from_hour=8, until_hour=18, cadence="at_once")
        town.now += timedelta(hours=2)
        sweep(town.now)
        outbox.drain(town.now)
        body = str(mail.outbox[-1].body)
        ratify, refuse = re.findall(r"http\S+/b/\S+/", body)
        return urlsplit(ratify).path, urlsplit(refuse).path

    def test_a_sponsor_ratifies_by_one_button_and_the_signature_says_how(self, town: Town) -> None:
        version = submitted(town, purpose="What it is for.")
        with time_machine.travel(town.now + timedelta(hours=3), tick=False):
            ratify, refuse = self.links(town)
            assert "A decision counts when at least 4 voting seats are taken" in str(mail.outbox[-1].body)
            page = Client().get(ratify)
            assert (page.status_code, "What it is for." in page.text) == (200, True)
            assert fresh(version).state == CharterState.SUBMITTED, "looking signs nothing"
            assert Client().post(ratify, {"press": "1"}).status_code == 200
            assert fresh(version).state == CharterState.IN_FORCE
            signature = Signature.objects.get(submission__charter_version=version)
            assert (signature.person, signature.how, signature.sent_to) == (town.sponsor, "mail", town.sponsor.email)
            assert Client().post(ratify, {"press": "1"}).status_code == 410, "used"
            assert Client().post(refuse, {"reason": "Late."}).status_code == 410, "answered by the other one"
            assert Client().post("/b/" + "x" * 43 + "/").status_code == 410, "a stranger's"
            client = Client()
            client.force_login(town.lead)
            told = client.get(reverse("governance:charter-detail", args=[version.charter.reference])).text
            assert f"by the link sent to {town.sponsor.email}" in told

    def test_a_refusal_by_mail_needs_its_reason_and_a_withdrawn_text_is_not_signed(self, town: Town) -> None:
        version = submitted(town)
        with time_machine.travel(town.now + timedelta(hours=3), tick=False):
            ratify, refuse = self.links(town)
            assert Client().post(refuse, {"reason": " "}).status_code == 422
            submissions.withdraw(version=version, by=town.lead, now=town.now)
            assert Client().post(ratify, {"press": "1"}).status_code == 410
            changed = charters.amend(version=version, rules=Rules(quorum=Quorum(2)), by=town.lead, now=town.now)
            submissions.submit(version=changed, sponsors=[town.sponsor_seat], by=town.lead, now=town.now)
            assert Client().post(ratify, {"press": "1"}).status_code == 410, "the link was for another text"
            _ratify, refuse = self.links(town)
            assert Client().post(refuse, {"reason": "Two are too few."}).status_code == 200
            assert fresh(version).state == CharterState.DRAFT


def test_a_charter_is_drafted_from_a_template_by_page(town: Town) -> None:
    client = Client()
    client.force_login(town.lead)
    path = reverse("governance:charter-create") + "?template=executive"
    form = client.get(path).context
    sent = {
        **{field.name: field.value() for part in ("form", "texts", "steps") for field in form[part]},
        "title": "Charter of the committee",
    }
    answer = client.post(path, {key: value for key, value in sent.items() if value not in (None, False)})
    assert answer.status_code == 302, answer.context["form"].errors
    version = CharterVersion.objects.get(charter__subject__title="Charter of the committee")
    used = blueprints.of_kind("executive")
    assert used is not None
    assert (version.purpose, version.mandate) == (used.purpose, used.mandate.to_json())
    assert Rules.from_json(version.rules).quorum == used.rules.quorum


def test_every_kind_of_council_has_a_template_that_can_be_adopted_as_it_stands(town: Town) -> None:
    assert set(blueprints.BLUEPRINTS) == set(CouncilKind.values)
    for blueprint in blueprints.all_of_them():
        blueprint.mandate.check()
        rules = blueprint.rules_in("EUR")
        rules.check()
        assert Rules.from_json(rules.to_json()) == rules
        assert {role.key for role in blueprint.roles} >= {"chair", "secretary", "member"}
        assert all([blueprint.purpose, *(lines for _name, lines in blueprint.mandate.lines())])
        assert len(blueprint.mandate.lines()) == 6, "no text is left out"
