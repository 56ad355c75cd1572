"""The search page: one box."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.models import SubjectKind
from governance.pages import PER_PAGE, chips
from governance.queries import search as queries
from governance.views import asker


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is called like this."""
    now, viewer = timezone.now(), asker(request)
    words = request.GET.get("q", "").strip()[:200]
    kinds = [(str(SubjectKind.PERSON), SubjectKind.PERSON.label), *((str(one), one.label) for one in queries.ORDER)]
    kind = request.GET.get("kind", "") if request.GET.get("kind") in dict(kinds) else ""
    hits = queries.search(words, viewer, now, kind=kind)
    pages: Paginator[queries.Hit] = Paginator(hits, PER_PAGE)  # type: ignore[arg-type]  # counted and cut like a list
    context = {
        "words": words,
        "is_enough": queries.is_enough(words),
        "page": pages.get_page(request.GET.get("page")),
        "kinds": kinds,
        "kind": kind,
        "chips": chips(request, [("kind", _("Kind"), dict(kinds).get(kind, ""))]),
    }
    return render(request, "governance/search/page.html", context)
