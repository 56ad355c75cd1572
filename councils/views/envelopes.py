"""Pages of the books: what councils may commit, the ledger of an envelope, granting one."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from councils.forms.books import CloseForm, GrantForm, NarrowForm, TransferForm
from councils.models import Council, Envelope, Unit
from councils.queries import books as queries
from councils.queries import councils as council_queries
from councils.queries import resources, sheets
from councils.services import books as services
from councils.services import periods
from governance import access, pages
from governance.errors import Absent, DomainError
from governance.models import Person
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every envelope that the viewer may see, narrowed by the address: granted, free, allocated, spent, given back."""
    now, viewer = timezone.now(), asker(request)
    rows, narrow, council = _narrowed(request, viewer, now)
    page = pages.paged(request, rows)
    listed = Envelope.objects.filter(pk__in=[envelope.pk for envelope in page])
    flows = resources.flows(["envelope_id"], listed)
    together = resources.flows(resources.MEASURE, rows)
    open_ones = rows.order_by().filter(closed_at=None, unit=Unit.MONEY)
    total = sum(queries.balances(open_ones.values_list("pk", flat=True)).values(), start=queries.Balances())
    context = {
        "page": page,
        "rows": [(envelope, flows.get((envelope.pk,), resources.NOTHING)) for envelope in page],
        # Amounts of two measures have no sum.
        "together": next(iter(together.values())) if len(together) == 1 and page.paginator.count > 1 else None,
        "total": total,
        "currency": queries.currency(),
        "chips": pages.chips(request, [("council", _("Council"), council.name if council else ""), *narrow.chosen()]),
    }
    return render(request, "councils/envelopes/list.html", context)


def _narrowed(
    request: HttpRequest, viewer: Person, now: datetime
) -> tuple[QuerySet[Envelope], NarrowForm, Council | None]:
    """The list, and what it is narrowed to."""
    reference = request.GET.get("council", "")
    council = council_queries.get(reference, viewer, now) if reference else None
    narrow = NarrowForm(request.GET)
    if not narrow.is_valid():
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return queries.narrowed(queries.listed(viewer, now, council), **narrow.cleaned_data), narrow, council


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed as it is."""
    rows, _narrow, _council = _narrowed(request, asker(request), timezone.now())
    return taken_away(sheets.of_envelopes(rows), form)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One envelope: the sentence that was signed, what stands where, and every movement."""
    now, viewer = timezone.now(), asker(request)
    envelope = queries.get(reference, viewer, now)
    page = pages.paged(request, queries.ledger(envelope))
    lines = queries.lines(envelope)
    linked = {key for row in page for key in (row.source.subject_id, row.target.subject_id, row.decision_id) if key}
    linked |= {line.subject.pk for line in lines if line.subject} | {envelope.signed_for_id}
    linked |= {envelope.carried_into_id} if envelope.carried_into_id else set()
    context = {
        "envelope": envelope,
        "council": envelope.council,
        "figures": queries.balances([envelope.pk])[envelope.pk],
        "lines": lines,
        "page": page,
        "rows": [(posting, queries.movement(posting)) for posting in page],
        "may_grant": not envelope.is_closed and may_grant(envelope, viewer, now),
        "visible": access.visible_ids(viewer, linked, now),
    }
    return render(request, "councils/envelopes/detail.html", context)


def may_grant(envelope: Envelope, viewer: Person, now: datetime) -> bool:
    """Whether the viewer's signature grants this council's envelopes, and so closes them."""
    try:
        services.signature(envelope.council, viewer, now)
    except DomainError:
        return False
    return True


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close an envelope's period: what is left lapses or is carried over."""
    now, viewer = timezone.now(), asker(request)
    envelope = queries.get(reference, viewer, now)
    services.signature(envelope.council, viewer, now)
    figures = queries.balances([envelope.pk])[envelope.pk]
    form = CloseForm(
        request.POST or None,
        choices=queries.listed(viewer, now).filter(council=envelope.council, **_same_unit(envelope)),
        has_overrun=bool(figures.overrun),
    )
    status = 200
    if request.method == "POST":
        closed, status = pages.attempt(
            form,
            lambda given: periods.close(
                envelope=envelope, into=given["into"], cover=given.get("cover", False), by=viewer, now=now
            ),
        )
        if closed is not None:
            messages.success(request, _("The envelope is closed."))
            return redirect("councils:envelope-detail", reference)
    context = {"envelope": envelope, "council": envelope.council, "form": form, "figures": figures}
    return render(request, "councils/envelopes/close.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, reference: str) -> HttpResponse:
    """Move what is free to another envelope of the same unit."""
    now, viewer = timezone.now(), asker(request)
    envelope = queries.get(reference, viewer, now)
    services.signature(envelope.council, viewer, now)
    choices = queries.listed(viewer, now).filter(**_same_unit(envelope)).exclude(pk=envelope.pk)
    form = TransferForm(request.POST or None, choices=choices, envelope=envelope)
    status = 200
    if request.method == "POST":
        moved, status = pages.attempt(
            form,
            lambda given: periods.transfer(
                envelope=envelope, into=given["into"], amount=given["amount"], by=viewer, now=now
            ),
        )
        if moved is not None:
            messages.success(request, _("Transferred. It stands in both ledgers."))
            return redirect("councils:envelope-detail", reference)
    context = {
        "envelope": envelope,
        "council": envelope.council,
        "form": form,
        "figures": queries.balances([envelope.pk])[envelope.pk],
    }
    return render(request, "councils/envelopes/transfer.html", context, status=status)


def _same_unit(envelope: Envelope) -> dict[str, Any]:
    """Open envelopes that hold the same: the condition."""
    return {"unit": envelope.unit, "currency": envelope.currency, "closed_at": None}


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
                unit=given["unit"],
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
