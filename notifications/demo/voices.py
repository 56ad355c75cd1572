"""What customers of Harbourline say: sentences put together by rule, the same ones for the same seed."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MAPPING = {
    "external_id": "case",
    "received": {"column": "received", "format": "%Y-%m-%d %H:%M"},
    "due": {"column": "target", "format": "%Y-%m-%d %H:%M"},
    "closed": {"column": "closed", "format": "%Y-%m-%d %H:%M"},
    "department": "department",
    "topic": "topic",
    "text": "text",
    "channel": "channel",
    "giver": "customer",
    "score": {"column": "score", "scale": [1, 5]},
    "language": "language",
    "kind": {"value": "complaint"},
    "zone": "Europe/Amsterdam",
}
COLUMNS = [
    "case",
    "received",
    "target",
    "closed",
    "department",
    "topic",
    "text",
    "channel",
    "customer",
    "score",
    "language",
]
FORMAT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Topic:
    """What people complain of: openings and particulars are combined; ``days`` is how long ago it began and ended."""

    name: str
    department: str
    count: int
    openings: tuple[str, ...]
    particulars: tuple[str, ...]
    days: tuple[int, int] = (150, 1)
    language: str = "en"
    solved: float = 0.6


TOPICS: tuple[Topic, ...] = (
    Topic(
        "Claim status",
        "CLM",
        62,
        (
            "Nobody tells me where my claim stands",
            "I have to call to learn anything about my claim",
            "Two weeks of silence after I sent the photos",
            "The app says “in progress” since the day of the accident",
            "Your letter said you would call. You did not",
            "I told the same story to a third person today",
        ),
        (
            "and the hire car ends on Friday.",
            "while the other insurer texts at every step.",
            "and I only want to know what comes next.",
            "although I was promised an answer within five days.",
            "and the repairer does not know either.",
            "so I took a day off to sit on the phone.",
        ),
    ),
    Topic(
        "Repair appointment",
        "REP",
        42,
        (
            "The garage had no appointment for three weeks",
            "I drove to the repairer and nobody expected me",
            "The repair was moved twice without a call",
            "There is no garage of yours within an hour of Groningen",
        ),
        (
            "and a hire car was not offered.",
            "so I found one myself. Will you pay?",
            "and the booking page lost my choice.",
            "although the confirmation named the hour.",
            "with a child seat to be replaced.",
        ),
    ),
    Topic(
        "Waiting on the phone",
        "CON",
        44,
        (
            "Forty minutes of music",
            "I was cut off after half an hour",
            "The menu has seven options and none is “accident”",
            "Called four times on Monday morning",
            "The colleague was kind, the wait was not",
        ),
        (
            "and nobody called back.",
            "at the roadside, in the rain.",
            "only to be put through to another queue.",
            "and then the line was closed.",
            "for a question that takes one minute.",
        ),
    ),
    Topic(
        "App sign-in",
        "DIG",
        38,
        (
            "The app signs me out each time",
            "The code by text arrives after it has expired",
            "With the new phone I cannot get in any more",
            "Face recognition works once, then never again",
        ),
        (
            "so I gave up and wrote a letter.",
            "and the help page leads back to the sign-in.",
            "just when I stood beside the dented car.",
            "on a two-year-old phone.",
        ),
        (140, 1),
        solved=0.3,
    ),
    Topic(
        "Premium increase",
        "UND",
        34,
        (
            "My premium rose by eighteen percent after twenty years without a claim",
            "The letter explains nothing",
            "A new customer pays less than I do",
            "You raised the premium in the month after my claim",
        ),
        (
            "and I would like to hear why.",
            "so my brother-in-law has already left.",
            "and the comparison site shows it.",
            "as a thank-you, I suppose.",
        ),
    ),
    Topic(
        "Moving house",
        "POL",
        26,
        (
            "I reported my move three times",
            "The new address is on one policy and not on the other",
            "Home insurance ended at the old address before it began at the new one",
        ),
        (
            "and the bill still goes to the old house.",
            "which I found out by chance.",
            "with the boxes not yet unpacked.",
            "and nobody could say who is responsible.",
        ),
    ),
    Topic(
        "Total-loss letter",
        "CLM",
        19,
        (
            "I had to read the total-loss letter four times",
            "“Residual value” and “day value” on one page and no sum that I get",
            "My father thought that he owed you money after this letter",
        ),
        ("Please write as people talk.", "It should say what happens to my car.", "A table would have helped."),
    ),
    Topic(
        "Consent wording",
        "LEG",
        11,
        ("I do not understand what I agree to", "The consent text names a repair shop that I never saw"),
        ("and cannot say no to a part of it.", "so I ticked nothing, and now nothing moves."),
        (110, 4),
    ),
    Topic(
        "Broker does not know",
        "BRK",
        16,
        ("My broker hears of changes after I do", "The broker and you tell different things"),
        ("about the same policy.", "and each sends me to the other.", "on the day that cover should begin."),
    ),
    Topic(
        "理賠進度",
        "HKG",
        26,
        ("我的理賠到哪一步了？", "上傳文件後兩星期沒有消息", "熱線說會回電，至今沒有", "短訊只有英文，父母看不懂"),
        ("請用中文通知我。", "每次都要從頭解釋一遍。", "修車廠也在等你們的答覆。", "希望每一步都有短訊。"),
        (120, 1),
        "zh-Hant",
        0.4,
    ),
)
# A department that nobody placed yet: it comes in with the file.
STRANGER = Topic(
    "Roadside assistance",
    "RSA",
    4,
    ("Three hours on the hard shoulder", "The tow truck took the car and not the family"),
    ("with two children.", "and nobody knew where it went."),
    (60, 12),
)
CHANNELS = ("Phone", "App", "Mail", "Survey", "Broker", "Branch")


@dataclass(frozen=True, slots=True)
class Voice:
    on: date
    row: dict[str, str]


def voices(today: date, seed: int = 7) -> list[Voice]:
    """Some 320 rows of the last five months, oldest first."""
    chance = random.Random(seed)  # noqa: S311 - the same demo each time, nothing to guess
    drawn = sorted(_drawn(today, chance), key=lambda voice: voice.row["received"])
    return [Voice(voice.on, {**voice.row, "case": f"HM-{40_001 + place}"}) for place, voice in enumerate(drawn)]


def _drawn(today: date, chance: random.Random) -> Iterator[Voice]:
    for topic in (*TOPICS, STRANGER):
        for _number in range(topic.count):
            on = today - timedelta(days=chance.randint(topic.days[1], topic.days[0]))
            received = datetime.combine(on, time(chance.randint(7, 20), chance.randint(0, 59)))
            opening, more = chance.choice(topic.openings), chance.choice(topic.particulars)
            if topic.language == "en" and not more[0].isupper():
                said = (
                    f"{opening}, {more}"
                    if more.startswith(("so ", "and ", "while ", "which "))
                    else f"{opening} {more}"
                )
            else:
                said = f"{opening}{more}" if topic.language != "en" else f"{opening}. {more}"
            target = received + timedelta(days=7) if chance.random() < 0.85 else None
            closed = (
                received + timedelta(days=chance.randint(1, 14), hours=2) if chance.random() < topic.solved else None
            )
            if closed is not None and closed.date() >= today:
                closed = None
            yield Voice(
                on,
                {
                    "received": received.strftime(FORMAT),
                    "target": target.strftime(FORMAT) if target else "",
                    "closed": closed.strftime(FORMAT) if closed else "",
                    "department": topic.department,
                    "topic": topic.name,
                    "text": said,
                    "channel": chance.choice(CHANNELS),
                    "customer": f"customer {chance.randint(10_000, 99_999)}",
                    "score": str(chance.choice((1, 1, 2, 2, 2, 3, 3, 4))),
                    "language": topic.language,
                },
            )


def as_file(heard: list[Voice], name: str) -> io.BytesIO:
    """A CSV file as the service desk would export it, with one row whose date nobody can read."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for voice in heard:
        writer.writerow(voice.row)
    if heard:
        writer.writerow({**heard[0].row, "case": f"{heard[0].row['case']}-B", "received": "last Tuesday"})
    file = io.BytesIO(text.getvalue().encode("utf-8"))
    file.name = name
    return file
