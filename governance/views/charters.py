"""Pages of charters: rules as sentences, versions, the editor, ratification."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance import blueprints, mandates, panels
from governance.clauses import Rules
from governance.errors import Absent
from governance.forms.charters import NAMES, RulesForm, initial_of, steps_form, steps_of
from governance.forms.mandates import MandateForm, RefuseForm, ReviewForm
from governance.forms.mandates import initial_of as mandate_initial
from governance.mandates import Mandate
from governance.models import UNDER_WAY, Charter, CharterState, CharterVersion, DutyKind, Organisation
from governance.pages import Standing, attempt
from governance.queries import charters as queries
from governance.queries import journal, tables
from governance.queries import people as people_queries
from governance.queries import submissions as submission_queries
from governance.queries.duties import all_moves
from governance.services import charters as services
from governance.services.duties import default_rules
from governance.views import asker, moves
from governance.views.taking_away import taken_away


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
@require_safe
def sheet(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file."""
    now, viewer = timezone.now(), asker(request)
    return taken_away(tables.of_charters(queries.listed(viewer, now), viewer), form)


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The version in force, or the only draft there is."""
    return shown_page(request, queries.one(reference, asker(request), timezone.now()), None)


@login_required
def version(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One version, with what it changed."""
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now)
    shown = queries.version(charter, number)
    return shown_page(request, charter, shown)


def shown_page(
    request: HttpRequest,
    charter: Charter,
    shown: CharterVersion | None,
    *,
    refusal: RefuseForm | None = None,
    reviewing: ReviewForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one version; without one, that of the version in force or the only draft there is."""
    now, viewer = timezone.now(), asker(request)
    wordings = list(queries.versions(charter))
    shown = shown or next((one for one in wordings if one.state == CharterState.IN_FORCE), wordings[0])
    before = next((one for one in wordings if one.number == shown.number - 1), None)
    panels.prefetch(request, "charter.page", [charter.pk], now)
    under_way = next((one for one in wordings if one.state in UNDER_WAY), None)
    owed = all_moves(charter.pk, now)
    signing = [move for move in owed if move.kind == DutyKind.RATIFY]
    door = ""
    if under_way is not None and under_way != shown:
        door = reverse("governance:charter-version", args=[charter.reference, under_way.number])
    context = {
        "charter": charter,
        "shown": shown,
        "versions": wordings,
        "mandate": queries.mandate_of(shown),
        "rules": queries.rules_of(shown, since=before),
        "names": NAMES,
        "under_way": under_way,
        "standing": submission_queries.standing(shown, viewer, now),
        "moves": [
            *moves.lines(signing, viewer, door),
            *moves.lines([move for move in owed if move not in signing], viewer),
        ],
        "today": now.astimezone(ZoneInfo(viewer.zone)).date(),
        "has_lapsed": shown.state == CharterState.IN_FORCE and shown.has_lapsed(now),
        "refusal": refusal or RefuseForm(initial={"version": shown.version}),
        "may_review": shown.state == CharterState.IN_FORCE and queries.may_review(charter, viewer, now),
        "reviewing": reviewing or ReviewForm(),
        "told": journal.sentences(journal.entries(viewer, now, subject=charter.subject)[:10], viewer, now),
        "may_draft": people_queries.may_place(viewer, now),
    }
    return render(request, "governance/charters/detail.html", context, status=status)


@login_required
def compare(request: HttpRequest, reference: str) -> HttpResponse:
    """Any two versions, rule by rule; at first the last one beside the one before it."""
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now)
    wordings = list(queries.versions(charter))
    after = _asked_for(request, "to", wordings, wordings[0])
    before = _asked_for(request, "from", wordings, wordings[min(1, len(wordings) - 1)])
    rows = queries.compared(before, after)
    names = {**mandates.NAMES, **NAMES}
    context = {
        "charter": charter,
        "versions": wordings,
        "before": before,
        "after": after,
        "rows": [(names.get(row.part, row.part), row) for row in rows],
        "changes": sum(row.differs for row in rows),
    }
    return render(request, "governance/charters/compare.html", context)


def _asked_for(
    request: HttpRequest, name: str, wordings: list[CharterVersion], otherwise: CharterVersion
) -> CharterVersion:
    asked = request.GET.get(name, "")
    return next((one for one in wordings if str(one.number) == asked), otherwise)


@login_required
def draft(request: HttpRequest, reference: str = "") -> HttpResponse:
    """Write the next version of a charter, or a new charter."""
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now) if reference else None
    services.require_drafting(viewer, now)
    base = next(iter(queries.versions(charter)), None) if charter else None
    blueprint = blueprints.of_kind(request.GET.get("template", "")) if charter is None else None
    if blueprint is not None:
        base = CharterVersion(
            rules=blueprint.rules_in(Organisation.objects.get().currency).to_json(),
            purpose=blueprint.purpose,
            mandate=blueprint.mandate.to_json(),
        )
        return _edit(request, None, base, None, is_blueprint=True)
    return _edit(request, charter, base or default_rules(), None)


@login_required
def templates(request: HttpRequest) -> HttpResponse:
    """The charters to begin with, one for each kind of council."""
    context = {
        "blueprints": blueprints.all_of_them(),
        "may_draft": people_queries.may_place(asker(request), timezone.now()),
    }
    return render(request, "governance/charters/templates.html", context)


@login_required
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """One of them, in full."""
    blueprint = blueprints.of_kind(kind)
    if blueprint is None:
        raise Absent("There is nothing here, or nothing that you may see.")
    rules = blueprint.rules_in(Organisation.objects.get().currency)
    shown = CharterVersion(purpose=blueprint.purpose, mandate=blueprint.mandate.to_json())
    context = {
        "blueprint": blueprint,
        "mandate": queries.mandate_of(shown),
        "rules": [sentence for _clause, sentence in rules.sentences(of_programme=False)],
        "may_draft": people_queries.may_place(asker(request), timezone.now()),
    }
    return render(request, "governance/charters/template.html", context)


@login_required
def amend(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Change a draft."""
    now, viewer = timezone.now(), asker(request)
    charter = queries.one(reference, viewer, now)
    wording = queries.version(charter, number)
    services.require_drafting(viewer, now)
    services.require_draft(wording)
    return _edit(request, charter, wording, wording)


def _edit(
    request: HttpRequest,
    charter: Charter | None,
    base: CharterVersion,
    wording: CharterVersion | None,
    *,
    is_blueprint: bool = False,
) -> HttpResponse:
    now, viewer = timezone.now(), asker(request)
    rules = Rules.from_json(base.rules)
    posted = request.POST or None
    # The programme's default charter lends a new one its rules, not what it says of itself.
    says = charter is not None or is_blueprint
    form = RulesForm(
        posted,
        currency=Organisation.objects.get().currency,
        enforced=queries.enforced(),
        is_new=charter is None,
        is_default=charter is not None and charter.is_default,
        viewer=viewer,
        now=now,
        initial={
            **initial_of(rules),
            "purpose": base.purpose if says else "",
            "version": wording.version if wording else None,
        },
    )
    texts = MandateForm(posted, initial=mandate_initial(Mandate.from_json(base.mandate)) if says else {})
    steps = steps_form(rules, posted)
    status = 200
    if request.POST.get("intent") == "preview":
        form.is_valid()  # what it says and what is wrong with it; nothing is kept
    elif request.method == "POST":
        status = 422

        def keep(said: dict[str, object]) -> CharterVersion:
            made = form.rules(rules, steps_of(steps), steps.cadence)
            purpose = str(said["purpose"])
            if wording is not None:
                expected = form.cleaned_data["version"]
                return services.amend(
                    version=wording,
                    rules=made,
                    purpose=purpose,
                    mandate=texts.mandate(),
                    by=viewer,
                    now=now,
                    expected=expected,
                )
            title = charter.title if charter else str(said["title"])
            return services.draft(
                title=title, charter=charter, rules=made, purpose=purpose, mandate=texts.mandate(), by=viewer, now=now
            )

        if texts.is_valid() and steps.is_valid():
            kept, status = attempt(
                form, keep, stands=lambda: _stands(wording, form.rules(rules, steps_of(steps), steps.cadence))
            )
            if kept is not None:
                messages.success(request, _("The draft is kept. Submit it to its sponsors when it is ready."))
                return redirect("governance:charter-version", kept.charter.reference, kept.number)
    context = {"form": form, "texts": texts, "steps": steps, "charter": charter, "wording": wording}
    return render(request, "governance/charters/form.html", context, status=status)


def _stands(wording: CharterVersion | None, mine: Rules) -> Standing:
    """How the draft stands now, and which of its sentences are not those that were typed."""
    fresh = CharterVersion.objects.get(pk=wording.pk) if wording is not None else CharterVersion()
    whole = wording is None or wording.charter.is_default
    theirs_too = Rules.from_json(fresh.rules).sentences(of_programme=whole)
    pairs = zip(mine.sentences(of_programme=whole), theirs_too, strict=True)
    differs = [(str(NAMES[clause]), ours, theirs) for (clause, ours), (_clause, theirs) in pairs if ours != theirs]
    return Standing(fresh.version, {"purpose": fresh.purpose}, differs)
