"""Real organisations, read from files that are not part of the project, and built as their departments and councils.

``kubernetes`` has 24 interest groups with chairs and leads, working groups between them, committees;
``rust`` has 217 teams, people in many of them, teams below teams. Names and memberships are as the files have them.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from councils.models import Council, CouncilKind
from councils.services import councils
from governance.models import Department, Person, SeatKind
from governance.services import departments, people, seats
from tests.databases import take_stock
from tests.factories import Town, projected_once

SEATED = 8
"""Of each team at most: the largest has 75 members, and more of them show nothing that eight do not."""


@dataclass
class Body:
    """One group: its people by name, the first of ``leads`` chairs it, the second keeps its agenda."""

    key: str
    name: str
    above: str = ""
    leads: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    is_department: bool = False


def kubernetes(folder: Path) -> list[Body]:
    """The groups of ``sigs.yaml``; an interest group is a department with a council, the rest councils."""
    told = yaml.safe_load((folder / "sigs.yaml").read_text(encoding="utf-8"))
    found = [Body("steering", "Steering Committee", leads=[])]
    for kind, word in (("committees", "Committee"), ("sigs", "SIG"), ("workinggroups", "WG")):
        for one in told[kind]:
            lead = one["leadership"]
            if one["dir"] == "committee-steering":
                found[0].leads = [who["name"] for who in lead["chairs"]]
                continue
            sponsors = one.get("stakeholder_sigs") or []
            found.append(
                Body(
                    key=one["dir"],
                    name=f"{word} {one['name']}",
                    above=_sig(sponsors[0]) if sponsors and kind == "workinggroups" else "steering",
                    leads=[who["name"] for who in lead["chairs"]],
                    members=[who["name"] for who in lead.get("tech_leads") or []],
                    is_department=kind == "sigs",
                )
            )
    return found


def _sig(name: str) -> str:
    return "sig-" + re.sub(r"[^a-z]+", "-", name.lower()).strip("-")


def rust(folder: Path) -> list[Body]:
    """All teams, those of the past among them, each below the team that it says it belongs to."""
    found = []
    for file in sorted(folder.rglob("*.toml")):
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        at_work = told.get("people", {})
        names = [one if isinstance(one, str) else one["github"] for one in at_work.get("members", [])]
        leads = list(at_work.get("leads", []))
        found.append(
            Body(
                key=told["name"],
                name=f"{told['name']} team",
                above=told.get("subteam-of", ""),
                leads=leads,
                members=[name for name in names if name not in leads][: SEATED - len(leads)],
                is_department=bool(told.get("top-level")),
            )
        )
    return found


@dataclass
class Built:
    """An organisation as far as it stands: people by name, councils and departments by the key of their body."""

    town: Town
    people: dict[str, Person] = field(default_factory=dict)
    councils: dict[str, Council] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)

    def add(self, bodies: Iterable[Body]) -> None:
        """More bodies, each after the one that it reports to; everybody seated, grants projected once."""
        listed = list(bodies)
        keys = {body.key for body in listed}
        waiting = [body for body in listed if body.above not in keys]
        with projected_once():
            while waiting:
                body = waiting.pop(0)
                waiting += [one for one in listed if one.above == body.key]
                self._found(body)
        take_stock()

    def _person(self, name: str) -> Person | None:
        if name and name not in self.people:
            local = re.sub(r"[^a-z0-9]+", ".", name.lower()).strip(".")
            email = f"{local}.{len(self.people)}@sample.example"
            self.people[name] = people.add(email=email, name=name, by=None, now=self.town.now)
        return self.people.get(name)

    def _department(self, body: Body) -> Department:
        if not body.is_department:
            return self.departments.get(body.above, self.town.root)
        now = self.town.now
        made = departments.create(code=body.key.upper()[:40], name=body.name, by=None, now=now)
        head = seats.found(kind=SeatKind.HEAD, department=made, by=None, now=now)
        leader = self._person(body.leads[0] if body.leads else "")
        if leader is not None:
            seats.seat_person(seat=head, person=leader, by=None, now=now)
        return made

    def _found(self, body: Body) -> None:
        now, department = self.town.now, self._department(body)
        self.departments[body.key] = department
        names = list(dict.fromkeys([*body.leads, *body.members]))
        chair, clerk = [*names, "", ""][:2]
        council = councils.found(
            name=body.name,
            kind=CouncilKind.SQUAD,
            department=department,
            sponsor=self.town.exec_sponsor,
            charter=self.town.charter,
            parent=self.councils.get(body.above),
            chair=self._person(chair),
            secretary=self._person(clerk),
            by=None,
            now=now,
        )
        self.councils[body.key] = council
        for name in names[2:]:
            title = f"{body.name}, {name}"
            councils.add_member(council=council, person=self._person(name), title=title, by=None, now=now)
