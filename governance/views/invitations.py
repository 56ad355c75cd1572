"""The page of invitations: who has never signed in, and the links that let them in."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from governance import post
from governance.errors import Invalid
from governance.models import Person
from governance.pages import paged
from governance.queries import invitations as queries
from governance.queries import people
from governance.services import invitations as services
from governance.services.invitations import Invitation
from governance.views import asker


@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """List, invite, take back. Links stand in the answer to the press that made them, and nowhere else."""
    now, viewer = timezone.now(), asker(request)
    waiting = queries.never_signed_in(viewer, now)
    if request.method != "POST":
        return show(request)
    keys = [int(key) for key in request.POST.getlist("person") if key.isdecimal() and len(key) < 19]
    chosen = list(waiting.filter(pk__in=keys))
    if not chosen:
        raise Invalid(_("Tick at least one person who has not signed in yet."), field="person")
    if request.POST.get("deed") == "take_back":
        ended = services.take_back(people=chosen, by=viewer, now=now)
        messages.success(
            request,
            ngettext("%(n)d invitation is taken back.", "%(n)d invitations are taken back.", ended) % {"n": ended},
        )
        return redirect("governance:invitations")
    return shown_once(request, services.invite(people=chosen, by=viewer, now=now))


def shown_once(request: HttpRequest, made: Sequence[Invitation]) -> HttpResponse:
    """The links of these invitations to copy; where they are mailed, the list, which says so."""
    links = [one for one in made if one.address]
    if not links:
        text = ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", len(made))
        messages.success(request, text % {"n": len(made)})
        return redirect("governance:invitations")
    return show(request, links)


def show(request: HttpRequest, links: Sequence[Invitation] = ()) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    found = paged(request, queries.never_signed_in(viewer, now))
    sits = people.sits([person.pk for person in found], viewer, now)
    context = {
        "page": found,
        "rows": [(person, sits.get(person.pk, [])) for person in found],
        "links": links,
        "days": services.INVITED_FOR.days,
        "has_server": post.has_server(),
    }
    response = render(request, "governance/invitations/page.html", context)
    response["Referrer-Policy"] = "same-origin"
    return response


def of_people(keys: Sequence[int]) -> list[Person]:
    """These people in the order of their names."""
    return list(Person.objects.filter(pk__in=keys).order_by("name", "pk"))
