"""``make faults``: the long form. Goes on where it was stopped, and keeps what it found in a file.

    python -m tests.faults [postgresql|sqlite] [MINUTES]

PostgreSQL is the server that DATABASE_URL names (``.ci/with_services.py`` gives one). Every round that is finished is
kept in ``.data/faults/ENGINE.json``; the next run begins with the first that is not there. When all are, the log is
written beside it, and the next run begins anew.
"""

import json
import os
import signal
import sys
import time
from datetime import UTC, datetime
from typing import Any

from tests.faults.place import ROOT
from tests.faults.round import Spec
from tests.faults.rounds import Rounds

KEPT = ROOT / ".data" / "faults"
MINUTES = 100.0
POINTS = ("before_claim", "after_claim", "before_hand_over", "after_250", "before_commit", "while_falling",
          "while_hearing")  # fmt: skip


def plan(engine: str, share: float = 1.0) -> list[Spec]:
    """The rounds of a long run: ``share`` of the kills and of the outages. The lease is that of production."""
    most = {"postgresql": 100, "sqlite": 50}[engine]
    rounds = max(1, round(most * share / 10))
    usual: dict[str, Any] = {"engine": engine, "lease": 20.0, "every": 5.0}
    outage = 600 * share
    ten = {"worker": 10, "beat": 10, "web": 10, "sweep": 10}
    return [
        Spec("bypassed", **usual, seed=900, bypass=True, sweeps=0, spacing=6.0, kills={"worker": 10},
             broker=("flush",)),
        *(
            Spec(f"points {number}", **usual, seed=number, rate=1.5,
                 points=dict.fromkeys(POINTS, max(1, round(5 * share))))
            for number in (1, 2)
        ),
        *(Spec(f"kills {number}", **usual, seed=100 + number, kills=ten) for number in range(1, rounds + 1)),
        Spec("two beats, four workers, fivefold", **usual, seed=300, beats=2, workers=4, fivefold=True,
             idle=120 * share, kills={"worker": 8, "beat": 4}),
        Spec("flushed", **usual, seed=400, kills={"worker": 5, "sweep": 5}, broker=("flush",)),
        *(
            Spec(f"broker {fate}", engine=engine, lease=20.0, every=30.0, seed=500, rate=1.0, broker=(fate,),
                 outage=outage, budget=outage + 300)
            for fate in ("stop", "absent")
        ),
    ]  # fmt: skip


def as_wanted(result: dict[str, Any]) -> bool:
    """Nothing lost; and without the outbox, something, while the rest arrived."""
    return bool(result.get("lost") and result["mails"]) if result["name"] == "bypassed" else result["ok"]


def in_a_line(result: dict[str, Any]) -> str:
    if "owed" not in result:
        return f"| {result['name']} | did not run: {result['errors']} |||||||"
    done = ", ".join(f"{many} {what}" for what, many in result["done"].items()) or "none"
    outages = "; ".join(
        f"{one['seconds']} s, {one['owed']} owed meanwhile, all out {one['all out after']} s after"
        for one in result["outages"]
    )
    faults = "; ".join(filter(None, [done, outages]))
    waits = " / ".join(map(str, result["wait"]))
    return (
        f"| {result['name']} | {faults} | {result['owed']} | {result['mails']} | {result['number lost']} |"
        f" {len(result['doubled']) + len(result['unexplained']) + len(result['strangers'])} | {result['copies']} |"
        f" {waits} | {result['seconds']} |"
    )


HEAD = (
    "| round | faults | owed | mails | lost | wrong | copies after the 250 | wait: median / 99 % / longest, s | s |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


def log_of(engine: str, kept: dict[str, Any]) -> str:
    results = kept["rounds"]
    verdict = "as it must be" if all(map(as_wanted, results)) else "NOT as it must be"
    return (
        f"## {engine}, {kept['began'][:16].replace('T', ' ')} UTC, {round(kept['seconds'] / 60)} minutes: {verdict}\n\n"
        + HEAD
        + "\n".join(map(in_a_line, results))
        + "\n"
    )


def main(engine: str, minutes: float, share: float) -> int:
    KEPT.mkdir(parents=True, exist_ok=True)
    state = KEPT / f"{engine}.json"
    kept = json.loads(state.read_text()) if state.exists() else {}
    if not kept or kept.get("is_over") or kept.get("share") != share:
        kept = {"began": datetime.now(UTC).isoformat(), "share": share, "seconds": 0.0, "rounds": []}
    finished = {result["name"] for result in kept["rounds"]}
    rounds = Rounds(os.environ["DATABASE_URL"] if engine == "postgresql" else "")
    try:
        for spec in plan(engine, share):
            if spec.name in finished:
                continue
            left = minutes * 60 - kept["seconds"]
            if left < 60:
                print(f"{minutes:.0f} minutes are over: {spec.name} and what follows were not run.")
                break
            spec.budget = min(spec.budget, left - 30)
            print(f"{datetime.now(UTC):%H:%M:%S} {engine}: {spec.name}", flush=True)
            began = time.monotonic()
            result = rounds.run(spec)
            kept["seconds"] += time.monotonic() - began
            kept["rounds"].append(result)
            state.write_text(json.dumps(kept, ensure_ascii=False, indent=1))
            told = "as it must be" if as_wanted(result) else f"WRONG: {json.dumps(result, ensure_ascii=False)}"
            print(f"{in_a_line(result)}\n  {told}", flush=True)
        kept["is_over"] = True
        state.write_text(json.dumps(kept, ensure_ascii=False, indent=1))
    finally:
        wrong = [result["name"] for result in kept["rounds"] if not as_wanted(result)]
        rounds.end(keep=bool(wrong))
        (KEPT / f"{engine}.md").write_text(log_of(engine, kept))
    print(log_of(engine, kept))
    return 1 if wrong else 0


def stopped(*_given: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stopped)
    asked = sys.argv[1:]
    sys.exit(
        main(
            asked[0] if asked else "postgresql",
            float(asked[1]) if len(asked) > 1 else MINUTES,
            float(os.environ.get("FAULTS_SHARE", "1")),
        )
    )
