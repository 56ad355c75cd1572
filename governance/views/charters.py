"""Pages of charters: rules as sentences, versions, the editor, ratification."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance import panels
from governance.clauses import Rules
from governance.errors import Conflict
from governance.forms.charters import NAMES, RulesForm, initial_of, steps_form, steps_of
from governance.models import Charter, CharterState, CharterVersion, Organisation
from governance.pages import Standing, attempt
from governance.queries import charters as queries
from governance.queries import journal
from governance.queries import people as people_queries
from governance.services import charters as services
from governance.services.duties import default_rules
from governance.views import asker


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    charters = list(queries.listed(viewer, now))
    panels.prefetch(request, "charter.row", [charter.pk for charter in charters], now)
    rows = [(charter, charter.holding[0] if charter.holding else None) for charter in charters]  # type: ignore[attr-defined]
    context = {
        "rows": rows,
        "drafts": sum(charter.last_number != (held.number if held else 0) for charter, held in rows),  # type: ignore[attr-defined]
        "may_draft": people_queries.may_place(viewer, now),
    }
    return render(request, "governance/charters/list.html", context)


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The version in force, or the only draft there is."""
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now)
    wordings = list(queries.versions(charter))
    shown = next((one for one in wordings if one.state == CharterState.IN_FORCE), wordings[0])
    return _page(request, charter, wordings, shown)


@login_required
def version(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One version, with what it changed."""
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now)
    shown = queries.version(charter, number)
    return _page(request, charter, list(queries.versions(charter)), shown)


def _page(
    request: HttpRequest, charter: Charter, wordings: list[CharterVersion], shown: CharterVersion
) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    before = next((one for one in wordings if one.number == shown.number - 1), None)
    panels.prefetch(request, "charter.page", [charter.pk], now)
    is_draft = shown.state == CharterState.DRAFT
    context = {
        "charter": charter,
        "shown": shown,
        "versions": wordings,
        "rules": queries.rules_of(shown, since=before),
        "names": NAMES,
        "draft": next((one for one in wordings if one.state == CharterState.DRAFT), None),
        "told": journal.sentences(journal.entries(viewer, now, subject=charter.subject)[:10], viewer, now),
        "may_draft": people_queries.may_place(viewer, now),
        "may_ratify": is_draft and queries.may_ratify(viewer, now),
    }
    return render(request, "governance/charters/detail.html", context)


@login_required
def draft(request: HttpRequest, reference: str = "") -> HttpResponse:
    """Write the next version of a charter, or a new charter."""
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now) if reference else None
    services.require_drafting(viewer, now)
    base = next(iter(queries.versions(charter)), None) if charter else None
    base = base or default_rules()
    return _edit(request, charter, base, None)


@login_required
def amend(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Change a draft."""
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now)
    wording = queries.version(charter, number)
    services.require_drafting(viewer, now)
    if wording.state != CharterState.DRAFT:
        raise Conflict(_("Version %(number)d is in force and cannot change. Draft the next one.") % {"number": number})
    return _edit(request, charter, wording, wording)


def _edit(
    request: HttpRequest, charter: Charter | None, base: CharterVersion, wording: CharterVersion | None
) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    rules = Rules.from_json(base.rules)
    posted = request.POST or None
    form = RulesForm(
        posted,
        currency=Organisation.objects.get().currency,
        enforced=queries.enforced(),
        is_new=charter is None,
        viewer=viewer,
        now=now,
        initial={
            **initial_of(rules),
            "purpose": base.purpose if charter else "",
            "version": wording.version if wording else None,
        },
    )
    steps = steps_form(rules, posted)
    status = 200
    if request.POST.get("intent") == "preview":
        form.is_valid()  # what it says and what is wrong with it; nothing is kept
    elif request.method == "POST":
        status = 422

        def keep(said: dict[str, object]) -> CharterVersion:
            made = form.rules(rules, steps_of(steps))
            purpose = str(said["purpose"])
            if wording is not None:
                expected = form.cleaned_data["version"]
                return services.amend(
                    version=wording, rules=made, purpose=purpose, by=viewer, now=now, expected=expected
                )
            title = charter.title if charter else str(said["title"])
            return services.draft(title=title, charter=charter, rules=made, purpose=purpose, by=viewer, now=now)

        if steps.is_valid():
            kept, status = attempt(form, keep, stands=lambda: _stands(wording, form.rules(rules, steps_of(steps))))
            if kept is not None:
                messages.success(request, _("The draft is kept. A sponsor puts it into force."))
                return redirect("governance:charter-version", kept.charter.reference, kept.number)
    context = {"form": form, "steps": steps, "charter": charter, "wording": wording}
    return render(request, "governance/charters/form.html", context, status=status)


def _stands(wording: CharterVersion | None, mine: Rules) -> Standing:
    """How the draft stands now, and which of its sentences are not those that were typed."""
    fresh = CharterVersion.objects.get(pk=wording.pk) if wording is not None else CharterVersion()
    pairs = zip(mine.sentences(), Rules.from_json(fresh.rules).sentences(), strict=True)
    differs = [(str(NAMES[clause]), ours, theirs) for (clause, ours), (_clause, theirs) in pairs if ours != theirs]
    return Standing(fresh.version, {"purpose": fresh.purpose}, differs)


@login_required
@require_POST
def ratify(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now)
    wording = queries.version(charter, number)
    seen = request.POST.get("version", "")
    services.ratify(version=wording, by=viewer, now=now, expected=int(seen) if seen.isdigit() else None)
    messages.success(
        request,
        _("Version %(number)d is in force. Decisions under earlier versions keep their verdict.") % {"number": number},
    )
    return redirect("governance:charter-detail", reference)
