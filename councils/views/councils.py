"""Pages of councils: which there are, one council with its seats and its charter, founding and composing."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from councils import access as council_access
from councils.forms.councils import CouncilForm, MemberForm, SeatMemberForm
from councils.forms.kept import CouncilsAddress
from councils.models import Council, CouncilKind, Membership
from councils.queries import ballots, books, decisions, health, meetings, rosters, sheets, stuck
from councils.queries import councils as queries
from councils.services import councils as services
from governance import access, pages, panels
from governance.clauses import LIGHT, Rules
from governance.errors import Absent
from governance.models import Organisation
from governance.queries import people as people_queries
from governance.queries.duties import next_moves
from governance.services.duties import rules_in_force
from governance.views import asker
from governance.views.taking_away import taken_away

LATEST = 10
NEAR = timedelta(weeks=2)
LONG = ("ladder", "terms")
"""Rules that fill a page of their own: they are read on the charter's."""


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The councils that the viewer may see, with their seats, matters and money."""
    now, viewer = timezone.now(), asker(request)
    asked = request.GET.get("kind", "")
    kind = asked if asked in CouncilKind.values else ""
    page = pages.paged(request, queries.narrowed(queries.listed(viewer, now), kind))
    ids = [council.pk for council in page]
    sitting, money = queries.sittings(ids, now), books.of_councils(ids)
    panels.prefetch(request, "council.row", ids, now)
    context = {
        "page": page,
        "rows": [
            {
                "council": council,
                "seats": queries.composition(sitting.get(council.pk, [])),
                "money": money.get(council.pk, books.Balances()),
            }
            for council in page
        ],
        "currency": books.currency(),
        "chips": pages.chips(request, [("kind", _("Kind"), CouncilKind(kind).label if kind else "")]),
        "kinds": CouncilKind.choices,
        "may_found": people_queries.may_place(viewer, now),
    }
    return render(request, "councils/councils/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    narrow = CouncilsAddress(request.GET)
    pages.require_readable(narrow)
    found = queries.narrowed(queries.listed(viewer, now), narrow.cleaned_data["kind"])
    return taken_away(sheets.of_councils(found, now), form)


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One council: who sits there, its charter, what waits, when it meets, what it decided, what it may commit."""
    now, viewer = timezone.now(), asker(request)
    council = queries.get(reference, viewer, now)
    sitting = queries.sitting_of(council, now)
    version = rules_in_force(council.charter, now)
    rules = Rules.from_json(version.rules)
    backlog = list(meetings.backlog(council, viewer, now)[:50])
    # What a series holds later than that stands with the series.
    soon = Q(series=None) | Q(starts_at__lte=now + NEAR)
    met = list(meetings.listed(viewer, now, council).filter(soon)[:LATEST])
    decided = list(decisions.listed(viewer, now, council)[:LATEST])
    about = [item.about_id for item in backlog] + ([council.parent_id] if council.parent_id else [])
    panels.prefetch(request, "council.page", [council.pk], now)
    rights = queries.rights(viewer, council, now)
    context = {
        "council": council,
        "sitting": sitting,
        "seats": queries.composition(sitting),
        "rules": [rule for rule in rules.sentences() if rule[0] not in LONG],
        "is_light": rules.formality.level == LIGHT,
        "stuck": stuck.tried([council], now, version)[0].problems,
        "version": version,
        "backlog": backlog,
        "voting": list(ballots.running_in(council, viewer, now)),
        "today": queries.today_for(viewer, now),
        "moves": next_moves([item.pk for item in backlog] + [meeting.pk for meeting in met], now),
        "meetings": met,
        "next_meeting": meetings.places_for(council).first(),
        "decisions": decided,
        "health": health.of_council(council, version, viewer, now),
        "money": books.of_councils([council.pk]).get(council.pk, books.Balances()),
        "free": books.free_now(council, now),
        "currency": books.currency(),
        "rights": rights,
        "roster": rosters.roster(council, viewer, now),
        "visible": access.visible_ids(viewer, about, now),
        "may_compose": council_access.PREPARE in rights or access.holds(viewer, council.sponsor_id, now),
    }
    return render(request, "councils/councils/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Found a council."""
    now, viewer = timezone.now(), asker(request)
    root = Organisation.objects.select_related("root__subject").get().root
    if root is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    access.require(viewer, access.LEAD, root, now)
    form = CouncilForm(request.POST or None, viewer=viewer, now=now, initial={"department": root})
    status = 200
    if request.method == "POST":
        council, status = pages.attempt(form, lambda given: services.found(**given, by=viewer, now=now))
        if council is not None:
            if access.may(viewer, council_access.VIEW, council, now):
                messages.success(request, _("%(council)s is founded. Seat its members next.") % {"council": council})
                return redirect("councils:council-detail", council.reference)
            messages.success(request, _("The council is founded. It is confidential, and from now on its own."))
            return redirect("councils:council-list")
    return render(request, "councils/councils/form.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def add_member(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a member's seat to a council."""
    now, viewer = timezone.now(), asker(request)
    council = queries.get(reference, viewer, now)
    form = MemberForm(request.POST or None, viewer=viewer, now=now)
    status = 200
    if request.method == "POST":
        made, status = pages.attempt(
            form, lambda given: services.add_member(council=council, **given, by=viewer, now=now)
        )
        if made is not None:
            messages.success(request, _("%(seat)s is added.") % {"seat": made.seat.title})
            return redirect("councils:council-detail", council.reference)
    return render(request, "councils/memberships/form.html", {"council": council, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def seat_member(request: HttpRequest, reference: str, seat: str) -> HttpResponse:
    """Seat a person in one seat of a council."""
    now, viewer = timezone.now(), asker(request)
    council = queries.get(reference, viewer, now)
    membership = _membership(council, seat)
    sitting = next(row for row in queries.sitting_of(council, now) if row.membership.pk == membership.pk)
    form = SeatMemberForm(request.POST or None, viewer=viewer, now=now)
    status = 200
    if request.method == "POST":
        tenure, status = pages.attempt(
            form, lambda given: services.seat_member(membership=membership, **given, by=viewer, now=now)
        )
        if tenure is not None:
            messages.success(
                request,
                _("%(person)s sits in %(seat)s now.") % {"person": tenure.person, "seat": membership.seat.title},
            )
            return redirect("councils:council-detail", council.reference)
    context = {"council": council, "sitting": sitting, "form": form}
    return render(request, "councils/memberships/seat.html", context, status=status)


@login_required
@require_POST
def end_membership(request: HttpRequest, reference: str, seat: str) -> HttpResponse:
    """End a member's seat."""
    now, viewer = timezone.now(), asker(request)
    council = queries.get(reference, viewer, now)
    membership = services.end_membership(membership=_membership(council, seat), by=viewer, now=now)
    messages.success(request, _("%(seat)s has ended.") % {"seat": membership.seat.title})
    return redirect(reverse("councils:council-detail", args=[council.reference]))


def _membership(council: Council, seat: str) -> Membership:
    found = queries.memberships([council.pk]).filter(seat__subject__reference=seat).first()
    if found is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return found
