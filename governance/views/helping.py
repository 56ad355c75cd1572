"""Pages about help: what is asked of whom, and the answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from governance import links
from governance.forms.helping import AnswerForm
from governance.pages import attempt
from governance.queries import duties as duty_queries
from governance.queries import helping as queries
from governance.services import helping as services
from governance.views import asker


@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked, and for whoever answers for the seat the form."""
    now, viewer = timezone.now(), asker(request)
    found = queries.one(pk, viewer, now)
    subject = found.duty.subject
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        done, status = attempt(form, lambda said: services.answer(request=found, **said, by=viewer, now=now))
        if done is not None:
            messages.success(request, _("Your answer stands on record, and whoever owes it is told."))
            return redirect(links.path_of(subject) or "notifications:home")
    is_open = found.answered_at is None and found.duty.closed_at is None
    context = {
        "found": found,
        "path": links.path_of(subject),
        "moves": duty_queries.moves([found.duty], now) if found.duty.closed_at is None else [],
        "others": [one for one in queries.about(subject, viewer, now) if one.pk != found.pk],
        "form": form if is_open and queries.may_answer(found, viewer, now) else None,
        "today": timezone.localdate(now),
    }
    return render(request, "governance/help/detail.html", context, status=status)
