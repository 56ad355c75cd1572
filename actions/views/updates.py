"""Where several actions stand, said on one page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.forms.updates import RowForm
from actions.models import ActionItem
from actions.queries import reporting
from actions.services import several as services
from governance.views import asker


@login_required
def several(request: HttpRequest) -> HttpResponse:
    """A row each; rows that were refused stay with what was written, the others are saved."""
    now, viewer = timezone.now(), asker(request)
    if request.method != "POST":
        actions = list(reporting.owed_a_word(viewer, now)[: services.MOST])
        return _page(request, [RowForm(action=action) for action in actions])
    sent = {key.partition("-version")[0] for key in request.POST if key.endswith("-version")}
    named = sorted(sent)[: services.MOST]
    actions = list(
        ActionItem.objects.visible_to(viewer, now).filter(subject__reference__in=named).select_related("seat__subject")
    )
    forms = [RowForm(request.POST, action=action) for action in sorted(actions, key=lambda one: one.pk)]
    ready = [form for form in forms if form.is_valid() and form.is_said]
    outcomes = services.report(
        rows=[services.Row(form.action.reference, form.cleaned_data) for form in ready], by=viewer, now=now
    )
    by_reference = {form.action.reference: form for form in ready}
    for outcome in outcomes:
        if not outcome.is_saved:
            form = by_reference[outcome.reference]
            form.add_error(outcome.field if outcome.field in form.fields else None, outcome.problem)
    saved = sum(outcome.is_saved for outcome in outcomes)
    wrong = [form for form in forms if form.errors]
    if saved:
        messages.success(request, ngettext("%(n)d update is saved.", "%(n)d updates are saved.", saved) % {"n": saved})
    if not wrong and not saved:
        messages.info(request, _("Nothing was said yet. Tap where one of them stands."))
        return _page(request, forms, status=422)
    if wrong:
        return _page(request, [_again(form) for form in wrong], status=422)
    return redirect("notifications:home")


def _again(form: RowForm) -> RowForm:
    """A refused row as it may be sent again: said of the version that stands now."""
    form.action.refresh_from_db(fields=["version", "state", "health", "promised"])
    form.data = {**{key: form.data[key] for key in form.data}, form.add_prefix("version"): str(form.action.version)}
    return form


def _page(request: HttpRequest, forms: list[RowForm], status: int = 200) -> HttpResponse:
    context = {"forms": forms, "today": timezone.localdate()}
    return render(request, "actions/updates/several.html", context, status=status)
