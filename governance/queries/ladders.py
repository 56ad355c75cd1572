"""Where a ladder stands when another day is given."""

from governance.clauses import RANKS, kept_rung, level
from governance.models import CharterVersion, Duty, Rung


def reached(duty: Duty, version: CharterVersion, approved_by: str) -> tuple[int, int]:
    """After which rung of ``version`` the ladder of the next day begins, which ``approved_by`` gave in place of this
    duty's, and how high ladders had come before (``Duty.height``). Two statements."""
    if duty.rung == 0 and duty.height == 0:
        return 0, 0
    before, after = (
        list(
            Rung.objects.filter(charter_version_id=pk, duty_kind=duty.kind)
            .order_by("position")
            .values_list("position", "days", "target")
        )
        for pk in (duty.charter_version_id, version.pk)
    )
    height = max(duty.height, level(before, duty.rung))
    if RANKS[approved_by] >= height:
        return 0, 0
    was, will = [(at, to) for at, _days, to in before], [(at, to) for at, _days, to in after]
    return kept_rung(was, duty.rung, will, approved_by=approved_by, height=duty.height), height
