"""The first hour: from an empty database to an organisation whose CX governance works, by pages alone.

Nobody touches a command line. The people of the story are five at five browsers, and mail that is really handed over;
every form that is sent is counted, because sixty are what an hour has room for.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from actions.models import ActionItem, ActionLogLine, Blocker, Fate, Theme
from councils.models import Council, Decision
from governance.models import CalendarDay, Charter, CharterState, HelpRequest, Organisation, Person, SeatKind, Tenure
from governance.queries.coverage import coverage
from governance.services.organisation import issue_setup_code
from notifications.queries.hush import LONGEST
from notifications.services import outbox
from notifications.services.sweep import sweep
from tests.browser.conftest import Desk
from tests.browser.test_main_job import has_said
from tests.factories import PASSWORD
from tests.notifications.building import mailed_at_once

MOST_FORMS = 60
LOG = Path(__file__).parent.parent / "data" / "old-action-log.tsv"
TITLE = "Text at each step of a claim"

DEPARTMENTS = """code,name
CLM,Claims
DIG,Digital
SVC,Customer service
"""

PEOPLE = """name,e-mail,department,seat
Ingrid Solheim,ingrid@harbourline.example,ORG,sponsor
Joel Brandt,joel@harbourline.example,CLM,head
Fatima El Idrissi,fatima@harbourline.example,CLM,champion
Tomasz Wieczorek,tomasz@harbourline.example,DIG,head
Amara Okafor,amara@harbourline.example,DIG,champion
Sanne de Wit,sanne@harbourline.example,SVC,head
陈怡静,yijing@harbourline.example,SVC,champion
Noor Haddad,noor@harbourline.example,,
Piet Vos,piet@harbourline.example,,
Li Wei,li.wei@harbourline.example,CLM,Claims data analyst
Marta Nowak,marta@harbourline.example,DIG,App product owner
Hugo Lindqvist,hugo@harbourline.example,,
"""


@dataclass
class Guide:
    """Counts what is sent, and carries the post."""

    desk: Desk
    sent: int = 0

    def sits_down(self) -> Page:
        page = self.desk.blank()
        page.on("request", self._count)
        return page

    def _count(self, request: Request) -> None:
        if request.method == "POST" and request.resource_type in {"document", "fetch", "xhr"}:
            self.sent += 1

    def post_goes_out(self) -> None:
        """What the sweep does every half minute, in hours for mail; nobody here waits for a digest."""
        moment = working_hours()
        mailed_at_once(*Person.objects.all())
        sweep(moment)
        outbox.drain(moment)

    def letters_to(self, email: str) -> list[str]:
        return [str(letter.body) for letter in mail.outbox if letter.to == [email]]

    def link(self, email: str, call: str) -> str:
        """The path of the last link to ``email`` that says ``call``."""
        found = [
            path
            for body in self.letters_to(email)
            for path in re.findall(rf"{call}, without signing in: \S+?(/b/\S+)", body)
        ]
        assert found, f"no link “{call}” was mailed to {email}: {self.letters_to(email)}"
        return str(found[-1])


def working_hours() -> datetime:
    """Ten in the morning (UTC) of the next day on which the organisation works, by the calendar that it chose; so late
    that the meeting, which nobody here closes, keeps nothing back any more."""
    soonest = timezone.now() + LONGEST + timedelta(hours=1)
    first = soonest.date() + timedelta(days=int(soonest.time() > time(10)))
    works = CalendarDay.objects.filter(calendar=Organisation.objects.get().calendar, is_working=True, day__gte=first)
    return datetime.combine(works.earliest("day").day, time(10), tzinfo=UTC)


def send(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def test_the_first_hour(desk: Desk, axe: Any, tmp_path: Path, settings: Any) -> None:
    guide = Guide(desk)
    lead, sponsor, secretary, owner, head = (guide.sits_down() for _person in range(5))

    starts_the_organisation(lead)
    pastes_departments_and_people(lead)
    founds_a_council(lead)
    council = Council.objects.get()
    makes_it_able_to_decide(lead, council)
    asks_the_sponsor_to_ratify(lead, council, axe)
    guide.post_goes_out()
    the_sponsor_ratifies_from_the_mail(sponsor, guide, council)

    gets_in(lead, sponsor, guide, "Ingrid Solheim")
    grants_an_envelope(sponsor, council)
    tries_the_mail(lead)

    uploads_feedback(lead, tmp_path)
    before = len(mail.outbox)
    pastes_the_old_action_log(lead, council, axe)
    guide.post_goes_out()
    each_owner_has_one_mail(before)

    gets_in(lead, secretary, guide, "Piet Vos")
    brings_a_theme_to_the_council(lead)
    action = a_meeting_decides(secretary, council)
    guide.post_goes_out()
    the_owner_answers(owner, guide, lead, action, axe)
    guide.post_goes_out()
    the_head_answers_from_the_mail(head, guide, action)
    the_executive_page_counts_it(sponsor, axe)
    no_hole_is_left(lead, axe)
    assert guide.sent <= MOST_FORMS, f"{guide.sent} forms were sent"


def starts_the_organisation(page: Page) -> None:
    code = issue_setup_code(now=timezone.now())
    page.goto("/")
    page.get_by_label("One-time code").fill(code)
    page.get_by_label("Your organisation's name").fill("Harbourline Mutual")
    page.get_by_label("Time zone").select_option("Europe/Zurich")
    for day, works in (("Monday", True), ("Friday", True), ("Saturday", True), ("Sunday", False)):
        page.get_by_label(day).set_checked(works)
    page.get_by_label("Holidays of").select_option("CH")
    page.get_by_label("Region").fill("ZH")
    page.get_by_label("Language of new people").select_option("zh-hans")
    page.get_by_label("Currency").fill("CHF")
    page.get_by_label("Your name").fill("Priya Raman")
    page.get_by_label("Your e-mail").fill("priya@harbourline.example")
    page.get_by_label("A password").fill(PASSWORD)
    send(page, "Start my organisation")
    expect(page).to_have_url(re.compile("/departments/"))
    started = Organisation.objects.get()
    assert (started.currency, started.language) == ("CHF", "zh-hans")
    chosen = started.calendar
    assert (chosen.zone, chosen.working_week, chosen.country, chosen.subdivision) == (
        "Europe/Zurich", "1111110", "CH", "ZH",
    )  # fmt: skip
    labour_days = CalendarDay.objects.filter(calendar=chosen, day__month=5, day__day=1)
    assert set(labour_days.values_list("is_working", flat=True)) == {False}, "a holiday in Zürich, not in Bern"
    assert Person.objects.get().zone == "Europe/Zurich"


def pastes_departments_and_people(page: Page) -> None:
    for address, rows in (("/departments/several/", DEPARTMENTS), ("/people/several/", PEOPLE)):
        page.goto(address)
        page.get_by_label("Paste rows here").fill(rows)
        send(page, "See what happens")
        send(page, re.compile("^Take these"))
        has_said(page, "added")
    assert Person.objects.count() == 13
    assert Tenure.objects.filter(person__name="Ingrid Solheim", seat__kind="cx_sponsor").exists()


def founds_a_council(page: Page) -> None:
    page.goto("/councils/found/")
    page.get_by_label("Name", exact=True).fill("CX Governance Council")
    page.get_by_label("Kind", exact=True).select_option("governance")
    choose(page, "Department", "Harbourline Mutual")
    choose(page, "Sponsor", "sponsor")
    page.get_by_label("Draft its own charter from the template").check()
    choose(page, "Chair", "Noor Haddad")
    choose(page, "Secretary", "Piet Vos")
    send(page, "Found the council")
    for name, department in (
        ("Fatima El Idrissi", "Claims"),
        ("Amara Okafor", "Digital"),
        ("陈怡静", "Customer service"),
        ("Joel Brandt", ""),
        ("Hugo Lindqvist", ""),
    ):
        page.get_by_role("link", name=re.compile("Add a seat")).first.click()
        choose(page, "Who sits there", name)
        if department:
            choose(page, "Represents", department)
        send(page, "Add the seat")


def makes_it_able_to_decide(page: Page, council: Council) -> None:
    """What "can it get stuck?" asks for: a deputy for the chair, and a sponsor who may sign what lies beyond it."""
    chair = council.memberships.get(seat__kind="chair").seat
    page.goto(f"/councils/{council.reference}/members/{chair.reference}/")
    choose(page, "Person", "Hugo Lindqvist")
    choose(page, "As", "deputy")
    page.get_by_role("main").locator("button.primary").click()
    page.goto(f"/executive-sponsors/{council.sponsor.seat.reference}/pledge/")
    page.get_by_label("May grant up to").fill("250,000")
    send(page, "Set the pledge")


def choose(page: Page, label: str, words: str) -> None:
    """Choose the option of a list that says ``words``."""
    box = page.get_by_label(re.compile(rf"^\s*{label}\s*(\(optional\))?\s*$"))
    option = box.locator("option").filter(has_text=re.compile(re.escape(words), re.IGNORECASE)).first
    box.select_option(value=option.get_attribute("value"))


def asks_the_sponsor_to_ratify(page: Page, council: Council, axe: Any) -> None:
    """The draft cannot get stuck with the seats as they are, and goes to its sponsor."""
    page.goto(f"/charters/{council.charter.reference}/")
    expect(page.get_by_role("main")).to_contain_text("nothing stops it")
    axe(page)
    page.get_by_role("link", name="Submit it to its sponsors").click()
    send(page, "Submit it")
    assert Charter.objects.get(pk=council.charter_id).versions.get().state == CharterState.SUBMITTED


def the_sponsor_ratifies_from_the_mail(page: Page, guide: Guide, council: Council) -> None:
    page.goto(guide.link("ingrid@harbourline.example", "Ratify it"))
    send(page, "Ratify it")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert council.charter.versions.get().state == CharterState.IN_FORCE


def gets_in(lead: Page, page: Page, guide: Guide, name: str) -> None:
    """The CX lead invites; whoever is invited chooses a password by the link in the mail, and signs in."""
    email = Person.objects.get(name=name).email
    lead.goto("/people/invitations/")
    for box in lead.get_by_role("main").get_by_role("checkbox").all():
        box.set_checked(box.get_attribute("aria-label") == name)
    send(lead, re.compile("invit", re.IGNORECASE))
    guide.post_goes_out()
    page.goto(re.findall(r"(/b/\S+)", guide.letters_to(email)[-1])[-1])
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("main").locator("button.primary").click()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    send(page, "Sign in")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def grants_an_envelope(page: Page, council: Council) -> None:
    page.goto(f"/councils/{council.reference}/")
    page.get_by_role("link", name="Grant an envelope").click()
    page.get_by_label("How much").fill("20,000")
    page.get_by_label("I sign this grant in my name").check()
    send(page, re.compile("rant"))
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"CHF\s*20,000"))


def tries_the_mail(page: Page) -> None:
    page.goto("/settings/")
    before = len(mail.outbox)
    send(page, re.compile("test mail", re.IGNORECASE))
    assert len(mail.outbox) == before + 1


def uploads_feedback(page: Page, folder: Path) -> None:
    lines = ["Ticket,Received on,Team,Subject,What they wrote"]
    topics = ("Claim status", "Claim form", "Waiting on the phone")
    teams = ("Claims", "Digital", "Customer service")
    for number in range(12):
        day = timezone.now().date() - timedelta(days=20 - number)
        lines.append(
            f"T{number},{day.isoformat()},{teams[number % 3]},{topics[number % 3]},Voice {number}: nobody tells me."
        )
    file = folder / "tickets.csv"
    file.write_text("\n".join(lines))
    page.goto("/feedback-sources/upload/")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Where it comes from").fill("Contact centre")
    send(page, "Look at it")
    page.get_by_label("Subject", exact=True).select_option("topic")  # what a subject says only its owner knows
    send(page, "Look again")
    send(page, "Take it in")
    expect(page.get_by_role("main")).to_contain_text("12")
    assert set(topics) <= set(Theme.objects.values_list("name", flat=True))
    assert Theme.objects.filter(name__in=topics, routings__isnull=False).distinct().count() == 3


def pastes_the_old_action_log(page: Page, council: Council, axe: Any) -> None:
    """Forty lines as a spreadsheet has them; what it truly held is told in numbers that open their lines."""
    page.goto("/actions/")
    page.get_by_role("link", name="Paste an old log").click()
    choose(page, "Which council oversees them", "CX Governance Council")
    page.get_by_label("The rows of the log").fill(LOG.read_text())
    send(page, "Look at it")
    expect(page.get_by_role("main")).to_contain_text("Who is meant")
    order = page.get_by_label("3/2 in this log is")
    if order.count():
        order.select_option("day")
    for box in page.get_by_role("table", name="Owners as the log names them").get_by_role("combobox").all():
        if not box.input_value():  # a name that several may bear is never guessed
            nobody = box.locator("option").filter(has_text="Nobody of these").first
            box.select_option(value=nobody.get_attribute("value"))
    axe(page)
    send(page, "Look again")
    send(page, "Ask the owners")
    expect(page.get_by_role("heading", level=1)).to_have_text("What the log truly held")
    axe(page)
    # Of the forty lines 32 ask somebody for something; of these, with what this organisation knows (its six names, its
    # francs), 16 name nobody, 9 no day and 29 no money.
    for label, value in (("Without an owner", 16), ("Without a date", 9), ("Without money", 29)):
        figure = page.locator(".figure").filter(has_text=label)
        expect(figure).to_contain_text(re.compile(rf"\D{value}\s*of 32 actions"))
    fates = Counter(ActionLogLine.objects.values_list("fate", flat=True))
    assert fates == {"action": 32, "history": 4, "twice": 2, "nothing": 1, "total": 1}, "every line is accounted for"
    assert sum(fates.values()) == 40
    taken = ActionItem.objects.filter(council=council)
    assert taken.count() == 32
    assert not taken.exclude(promised=None).exists(), "an old date is asked for, never promised"
    assert taken.exclude(asked_for=None).exists()


def each_owner_has_one_mail(before: int) -> None:
    """Whoever holds a seat that was matched is asked once for all of it; nobody else is; who pasted it knows."""
    lines = ActionLogLine.objects.filter(fate=Fate.ACTION).exclude(action__seat__kind=SeatKind.CX_LEAD)
    owners = Tenure.objects.filter(seat__in=lines.values("action__seat"), until_at=None, role="holder")
    asked = Counter(letter.to[0] for letter in mail.outbox[before:] if "Accept it" in str(letter.body))
    assert asked == Counter(set(owners.values_list("person__email", flat=True)))
    names = ("fatima", "joel", "amara", "tomasz", "sanne", "yijing")
    assert set(asked) == {f"{name}@harbourline.example" for name in names}


def brings_a_theme_to_the_council(page: Page) -> None:
    page.goto("/themes/")
    page.get_by_role("main").get_by_role("link", name="Claim status").first.click()
    page.get_by_role("link", name="Put it onto an agenda").click()
    choose(page, "Council", "CX Governance Council")
    page.get_by_label("What the council is asked").fill("Shall we text at each step of a claim?")
    send(page, "Propose it")


def a_meeting_decides(page: Page, council: Council) -> ActionItem:
    """A meeting is called for now, has a quorum, and decides."""
    page.goto(f"/councils/{council.reference}/")
    page.get_by_role("link", name="Call a meeting").click()
    now = timezone.now().astimezone(ZoneInfo("Europe/Zurich"))
    page.get_by_label("Day").fill(now.date().isoformat())
    page.get_by_label("Time").fill(f"{now:%H:%M}")
    send(page, "Call the meeting")
    send(page, "Open the meeting")
    for here in range(1, 6):
        page.get_by_role("button", name=re.compile(r"^Mark here")).first.click()
        expect(page.locator(".quorum")).to_contain_text(f"{here} of 7 here")
    page.get_by_label("Motion").fill("Text at each step, with four thousand francs at most.")
    page.get_by_label("What is to be done").fill(TITLE)
    choose(page, "Accountable seat", "Claims data analyst")
    page.get_by_label("What would prove it done").fill("Nine of ten claims get all four texts.")
    page.get_by_label("Date asked for").fill((now.date() + timedelta(days=21)).isoformat())
    page.get_by_label("Allocated from the envelope").fill("3,999")
    page.get_by_role("radio", name="votes for it").first.check()
    send(page, "Record the decision")
    expect(page.locator("#decided")).to_contain_text("valid")
    return ActionItem.objects.get(decision=Decision.objects.get())


def the_owner_answers(page: Page, guide: Guide, lead: Page, action: ActionItem, axe: Any) -> None:
    """Accepts from the mail; then, with a password, reports what stops it and asks for help."""
    page.goto(guide.link("li.wei@harbourline.example", "Accept it"))
    axe(page)
    send(page, "Accept it")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    action.refresh_from_db()
    assert action.promised == action.asked_for
    gets_in(lead, page, guide, "Li Wei")
    page.goto(f"/actions/{action.reference}/")
    page.get_by_text("Report what stops it").click()
    page.get_by_label("What stops it").fill("Nobody writes the texts.")
    send(page, "Report it blocked")
    assert Blocker.objects.filter(action=action, lifted_at=None).exists()
    page.get_by_text("Ask for help now").click()
    choose(page, "Whom", "Claims")
    page.get_by_label("What would help").fill("Two days of somebody who writes well.")
    send(page, "Ask")
    has_said(page, "Asked")


def the_head_answers_from_the_mail(page: Page, guide: Guide, action: ActionItem) -> None:
    page.goto(guide.link("joel@harbourline.example", "I help"))
    page.get_by_text("help is given").click()
    page.get_by_label("In a sentence").fill("Li Wei writes the texts this week.")
    send(page, "I help")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert HelpRequest.objects.get(duty__subject=action.subject, answer="helped").said.startswith("Li Wei")


def the_executive_page_counts_it(page: Page, axe: Any) -> None:
    page.goto("/review/")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Claims"))
    expect(row).to_contain_text("1")
    axe(page)


def no_hole_is_left(page: Page, axe: Any) -> None:
    page.goto("/coverage/")
    axe(page)
    lead = Person.objects.get(email="priya@harbourline.example")
    assert coverage(lead, timezone.now()).holes == 0
