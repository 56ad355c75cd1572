"""Pages of actions: the list that every figure opens, the story of one, and what may be done there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from actions.forms import items as forms
from actions.forms import outcomes as outcome_forms
from actions.forms import parts as part_forms
from actions.forms.aims import AimFields
from actions.lifecycle import OPEN, RUNNING, State, Verb, ever
from actions.models import ActionItem, ActionState, Blocker, DateRequest, EvidenceKind, Health
from actions.queries import closing, requests, slips, stories
from actions.queries import items as queries
from actions.queries import parts as part_queries
from actions.queries import pilots as pilot_queries
from actions.queries.outcomes import said_since
from actions.queries.shown import last_read
from actions.services import delegating, funding, parts, spending, tellings
from actions.services import items as services
from actions.services.benefits import verify_benefit
from actions.shown_files import Sent
from actions.views.pilots import declare_url
from governance import access
from governance.clauses import Closure
from governance.errors import Absent, Stale
from governance.models import Person
from governance.pages import attempt
from governance.queries import helping
from governance.queries.load import fullness
from governance.views import asker, moves


def may_create(viewer: Person, now: datetime) -> bool:
    """Whether some department's seats are the viewer's to give work to, and some council may oversee it."""
    rights = (access.LEAD, access.REPORT, access.TRIAGE)
    return any(access.containers_of(viewer, now, right) for right in rights) and bool(
        access.containers_of(viewer, now, "view_council")
    )


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Own initiative."""
    now, viewer = timezone.now(), asker(request)
    form = forms.CreateForm(request.POST or None, viewer=viewer, now=now, initial={"theme": request.GET.get("theme")})
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda said: services.create(**said, by=viewer, now=now))
        if made is not None:
            messages.success(
                request,
                _("%(reference)s is proposed to %(seat)s.")
                % {"reference": made.reference, "seat": made.seat.subject.title},
            )
            return redirect("actions:item-detail", made.reference)
    return render(
        request, "actions/items/form.html", {"form": form, "may_create": may_create(viewer, now)}, status=status
    )


# --- one action ----------------------------------------------------------------------------------------------------

Said = dict[str, Any]
Act = Callable[[ActionItem, Said, Person, datetime], Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do on an action's page: its form, the service that does it, and what is said then."""

    verb: Verb
    form: type[forms.DeedForm]
    act: Act
    says: Any
    label: Any
    button: Any


def _plainly(service: Callable[..., Any]) -> Act:
    """A service whose arguments are the form's fields."""
    return lambda action, said, by, now: service(action=action, **said, by=by, now=now)


def _aimed(service: Callable[..., Any]) -> Act:
    """A service that also takes what will show that it worked."""

    def act(action: ActionItem, said: Said, by: Person, now: datetime) -> Any:
        aim = services.Aim(**AimFields.aim_of(said))
        return service(action=action, aim=aim, **said, by=by, now=now)

    return act


def _evidence(action: ActionItem, said: Said, by: Person, now: datetime) -> Any:
    file, metric = said.pop("file", None), said.pop("metric", None)
    kind = EvidenceKind.LINK if said["link"].strip() else EvidenceKind.NOTE
    if metric is not None:
        kind = EvidenceKind.READING
    return services.add_evidence(
        action=action,
        kind=EvidenceKind.FILE if file else kind,
        file=Sent(file, file.name, file.size) if file is not None else None,
        observation=last_read(metric) if metric is not None else None,
        **said,
        by=by,
        now=now,
    )


def _lift(action: ActionItem, said: Said, by: Person, now: datetime) -> Any:
    blocker = Blocker.objects.select_related("action").filter(pk=said["blocker"], action=action).first()
    if blocker is None:
        raise Absent(_("There is nothing here, or nothing that you may see."))
    return services.lift(blocker=blocker, by=by, now=now, version=said.get("version"))


def _spend(action: ActionItem, said: Said, by: Person, now: datetime) -> Any:
    return spending.spend(
        action=action, **{name: given for name, given in said.items() if name != "version"}, by=by, now=now
    )


DEEDS: dict[str, Deed] = {
    "accept": Deed(
        Verb.ACCEPT,
        forms.AcceptForm,
        _aimed(services.accept),
        gettext_lazy("Accepted. That is a promise."),
        gettext_lazy("Accept it"),
        gettext_lazy("Accept and promise"),
    ),
    "decline": Deed(
        Verb.DECLINE,
        forms.DeclineForm,
        _plainly(services.decline),
        gettext_lazy("Declined. Another owner is looked for."),
        gettext_lazy("Decline, with a reason"),
        gettext_lazy("Decline"),
    ),
    "reassign": Deed(
        Verb.REASSIGN,
        forms.ReassignForm,
        _plainly(services.reassign),
        gettext_lazy("Proposed to another seat."),
        gettext_lazy("Give it to another seat"),
        gettext_lazy("Propose it there"),
    ),
    "set-date": Deed(
        Verb.SET_DATE,
        forms.DateForm,
        _plainly(services.set_date),
        gettext_lazy("Promised."),
        gettext_lazy("Promise a date"),
        gettext_lazy("Promise it"),
    ),
    "report": Deed(
        Verb.REPORT,
        forms.ReportForm,
        _plainly(services.report),
        gettext_lazy("Saved."),
        gettext_lazy("Say where it stands"),
        gettext_lazy("Save update"),
    ),
    "done": Deed(
        Verb.SAY_DONE,
        forms.DoneForm,
        _plainly(services.say_done),
        gettext_lazy("Said to be done. Another person looks at it now."),
        gettext_lazy("Say that it is done"),
        gettext_lazy("It is done"),
    ),
    "verify": Deed(
        Verb.VERIFY,
        forms.VerifyForm,
        _plainly(services.verify),
        gettext_lazy("Your finding stands on record."),
        gettext_lazy("Verify it"),
        gettext_lazy("Save my finding"),
    ),
    "evidence": Deed(
        Verb.ADD_EVIDENCE,
        forms.EvidenceForm,
        _evidence,
        gettext_lazy("The evidence is attached."),
        gettext_lazy("Attach evidence"),
        gettext_lazy("Attach it"),
    ),
    "block": Deed(
        Verb.BLOCK,
        forms.BlockForm,
        _plainly(services.block),
        gettext_lazy("Reported blocked."),
        gettext_lazy("Report what stops it"),
        gettext_lazy("Report it blocked"),
    ),
    "ask-help": Deed(
        Verb.ASK_HELP,
        forms.HelpForm,
        _plainly(services.ask_help),
        gettext_lazy("Asked. The answer will stand here."),
        gettext_lazy("Ask for help now"),
        gettext_lazy("Ask"),
    ),
    "ask-for-time": Deed(
        Verb.ASK_FOR_TIME,
        forms.TimeForm,
        _plainly(services.ask_for_time),
        gettext_lazy("Asked. Until it is answered, the date stays."),
        gettext_lazy("Ask for more time"),
        gettext_lazy("Ask for it"),
    ),
    "answer-date": Deed(
        Verb.APPROVE_DATE,
        forms.DateAnswerForm,
        _plainly(services.answer_date),
        gettext_lazy("Answered. It stands in the promise record."),
        gettext_lazy("Approve another date, or refuse it"),
        gettext_lazy("Save my answer"),
    ),
    "lift": Deed(
        Verb.LIFT,
        forms.LiftForm,
        _lift,
        gettext_lazy("Lifted."),
        gettext_lazy("Lift it"),
        gettext_lazy("It no longer stops us"),
    ),
    "spend": Deed(
        Verb.SPEND,
        forms.SpendForm,
        _spend,
        gettext_lazy("Posted. It stands in the ledger."),
        gettext_lazy("Post what was spent"),
        gettext_lazy("Post it"),
    ),
    "ask-resources": Deed(
        Verb.ASK_RESOURCES,
        forms.ResourcesForm,
        _plainly(funding.ask),
        gettext_lazy("The council is asked. What it decides will stand here."),
        gettext_lazy("Ask for money or time"),
        gettext_lazy("Ask the council"),
    ),
    "allocate": Deed(
        Verb.ALLOCATE,
        forms.AllocateForm,
        _plainly(delegating.allocate),
        gettext_lazy("Allocated. The council reads it in its register."),
        gettext_lazy("Allocate what is asked for"),
        gettext_lazy("Sign and allocate"),
    ),
    "doer": Deed(
        Verb.ARRANGE,
        part_forms.DoerForm,
        _plainly(parts.add_doer),
        gettext_lazy("Part of the work is theirs; the accountable seat stays."),
        gettext_lazy("Give part of the work to somebody"),
        gettext_lazy("Give it"),
    ),
    "doer-end": Deed(
        Verb.ARRANGE,
        part_forms.DoerEndForm,
        _plainly(parts.end_doer),
        gettext_lazy("Their part in the work ended."),
        gettext_lazy("End"),
        gettext_lazy("End"),
    ),
    "milestone": Deed(
        Verb.ARRANGE,
        part_forms.MilestoneForm,
        _plainly(parts.set_milestone),
        gettext_lazy("The milestone is set."),
        gettext_lazy("Set a milestone"),
        gettext_lazy("Set it"),
    ),
    "reach": Deed(
        Verb.MARK,
        part_forms.ReachForm,
        _plainly(parts.reach),
        gettext_lazy("Reached."),
        gettext_lazy("Reached"),
        gettext_lazy("Reached"),
    ),
    "depend": Deed(
        Verb.ARRANGE,
        part_forms.DependForm,
        _plainly(parts.depend),
        gettext_lazy("It waits for that one."),
        gettext_lazy("Say what it waits for"),
        gettext_lazy("It waits for this"),
    ),
    "depend-no-more": Deed(
        Verb.ARRANGE,
        part_forms.DependNoMoreForm,
        _plainly(parts.depend_no_more),
        gettext_lazy("It no longer waits for that one."),
        gettext_lazy("It no longer waits"),
        gettext_lazy("It no longer waits"),
    ),
    "reopen": Deed(
        Verb.REOPEN,
        forms.ReopenForm,
        _plainly(services.reopen),
        gettext_lazy("Reopened. Its seat owes a date."),
        gettext_lazy("Reopen it, with a reason"),
        gettext_lazy("Reopen it"),
    ),
    "cancel": Deed(
        Verb.CANCEL,
        forms.CancelForm,
        _plainly(services.cancel),
        gettext_lazy("Dropped. The record of it stays."),
        gettext_lazy("Drop it, with a reason"),
        gettext_lazy("Drop it"),
    ),
    "measure": Deed(
        Verb.MEASURE,
        outcome_forms.MeasureForm,
        _aimed(services.measure),
        gettext_lazy("Fixed. It is read after the work is verified."),
        gettext_lazy("Fix what will show whether it worked"),
        gettext_lazy("Fix it"),
    ),
    "correct-measure": Deed(
        Verb.CORRECT_MEASURE,
        outcome_forms.CorrectMeasureForm,
        _aimed(services.propose_measure),
        gettext_lazy("Proposed. Until the council decides, what was fixed holds."),
        gettext_lazy("Propose another KPI to the council, with a reason"),
        gettext_lazy("Propose it"),
    ),
    "read-kpi": Deed(
        Verb.READ,
        outcome_forms.ReadForm,
        _plainly(services.read),
        gettext_lazy("Read. What it says stands below."),
        gettext_lazy("Read the KPI"),
        gettext_lazy("Read it now"),
    ),
    "judge": Deed(
        Verb.JUDGE,
        outcome_forms.JudgeForm,
        _plainly(services.judge),
        gettext_lazy("Your word stands on record."),
        gettext_lazy("Say whether it worked"),
        gettext_lazy("Save my verdict"),
    ),
    "verify-benefit": Deed(
        Verb.VERIFY_BENEFIT,
        outcome_forms.BenefitForm,
        _plainly(verify_benefit),
        gettext_lazy("Verified. It counts from now on."),
        gettext_lazy("Verify what it brought"),
        gettext_lazy("Verify the amount"),
    ),
    "draft-telling": Deed(
        Verb.DRAFT_TELLING,
        outcome_forms.DraftForm,
        _plainly(tellings.draft_telling),
        gettext_lazy("Drafted. Another person approves it."),
        gettext_lazy("Tell the givers of the feedback"),
        gettext_lazy("Save the draft"),
    ),
    "approve-telling": Deed(
        Verb.APPROVE_TELLING,
        outcome_forms.ApproveForm,
        _plainly(tellings.approve_telling),
        gettext_lazy("Approved. It can be sent."),
        gettext_lazy("Approve what the givers are told"),
        gettext_lazy("Approve it"),
    ),
    "send-telling": Deed(
        Verb.SEND_TELLING,
        outcome_forms.SendForm,
        _plainly(tellings.send_telling),
        gettext_lazy("Marked as sent. The file with those who agreed stands below."),
        gettext_lazy("Send what was approved"),
        gettext_lazy("Mark it sent"),
    ),
}


BESIDE_A_ROW = frozenset({"lift", "doer-end", "reach", "depend-no-more"})
"""Deeds that stand as a button beside what they are about."""
OF_PARTS = ("doer", "milestone", "depend")
"""Deeds that stand with who works on it, its steps and what it waits for."""


@login_required
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The whole story of an action."""
    now, viewer = timezone.now(), asker(request)
    return _page(request, queries.get(reference, viewer, now), viewer, now)


@require_POST
@login_required
def act(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """Do one thing; what is refused comes back with the page, the input kept."""
    now, viewer = timezone.now(), asker(request)
    action, deed = queries.get(reference, viewer, now), DEEDS[name]
    form = deed.form(request.POST, files=request.FILES, action=action, viewer=viewer, now=now, verb=name)
    try:
        done, status = attempt(form, lambda said: deed.act(action, said, viewer, now))
    except Stale:
        return _page(request, queries.get(reference, viewer, now), viewer, now, refused=(name, form), status=409)
    if done is None:
        return _page(request, action, viewer, now, refused=(name, form), status=status)
    messages.success(request, str(deed.says))
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)  # said in a row of a list
    if queries.listed(viewer, now).filter(pk=action.pk).exists():
        return redirect("actions:item-detail", reference)
    return redirect("actions:item-list")  # it went to a seat, and out of my sight


def _page(
    request: HttpRequest,
    action: ActionItem,
    viewer: Person,
    now: datetime,
    *,
    refused: tuple[str, forms.DeedForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    voice = request.GET.get("story", "")
    story = stories.of(action, viewer, now, voice=voice)
    is_stale = status == 409 and refused is not None and refused[1].is_valid()
    offered = [
        _offer(name, deed, action, viewer, now, refused, is_stale=is_stale, asked=story.asked)
        for name, deed in DEEDS.items()
        if name not in BESIDE_A_ROW and _is_offered(name, deed, story)
    ]
    # A mail leads to one of the forms; else the first is what its reader owes next.
    led_to = request.GET.get("do", "")
    first = led_to if any(offer["name"] == led_to for offer in offered) else primary(story)
    tried = pilot_queries.of_action(action, viewer, now)
    context = {
        "story": story,
        "action": action,
        "line": story.line,
        "today": story.line.today,
        "first": next((offer for offer in offered if offer["name"] == first), None),
        "others": [offer for offer in offered if offer["name"] not in (first, *OF_PARTS)],
        "part_offers": [offer for offer in offered if offer["name"] in OF_PARTS],
        "parts": part_queries.of(action, viewer, now),
        "may_arrange": Verb.ARRANGE in story.verbs,
        "may_mark": Verb.MARK in story.verbs,
        "full": fullness([action.seat], viewer, now)[action.seat_id] if Verb.ACCEPT in story.verbs else None,
        "may_lift": Verb.LIFT in story.verbs,
        "may_post": Verb.SPEND in ever(story.roles),
        "open_blockers": [blocker for blocker in story.blockers if blocker.lifted_at is None],
        "said_no": refused[1] if refused and all(offer["name"] != refused[0] for offer in offered) else None,
        "helping": helping.about(action.subject, viewer, now),
        "compare": compare(refused[1], action) if is_stale and refused else None,
        "is_open": action.state in OPEN,
        "requests": requests.of_action(action, viewer, now, story.line.today),
        "ask_url": ask_url(action) if Verb.ASK_DEPARTMENT in story.verbs else "",
        "measured": story.measured,
        "tried": tried,
        "pilot_url": declare_url(action) if Verb.PILOT in story.verbs and not (tried and tried.line) else "",
        "said_since": said_since([action], viewer, now).get(action.pk, 0) if story.line.is_late else 0,
        "voices": [
            {"url": f"?story={key}#story" if key else "?#story", "label": label, "current": key == voice}
            for key, label in (("", _("All")), ("people", _("What people said")), ("system", _("What the system did")))
        ],
        "slip": slips.updates_to_take_back([action.pk], viewer, now).get(action.pk),
        "evidence_asked": _evidence_asked(story, now),
        "own_evidence": slips.evidence_to_take_back(action, story.evidence, viewer, now),
        "moves": moves.lines(story.moves, viewer, "#do" if first else ""),
    }
    return render(request, "actions/items/detail.html", context, status=status)


def _evidence_asked(story: stories.Story, now: datetime) -> str:
    """What is still missing before it may be said to be done; empty where nothing is, or it is not the time."""
    if story.action.state not in RUNNING:
        return ""
    closure = closing.closure_of(story.action, now)
    shown = closing.shown(closure, story.evidence)
    is_plain = closure == replace(Closure(), unverified=closure.unverified)
    return "" if shown.is_met or is_plain else shown.sentence


def ask_url(action: ActionItem) -> str:
    """Where another department is asked for what the action needs."""
    return f"{reverse('actions:request-create')}?{urlencode({'action': action.reference})}"


def primary(story: stories.Story) -> str:
    """The one deed that stands first: what its doer owes next."""
    action = story.action
    order = {
        State.PROPOSED: ("accept", "reassign"),
        State.DECLINED: ("reassign",),
        State.DONE: ("verify", "evidence"),
        State.VERIFIED: ("read-kpi", "judge", "approve-telling"),
    }.get(State(action.state), ("report", "allocate"))
    if action.state in RUNNING and action.promised is None:
        order = ("set-date", "report", "allocate")
    if story.asked is not None:
        order = ("answer-date", *order)
    return next((name for name in order if _is_offered(name, DEEDS[name], story)), "")


def _is_offered(name: str, deed: Deed, story: stories.Story) -> bool:
    """Whether the page shows it: what the viewer's roles may say in this state, and what makes sense now."""
    if deed.verb not in story.verbs:
        return False
    has_date, known = story.action.promised is not None, story.measured
    is_drafted = known.telling is not None and known.telling.approved_at is None
    return {
        "set-date": not has_date,
        "ask-for-time": has_date and story.asked is None,
        "done": bool(story.evidence),
        "cancel": story.action.decision_id is None,
        "measure": known.outcome is None,
        "correct-measure": known.outcome is not None and known.verdict is None,
        "read-kpi": known.is_due,
        "judge": known.is_read and known.verdict is None,
        "draft-telling": story.action.theme_id is not None,
        "approve-telling": is_drafted,
        "send-telling": known.telling is not None and not is_drafted,
        "ask-resources": not any(standing == "open" for _request, standing, _label in story.wished),
        "allocate": story.may_allocate,
        "spend": any(not one.line.envelope.is_closed for one in story.books),
    }.get(name, True)


def _offer(
    name: str,
    deed: Deed,
    action: ActionItem,
    viewer: Person,
    now: datetime,
    refused: tuple[str, forms.DeedForm] | None,
    *,
    is_stale: bool,
    asked: DateRequest | None = None,
) -> dict[str, Any]:
    is_refused = refused is not None and refused[0] == name
    form = deed.form(action=action, viewer=viewer, now=now, verb=name)
    if is_refused and refused is not None:
        form = refused[1]
        if is_stale:  # said again, it is said of the version that is shown now
            form.data = {**{key: form.data[key] for key in form.data}, "version": str(action.version)}
    return {
        "name": name,
        "url": reverse(f"actions:item-{name}", args=[action.reference]),
        "label": deed.label,
        "button": deed.button,
        "form": form,
        "is_open": is_refused,
        "is_grave": deed.verb in (Verb.DECLINE, Verb.CANCEL),
        "asked": asked if deed.verb is Verb.APPROVE_DATE else None,
    }


def compare(form: forms.DeedForm, action: ActionItem) -> list[tuple[str, str, str]]:
    """What I wrote beside how it stands now, where the two speak of the same."""
    said = form.cleaned_data
    rows: list[tuple[str, str, str]] = [(_("State"), "", str(ActionState(action.state).label))]
    if "health" in said:
        rows.append((_("Health"), str(Health(said["health"]).label), str(Health(action.health).label)))
    if said.get("progress") is not None:
        rows.append((_("Progress, %"), str(said["progress"]), str(action.progress)))
    holds = action.promised.isoformat() if action.promised else ""
    rows.extend((_("Promised"), said[name].isoformat(), holds) for name in ("promised_on", "due_on") if said.get(name))
    return rows
