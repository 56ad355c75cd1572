"""Where a ladder stands when another day is given."""

from governance.clauses import kept_rung
from governance.models import CharterVersion, Duty, Rung


def reached(duty: Duty, version: CharterVersion, approved_by: str) -> int:
    """After which rung of ``version`` the ladder of the next day begins, which ``approved_by`` gave in place of this
    duty's. Two statements."""
    if duty.rung == 0:
        return 0
    before, after = (
        list(
            Rung.objects.filter(charter_version_id=pk, duty_kind=duty.kind)
            .order_by("position")
            .values_list("position", "target")
        )
        for pk in (duty.charter_version_id, version.pk)
    )
    return kept_rung(before, duty.rung, after, approved_by=approved_by)
