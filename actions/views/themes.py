"""Pages of themes: what was heard, who answers it, and what comes of it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from actions.forms.feedback import AnswerForm, ProposeForm, ThemesNarrowForm
from actions.models import Theme
from actions.queries import feedback as feedback_queries
from actions.queries import sheets
from actions.queries import themes as queries
from actions.services import themes as services
from actions.views.feedback import rows_of
from councils.services import agenda
from governance import pages
from governance.models import Person
from governance.pages import attempt
from governance.queries import journal
from governance.views import asker
from governance.views.taking_away import taken_away


def _narrowed(request: HttpRequest, viewer: Person, now: datetime) -> tuple[ThemesNarrowForm, queries.Narrowed]:
    narrow = ThemesNarrowForm(request.GET or None, viewer=viewer, now=now)
    pages.require_readable(narrow)
    return narrow, queries.Narrowed(**narrow.cleaned_data) if narrow.is_bound else queries.Narrowed()


@login_required
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file, narrowed as it is."""
    now, viewer = timezone.now(), asker(request)
    _narrow, chosen = _narrowed(request, viewer, now)
    return taken_away(sheets.of_themes(queries.listed(viewer, now, chosen), viewer, now), form)


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Themes, narrowed by the address."""
    now, viewer = timezone.now(), asker(request)
    narrow, chosen = _narrowed(request, viewer, now)
    page = pages.paged(request, queries.listed(viewer, now, chosen))
    context = {
        "narrow": narrow,
        "chips": pages.chips(
            request,
            [
                ("department", _("Department"), chosen.department),
                ("source", _("Source"), chosen.source),
                ("answer", _("Answer"), {"owed": _("owed"), "given": _("given")}.get(chosen.answer)),
                ("heard_from", _("First heard from"), date_format(chosen.heard_from) if chosen.heard_from else ""),
                ("words", _("Name contains"), chosen.words),
            ],
        ),
        "page": page,
        "lines": queries.lines(page.object_list, now),
        "owed": queries.listed(viewer, now, queries.Narrowed(answer="owed")).count(),
        "all": queries.listed(viewer, now).count(),
        "today": timezone.localdate(),
    }
    return render(request, "actions/themes/list.html", context)


def _show(request: HttpRequest, theme: Theme, status: int = 200, **forms: Any) -> HttpResponse:
    """A theme's page; a refused form comes back in its place."""
    now, viewer = timezone.now(), asker(request)
    shown = queries.page(theme, viewer, now)
    feedback = feedback_queries.listed(viewer, now, feedback_queries.Narrowed(theme=theme))
    page = pages.paged(request, feedback)
    context = {
        "theme": theme,
        "shown": shown,
        "steps": _steps(shown),
        "page": page,
        "rows": rows_of(page.object_list),
        "told": journal.sentences(journal.entries(viewer, now, subject=theme.subject)[:10], viewer, now),
        "answer_form": AnswerForm(choices=shown.may_answer_for) if shown.may_answer_for else None,
        "propose_form": ProposeForm(choices=shown.may_ask, prefix="agenda") if shown.may_ask else None,
        "today": timezone.localdate(),
        **forms,
    }
    return render(request, "actions/themes/detail.html", context, status=status)


def _steps(shown: queries.Page) -> list[dict[str, Any]]:
    """The loop, as far as this theme has come."""
    line = shown.line
    is_answered = line.answered > 0 and not line.owed
    reached = [
        (_("Heard"), str(line.heard), True),
        (_("Routed"), ", ".join(place.department.name for place in line.places[:3]), bool(line.places)),
        (_("Answered"), _("%(n)d of %(all)d") % {"n": line.answered, "all": len(line.places)}, is_answered),
        (_("On an agenda"), shown.agenda[0].council.name if shown.agenda else "", bool(shown.agenda)),
        (_("Action"), shown.actions[0].reference if shown.actions else "", bool(shown.actions)),
    ]
    last = max(number for number, (_label, _detail, done) in enumerate(reached) if done)
    now_at = 2 if line.owed else last + 1
    return [
        {"label": label, "detail": detail, "state": "done" if done else "now" if number == now_at else "todo"}
        for number, (label, detail, done) in enumerate(reached)
    ]


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    onward = queries.led_to(reference, viewer, now)
    if onward is not None:
        return redirect("actions:theme-detail", onward.reference)
    return _show(request, queries.get(reference, viewer, now))


@login_required
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    theme = queries.get(reference, viewer, now)
    # Every department that the theme stands in may be named; the service says who answers for it.
    places = [place.department for place in queries.lines([theme], now)[0].places]
    form = AnswerForm(request.POST, choices=places)
    said, status = attempt(form, lambda given: services.answer(theme=theme, **given, by=viewer, now=now))
    if said is None:
        return _show(request, theme, status, answer_form=form)
    messages.success(request, _("Answered for %(department)s.") % {"department": said.department})
    return redirect("actions:theme-detail", reference)


@login_required
@require_POST
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    theme = queries.get(reference, viewer, now)
    form = ProposeForm(request.POST, choices=queries.councils_to_ask(viewer, now), prefix="agenda")
    item, status = attempt(
        form, lambda given: agenda.propose(about=theme.subject, matter="theme", **given, by=viewer, now=now)
    )
    if item is None:
        return _show(request, theme, status, propose_form=form)
    messages.success(request, _("It stands on the agenda of %(council)s.") % {"council": item.council})
    return redirect("actions:theme-detail", reference)


@login_required
@require_POST
def route(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    theme = queries.get(reference, viewer, now)
    opened = services.route(theme=theme, by=viewer, now=now)
    owed = ngettext("%(count)d answer is newly owed.", "%(count)d answers are newly owed.", len(opened))
    messages.success(request, _("Routed again by today's rules.") + " " + owed % {"count": len(opened)})
    # By the new rules it may stand where the viewer sees nothing.
    seen = Theme.objects.visible_to(viewer, now).filter(pk=theme.pk).exists()
    return redirect("actions:theme-detail", reference) if seen else redirect("actions:theme-list")
