"""The list API: our requests a second over those of a plain ModelSerializer viewset on the same rows.

50 of 10,000 rows, through the whole stack of middleware on both sides. Ours signs a token in, finds what its owner may
see, sorts by what is open and due, and tells of each row who moves next, by when, and whether it is late; the plain one
is told the audiences, sorts by key, and has twelve fields with three references. So the ratio says what all that costs;
``docs/operations.md`` says what would make it three.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import time_machine
from django.conf import settings
from django.test import Client, override_settings

from actions.models import ActionItem
from bench.crowd import NOW, crowd
from bench.plain_urls import PlainActions
from bench.run import Figure
from governance.api.tokens import issue

SECONDS = 4.0
ROUNDS = 3
GOAL = 3.0


def run(folder: Path) -> list[Figure]:
    built = crowd(folder)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    token = issue(person=built.dense, label="bench", now=NOW)
    seen = ActionItem.objects.visible_to(built.dense, NOW).order_by().values_list("subject__audience_id", flat=True)
    PlainActions.audiences = tuple(sorted(set(seen)))
    signed_in, stranger = Client(headers={"Authorization": f"Bearer {token}"}), Client()

    def ours() -> None:
        answer = signed_in.get("/api/v1/actions/?page_size=50", secure=True)
        assert answer.status_code == 200
        assert answer.json()["count"] == 10_000

    def plain() -> None:
        answer = stranger.get("/plain/", secure=True)
        assert answer.status_code == 200
        assert answer.json()["count"] == 10_000

    best_ours = best_plain = 0.0
    for number in range(1, ROUNDS + 1):
        with time_machine.travel(NOW + timedelta(hours=1)):
            mine = _rate(ours)
            with override_settings(ROOT_URLCONF="bench.plain_urls"):
                theirs = _rate(plain)
        print(f"list_api, round {number}: ours {mine:.1f}/s, plain {theirs:.1f}/s")
        best_ours, best_plain = max(best_ours, mine), max(best_plain, theirs)
    return [
        Figure(
            name="list_api",
            ours=round(best_ours, 1),
            limit=round(best_plain, 1),
            unit="requests/s",
            ratio=round(best_ours / best_plain, 2),
            size=50,
            goal=GOAL,
        )
    ]


def _rate(ask: Callable[[], None]) -> float:
    """Requests a second."""
    ask()
    began, asked = perf_counter(), 0
    while perf_counter() - began < SECONDS:
        ask()
        asked += 1
    return asked / (perf_counter() - began)
