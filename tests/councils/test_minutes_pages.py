"""The page of minutes and the PDF: the same words, Chinese too; and nobody outside the meeting reads them."""

import html
import re
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from pypdf import PdfReader

from councils import minuting
from councils.models import Minutes
from councils.services import minutes
from governance.models import Organisation
from tests.councils.rooms import decide, sit
from tests.councils.test_minutes import LATER, closed, sent
from tests.factories import EPOCH, Chamber
from tests.papers import language_and_faces

MOTION = "我们批准 5,000 欧元；office “fit” — #strong[*literally*] $x$ \\ @one <b> & ﬁn"


def page_of(made, name="detail"):
    return reverse(f"councils:minutes-{name}", args=[made.meeting.reference])


def words_on_page(answer):
    article = re.search(r"<article[^>]*data-paper[^>]*>(.*?)</article>", answer.text, re.DOTALL)
    assert article is not None
    return minuting.normalised(html.unescape(re.sub(r"<[^>]*>", " ", article[1])))


def words_in_pdf(answer):
    assert answer["Content-Type"] == "application/pdf"
    pages = [page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages]
    told = [re.sub(r"MIN-\d+ · MTG-\d+( · [^\n]*?)?\s+\d+ / \d+\s*$", "", page) for page in pages]
    return minuting.normalised(" ".join(told))


@pytest.fixture
def signed_in(client):
    """Signs somebody in at a moment; the clock stands there until somebody else signs in."""
    travels = []

    def sign(person, now=EPOCH + timedelta(hours=3)):
        if travels:
            travels.pop().stop()
        travels.append(time_machine.travel(now, tick=False))
        travels[-1].start()
        client.force_login(person)
        return client

    yield sign
    for travel in travels:
        travel.stop()


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_words_of_the_pdf_are_the_words_of_the_page(council, signed_in, language):
    Organisation.objects.update(language=language)
    meeting, votes = sit(council)
    for number in range(9):
        decide(council, meeting, votes, 0, title=f"{number} {MOTION}")
    from councils.services import meetings

    meetings.close(meeting=meeting, by=council.secretary, now=EPOCH + timedelta(hours=1))
    made = Minutes.objects.select_related("meeting__council").get(meeting=meeting)
    first = made.items.order_by("position").first().item.reference
    minutes.write(
        minutes=made, introduction="主席致辞。\n\nSecond paragraph.", notes={first: "讨论了很久。"},
        by=council.secretary, now=EPOCH,
    )  # fmt: skip
    client = signed_in(council.members[3])
    draft = words_on_page(client.get(page_of(made)))
    # Our words are in English without a catalogue; Chinese ones take the forms of the organisation's language.
    assert '<article class="paper" lang="en"' in client.get(page_of(made)).text
    faces = "tc" if language == "zh-hant" else "sc"
    assert language_and_faces(client.get(page_of(made, "print")).content) == ("en", {faces})
    assert minuting.normalised(MOTION) in draft
    assert "讨论了很久。" in draft
    assert words_in_pdf(client.get(page_of(made, "print"))) == draft
    minutes.send_out(minutes=made, by=council.secretary, now=EPOCH)
    done = minutes.approve(minutes=made, by=council.chair, now=LATER)
    shown = words_on_page(client.get(page_of(made)))
    assert shown.startswith(minuting.normalised(done.text))
    assert done.digest in shown
    assert words_in_pdf(client.get(page_of(made, "print"))) == shown


def test_a_meeting_that_is_not_closed_has_no_minutes(council, signed_in):
    meeting, _votes = sit(council)
    assert signed_in(council.secretary).get(f"/meetings/{meeting.reference}/minutes/").status_code == 404


def test_the_whole_way_on_pages(council, signed_in):
    made = closed(council)
    client = signed_in(council.secretary)
    assert "Send them out" in client.get(page_of(made)).text
    assert client.get(f"/minutes/{made.reference}/").url == page_of(made)
    form = client.get(page_of(made, "write"))
    assert "Longer hours" in form.text
    first = made.items.order_by("position").first().item.reference
    fields = {"introduction": "Opened.", f"note_{first}": "Talked.", "version": made.version}
    assert client.post(page_of(made, "write"), fields).status_code == 302
    stale = client.post(page_of(made, "write"), {**fields, "introduction": "Mine."})
    assert stale.status_code == 409
    assert "Mine." in stale.text
    assert "Opened." in stale.text
    assert client.post(page_of(made, "send")).status_code == 302
    client = signed_in(council.members[4])
    refused = client.post(page_of(made, "comment"), {"about": first, "text": " "})
    assert refused.status_code == 422
    assert client.post(page_of(made, "comment"), {"about": first, "text": "It was six."}).status_code == 302
    client = signed_in(council.secretary)
    said = made.comments.get()
    assert client.post(reverse("councils:minutes-answer", args=[made.meeting.reference, said.pk])).status_code == 422
    answered = client.post(
        reverse("councils:minutes-answer", args=[made.meeting.reference, said.pk]), {"answer": "Changed."}
    )
    assert answered.status_code == 302
    client = signed_in(council.chair, LATER)
    assert "Approve the minutes" in client.get(page_of(made)).text
    assert client.post(page_of(made, "approve")).status_code == 302
    shown = client.get(page_of(made))
    assert "Minutes, approved" in shown.text
    assert "SHA-256" in shown.text
    made.refresh_from_db()
    assert client.post(page_of(made, "correct"), {"reason": "", "version": made.version}).status_code == 422
    assert client.post(page_of(made, "correct"), {"reason": "A slip.", "version": made.version}).status_code == 302
    assert "a draft" in client.get(page_of(made)).text
    assert "Minutes, approved" in client.get(f"{page_of(made)}?version=1").text
    assert client.get(f"{page_of(made)}?version=7").status_code == 404


def test_minutes_of_a_confidential_council_are_for_its_own_seats_alone(town, signed_in):
    quiet = Chamber(town, name="Zephyr circle", size=3, confidential=True)
    meeting, votes = sit(quiet, present=3)
    decide(quiet, meeting, votes, 0, title="Zephyr question")
    from councils.services import meetings

    meetings.close(meeting=meeting, by=quiet.secretary, now=EPOCH + timedelta(hours=1))
    made = Minutes.objects.select_related("meeting").get(meeting=meeting)
    absent = None
    for person in (town.lead, town.champions[town.claims.pk]):
        client = signed_in(person)
        for path in (page_of(made), page_of(made, "print"), f"/minutes/{made.reference}/"):
            answer = client.get(path)
            assert answer.status_code == 404
            absent = absent or answer.content
            assert answer.content == absent
        assert made.reference not in client.get("/search/?q=Zephyr").text
        assert "Zephyr question" not in client.get("/journal/").text
    assert "Zephyr question" in signed_in(quiet.members[2]).get(page_of(made)).text


def test_the_page_takes_no_more_statements_for_more_matters_and_comments(
    council, signed_in, django_assert_max_num_queries
):
    def statements(made):
        client = signed_in(council.members[2])
        with django_assert_max_num_queries(80) as counted:
            client.get(page_of(made))
        return len(counted.captured_queries)

    made = sent(council)
    minutes.comment(minutes=made, text="One.", by=council.members[2], now=EPOCH)
    before = statements(made)
    for number in range(5):
        minutes.comment(minutes=made, text=f"{number}.", by=council.members[3], now=EPOCH)
    assert statements(made) == before


def test_the_whole_way_over_the_api(council, api_for):
    made = closed(council)
    path = f"/api/v1/minutes/{made.reference}/"
    with time_machine.travel(EPOCH + timedelta(hours=3), tick=False):
        secretary, member = api_for(council.secretary), api_for(council.members[4])
        assert (
            secretary.get(f"/api/v1/minutes/?meeting={made.meeting.reference}").json()["results"][0]["state"] == "draft"
        )
        first = made.items.order_by("position").first().item.reference
        prose = {"introduction": "Opened.", "notes": {first: "Talked."}}
        assert member.post(f"{path}write/", prose, format="json").status_code == 403
        written = secretary.post(f"{path}write/", prose, format="json", HTTP_IF_MATCH='"1"')
        assert written.json()["introduction"] == "Opened."
        assert secretary.post(f"{path}write/", prose, format="json", HTTP_IF_MATCH='"1"').status_code == 412
        sent_out = secretary.post(f"{path}send-out/").json()
        assert (sent_out["state"], sent_out["comments_until"]) == ("out", "2026-11-09")
        assert sent_out["next"] == "CX Member1 sees the minutes approved"
        said = member.post(f"{path}comment/", {"text": "Six.", "about": first}, format="json").json()["comments"][0]
        assert (said["about"], said["by"]) == (first, council.members[4].pk)
        answered = secretary.post(f"{path}answer/", {"comment": said["key"], "text": "Yes."}, format="json")
        assert answered.json()["comments"][0]["answer"] == "Yes."
        assert secretary.post(f"{path}answer/", {"comment": 10**6, "text": "Yes."}, format="json").status_code == 404
    with time_machine.travel(LATER, tick=False):
        assert api_for(council.secretary).post(f"{path}approve/").status_code == 403
        approved = api_for(council.chair).post(f"{path}approve/").json()["approved"][0]
        told = api_for(council.members[4]).get(f"{path}record/").json()
        assert told["digest"] == approved["digest"] == minuting.digest(told["text"])
        assert api_for(council.members[4]).get(f"{path}pdf/")["Content-Type"] == "application/pdf"
        corrected = api_for(council.secretary).post(f"{path}correct/", {"reason": "A slip."}, format="json").json()
        assert (corrected["state"], corrected["number"]) == ("draft", 2)
