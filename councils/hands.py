"""A show of hands: how many were raised for each choice, without names. Pure: no ORM, no clock."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from councils.tally import ABSTAIN, AGAINST, FOR, RECUSED

SHOWN = (FOR, AGAINST, ABSTAIN)


def problem(shown: Mapping[str, int], *, able: int) -> str:
    """What is wrong with a count where ``able`` seats are here and do not stand aside; empty: nothing."""
    if set(shown) - set(SHOWN) or any(raised < 0 for raised in shown.values()):
        return _("Write how many hands were raised for it, against it, and for abstaining.")
    raised = sum(shown.values())
    if not raised:
        return _("No hand is counted. Write how many were raised.")
    if raised > able:
        return _(
            "%(raised)d hands were raised, and %(able)d seats are here to vote. Count again, or mark who is here."
        ) % {
            "raised": raised,
            "able": able,
        }
    return ""


def choices_of(shown: Mapping[str, int], named: Iterable[str]) -> list[str]:
    """The choices to tally: one a hand, and who stands aside by name. The chair's own hand has no name."""
    aside = [choice for choice in named if choice == RECUSED]
    return [choice for choice in SHOWN for _hand in range(shown.get(choice, 0))] + aside
