"""Renaming, merging and splitting a theme."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.forms.theme_shapes import MergeForm, RenameForm, SplitForm
from actions.models import Feedback, Theme
from actions.queries import theme_shapes as queries
from actions.queries import themes
from actions.services import theme_shapes as services
from governance.errors import Refused
from governance.models import Person
from governance.pages import Standing, attempt
from governance.views import asker


def _mine(reference: str, viewer: Person, now: datetime) -> Theme:
    """The theme, for whoever may shape it. Raises :class:`Absent`, :class:`Refused`."""
    theme = themes.get(reference, viewer, now)
    if not services.may_shape(theme, viewer, now):
        raise Refused(_("Whoever triages every department that has this theme shapes it. Ask the CX lead."))
    return theme


def _stands(theme: Theme) -> Standing:
    fresh = Theme.objects.get(pk=theme.pk)
    return Standing(fresh.version, {"name": fresh.name})


@login_required
def rename(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    theme = _mine(reference, viewer, now)
    form = RenameForm(request.POST or None, initial={"name": theme.name, "version": theme.version})
    status = 200
    if request.method == "POST":
        done, status = attempt(
            form,
            lambda said: services.rename(theme=theme, **said, by=viewer, now=now),
            stands=lambda: _stands(theme),
        )
        if done is not None:
            messages.success(request, _("Renamed. Its history keeps what it was called."))
            return redirect("actions:theme-detail", reference)
    return render(request, "actions/themes/rename.html", {"theme": theme, "form": form}, status=status)


@login_required
def merge(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    theme = _mine(reference, viewer, now)
    words = request.GET.get("words", "")[:120]
    # The page offers some; whoever names another that they may see is heard as well.
    offered = Theme.objects.filter(
        pk__in=[one.pk for one in queries.may_take_it_up(theme, viewer, now, words)[: queries.OFFERED]]
    )
    seen = Theme.objects.visible_to(viewer, now).filter(merged_into=None)
    form = MergeForm(request.POST or None, choices=seen, initial={"version": theme.version})
    status = 200
    if request.method == "POST":
        done, status = attempt(
            form, lambda said: services.merge(theme=theme, **said, by=viewer, now=now), stands=lambda: _stands(theme)
        )
        if done is not None:
            messages.success(request, _("Merged. What was heard, owed and done stands here now."))
            return redirect("actions:theme-detail", done.reference)
    shown = themes.lines(offered.select_related("subject").order_by("name"), now)
    chosen = request.POST.get("into", "")
    context = {"theme": theme, "form": form, "words": words, "lines": shown, "chosen": chosen}
    return render(request, "actions/themes/merge.html", context, status=status)


@login_required
def split(request: HttpRequest, reference: str) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    theme = _mine(reference, viewer, now)
    topics, looked_for = queries.topics(theme), request.GET.get("find", "")[:120]
    form = SplitForm(
        request.POST or None,
        topics=topics,
        heard=Feedback.objects.filter(theme=theme),
        initial={"version": theme.version, "words": looked_for},
    )
    status = 200
    if request.method == "POST":
        made, status = attempt(
            form, lambda said: services.split(theme=theme, **said, by=viewer, now=now), stands=lambda: _stands(theme)
        )
        if made is not None:
            messages.success(request, _("Split off. What was owed for it is owed by the same day."))
            return redirect("actions:theme-detail", made.reference)
    context = {
        "theme": theme,
        "form": form,
        "find": looked_for,
        "pick": queries.rows_to_pick(theme, looked_for),
        "picked": {int(key) for key in request.POST.getlist("rows") if key.isdecimal() and len(key) < 19},
    }
    return render(request, "actions/themes/split.html", context, status=status)
