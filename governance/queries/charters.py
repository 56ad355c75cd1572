"""Charters as people read them: each clause a sentence, with where it bites and what a version changed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Prefetch, QuerySet

from governance import access, mandates
from governance.clauses import CLAUSES, ENFORCERS, Rules
from governance.errors import Absent
from governance.mandates import Mandate
from governance.models import Charter, CharterState, CharterVersion, Duty, DutyKind, Person


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
    return (
        charter.versions.select_related("ratified_by", "charter__subject")
        .prefetch_related("submissions__seats__subject", "submissions__signatures__seat__subject")
        .order_by("-number")
    )


def version(charter: Charter, number: int) -> CharterVersion:
    """One version. Raises :class:`Absent`."""
    found = versions(charter).filter(number=number).first()
    if found is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    return found


def rules_of(wording: CharterVersion, *, since: CharterVersion | None = None) -> list[Rule]:
    """A version as numbered sentences; with ``since``, what each sentence was before."""
    before = dict(_said(since)) if since is not None else {}
    return [
        Rule(
            number=number,
            clause=name,
            sentence=sentence,
            lines=_lines(wording) if name == "ladder" else [],
            before=before[name] if before.get(name, sentence) != sentence else "",
            bites_in=[path.rpartition(".")[2] for path in ENFORCERS.get(name, [])],
        )
        for number, (name, sentence) in enumerate(_said(wording), start=1)
    ]


def _said(wording: CharterVersion) -> list[tuple[str, str]]:
    return Rules.from_json(wording.rules).sentences(of_programme=wording.charter.is_default)


def _lines(wording: CharterVersion) -> list[str]:
    return Rules.from_json(wording.rules).ladder.lines()


def enforced() -> list[str]:
    """The clauses that something enforces: the only ones that an editor offers."""
    return [name for name in CLAUSES if name in ENFORCERS]


def mandate_of(wording: CharterVersion) -> list[tuple[str, str, list[str]]]:
    """``(text, its name, its lines)`` of a version's mandate, the purpose first; what is empty is left out."""
    texts = [("purpose", [wording.purpose])] if wording.purpose else []
    texts += Mandate.from_json(wording.mandate).lines()
    return [(key, str(mandates.NAMES[key]), lines) for key, lines in texts]


@dataclass(frozen=True, slots=True)
class Difference:
    """One text or rule of two versions, side by side."""

    part: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


def compared(before: CharterVersion, after: CharterVersion) -> list[Difference]:
    """Two versions of a charter rule by rule: each text of the mandate, then each clause, whether it differs or not."""
    texts = [{key: "\n".join(lines) for key, _name, lines in mandate_of(one)} for one in (before, after)]
    rules = [dict(_said(one)) for one in (before, after)]
    found = [
        Difference(key, texts[0].get(key, ""), texts[1].get(key, ""))
        for key in ("purpose", *mandates.TEXTS)
        if key in texts[0] or key in texts[1]
    ]
    found += [
        Difference(key, rules[0].get(key, ""), rules[1].get(key, ""))
        for key in CLAUSES
        if key in rules[0] or key in rules[1]
    ]
    return found


def may_review(charter: Charter, viewer: Person, now: datetime) -> bool:
    """Whether a review of the charter is owed by a seat for which ``viewer`` answers."""
    owed = Duty.objects.filter(subject_id=charter.pk, kind=DutyKind.REVIEW, closed_at=None).first()
    return owed is not None and access.holds(viewer, owed.seat_id, now)


def vision_of(version: CharterVersion) -> str:
    """One line of where a charter wants to get to; empty where it does not say."""
    lines = Mandate.from_json(version.mandate).vision.splitlines()
    return lines[0] if lines else ""
