"""The cross-functional squad."""

from django.utils.translation import gettext as _

from governance.blueprints.writing import CHAIR, MEMBER, SECRETARY, Blueprint, lines, roles
from governance.clauses import LIGHT, Cadence, Formality, Promising, Quorum, Review, Rules, Verifying, Voting
from governance.mandates import Mandate, Value


def blueprint() -> Blueprint:
    return Blueprint(
        kind="squad",
        name=_("Squad"),
        says=_("A few people from several departments, two days a week, who change one thing and own the change."),
        purpose=_(
            "We are freed two days a week to change one part of the customer's way, from the cause to the proof, and "
            "we own that change until its measure has moved."
        ),
        mandate=Mandate(
            vision=_("The problem that we were given is gone for the customers who had it, and stays gone."),
            mission=_("We watch what happens, try the smallest change that could help, measure it, and go on or stop."),
            values=(
                Value(_("Small steps"), _("something that customers notice every two weeks")),
                Value(_("Seeing for ourselves"), _("we listen to customers and to those who serve them each week")),
                Value(_("Stopping"), _("what does not work is dropped and said so")),
            ),
            scope_in=lines(
                _("The journey step or theme that we were founded for, with its owner"),
                _("Trying changes with some customers, in agreed places and within our limit"),
                _("The hand-over: what the departments run themselves when we are done"),
            ),
            scope_out=lines(
                _("Other problems, however close: they go to the governance council"),
                _("Running the service from day to day"),
                _("Changes to contracts, prices or systems of record without their owners"),
            ),
            measures=lines(
                _("The one measure that we were given, with its baseline and target, read every two weeks"),
                _(
                    "Members who were in fact free two days a week: all; the "
                    "sponsor hears of every week that they were not"
                ),
                _("Handed over to the departments within six months"),
            ),
        ),
        rules=Rules(
            quorum=Quorum(3, chair_required=False),
            voting=Voting("consent", "cast", "fails"),
            promising=Promising(approver="chair"),
            verifying=Verifying("champion"),
            review=Review(6),
            cadence=Cadence(3),
            formality=Formality(LIGHT),
        ),
        limits=(2_500, 7_500),
        roles=roles(
            (
                CHAIR,
                _("Squad lead"),
                _(
                    "Keeps the goal in sight, decides what is tried next when we do not "
                    "agree, and asks the sponsor for help early."
                ),
            ),
            (
                SECRETARY,
                _("Note keeper"),
                _("Keeps the running note and the list of actions, so that nobody outside has to ask how it stands."),
            ),
            (
                MEMBER,
                _("Squad member"),
                _("Is there two days a week, brings what their department knows, and takes the change home."),
            ),
        ),
    )
