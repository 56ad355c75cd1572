"""Pages of people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from governance import access, panels
from governance.errors import Refused
from governance.forms.places import AwayForm, PersonForm
from governance.models import Organisation
from governance.pages import attempt, chips, paged
from governance.queries import people as queries
from governance.services import people as services
from governance.views import asker


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    search, left = request.GET.get("search", "").strip(), request.GET.get("left") == "yes"
    page = paged(request, queries.directory(viewer, now, search=search, left=left))
    ids = [person.pk for person in page]
    panels.prefetch(request, "person.row", ids, now)
    active = [("search", _("Name or e-mail"), search), ("left", _("Access"), _("ended") if left else "")]
    sits = queries.sits(ids, viewer, now)
    context = {
        "page": page,
        "rows": [(person, sits.get(person.pk, [])) for person in page],
        "search": search,
        "left": left,
        "chips": chips(request, active),
        "may_add": queries.may_place(viewer, now),
    }
    return render(request, "governance/people/list.html", context)


@login_required
def add(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    organisation = Organisation.objects.select_related("calendar").get()
    initial = {"zone": organisation.zone, "language": organisation.language}
    form = PersonForm(request.POST or None, initial=initial)
    if not queries.may_place(viewer, now):
        raise Refused(_("The CX lead and administrators add people. Ask one of them."))
    status = 200
    if request.method == "POST":
        person, status = attempt(
            form,
            lambda said: services.add(**{**said, "language": said["language"] or "en"}, by=viewer, now=now),
        )
        if person is not None:
            messages.success(request, _("%(person)s is added. Next: give them a seat.") % {"person": person})
            return redirect("governance:person-detail", person.pk)
    return render(request, "governance/people/form.html", {"form": form}, status=status)


@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    person = queries.one(viewer, now, pk)
    panels.prefetch(request, "person.page", [person.pk], now)
    is_me = person.pk == viewer.pk
    may_place = queries.may_place(viewer, now)
    context = {
        "person": person,
        "sits": queries.sits([person.pk], viewer, now).get(person.pk, []),
        "history": queries.history(person, viewer, now),
        "is_me": is_me,
        "away_form": AwayForm(initial={"until": person.away_until}) if is_me else None,
        "may_invite": may_place and person.is_active and not person.has_usable_password(),
        "may_place": may_place,
        "may_end": may_place and person.is_active and not is_me,
        "now": now,
    }
    return render(request, "governance/people/detail.html", context)


@login_required
def me(request: HttpRequest) -> HttpResponse:
    """One's own page."""
    return redirect("governance:person-detail", asker(request).pk)


@login_required
def away(request: HttpRequest, pk: int) -> HttpResponse:
    """Say until when one is away."""
    now, viewer = timezone.now(), asker(request)
    person = queries.one(viewer, now, pk)
    if person.pk != viewer.pk:
        raise Refused(_("Only %(person)s says when they are away.") % {"person": person})
    form = AwayForm(request.POST or None, initial={"until": person.away_until})
    status = 200
    if request.method == "POST":
        said, status = attempt(form, lambda told: services.be_away(person=person, by=viewer, until=told["until"]))
        if said is not None:
            gone = said.away_until
            text = _("Your deputies answer for you until then.") if gone else _("Welcome: you answer for your seats.")
            messages.success(request, text)
            return redirect("governance:person-detail", person.pk)
    return render(request, "governance/people/away.html", {"form": form, "person": person}, status=status)


@login_required
def end_access(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, then end somebody's access."""
    now, viewer = timezone.now(), asker(request)
    person = queries.one(viewer, now, pk)
    root = Organisation.objects.select_related("root").get().root
    if root is not None:
        access.require(viewer, access.LEAD, root, now)
    if request.method == "POST":
        services.end_access(person=person, by=viewer, now=now)
        messages.success(request, _("The access of %(person)s has ended.") % {"person": person})
        return redirect("governance:person-detail", person.pk)
    context = {"person": person, "sits": queries.sits([person.pk], viewer, now).get(person.pk, [])}
    return render(request, "governance/people/end_access.html", context)
