"""Pages of the books: what councils may commit, the ledger of an envelope, granting one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from councils.forms.meetings import GrantForm
from councils.queries import books as queries
from councils.queries import councils as council_queries
from councils.services import books as services
from governance import access, pages
from governance.views import asker


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every envelope that the viewer may see: granted, free, allocated, spent."""
    now, viewer = timezone.now(), asker(request)
    reference = request.GET.get("council", "")
    council = council_queries.get(reference, viewer, now) if reference else None
    rows = queries.listed(viewer, now, council)
    page = pages.paged(request, rows)
    figures = queries.balances([envelope.pk for envelope in page])
    total = sum(queries.balances(rows.order_by().values_list("pk", flat=True)).values(), start=queries.Balances())
    context = {
        "page": page,
        "rows": [(envelope, figures.get(envelope.pk, queries.Balances())) for envelope in page],
        "total": total,
        "currency": queries.currency(),
        "chips": pages.chips(request, [("council", _("Council"), council.name if council else "")]),
    }
    return render(request, "councils/envelopes/list.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One envelope: the sentence that was signed, what stands where, and every movement."""
    now, viewer = timezone.now(), asker(request)
    envelope = queries.get(reference, viewer, now)
    page = pages.paged(request, queries.ledger(envelope))
    allocations = list(queries.allocations(viewer, now).filter(envelope=envelope, balance__gt=0)[:200])
    linked = {key for row in page for key in (row.source.subject_id, row.target.subject_id, row.decision_id) if key}
    linked |= {account.subject_id for account in allocations if account.subject_id}
    context = {
        "envelope": envelope,
        "council": envelope.council,
        "figures": queries.balances([envelope.pk])[envelope.pk],
        "allocations": allocations,
        "page": page,
        "visible": access.visible_ids(viewer, [*linked, envelope.signed_for_id], now),
    }
    return render(request, "councils/envelopes/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest, reference: str) -> HttpResponse:
    """Grant a council an envelope by one's signature."""
    now, viewer = timezone.now(), asker(request)
    council = council_queries.get(reference, viewer, now)
    signed = services.signature(council, viewer, now)
    currency = queries.currency()
    form = GrantForm(request.POST or None, currency=currency)
    status = 200
    if request.method == "POST":
        envelope, status = pages.attempt(
            form,
            lambda given: services.grant(
                council=council,
                amount=given["amount"],
                opens_on=given["opens_on"],
                closes_on=given["closes_on"],
                by=viewer,
                now=now,
            ),
        )
        if envelope is not None:
            messages.success(request, _("The envelope is granted and signed."))
            return redirect("councils:envelope-detail", envelope.reference)
    context = {"council": council, "form": form, "signed": signed, "currency": currency}
    return render(request, "councils/envelopes/form.html", context, status=status)
