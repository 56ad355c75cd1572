"""Pages about what came of actions: whether they worked, what they brought, and the file of whom to tell."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.forms.kept import EFFECTS
from actions.forms.review import OneForm
from actions.models import BenefitKind, OutcomeEffect
from actions.queries import items, sheets
from actions.queries import outcomes as queries
from actions.queries.scope import Scope
from actions.services import tellings
from governance import pages
from governance.models import Person
from governance.money import format_minor
from governance.views import asker
from governance.views.taking_away import taken_away


def _narrowed(request: HttpRequest, viewer: Person, now: datetime) -> tuple[OneForm, str]:
    """What the list is narrowed to, and the group of it that is looked at; empty: all."""
    form = OneForm(request.GET or None, viewer=viewer, now=now)
    pages.require_readable(form)
    effect = request.GET.get("effect", "")
    return form, effect if effect in dict(EFFECTS) else ""


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    narrow, effect = _narrowed(request, viewer, now)
    found = queries.narrowed(queries.results(viewer, now).filter(narrow.scope.actions()), effect)
    return taken_away(sheets.of_outcomes(found, viewer), form)


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The verified actions by what came of them, narrowed by the address, and the return on what was allocated."""
    now, viewer = timezone.now(), asker(request)
    form, effect = _narrowed(request, viewer, now)
    scope = form.scope
    found = queries.results(viewer, now).filter(scope.actions())
    counts = queries.tally(found)
    page = pages.paged(request, queries.narrowed(found, effect))
    words = dict(OutcomeEffect.choices)
    context = {
        "page": page,
        "rows": [(one, words.get(one.last_reading), words.get(one.verdict)) for one in page],
        "figures": [_figure(key, label, counts, scope) for key, label in EFFECTS],
        "chips": pages.chips(request, form.chosen()),
        "all_url": f"?{urlencode(scope.address())}",
        "chosen": dict(EFFECTS).get(effect, ""),
        "total": counts["all"],
        "is_narrowed": not scope.is_all,
        # Of all that the reader may see; narrowed, what came back stands with the resources.
        "returns": [_return(one) for one in queries.returns(viewer, now)] if scope.is_all else [],
        "today": timezone.localdate(),
    }
    return render(request, "actions/outcomes/list.html", context)


def _figure(key: str, label: Any, counts: dict[str, int], scope: Scope) -> dict[str, Any]:
    return {
        "label": capfirst(str(label)),
        "value": counts[key],
        "of": _("of %(n)d verified actions") % {"n": counts["all"]},
        "url": f"?{urlencode({**scope.address(), 'effect': key})}",
    }


def _return(one: queries.Return) -> dict[str, Any]:
    """The sentence, with how many actions each amount is of."""
    return {
        "currency": one.currency,
        "returned": format_minor(one.returned, one.currency, whole=True),
        "actions": one.actions,
        "allocated": format_minor(one.allocated, one.currency, whole=True),
        "funded": one.funded,
        "reopened": format_minor(one.reopened, one.currency, whole=True) if one.reopened else "",
        "apart": [
            (BenefitKind(kind).label, format_minor(total, one.currency, whole=True))
            for kind, total in one.apart.items()
        ],
    }


@login_required
@require_safe
def told(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """The file of those who agreed to be told, for whoever may send it; safe to open in a spreadsheet."""
    now, viewer = timezone.now(), asker(request)
    action = items.get(reference, viewer, now)
    response = HttpResponse(
        tellings.as_file(action=action, key=key, by=viewer, now=now), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="told-{action.reference}.csv"'
    return response
