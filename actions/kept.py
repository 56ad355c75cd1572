"""Pages of actions, of what was heard and of figures that may be kept as views, and what each counts."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from actions.exhibits import of_lateness
from actions.forms.action_lists import NarrowForm
from actions.forms.feedback import FeedbackNarrowForm, ThemesNarrowForm
from actions.forms.kept import DepartmentAddress, OutcomesAddress, PilotsAddress, PlacesAddress, UnactedAddress
from actions.forms.requests import NarrowForm as RequestsForm
from actions.forms.resourcing import ResourcesForm
from actions.forms.review import ReviewForm
from actions.queries import action_lists, departments, feedback, logs, outcomes, packs, pilots, requests, review, themes
from actions.queries.debts import matrix
from actions.queries.items import Narrowed
from actions.queries.scope import of_duties
from actions.queries.trends import open_work
from governance import kept
from governance.charts import as_svg
from governance.kept import Count, Page, Picture, Said, by, spoken
from governance.models import Person
from governance.queries import unacted


def _set(chips: list[tuple[str, str, str]]) -> Said:
    return [(str(label), str(value)) for _name, label, value in chips if value]


def _chosen(form: forms.Form) -> Narrowed:
    return Narrowed(**form.cleaned_data)


def _actions(form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(action_lists.narrowed(viewer, now, _chosen(form), review.moment(now)).count())


def _themes(form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(themes.listed(viewer, now, themes.Narrowed(**form.cleaned_data)).count())


def _feedback(form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(feedback.listed(viewer, now, feedback.Narrowed(**form.cleaned_data)).count())


def _requests(form: forms.Form, viewer: Person, now: datetime) -> Count:
    chosen = requests.Narrowed(**form.cleaned_data)
    return Count(requests.listed(viewer, now, chosen, review.moment(now)).count())


def _outcomes(form: forms.Form, viewer: Person, now: datetime) -> Count:
    assert isinstance(form, OutcomesAddress)  # noqa: S101 - its page's own form
    found = outcomes.results(viewer, now).filter(form.scope.actions())
    return Count(outcomes.narrowed(found, form.cleaned_data["effect"]).count())


def _pilots(form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(pilots.listed(viewer, now, form.cleaned_data["state"]).count())


def _places(form: forms.Form, viewer: Person, now: datetime) -> Count:
    said = form.cleaned_data
    return Count(pilots.places(viewer, now, said["pilot"], said["group"]).count())


def _packs(_form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(packs.listed(viewer, now).count())


def _logs(_form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(logs.listed(viewer, now).count())


def _sources(_form: forms.Form, viewer: Person, now: datetime) -> Count:
    return Count(feedback.sources(viewer, now).count())


def _rules(_form: forms.Form, _viewer: Person, _now: datetime) -> Count:
    return Count(feedback.rules().count())


def _department(form: forms.Form, viewer: Person, now: datetime) -> Count:
    """What is late of what is open there: the first of its figures that is bad news."""
    assert isinstance(form, DepartmentAddress)  # noqa: S101 - its page's own form
    return Count(*departments.late_of_open(viewer, now, form.place))


def _late(form: forms.Form, viewer: Person, now: datetime) -> Count:
    """The review's first bad news: what is late of what is open."""
    assert isinstance(form, ReviewForm)  # noqa: S101 - its page's own form
    total = review.standing(viewer, review.moment(now), form.scope).review.total
    return Count(total.late, total.open)


def _unacted(form: forms.Form, viewer: Person, now: datetime) -> Count:
    assert isinstance(form, UnactedAddress)  # noqa: S101 - its page's own form
    asked = form.cleaned_data["asked"]
    return Count(unacted.listed(viewer, now, asked=asked, **of_duties(form.scope)).count())


def _overdue(_form: forms.Form, viewer: Person, now: datetime) -> Count:
    total = matrix(viewer, now).total
    return Count(total.overdue, total.open)


def _drawn(viewer: Person, now: datetime) -> Picture | None:
    """How late open promises are: work and no conduct, so it may be told every week."""
    exhibit = of_lateness(open_work(viewer, now))
    if not any(cell.value for line in exhibit.lines for cell in line.cells):
        return None
    chart, last = exhibit.charts[0], exhibit.lines[-1]
    told = [f"{column.label}: {cell.value or 0:g}" for column, cell in zip(exhibit.columns, last.cells, strict=True)]
    return Picture(exhibit.title, as_svg(chart), f"{chart.title}. {last.label}: {', '.join(told)}.")


_ACTIONS = ngettext_lazy("%(n)d action", "%(n)d actions", "n")

for _page in (
    Page("actions", _("Actions"), "actions:item-list", by(NarrowForm), _actions,
         words=lambda form: _set(action_lists.words(_chosen(form))), says=spoken(_ACTIONS)),
    Page("requests", _("Requests"), "actions:request-list", by(RequestsForm), _requests,
         words=lambda form: _set(requests.words(requests.Narrowed(**form.cleaned_data))),
         says=spoken(ngettext_lazy("%(n)d request", "%(n)d requests", "n"))),
    Page("owes", _("Who owes whom"), "actions:owes", kept.nothing, _overdue,
         says=spoken(_("%(n)d overdue of %(of)d open"))),
    Page("themes", _("Themes"), "actions:theme-list", by(ThemesNarrowForm), _themes,
         says=spoken(ngettext_lazy("%(n)d theme", "%(n)d themes", "n"))),
    Page("feedback", _("Feedback"), "actions:feedback-list", by(FeedbackNarrowForm), _feedback,
         says=spoken(ngettext_lazy("%(n)d piece of feedback", "%(n)d pieces of feedback", "n"))),
    Page("outcomes", _("Outcomes"), "actions:outcome-list", by(OutcomesAddress), _outcomes,
         says=spoken(_ACTIONS)),
    Page("pilots", _("Where it travelled"), "actions:pilot-list",
         lambda data, _viewer, _now: PilotsAddress(data), _pilots,
         says=spoken(ngettext_lazy("%(n)d pilot", "%(n)d pilots", "n"))),
    Page("pilot-places", _("Places of pilots"), "actions:pilot-places", by(PlacesAddress), _places,
         says=spoken(ngettext_lazy("%(n)d place", "%(n)d places", "n"))),
    Page("packs", _("Packs"), "actions:pack-list", kept.nothing, _packs,
         says=spoken(ngettext_lazy("%(n)d pack", "%(n)d packs", "n"))),
    Page("action-logs", _("Old action logs"), "actions:log-list", kept.nothing, _logs,
         says=spoken(ngettext_lazy("%(n)d log", "%(n)d logs", "n"))),
    Page("sources", _("Sources"), "actions:source-list", kept.nothing, _sources,
         says=spoken(ngettext_lazy("%(n)d source", "%(n)d sources", "n"))),
    Page("routing-rules", _("Routing rules"), "actions:rule-list", kept.nothing, _rules,
         says=spoken(ngettext_lazy("%(n)d rule", "%(n)d rules", "n"))),
    Page("review", _("Executive review"), "actions:review", by(ReviewForm), _late,
         says=spoken(_("%(n)d late of %(of)d open"))),
    Page("department-review", _("Department in review"), "actions:department-review", by(DepartmentAddress),
         _department, says=spoken(_("%(n)d late of %(of)d open")), in_path="department", chosen_at="actions:review"),
    Page("not-acted", _("Who has not acted"), "actions:not-acted", by(UnactedAddress), _unacted),
    Page("trends", _("Trends"), "actions:trends", kept.nothing, picture=_drawn),
    Page("resources", _("Resources in review"), "actions:resources", by(ResourcesForm)),
    Page("record", _("Promise record"), "actions:record", kept.nothing),
):  # fmt: skip
    kept.declare(_page)
