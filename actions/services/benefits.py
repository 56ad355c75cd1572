"""Money that came of an action: a finance partner verifies it, because nobody should have to take an owner's word."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actions.lifecycle import Verb
from actions.models import ActionItem, Benefit, BenefitKind
from actions.queries import independence
from actions.services.footing import take, words
from governance import events
from governance.errors import Conflict, Invalid, Refused
from governance.models import Organisation, Person, Seat, SeatKind
from governance.money import MOST
from governance.queries.seats import answering
from governance.services import journal

VERIFIED = events.declare("actions.benefit.verified", says=gettext_lazy("{by} verified what {subject} brought: {text}"))
CORRECTED = events.declare(
    "actions.benefit.corrected", says=gettext_lazy("{by} corrected what {subject} brought: {text}")
)


@transaction.atomic
def verify_benefit(
    *,
    action: ActionItem,
    kind: str,
    amount: int,
    from_on: date,
    until_on: date,
    note: str,
    by: Person,
    now: datetime,
    corrects: Benefit | None = None,
    version: int | None = None,
) -> Benefit:
    """Say what a verified action brought in a period, in minor units of the currency that its money is in.

    By a finance partner without a part in the work. ``corrects`` replaces an amount that was verified before; it stays
    on record. Raises :class:`Invalid` at the field.
    """
    action = take(action, verb=Verb.VERIFY_BENEFIT, by=by, now=now, version=version).action
    if by.pk in independence.involved(action, now):
        raise Refused(_("You had a part in this work, so another finance partner verifies what it brought."))
    if kind not in BenefitKind.values:
        raise Invalid(_("Choose cashable, revenue, cost avoided, or capacity freed."), field="kind")
    if not 0 <= amount <= MOST:
        raise Invalid(_("An amount lies between nothing and ten billion."), field="amount")
    if until_on < from_on:
        raise Invalid(_("The period ends after it begins."), field="until_on")
    note = words(note, field="note", missing=_("Say how it was verified, so that an auditor can do it again."))
    _require_correctable(action, corrects, kind, from_on, until_on)
    made = Benefit.objects.create(
        action=action,
        kind=kind,
        amount=amount,
        currency=currency_of(action),
        from_on=from_on,
        until_on=until_on,
        note=note,
        seat=_seat_of(by, now),
        corrects=corrects,
        by=by,
        at=now,
    )
    action.keep()
    journal.record(
        VERIFIED if corrects is None else CORRECTED, subject=action.subject, by=by, now=now, text=note,
        kind=kind, amount=amount, currency=made.currency,
    )  # fmt: skip
    return made


def _require_correctable(
    action: ActionItem, corrects: Benefit | None, kind: str, from_on: date, until_on: date
) -> None:
    """One amount a kind and day: the same money is never counted twice."""
    holds = Benefit.objects.filter(action=action, corrected_by=None)
    if corrects is not None:
        if not holds.filter(pk=corrects.pk).exists():
            raise Conflict(_("That amount was corrected before. Correct the one that holds."))
        holds = holds.exclude(pk=corrects.pk)
    if holds.filter(kind=kind, from_on__lte=until_on, until_on__gte=from_on).exists():
        raise Invalid(
            _("Of that kind an amount is verified for some of these days. Correct it, or choose other days."),
            field="from_on",
        )


def _seat_of(by: Person, now: datetime) -> Seat:
    seats = list(
        Seat.objects.filter(kind=SeatKind.FINANCE_PARTNER, subject__archived_at=None).values_list("pk", flat=True)
    )
    standing = answering(seats, now)
    mine = next((seat for seat in sorted(standing) if standing[seat].person_id == by.pk), None)
    if mine is None:
        raise Refused(_("Your finance partner's seat has ended. Ask whoever holds one."))
    found: Seat = Seat.objects.get(pk=mine)
    return found


def currency_of(action: ActionItem) -> str:
    """The currency of the decision that gave it money; the organisation's where none did."""
    if action.decision is not None and action.decision.currency:
        return action.decision.currency
    return Organisation.objects.values_list("currency", flat=True).get()
