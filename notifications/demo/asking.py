"""What the departments of Harbourline Mutual need from one another, and how far it has come. Days from today."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from actions.models import ActionItem, Request
from actions.services import request_days, requests
from governance.models import Person, Seat
from governance.queries.seats import movers
from notifications.demo.cast import Cast
from notifications.demo.script import Script


@dataclass(frozen=True, slots=True)
class Said:
    """A verb on a request: when, which, a day (from today) and words where it has them."""

    day: int
    verb: str
    on: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One request: which seat asks which, since when, by when; ``work`` is the action that it serves."""

    title: str
    asks: str
    asked: str
    born: int
    needed: int
    detail: str = ""
    work: str = ""
    said: tuple[Said, ...] = ()


NEEDS: tuple[Need, ...] = (
    Need(
        "A consent text that names the repair shop",
        "champion CLM",
        "head LEG",
        -18,
        -6,
        "Customers read the shop's name in the second text, so they have to agree to it first.",
        "Text customers at each step of a motor claim",
        (
            Said(-15, "agree", -12, "If Claims sends the list of shops by Friday."),
            Said(-14, "propose_day", -8, "The list has shops that closed; the branch checks each."),
            Said(-13, "answer_day"),
        ),
    ),
    Need(
        "Where a claim stands, on the app's first screen",
        "champion CLM",
        "champion DIG",
        -40,
        -10,
        said=(Said(-36, "counter", 12, "After the next release; the status, not the history."), Said(-34, "accept")),
    ),
    Need(
        "A call-back button that knows the claim",
        "champion CON",
        "head DIG",
        -10,
        14,
        "Every third caller reads us the number that the app showed them a minute before.",
    ),
    Need("A ruling on paying for the hire car up front", "champion REP", "head FIN", -3, 10),
    Need(
        "A look at the notice about staying signed in",
        "champion DIG",
        "champion LEG",
        -30,
        -12,
        said=(Said(-28, "agree", -14), Said(-15, "deliver", words="Two words changed."), Said(-13, "confirm")),
    ),
    Need(
        "What a premium consists of, in the customer's account",
        "champion UND",
        "champion DIG",
        -12,
        5,
        said=(Said(-4, "counter", 40, "As a page to read first; figures that can be opened come in spring."),),
    ),
    Need(
        "Two people who try the moving form",
        "champion POL",
        "champion CON",
        -20,
        -2,
        said=(
            Said(-18, "agree", -2),
            Said(-6, "deliver", words="Both sat down with it on Tuesday."),
            Said(-4, "send_back", words="Both had written the form themselves. Somebody new to it, please."),
        ),
    ),
    Need("理賠短訊可用的中文字型", "champion HKG", "champion DIG", -14, 6, said=(Said(-12, "agree", 4),)),
    Need(
        "The changes of tomorrow as a file, a day ahead",
        "head BRK",
        "champion POL",
        -28,
        -5,
        said=(Said(-26, "agree", -5), Said(-6, "deliver", words="In the brokers' folder, every evening at six.")),
    ),
    Need(
        "Two adjusters for the winter months",
        "head CLM",
        "head PPL",
        -25,
        -5,
        said=(Said(-22, "refuse", words="No new people before January. I can lend one from training."),),
    ),
    Need(
        "The ten sentences that adjusters use most",
        "champion CON",
        "champion CLM",
        -6,
        8,
        said=(Said(-5, "agree", 6, "If your team proofreads them."),),
    ),
    Need(
        "What a month without increases would cost",
        "head FIN",
        "champion UND",
        -16,
        -1,
        said=(Said(-11, "withdraw", words="The actuaries had computed it already."),),
    ),
    Need(
        "The Chinese wording, read by the branch",
        "champion LEG",
        "head HKG",
        -12,
        5,
        "Outside counsel wrote it; nobody who speaks to customers has read it.",
        "Consent in three sentences, each of which can be refused",
        (Said(-10, "agree", 5), Said(-2, "propose_day", 12, "The branch is closed for the holiday until then.")),
    ),
)


def plan(script: Script, cast: Cast, works: Mapping[str, ActionItem]) -> None:
    """Put the deeds into the script; the actions are there by the time that they are played."""
    made: dict[str, Request] = {}
    for need in NEEDS:
        script.on(need.born, partial(_ask, script, cast, works, made, need), 12)
        for said in need.said:
            script.on(said.day, partial(_say, script, made, need, said), 14)


def _acts(seat: Seat, now: datetime) -> Person:
    return Person.objects.get(pk=movers([seat.pk], now)[seat.pk].person_id)


def _ask(
    script: Script,
    cast: Cast,
    works: Mapping[str, ActionItem],
    made: dict[str, Request],
    need: Need,
    now: datetime,
) -> None:
    seat = cast.seat(need.asks)
    made[need.title] = requests.ask(
        title=need.title,
        need=need.detail,
        to=cast.seat(need.asked),
        asked_for=script.day(need.needed),
        action=works[need.work] if need.work else None,
        seat=None if need.work else seat,
        by=_acts(seat, now),
        now=now,
    )


_WORDS = {"counter": "offer", "refuse": "reason", "withdraw": "reason", "send_back": "reason", "deliver": "note"}


def _say(script: Script, made: dict[str, Request], need: Need, said: Said, now: datetime) -> None:
    request = made[need.title]
    by_asking = said.verb in ("accept", "withdraw", "confirm", "send_back", "answer_day")
    words: dict[str, Any] = {_WORDS[said.verb]: said.words} if said.words and said.verb in _WORDS else {}
    if said.verb == "agree" and said.on is not None:
        words = {"promised_on": script.day(said.on), "conditions": said.words}
    if said.verb == "counter" and said.on is not None:
        words["offered_on"] = script.day(said.on)
    if said.verb == "propose_day" and said.on is not None:
        words = {"day": script.day(said.on), "reason": said.words}
    if said.verb == "answer_day":
        words = {"answer": "approved"}
    by = _acts(request.from_seat if by_asking else request.to_seat, now)
    days: dict[str, Callable[..., Any]] = {"propose_day": request_days.propose, "answer_day": request_days.answer}
    service = days[said.verb] if said.verb in days else getattr(requests, said.verb)
    service(request=request, by=by, now=now, **words)
