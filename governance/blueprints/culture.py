"""The culture council."""

from django.utils.translation import gettext as _

from governance.blueprints.writing import CHAIR, MEMBER, SECRETARY, Blueprint, lines, roles
from governance.clauses import Cadence, Quorum, Review, Rules, Verifying, Voting
from governance.mandates import Mandate, Value


def blueprint() -> Blueprint:
    return Blueprint(
        kind="culture",
        name=_("Culture council"),
        says=_("Hears employees, removes what keeps them from helping customers, and makes good work seen."),
        purpose=_(
            "We hear what employees need to do right by customers, change what keeps them from it, and make visible "
            "what good looks like here."
        ),
        mandate=Mandate(
            vision=_("Everybody here may help a customer without asking for permission, and knows how."),
            mission=_(
                "We answer every suggestion, change a few rules and routines each quarter, and tell the stories that "
                "show what we mean."
            ),
            values=(
                Value(_("Respect"), _("nobody is named for what went wrong; the cause is")),
                Value(_("Courage"), _("we bring up what is awkward, and to those who can change it")),
                Value(_("Recognition"), _("we thank by name and in public, for what was done for whom")),
            ),
            scope_in=lines(
                _("Suggestions and feedback of employees, and the answer to each"),
                _("Rules and routines that make good service hard"),
                _("Recognition, stories, onboarding and learning about customers"),
                _("What the employee survey says about serving customers, for groups of five people or more"),
            ),
            scope_out=lines(
                _("Pay, contracts, grievances and the assessment of persons: they have their own places and rights"),
                _("Campaigns without a change behind them"),
                _("What the works council decides with management"),
            ),
            measures=lines(
                _("Suggestions answered within 10 working days: 9 of 10"),
                _("Rules or routines changed: at least two a quarter"),
                _("Employees who say “I can do what is right for the customer”: up year on year"),
            ),
        ),
        rules=Rules(
            quorum=Quorum(4, chair_required=False),
            voting=Voting("consent", "cast", "fails"),
            verifying=Verifying("secretary"),
            review=Review(12),
            cadence=Cadence(14),
        ),
        limits=(5_000, 15_000),
        roles=roles(
            (
                CHAIR,
                _("Chair"),
                _(
                    "Makes it safe to speak, brings what employees say to the executive "
                    "committee, and reports back what came of it."
                ),
            ),
            (
                SECRETARY,
                _("Secretary"),
                _(
                    "Collects suggestions, sees that each is answered, and keeps the "
                    "record free of names where they are not needed."
                ),
            ),
            (
                MEMBER,
                _("Member"),
                _(
                    "Listens where they work, brings three things a quarter that get in "
                    "the way, and tries changes out there first."
                ),
            ),
            (
                "works_council",
                _("Guest of the works council or HR"),
                _("Says early what needs consultation, and sees that people are treated fairly."),
            ),
        ),
    )
