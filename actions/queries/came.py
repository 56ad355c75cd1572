"""What came of decisions: the actions that they made, or moved."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import F, Q, QuerySet

from actions.models import ActionItem, ActionState, OutcomeEffect, OutcomeVerdict
from councils.came import ANY, CARRIED_OUT, DROPPED, JUDGED, MISSED, OPEN, UNVERIFIED, VERIFIED, Came
from councils.models import Decision
from governance.links import path_of

_ENDS = {
    ActionState.DONE: CARRIED_OUT,
    ActionState.AS_IS: CARRIED_OUT,
    ActionState.VERIFIED: VERIFIED,
    ActionState.DECLINED: DROPPED,
    ActionState.CANCELLED: DROPPED,
}


def came_of(decision_ids: Sequence[int]) -> dict[int, list[Came]]:
    """The actions of each decision in the order in which they were made. Two statements."""
    results: dict[int, list[int]] = defaultdict(list)
    for decision, result in Decision.objects.filter(pk__in=decision_ids, result__isnull=False).values_list(
        "pk", "result_id"
    ):
        if result is not None:
            results[result].append(decision)
    actions = (
        ActionItem.objects.filter(Q(decision__in=decision_ids) | Q(pk__in=results))
        .select_related("subject", "seat__subject")
        .order_by("pk")
    )
    found: dict[int, list[Came]] = defaultdict(list)
    for action in actions:
        made_by = {action.decision_id} & set(decision_ids)
        for decision in {*results.get(action.pk, ()), *(key for key in made_by if key is not None)}:
            found[decision].append(_came(action, is_made=decision == action.decision_id))
    return found


def _came(action: ActionItem, *, is_made: bool) -> Came:
    state = _ENDS.get(ActionState(action.state), OPEN)
    return Came(
        subject_id=action.pk,
        reference=action.reference,
        title=action.title,
        path=path_of(action.subject),
        seat=action.seat.title,
        asked_for=action.asked_for if is_made else None,
        due_on=action.promised,
        state=state,
        says=str(ActionState(action.state).label),
    )


_OF_KIND: dict[str, tuple[str, ...]] = {
    OPEN: (ActionState.PROPOSED, ActionState.ACCEPTED, ActionState.IN_PROGRESS),
    UNVERIFIED: (ActionState.DONE, ActionState.AS_IS),
    ANY: tuple(state for state in ActionState.values if _ENDS.get(ActionState(state)) != DROPPED),
}


def _judged() -> QuerySet[OutcomeVerdict]:
    """What was said of the verification that stands."""
    return OutcomeVerdict.objects.filter(verification__at=F("action__verified_at"))


def _of_kind(kind: str) -> Q:
    if kind == JUDGED:
        return Q(state=ActionState.VERIFIED, pk__in=_judged().values("action_id"))
    if kind == MISSED:
        missed = _judged().exclude(effect=OutcomeEffect.WORKED)
        return Q(state=ActionState.VERIFIED, pk__in=missed.values("action_id"))
    return Q(state__in=_OF_KIND[kind])


def has_work(kind: str) -> Q:
    """The condition on decisions that an action of theirs is of this kind."""
    actions = ActionItem.objects.filter(_of_kind(kind))
    return Q(pk__in=actions.filter(decision__isnull=False).values("decision_id")) | Q(
        result_id__in=actions.values("pk")
    )
