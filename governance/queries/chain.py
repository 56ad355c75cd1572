"""Does the journal still say what it said? Each entry is compared with its seal, the end with the heads that left."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from governance.chain import Head, Said, link, words_digest
from governance.models import JournalEntry, JournalMention, JournalText, Seal, Unsealed

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first row that does not fit: ``kind`` is changed, missing, inserted, words or cut."""

    kind: str
    seal: int | None
    entry: int | None
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``erased``: entries whose free words were erased, which the chain allows. ``heads``: heads that were compared."""

    sealed: int
    waiting: int
    erased: int
    heads: int
    misfit: Misfit | None


def said(entry_ids: Sequence[int]) -> list[Said]:
    """What these entries say, by their keys in order; one that is not there is left out. Two statements."""
    mentions: dict[int, list[tuple[str, int]]] = {}
    for entry, role, subject in JournalMention.objects.filter(entry__in=entry_ids).values_list(
        "entry_id", "role", "subject_id"
    ):
        mentions.setdefault(entry, []).append((role, subject))
    rows = JournalEntry.objects.filter(pk__in=entry_ids).order_by("pk")
    return [
        Said(*row, mentions=mentions.get(row[0], ()))
        for row in rows.values_list("pk", "at", "event", "subject_id", "by_id", "facts", "text_digest")
    ]


def head(now: datetime) -> Head | None:
    """The end of the chain; None while nothing was sealed."""
    last = Seal.objects.order_by("-pk").first()
    return Head(last.pk, last.digest, now) if last is not None else None


def heads() -> list[Head]:
    """The heads that left, oldest first. Raises ValueError where the file says something else."""
    path = Path(settings.JOURNAL_HEADS)
    if not path.is_file():
        return []
    return [Head.read(line) for line in path.read_text().splitlines() if line.strip()]


def last_head() -> Head | None:
    """The head that left last; None where none has, or the last line tells none."""
    path = Path(settings.JOURNAL_HEADS)
    lines = path.read_text().split("\n") if path.is_file() else []
    try:
        return Head.read(next(line for line in reversed(lines) if line.strip()))
    except (StopIteration, ValueError):
        return None


def verify(*, heads: Iterable[Head] = (), progress: Callable[[int], object] | None = None) -> Verdict:
    """Compare every entry with its seal, in the order of the chain, and stop at the first row that does not fit.

    ``heads`` are ends of the chain that left the database earlier: a chain cut off behind its own end shows by them.
    ``progress`` is called with how many seals were compared. Reads only; statements grow with the chain, a thousand
    seals to a step.
    """
    known = {one.seals: one for one in heads}
    waiting = Unsealed.objects.count()
    last, number, erased = "", 0, 0
    misfit: Misfit | None = None
    while misfit is None:
        chunk = list(
            Seal.objects.filter(pk__gt=number)
            .order_by("pk")
            .values_list("pk", "entry_id", "previous_id", "digest")[:CHUNK]
        )
        if not chunk:
            break
        told = {one.entry_id: one for one in said([row[1] for row in chunk])}
        for pk, entry, previous, digest in chunk:
            misfit = _compare(pk, entry, previous, digest, number, last, told.get(entry), known.get(pk))
            if misfit is not None:
                break
            number, last = pk, digest
        if misfit is None:
            misfit, gone = _words([row[1] for row in chunk], {one.entry_id: one.text_digest for one in told.values()})
            erased += gone
        if progress is not None:
            progress(number)
    if misfit is None:
        misfit = _inserted() or _cut(number, known.values())
    return Verdict(number, waiting, erased, len(known), misfit)


def _compare(
    pk: int, entry: int, previous: int | None, digest: str, number: int, last: str, told: Said | None, left: Head | None
) -> Misfit | None:
    """What is wrong with one link, if anything is."""
    if pk != number + 1 or (previous or 0) != number:
        says = _("Seal %(gone)d is missing: seal %(here)d follows seal %(last)d.")
        return Misfit("missing", number + 1, None, says % {"gone": number + 1, "here": pk, "last": number})
    if told is None:
        return Misfit("missing", pk, entry, _("Entry %(entry)d was taken out of the journal.") % {"entry": entry})
    if link(last, told, settings.JOURNAL_KEY) != digest:
        says = _("Entry %(entry)d (%(event)s) or its seal was changed since it was sealed.")
        return Misfit("changed", pk, entry, says % {"entry": entry, "event": told.event})
    if left is not None and left.digest != digest:
        says = _("Seal %(seal)d is not the one whose digest left the database on %(day)s: the chain was made anew.")
        return Misfit("changed", pk, entry, says % {"seal": pk, "day": left.at.date().isoformat()})
    return None


def _words(entries: Sequence[int], digests: dict[int, str]) -> tuple[Misfit | None, int]:
    """The first entry whose words are not those that were recorded, and how many had theirs erased."""
    found = {
        row[0]: (row[1], row[2])
        for row in JournalText.objects.filter(entry__in=entries).values_list("entry_id", "salt", "body")
    }
    erased = 0
    for entry in entries:
        if entry not in found:
            erased += bool(digests.get(entry))
        elif words_digest(*found[entry]) != digests.get(entry):
            return Misfit(
                "words", None, entry, _("The words beside entry %(entry)d were changed.") % {"entry": entry}
            ), 0
    return None, erased


def _inserted() -> Misfit | None:
    entry = JournalEntry.objects.filter(seal=None, unsealed=None).order_by("pk").values_list("pk", flat=True).first()
    if entry is None:
        return None
    return Misfit("inserted", None, entry, _("Entry %(entry)d came in past the sealer.") % {"entry": entry})


def _cut(number: int, heads: Iterable[Head]) -> Misfit | None:
    longest = max(heads, key=lambda one: one.seals, default=None)
    if longest is None or longest.seals <= number:
        return None
    says = _("The chain ends at seal %(end)d, and had %(seals)d seals on %(day)s: the end was cut off.")
    return Misfit(
        "cut", number + 1, None, says % {"end": number, "seals": longest.seals, "day": longest.at.date().isoformat()}
    )
