"""The executive committee, in its part for customers and employees."""

from django.utils.translation import gettext as _

from governance.blueprints.writing import CHAIR, MEMBER, SECRETARY, Blueprint, lines, roles
from governance.clauses import Cadence, Promising, Quorum, Review, Rules, Verifying, Voting
from governance.mandates import Mandate, Value


def blueprint() -> Blueprint:
    return Blueprint(
        kind="executive",
        name=_("Executive committee"),
        says=_("Sets direction, grants money and people, and decides what no council below may decide alone."),
        purpose=_(
            "We set the direction for customer and employee experience, give the councils below us the money, the "
            "people and the authority that it takes, and decide what they may not decide alone."
        ),
        mandate=Mandate(
            vision=_("Customers stay because we keep our word, and everybody here can say what they do for that."),
            mission=_(
                "We choose a few outcomes, fund them, remove what stands in the way, and look at the evidence "
                "ourselves each month."
            ),
            values=(
                Value(_("Ownership"), _("each commitment has one accountable seat, ours included")),
                Value(_("Candour"), _("a slip said early is met with help; a slip kept quiet is not")),
                Value(_("Evidence"), _("we ask what changed for customers before we ask what was done")),
            ),
            scope_in=lines(
                _("Goals for customer and employee experience, and the order in which they are funded"),
                _("Envelopes of the councils below, and requests beyond their authority"),
                _("Conflicts between departments that a council below could not settle"),
                _("What the sponsors pledge: response, attendance, check-ins"),
            ),
            scope_out=lines(
                _("Choosing solutions: the council or squad that owns the problem does that"),
                _("Approving what a council below may decide within its charter"),
                _("Single complaints: they are answered by the department that they are about"),
            ),
            measures=lines(
                _("Requests from the councils below answered within 10 working days: 9 of 10"),
                _("Commitments that have owner, date and resources, or say that they need none: all"),
                _("Goals with a metric, a baseline and a target: all; those on course are read out each quarter"),
            ),
        ),
        rules=Rules(
            quorum=Quorum(3, chair_required=True),
            voting=Voting("majority", "cast", "chair"),
            promising=Promising(approver="chair"),
            verifying=Verifying("secretary"),
            review=Review(12),
            cadence=Cadence(14),
        ),
        limits=(250_000, 1_000_000),
        roles=roles(
            (
                CHAIR,
                _("Chair"),
                _(
                    "Keeps customers on the agenda of every meeting, brings each matter to a decision, and answers "
                    "for what the committee granted."
                ),
            ),
            (
                SECRETARY,
                _("Secretary"),
                _(
                    "Sends the pack three working days ahead, records decisions as they are taken, and follows up "
                    "what the committee itself owes."
                ),
            ),
            (
                MEMBER,
                _("Member"),
                _(
                    "Comes prepared and in person, answers for their departments' promises, and frees people for "
                    "what was agreed."
                ),
            ),
            (
                "sponsor",
                _("Executive sponsor"),
                _("Answers escalations within three working days and checks in with each sponsored council monthly."),
            ),
        ),
    )
