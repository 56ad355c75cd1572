"""My work: what waits for me, and the two taps that answer it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from actions.models import ActionItem
from actions.queries import slips
from actions.services import items
from governance.errors import Absent, Conflict, DomainError
from governance.queries.load import Fullness, fullness
from notifications.forms import AcceptForm, DateAnswerForm, DeclineForm, TaskForm, UpdateForm
from notifications.precedence import Group
from notifications.queries.home import Task, Waiting, waiting_for
from notifications.queries.looking import ways
from notifications.views.people import viewer_of
from notifications.wording import spelled

LABELS: dict[Group, Any] = {
    Group.ANSWERS: gettext_lazy("Needs an answer"),
    Group.ASKED: gettext_lazy("Your help is asked"),
    Group.LATE: gettext_lazy("Late"),
    Group.SOON: gettext_lazy("Next ten working days"),
    Group.LATER: gettext_lazy("Later"),
}


@login_required
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/home/page.html", _context(request, timezone.now()))


@require_POST
@login_required
def update(request: HttpRequest, reference: str) -> HttpResponse:
    """Say where an action stands."""

    def say(action: ActionItem, said: dict[str, Any], now: datetime) -> str:
        items.report(
            action=action,
            health=said["health"],
            line=said["line"],
            progress=said["progress"],
            confidence=said["confidence"],
            by=viewer_of(request),
            now=now,
            version=said["version"],
        )
        return _("Saved: %(title)s.") % {"title": action.title}

    return _answer(request, reference, UpdateForm, say)


@require_POST
@login_required
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    """Take an action on."""

    def say(action: ActionItem, said: dict[str, Any], now: datetime) -> str:
        items.accept(
            action=action, promised_on=said["promised_on"], by=viewer_of(request), now=now, version=said["version"]
        )
        return _("Accepted: %(title)s.") % {"title": action.title}

    return _answer(request, reference, AcceptForm, say)


@require_POST
@login_required
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    """Say no to an action, with a reason."""

    def say(action: ActionItem, said: dict[str, Any], now: datetime) -> str:
        items.decline(action=action, reason=said["reason"], by=viewer_of(request), now=now, version=said["version"])
        return _("Declined: %(title)s. Somebody else is asked.") % {"title": action.title}

    return _answer(request, reference, DeclineForm, say)


@require_POST
@login_required
def answer_date(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve the later day that an owner asked for, or refuse it."""

    def say(action: ActionItem, said: dict[str, Any], now: datetime) -> str:
        items.answer_date(action=action, **said, by=viewer_of(request), now=now)
        return _("Answered: %(title)s.") % {"title": action.title}

    return _answer(request, reference, DateAnswerForm, say)


def _answer(
    request: HttpRequest,
    reference: str,
    form_of: type[TaskForm],
    say: Callable[[ActionItem, dict[str, Any], datetime], str],
) -> HttpResponse:
    """Check the form and hand it to the service; what is refused comes back with the page, the input kept."""
    now = timezone.now()
    found = ActionItem.objects.visible_to(viewer_of(request), now).filter(subject__reference=reference).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    form = form_of(request.POST, action=found)
    status = 422
    if form.is_valid():
        try:
            messages.success(request, say(found, form.cleaned_data, now))
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            status = 409 if isinstance(error, Conflict) else error.status
        else:
            return redirect("notifications:home")
    return render(
        request,
        "notifications/home/page.html",
        _context(request, now, reference=reference, refused=form),
        status=status,
    )


def _context(
    request: HttpRequest, now: datetime, *, reference: str = "", refused: TaskForm | None = None
) -> dict[str, Any]:
    viewer = viewer_of(request)
    waiting = waiting_for(viewer, now)
    groups = [(str(group), LABELS[group], tasks) for group, tasks in waiting.groups]
    first = next((tasks[0].key for _name, _label, tasks in groups if tasks), "")
    mine = (t.key for _n, _l, tasks in groups for t in tasks if t.reference == reference and not t.is_help)
    open_key = next(mine, first)
    keys = [task.action.pk for _n, _l, tasks in groups for task in tasks if task.action is not None]
    asked = {
        task.action.seat_id: task.action.seat
        for _n, _l, tasks in groups
        for task in tasks
        if task.action is not None and task.may_answer
    }
    full = fullness(asked.values(), viewer, now)
    fresh = slips.updates_to_take_back(keys, viewer, now)
    return {
        "waiting": waiting,
        "today": waiting.today,
        "groups": [
            (name, label, [_row(task, reference, refused, fresh, full, is_open=task.key == open_key) for task in tasks])
            for name, label, tasks in groups
        ],
        "has_several": waiting.has_several,
        "has_no_seat": not waiting.held,
        "ways": ways(viewer, waiting.held, now),
        "refused": refused,
        "may_report_several": sum(task.may_report for _n, _l, tasks in groups for task in tasks) > 1,
        "verdict": _verdict(waiting),
        "pressing": spelled(waiting.pressing),
    }


def _row(
    task: Task,
    reference: str,
    refused: TaskForm | None,
    fresh: dict[int, int],
    full: dict[int, Fullness],
    *,
    is_open: bool,
) -> dict[str, Any]:
    """A task with its forms; the refused one keeps what was written."""
    forms: dict[str, TaskForm] = {}
    action = task.action
    if action is not None and task.may_report:
        forms["update"] = UpdateForm(action=action)
    if action is not None and task.may_answer:
        forms["accept"] = AcceptForm(action=action)
        forms["decline"] = DeclineForm(action=action)
    if action is not None and task.may_answer_date:
        forms["date"] = DateAnswerForm(action=action)
    if refused is not None and task.reference == reference:
        forms = {name: refused if type(form) is type(refused) else form for name, form in forms.items()}
    slip = fresh.get(action.pk) if action is not None else None
    return {
        "task": task,
        "forms": forms,
        "is_open": is_open,
        "slip": slip,
        "full": full.get(action.seat_id) if action is not None else None,
    }


def _verdict(waiting: Waiting) -> str:
    """What the page says at once, in the order in which it stands: to whoever answers first, how long others wait."""
    late, answers, asked = len(waiting.late), len(waiting.answers), len(waiting.asked)
    longest = max((task.waits or 0 for task in (*waiting.answers, *waiting.asked)), default=0)
    is_late = _many(ngettext("One is late.", "%(n)d are late.", late), late)
    questions = [
        _many(ngettext("One waits for your answer.", "%(n)d wait for your answer.", answers), answers),
        # Where nothing else presses, the heading says it.
        _many(ngettext("For one your help is asked.", "For %(n)d your help is asked.", asked), asked)
        if waiting.pressing
        else "",
    ]
    if waiting.answers_first:
        days = ngettext("Somebody has waited for one day.", "Somebody has waited for %(n)d days.", longest)
        said = [*questions, _many(days, longest), is_late]
    else:
        said = [is_late, *questions]
    ahead, others = waiting.mine - waiting.pressing, len(waiting.others)
    said.append(
        _many(
            ngettext(
                "One thing is yours to move, and its day is ahead.",
                "%(n)d things are yours to move, and their days are ahead.",
                ahead,
            ),
            ahead,
        )
    )
    if not waiting.mine:
        said.append(
            _("Somebody is stuck. Nothing of your own waits.")
            if asked
            else _("Nothing waits for you. What your seats promise will stand here.")
        )
    said.append(_many(ngettext("For one you wait on somebody else.", "For %(n)d you wait on others.", others), others))
    return " ".join(sentence for sentence in said if sentence)


def _many(sentence: str, number: int) -> str:
    """A sentence with its number; nothing of none."""
    return sentence % {"n": number} if number else ""
