"""The cross-functional governance council."""

from django.utils.translation import gettext as _

from governance.blueprints.writing import CHAIR, MEMBER, SECRETARY, Blueprint, lines, roles
from governance.clauses import Cadence, Quorum, Review, Rules, Verifying, Voting
from governance.mandates import Mandate, Value


def blueprint() -> Blueprint:
    return Blueprint(
        kind="governance",
        name=_("Governance council"),
        says=_("Decides across departments what is done about what customers say, pays for it, and sees it through."),
        purpose=_(
            "We decide across departments what is done about what customers and employees tell us, commit money and "
            "people to it, and stay with each commitment until the evidence shows that it worked."
        ),
        mandate=Mandate(
            vision=_("No customer has to know how we are organised to be helped."),
            mission=_(
                "We take on what no department can solve alone, give it one owner, a date and resources, and tell "
                "those who raised it what was done."
            ),
            values=(
                Value(_("One owner"), _("several help, one seat answers")),
                Value(_("Whole journeys"), _("we judge by what the customer goes through, not by our department")),
                Value(_("Candour"), _("asking for time early is good work; going silent is not")),
                Value(_("Closing the loop"), _("whoever told us something hears what came of it")),
            ),
            scope_in=lines(
                _("Themes that touch two or more departments, or that one department could not move"),
                _("Allocations from our envelope, and business cases to the executive committee beyond it"),
                _("Promises that are late, blocked or without an owner"),
                _("Pilots: whether they passed, and where they are repeated"),
            ),
            scope_out=lines(
                _("What one department can decide and pay for alone: it does, and reports it"),
                _("Status reports: they are read before the meeting, not given in it"),
                _("The design of solutions: squads and departments do that"),
            ),
            measures=lines(
                _("Themes answered within 10 working days: 9 of 10"),
                _("Promises kept, or renegotiated in time: 8 of 10"),
                _("Decisions with owner, date and resources within 5 working days: all"),
                _("Verified work whose measure moved after 90 days: half or more"),
            ),
        ),
        rules=Rules(
            quorum=Quorum(5, chair_required=True),
            voting=Voting("majority", "cast", "chair"),
            verifying=Verifying("champion"),
            review=Review(12),
            cadence=Cadence(6),
        ),
        limits=(25_000, 75_000),
        roles=roles(
            (
                CHAIR,
                _("Chair"),
                _(
                    "Opens on time, takes each matter to a decision or to the next body, sees that every voice is "
                    "heard, and stands by what was decided."
                ),
            ),
            (
                SECRETARY,
                _("Secretary"),
                _(
                    "Prepares the agenda from what is open and late, keeps the roster, records decisions in the "
                    "meeting, and closes it the same day."
                ),
            ),
            (
                MEMBER,
                _("Member"),
                _(
                    "Speaks for a department and can commit it, reads the papers beforehand, names a deputy for "
                    "absences, and carries decisions home."
                ),
            ),
            (
                "finance",
                _("Finance partner"),
                _("Says whether a business case holds, and verifies benefits in money before they are counted."),
            ),
        ),
    )
