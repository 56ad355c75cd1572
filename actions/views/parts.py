"""Where an action belongs, and who follows it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actions.forms.parts import FactsForm
from actions.lifecycle import Verb, verbs
from actions.models import ActionItem, Contribution
from actions.queries import items as queries
from actions.queries import roles
from actions.services import parts
from actions.services.facts import describe
from governance.errors import Refused
from governance.models import Department, Organisation, Person
from governance.pages import Standing, attempt
from governance.views import asker


@login_required
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Where it belongs, as a form; who was slower is shown both."""
    now, viewer = timezone.now(), asker(request)
    action = queries.get(reference, viewer, now)
    if Verb.ARRANGE not in verbs(roles.of(action, viewer, now), action.state):
        raise Refused(_("Its owner, the head of its department, and chair and secretary of its council change this."))
    form = FactsForm(
        request.POST or None, action=action, viewer=viewer, now=now, currency=_currency(), initial=_initial(action)
    )
    status = 200
    if request.method == "POST":
        done, status = attempt(
            form,
            lambda said: describe(action=action, facts=form.facts(), by=viewer, now=now, version=said["version"]),
            stands=lambda: _stands(reference, viewer, now),
        )
        if done is not None:
            messages.success(request, _("It stands like this from now on."))
            return redirect("actions:item-detail", reference)
    return render(request, "actions/items/edit.html", {"form": form, "action": action}, status=status)


def _currency() -> str:
    return str(Organisation.objects.values_list("currency", flat=True).get())


def _initial(action: ActionItem) -> dict[str, Any]:
    helping = Contribution.objects.filter(action=action, ended_at=None).values("department_id")
    return {
        "version": action.version,
        "origin": action.origin,
        "sponsor": action.sponsor_id,
        "step": action.step,
        "goal": action.goal,
        "fit_reason": action.fit_reason,
        "departments": list(Department.objects.filter(pk__in=helping)),
        "benefit_kind": action.benefit_kind,
        "benefit_low": action.benefit_low,
        "benefit_likely": action.benefit_likely,
        "benefit_high": action.benefit_high,
        "benefit_words": action.benefit_words,
    }


def _stands(reference: str, viewer: Person, now: datetime) -> Standing:
    """How it stands now, as far as one field can be told beside another."""
    action = queries.get(reference, viewer, now)
    shown = {name: value for name, value in _initial(action).items() if name not in ("version", "departments")}
    return Standing(action.version, shown)


@require_POST
@login_required
def follow(request: HttpRequest, reference: str) -> HttpResponse:
    """Hear of it, or no longer."""
    now, viewer = timezone.now(), asker(request)
    action = queries.get(reference, viewer, now)
    is_followed = request.POST.get("followed") != "no"
    parts.follow(action=action, by=viewer, now=now, is_followed=is_followed)
    messages.success(request, _("You hear of what happens to it.") if is_followed else _("You no longer follow it."))
    return redirect("actions:item-detail", reference)
