"""Charters as people read them: each clause a sentence, with where it bites and what a version changed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Prefetch, QuerySet

from governance.clauses import CLAUSES, ENFORCERS, Rules
from governance.errors import Absent
from governance.models import Charter, CharterState, CharterVersion, Person, SeatKind, Tenure


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause of a version; ``before`` is what the version before it said, where that was something else."""

    number: int
    clause: str
    sentence: str
    lines: list[str]
    """A long rule in parts, one a line: the ladder, by what is owed. Empty for a rule that is one sentence."""
    before: str
    bites_in: list[str]


def listed(viewer: Person, now: datetime) -> QuerySet[Charter]:
    """The charters that ``viewer`` may see, with the version in force and the last one."""
    in_force = CharterVersion.objects.filter(state=CharterState.IN_FORCE).select_related("ratified_by")
    charters: QuerySet[Charter] = (
        Charter.objects.visible_to(viewer, now)
        .prefetch_related(Prefetch("versions", queryset=in_force, to_attr="holding"))
        .annotate(last_number=Max("versions__number"))
        .order_by("-is_default", "subject__title", "pk")
    )
    return charters


def one(reference: str, viewer: Person, now: datetime) -> Charter:
    """A charter by its reference. Raises :class:`Absent`."""
    found: Charter | None = listed(viewer, now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def versions(charter: Charter) -> QuerySet[CharterVersion]:
    """All versions of a charter that its reader may see anyway, newest first."""
    return charter.versions.select_related("ratified_by", "charter__subject").order_by("-number")


def version(charter: Charter, number: int) -> CharterVersion:
    """One version. Raises :class:`Absent`."""
    found = versions(charter).filter(number=number).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def rules_of(wording: CharterVersion, *, since: CharterVersion | None = None) -> list[Rule]:
    """A version as numbered sentences; with ``since``, what each sentence was before."""
    before = dict(Rules.from_json(since.rules).sentences()) if since is not None else {}
    return [
        Rule(
            number=number,
            clause=name,
            sentence=sentence,
            lines=_lines(wording) if name == "ladder" else [],
            before=before[name] if before.get(name, sentence) != sentence else "",
            bites_in=[path.rpartition(".")[2] for path in ENFORCERS.get(name, [])],
        )
        for number, (name, sentence) in enumerate(Rules.from_json(wording.rules).sentences(), start=1)
    ]


def _lines(wording: CharterVersion) -> list[str]:
    return Rules.from_json(wording.rules).ladder.lines()


def enforced() -> list[str]:
    """The clauses that something enforces: the only ones that an editor offers."""
    return [name for name in CLAUSES if name in ENFORCERS]


def may_ratify(viewer: Person, now: datetime) -> bool:
    """Whether ``viewer`` sits as an executive sponsor."""
    kinds = [SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR]
    return viewer.is_active and Tenure.objects.at(now).filter(person=viewer, seat__kind__in=kinds).exists()
