"""Sixteen clients that read one action and say at once what follows from what they read, round by round.

A client adds one to the progress that it saw (after 100 comes 0). Where nothing is lost, each report on record follows
the one before by one, and there are as many as there were clients who were told that theirs was taken.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from rest_framework.test import APIClient

from actions.models import ActionItem, Update
from governance.models import Person

CLIENTS = 16
PATIENCE = 120
"""Seconds after which clients that wait for each other give up, so that a mistake ends."""


@dataclass
class Told:
    """What the clients were told, and every refusal that did not say how things stand."""

    statuses: Counter[int] = field(default_factory=Counter)
    silent: list[Any] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)


def race(action: ActionItem, owner: Person, rounds: int) -> Told:
    """Let the clients run; they meet twice a round, so that all have read before one writes."""
    meet, told, lock = threading.Barrier(CLIENTS), Told(), threading.Lock()
    place = f"/api/v1/actions/{action.reference}/"

    def client() -> None:
        api = APIClient()
        api.force_authenticate(owner)
        try:
            for _number in range(rounds):
                seen = api.get(place)
                meet.wait(PATIENCE)
                said = {"health": "on_track", "progress": (seen.data["progress"] + 1) % 101}
                answer = api.post(f"{place}report/", said, format="json", headers={"If-Match": seen["ETag"]})
                with lock:
                    told.statuses[answer.status_code] += 1
                    if answer.status_code == 412 and answer.json().get("version", 0) <= seen.data["version"]:
                        told.silent.append(answer.json())
                meet.wait(PATIENCE)
        except BaseException as error:  # noqa: BLE001 - told by the test
            meet.abort()
            with lock:
                told.errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def lost(action: ActionItem, told: Told) -> int:
    """How many reports were written over without their writer knowing; counted from the record alone."""
    said = list(Update.objects.filter(action=action).order_by("pk").values_list("progress", flat=True))
    assert len(said) == told.statuses[200], "whoever was told that it was taken stands on record"
    return sum(later != (earlier + 1) % 101 for earlier, later in zip([0, *said], said, strict=False))
