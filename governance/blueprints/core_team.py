"""The core team around the CX lead."""

from django.utils.translation import gettext as _

from governance.blueprints.writing import CHAIR, MEMBER, SECRETARY, Blueprint, lines, roles
from governance.clauses import Cadence, Quorum, Review, Rules, Verifying, Voting
from governance.mandates import Mandate, Value


def blueprint() -> Blueprint:
    return Blueprint(
        kind="core_team",
        name=_("Core team"),
        says=_("Runs the programme week by week: listens, routes, prepares decisions, and helps owners to deliver."),
        purpose=_(
            "We run the customer-experience programme from week to week: we listen, route what we hear to who can act "
            "on it, prepare what the councils decide, and help owners to keep their promises."
        ),
        mandate=Mandate(
            vision=_("Nothing that a customer or an employee told us is lost, and nothing that was decided rests."),
            mission=_(
                "Each week we look at everything that is open, see that it has a next mover, and do what helps it on."
            ),
            values=(
                Value(_("Service"), _("we make it easy to keep a promise; we are not the police")),
                Value(_("Accuracy"), _("a figure leaves us with its source, its period and its number of answers")),
                Value(_("Fairness"), _("we show departments, never rank people")),
            ),
            scope_in=lines(
                _("Triage and routing of feedback, and the list of known customer issues"),
                _("Preparing agendas, business cases and the executive pack"),
                _("Methods: journey maps, research, playbooks, training for champions"),
                _("The register of metrics: owner, definition, source, target"),
            ),
            scope_out=lines(
                _("Owning a department's problem: the department does, and we help"),
                _("Deciding across departments: the governance council does"),
                _("Promising dates for others"),
            ),
            measures=lines(
                _("Feedback routed within 2 working days: 9 of 10"),
                _("Open things without a next mover: none, on any day"),
                _("Champions who say that we help them: 4 of 5, asked twice a year"),
            ),
        ),
        rules=Rules(
            quorum=Quorum(2, chair_required=False),
            voting=Voting("consent", "cast", "fails"),
            verifying=Verifying("champion"),
            review=Review(6),
            cadence=Cadence(3),
        ),
        limits=(5_000, 15_000),
        roles=roles(
            (
                CHAIR,
                _("CX lead"),
                _(
                    "Sets the week's order, keeps the sponsors informed, checks in with every department head each "
                    "quarter, and answers for the programme."
                ),
            ),
            (
                SECRETARY,
                _("Coordinator"),
                _(
                    "Keeps the running note, the calendar of councils and the "
                    "roster; sees that nothing is without a date."
                ),
            ),
            (
                MEMBER,
                _("Team member"),
                _(
                    "Owns a part of the programme (listening, journeys, data, "
                    "learning) and a few departments' questions."
                ),
            ),
            (
                "data",
                _("Data partner"),
                _("Answers for where customer data live, who owns them and how they may be used."),
            ),
        ),
    )
