"""Pages of what was spent on actions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from actions.forms.spending import ReverseForm, SheetForm
from actions.queries import spending as queries
from actions.services import spending as services
from actions.services import spending_sheet as sheet
from governance import pages
from governance.sheets.tables import from_text
from governance.views import asker
from governance.views.sheets import download


@login_required
@require_http_methods(["GET", "POST"])
def reverse(request: HttpRequest, key: int) -> HttpResponse:
    """Take back what was posted, by a posting against it."""
    now, viewer = timezone.now(), asker(request)
    spending = queries.get(key, viewer, now)
    services.require_reversing(spending, viewer, now)
    form, status = ReverseForm(request.POST or None), 200
    if request.method == "POST":
        against, status = pages.attempt(
            form, lambda said: services.reverse(spending=spending, reason=said["reason"], by=viewer, now=now)
        )
        if against is not None:
            messages.success(request, _("Reversed. Both stand in the ledger."))
            return redirect("actions:item-detail", spending.subject.reference)
    return render(request, "actions/spending/reverse.html", {"spending": spending, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def several(request: HttpRequest) -> HttpResponse:
    """Spending from a sheet: look at what each row would do, then do all of it."""
    now, viewer = timezone.now(), asker(request)
    form = SheetForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "columns": sheet.COLUMNS}
    status = 200
    if request.method == "POST":
        given, status = pages.attempt(form, lambda said: from_text(said["pasted"], sheet.COLUMNS))
        if given is not None and request.POST.get("deed") == "take":
            posted, status = pages.attempt(form, lambda _said: sheet.take_in(rows=given.rows, by=viewer, now=now))
            if posted is not None:
                messages.success(
                    request,
                    ngettext("%(n)d row is posted.", "%(n)d rows are posted.", len(posted)) % {"n": len(posted)},
                )
                return redirect("actions:item-list")
        if given is not None:
            judged = sheet.look(rows=given.rows, by=viewer, now=now)
            context |= {
                "judged": judged,
                "unknown": given.unknown,
                "is_fit": bool(judged) and not any(one.fault for one in judged),
            }
    return render(request, "actions/spending/several.html", context, status=status)


@login_required
@require_http_methods(["GET"])
def taken_away(request: HttpRequest) -> HttpResponse:
    """What was spent, as far as the viewer may see it, as a file that can be sent back."""
    now, viewer = timezone.now(), asker(request)
    return download("spending", sheet.COLUMNS, queries.rows(viewer, now))
