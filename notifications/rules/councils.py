"""Who has to know what happened in councils."""

from collections.abc import Iterable, Sequence

from actions.models import DateRequest, ResourceRequest
from councils import referrals
from councils.models import AgendaItem, Membership
from governance.models import Duty, DutyKind, SeatKind
from notifications.kinds import Kind
from notifications.rules.registry import Heard, Telling, on


@on("councils.item.proposed")
def proposed(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Tell whoever has to bring it to a decision; a referral is told to the chair of the body above, or to the sponsor.

    What a rule put there (no doer) was told by that rule already: a last rung speaks to the chair.
    """
    keys = {entry.subject_id for entry in entries}
    referred = {item.pk: item for item in AgendaItem.objects.filter(pk__in=keys, matter=referrals.REFERRAL)}
    chairs = dict(
        Membership.objects.filter(
            council_id__in={item.council_id for item in referred.values()}, ended_at=None, seat__kind=SeatKind.CHAIR
        )
        .order_by("-seat_id")
        .values_list("council_id", "seat_id")
    )
    owed = {
        subject: (duty, seat)
        for subject, duty, seat in Duty.objects.filter(
            subject_id__in=keys, kind=DutyKind.SETTLE, closed_at=None
        ).values_list("subject_id", "pk", "seat_id")
    }
    for entry in entries:
        if entry.subject_id not in owed:
            continue  # settled meanwhile
        duty, seat = owed[entry.subject_id]
        item = referred.get(entry.subject_id)
        if item is not None:
            if not referrals.is_for_the_sponsor(item):
                seat = chairs.get(item.council_id, seat)
            yield Telling(entry.entry_id, Kind.REFERRED, seat, entry.subject_id, duty)
        elif entry.by_id is not None:
            yield Telling(entry.entry_id, Kind.TO_SETTLE, seat, entry.subject_id, duty)


@on("councils.item.went_back")
def went_back(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever asked hears that somebody may settle it without the council; said at the thing. Two statements."""
    items = {key for entry in entries for key in entry.mentioned("item")}
    asked = dict(ResourceRequest.objects.filter(item__in=items).values_list("item_id", "by_id"))
    asked |= dict(DateRequest.objects.filter(item__in=items).order_by("pk").values_list("item_id", "asked_by_id"))
    for entry in entries:
        for key in entry.mentioned("item"):
            if key in asked:
                yield Telling(entry.entry_id, Kind.HANDED_BACK, None, entry.subject_id, person_id=asked[key])


@on("councils.item.withdrawn")
def withdrawn(entries: Sequence[Heard]) -> Iterable[Telling]:
    """Whoever raised a matter, or asked for what it is about, hears that it is off the agenda, with the reason that
    stands there. Three statements.

    Who asked for money or for another date is told at the work itself, for they need not see the agenda.
    """
    keys = {entry.subject_id for entry in entries}
    raised: dict[int, tuple[int, int]] = {
        pk: (person, pk)
        for pk, person in AgendaItem.objects.filter(pk__in=keys, raised_by__isnull=False).values_list(
            "pk", "raised_by_id"
        )
    }
    for rows in (
        ResourceRequest.objects.filter(item__in=keys).values_list("item_id", "by_id", "action_id"),
        DateRequest.objects.filter(item__in=keys).order_by("pk").values_list("item_id", "asked_by_id", "action_id"),
    ):
        raised |= {item: (person, about) for item, person, about in rows}
    for entry in entries:
        person, about = raised.get(entry.subject_id, (None, 0))
        if person is not None and person != entry.by_id:
            yield Telling(entry.entry_id, Kind.HANDED_BACK, None, about, person_id=person)
