"""Pages of journeys: the list, one, its arrangement, and naming who answers for a step."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance import access, panels
from governance.errors import Refused
from governance.forms.journeys import JourneyForm, OwnerForm, step_forms, wishes
from governance.models import Journey, Person
from governance.pages import Standing, attempt, paged
from governance.queries import journal, tables
from governance.queries import journeys as queries
from governance.queries.load import full_ids
from governance.services import journeys as services
from governance.views import asker
from governance.views.taking_away import taken_away


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    page = paged(request, queries.listed(viewer, now))
    may_draw = services.may_draw(viewer, now)
    paths = queries.paths(page, viewer, now)
    context = {
        "page": page,
        "paths": paths,
        "full": full_ids(queries.seats_in(paths), viewer, now),
        "may_draw": may_draw,
        "arranges": _arranges(list(page), viewer, may_draw=may_draw),
        "leads": access.containers_of(viewer, now, access.LEAD),
    }
    return render(request, "governance/journeys/list.html", context)


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The journeys with their steps as a file."""
    now, viewer = timezone.now(), asker(request)
    return taken_away(tables.of_journeys(queries.listed(viewer, now), viewer, now), form)


def _arranges(journeys: list[Journey], viewer: Person, *, may_draw: bool) -> set[int]:
    """On a list the links are the CX lead's; whoever answers for one journey finds them on its page."""
    return {journey.pk for journey in journeys} if may_draw else set()


@login_required
@require_safe
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    journey = queries.one(reference, viewer, now)
    panels.prefetch(request, "journey.page", [journey.pk], now)
    path = queries.paths([journey], viewer, now)[0]
    context = {
        "journey": journey,
        "path": path,
        "full": full_ids(queries.seats_in([path]), viewer, now),
        "told": journal.sentences(journal.entries(viewer, now, subject=journey.subject)[:10], viewer, now),
        "may_arrange": services.may_arrange(journey, viewer, now),
        "leads": access.containers_of(viewer, now, access.LEAD),
    }
    return render(request, "governance/journeys/detail.html", context)


@login_required
def draw(request: HttpRequest) -> HttpResponse:
    """A new journey, with its steps a line each."""
    now, viewer = timezone.now(), asker(request)
    if not services.may_draw(viewer, now):
        raise Refused(_("The CX lead and administrators draw journeys. Ask one of them."))
    return _edit(request, None)


@login_required
def arrange(request: HttpRequest, reference: str) -> HttpResponse:
    """Change a journey: its words, its steps, their order, who answers."""
    now, viewer = timezone.now(), asker(request)
    journey = queries.one(reference, viewer, now)
    services.require_arranging(journey, viewer, now)
    return _edit(request, journey)


def _edit(request: HttpRequest, journey: Journey | None) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    steps = list(queries.steps_listed(viewer, now).filter(journey=journey)) if journey else []
    form = JourneyForm(request.POST or None, viewer=viewer, now=now, initial=_initial(journey))
    lines = step_forms(
        request.POST or None,
        viewer=viewer,
        now=now,
        initial=[
            {"reference": step.reference, "place": step.position, "title": step.title, "seat": step.seat_id}
            for step in steps
        ],
    )
    status = 200
    if request.method == "POST":
        status = 422
        if lines.is_valid():

            def keep(said: dict[str, object]) -> Journey:
                words = {"title": str(said["title"]), "purpose": str(said["purpose"]), "seat": said["seat"]}
                wished = wishes(lines, steps)
                if journey is None:
                    return services.draw(**words, steps=wished, by=viewer, now=now)  # type: ignore[arg-type]
                version = form.cleaned_data["version"]
                return services.arrange(
                    journey=journey,
                    **words,  # type: ignore[arg-type]
                    steps=wished,
                    version=version,
                    by=viewer,
                    now=now,
                )

            kept, status = attempt(form, keep, stands=lambda: _stands(journey, viewer))
            if kept is not None:
                messages.success(request, _("The journey stands like this from now on."))
                return redirect("governance:journey-detail", kept.reference)
        else:
            form.is_valid()
    context = {"form": form, "lines": lines, "journey": journey}
    return render(request, "governance/journeys/form.html", context, status=status)


def _initial(journey: Journey | None) -> dict[str, object]:
    if journey is None:
        return {}
    return {
        "title": journey.title,
        "purpose": journey.purpose,
        "seat": journey.seat_id,
        "version": journey.version,
    }


def _stands(journey: Journey | None, viewer: Person) -> Standing:
    """How the journey stands now, its steps in words: whose form lost sees the order that won."""
    if journey is None:
        return Standing(1)
    now = timezone.now()
    fresh = queries.one(journey.reference, viewer, now)
    steps = ", ".join(step.title for step in queries.steps_listed(viewer, now).filter(journey=fresh))
    initial = {name: value for name, value in _initial(fresh).items() if name != "version"}
    return Standing(fresh.version, initial, [(str(_("Steps")), "", steps)])


@login_required
@require_safe
def step(request: HttpRequest, reference: str) -> HttpResponse:
    """A step has its place on its journey's page."""
    now, viewer = timezone.now(), asker(request)
    found = queries.step(reference, viewer, now)
    address = redirect("governance:journey-detail", found.journey.reference)
    address["Location"] += f"#{found.reference}"
    return address


@login_required
def owner(request: HttpRequest, reference: str) -> HttpResponse:
    """Name the seat that answers for a step, or found it."""
    now, viewer = timezone.now(), asker(request)
    found = queries.step(reference, viewer, now)
    services.require_arranging(found.journey, viewer, now)
    form = OwnerForm(request.POST or None, viewer=viewer, now=now, initial={"seat": found.seat_id})
    status = 200
    if request.method == "POST":
        owned, status = attempt(form, lambda said: services.name_owner(step=found, **said, by=viewer, now=now))
        if owned is not None:
            messages.success(request, _("%(step)s has its owner.") % {"step": owned.title})
            return redirect("governance:journey-detail", found.journey.reference)
    return render(request, "governance/journeys/owner.html", {"form": form, "step": found}, status=status)
