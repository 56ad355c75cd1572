"""Pages of routing rules: which department can act on what."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions.forms.feedback import RuleForm, initial_of
from actions.models import RoutingRule
from actions.queries import feedback as queries
from actions.queries import sheets
from actions.services import themes as services
from governance import pages
from governance.errors import Refused
from governance.pages import Standing, attempt
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    page = pages.paged(request, queries.rules())
    context = {
        "page": page,
        "rows": [(rule, services.condition_of(rule)) for rule in page.object_list],
        "may_triage": queries.may_triage(viewer, now),
    }
    return render(request, "actions/routing/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The rules as a file."""
    return taken_away(sheets.of_rules((rule, services.condition_of(rule)) for rule in queries.rules()), form)


@login_required
def create(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@login_required
def edit(request: HttpRequest, key: int) -> HttpResponse:
    return _edit(request, queries.rule(key))


def _edit(request: HttpRequest, rule: RoutingRule | None) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    if not queries.may_triage(viewer, now):
        raise Refused(_("The CX lead and the core team set routing rules. Ask one of them."))
    form = RuleForm(request.POST or None, viewer=viewer, now=now, initial=initial_of(rule) if rule else None)
    status = 200
    if request.method == "POST":
        made, status = attempt(
            form,
            lambda said: services.set_rule(
                version=said["version"],
                wish=services.RuleWish(**{name: value for name, value in said.items() if name != "version"}),
                rule=rule,
                by=viewer,
                now=now,
            ),
            stands=lambda: _stands(rule),
        )
        if made is not None:
            messages.success(request, _("The rule holds for what is taken in from now on."))
            return redirect("actions:rule-list")
    return render(request, "actions/routing/form.html", {"form": form, "rule": rule}, status=status)


def _stands(rule: RoutingRule | None) -> Standing:
    """Only a rule that is there can have been changed."""
    fresh = queries.rule(rule.pk) if rule is not None else RoutingRule()
    return Standing(fresh.version, initial_of(fresh))
