"""Writing charters and putting their rules into force."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import access, events
from governance.clauses import Rules, enforces
from governance.errors import Conflict, Refused, Stale
from governance.models import (
    Charter,
    CharterState,
    CharterVersion,
    Department,
    DutyKind,
    Organisation,
    Person,
    Rung,
    SeatKind,
    SubjectKind,
    Tenure,
)
from governance.queries import representing
from governance.services import journal, subjects

DRAFTED = events.declare("governance.charter.drafted", says=gettext_lazy("{by} drafted version {number} of {subject}"))
RATIFIED = events.declare(
    "governance.charter.ratified", says=gettext_lazy("{by} ratified version {number} of {subject}")
)


def require_drafting(by: Person, now: datetime) -> None:
    """Pass for whoever may write charters, so that a page can refuse before it shows a form."""
    access.require(by, access.LEAD, _root(), now)


@transaction.atomic
def draft(
    *,
    title: str,
    rules: Rules,
    by: Person | None,
    now: datetime,
    charter: Charter | None = None,
    purpose: str = "",
    is_default: bool = False,
) -> CharterVersion:
    """Write a charter's next version; without ``charter`` a new charter. Needs the right to lead the root."""
    root = _root()
    if by is not None:
        access.require(by, access.LEAD, root, now)
    rules.check()
    rules = representing.named(rules, by, now)
    if charter is None:
        subject = subjects.create(SubjectKind.CHARTER, title=title, now=now, audience=[root.pk])
        charter = Charter.objects.create(subject=subject, is_default=is_default)
    last = charter.versions.order_by("-number").first()
    version = CharterVersion.objects.create(
        charter=charter,
        number=last.number + 1 if last else 1,
        rules=rules.to_json(),
        purpose=purpose,
        created_at=now,
    )
    journal.record(DRAFTED, subject=charter.subject, by=by, now=now, number=version.number)
    return version


@transaction.atomic
def amend(
    *,
    version: CharterVersion,
    rules: Rules,
    by: Person,
    now: datetime,
    purpose: str | None = None,
    expected: int | None = None,
) -> CharterVersion:
    """Change a draft. Rules in force never change: draft the next version instead.

    ``expected`` is the count of changes that the caller saw; raises :class:`Stale` when somebody was quicker.
    """
    access.require(by, access.LEAD, _root(), now)
    version = CharterVersion.objects.select_for_update().get(pk=version.pk)
    _check(version, expected)
    if version.state != CharterState.DRAFT:
        raise Conflict(
            _("Version %(number)d is in force and cannot change. Draft the next one.") % {"number": version.number}
        )
    rules.check()
    rules = representing.named(rules, by, now)
    version.rules = rules.to_json()
    version.purpose = version.purpose if purpose is None else purpose
    version.keep("rules", "purpose")
    return version


@enforces("ladder")
@enforces("terms")
@transaction.atomic
def ratify(*, version: CharterVersion, by: Person | None, now: datetime, expected: int | None = None) -> CharterVersion:
    """Put a draft into force; the version before it is superseded, and decisions under it keep their verdict.

    A sponsor ratifies (DESIGN.md: charters are ratified by sponsors); without ``by`` it is the set-up that does.
    Raises :class:`Stale` when the draft is not the one (``expected``) that the sponsor read.
    """
    version = CharterVersion.objects.select_for_update().select_related("charter").get(pk=version.pk)
    if (
        by is not None
        and not Tenure.objects.at(now)
        .filter(person=by, seat__kind__in=[SeatKind.CX_SPONSOR, SeatKind.EX_SPONSOR])
        .exists()
    ):
        raise Refused(_("An executive sponsor ratifies a charter. Ask one of them to."))
    _check(version, expected)
    if version.state != CharterState.DRAFT:
        raise Conflict(_("Version %(number)d was ratified already.") % {"number": version.number})
    CharterVersion.objects.filter(charter=version.charter, state=CharterState.IN_FORCE).update(
        state=CharterState.SUPERSEDED
    )
    rules = Rules.from_json(version.rules)
    Rung.objects.bulk_create(
        Rung(charter_version=version, duty_kind=kind, position=position, days=days, target=target)
        for kind in DutyKind.values
        for position, days, target in rules.ladder.rungs(kind)
    )
    version.state, version.ratified_at, version.ratified_by = CharterState.IN_FORCE, now, by
    version.keep("state", "ratified_at", "ratified_by")
    journal.record(RATIFIED, subject=version.charter.subject, by=by, now=now, number=version.number)
    return version


def _check(version: CharterVersion, expected: int | None) -> None:
    if expected is not None and version.version != expected:
        raise Stale(_("Somebody changed version %(number)d meanwhile. Read it again.") % {"number": version.number})


def _root() -> Department:
    root = Organisation.objects.select_related("root").get().root
    if root is None:
        raise Conflict(_("Start the organisation first."))
    return root
