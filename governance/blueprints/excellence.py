"""The centre of excellence."""

from django.utils.translation import gettext as _

from governance.blueprints.writing import CHAIR, MEMBER, SECRETARY, Blueprint, lines, roles
from governance.clauses import Cadence, Quorum, Review, Rules, Verifying, Voting
from governance.mandates import Mandate, Value


def blueprint() -> Blueprint:
    return Blueprint(
        kind="excellence",
        name=_("Centre of excellence"),
        says=_("A shared service of experts: standards, methods and tools that every business unit can rely on."),
        purpose=_(
            "We bring business, technology, data and risk together, so that each unit can change its customers' "
            "experience with standards, methods and tools that work everywhere."
        ),
        mandate=Mandate(
            vision=_("What works in one place works everywhere within a year, safely."),
            mission=_(
                "We set a few standards, lend experts, help pilots to be judged "
                "honestly, and make what passed easy to "
                "repeat."
            ),
            values=(
                Value(_("Reuse"), _("we look for who has solved it before we build it")),
                Value(_("Rigour"), _("criteria and check date are written down before a pilot starts")),
                Value(_("Care"), _("risk, privacy and access are in the room from the first sketch")),
            ),
            scope_in=lines(
                _("Standards for journeys, service design, content, channels and accessibility"),
                _("Methods and playbooks; training of squads and champions"),
                _("Pilots: criteria, measurement, verdict, and the plan to repeat them"),
                _("Shared tools and customer data: one definition, one owner each"),
            ),
            scope_out=lines(
                _("Owning a unit's results: the unit does"),
                _("A second approval for what a unit may decide within its standards"),
                _("Choosing which problems come first: the governance council does"),
            ),
            measures=lines(
                _("Pilots with criteria and check date before they start: all"),
                _("Passed pilots repeated in at least two other places within a year: half or more"),
                _("Requests for an expert answered within 5 working days: 9 of 10"),
                _("Units that use the standards without being asked: more each half-year"),
            ),
        ),
        rules=Rules(
            quorum=Quorum(5, chair_required=True),
            voting=Voting("two_thirds", "cast", "fails"),
            verifying=Verifying("chair"),
            review=Review(12),
            cadence=Cadence(10),
        ),
        limits=(15_000, 45_000),
        roles=roles(
            (
                CHAIR,
                _("Head of the centre"),
                _("Answers for the standards, keeps them few, and lends people where they help most."),
            ),
            (
                SECRETARY,
                _("Secretary"),
                _("Keeps the register of standards, pilots and requests, with an owner and a date for each."),
            ),
            (
                MEMBER,
                _("Expert"),
                _(
                    "Stands for a field or a business line, gives the agreed days to "
                    "units that ask, and writes down what was learned."
                ),
            ),
            (
                "risk",
                _("Risk management"),
                _(
                    "Is there for every decision on a standard or a pilot, and says "
                    "what would make it safe rather than only no."
                ),
            ),
            (
                "region",
                _("Regional veteran"),
                _("Says what will not travel, and why, before it is repeated elsewhere."),
            ),
        ),
    )
