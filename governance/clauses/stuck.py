"""Can it get stuck? A charter's rules tried against today's seats: each problem a sentence and a remedy.

Pure: no ORM, no clock. One function a clause, registered by its name (:data:`TRIED`), so that no clause is forgotten.
What is looked for: something that the rules ask for and that the people seated today, all of them willing, could not
bring about. A meeting with two people away is still today's council.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.clauses.closing import in_days
from governance.clauses.ladder import CHAIR, CHAMPION, COUNCIL, HEAD, SPONSOR
from governance.clauses.recording import CHAIR_APPROVES, LIGHT
from governance.clauses.recusing import SECRETARY
from governance.clauses.rules import Rules
from governance.money import format_minor

ABSENCES = 2
"""How many people may be away without a council losing its quorum (DESIGN.md, point 2)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A seat today: who holds it and who stands in (ids of persons who may sign in), and what they speak for."""

    reference: str
    title: str
    kind: str = "member"
    votes: bool = True
    holder: int | None = None
    deputy: int | None = None
    speaks_for: frozenset[str] = frozenset()
    """References that somebody in it speaks for: see :mod:`councils.representation`."""

    @property
    def people(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(one for one in (self.holder, self.deputy) if one is not None))

    @property
    def is_vacant(self) -> bool:
        return not self.people


@dataclass(frozen=True, slots=True)
class Bench:
    """A council as the trial sees it: its seats, and who stands around it. Money in minor units."""

    reference: str
    name: str
    places: tuple[Place, ...]
    sponsor: Place
    lead: Place
    head: Place | None = None
    """The head of the whole organisation, to whom the last department turns; None where there is no such seat."""
    above: str = ""
    """The body to which it refers; empty: its sponsor alone."""
    funding_authority: int = 0
    currency: str = "EUR"
    champions: dict[str, str] = field(default_factory=dict)
    """The champion's seat of a department, by the department's reference."""

    @property
    def voting(self) -> list[Place]:
        return [place for place in self.places if place.votes]

    def of_kind(self, kind: str) -> Place | None:
        return next((place for place in self.places if place.kind == kind), None)


COMPOSE, SEAT, CHARTER, PLEDGE = "compose", "seat", "charter", "pledge"


@dataclass(frozen=True, slots=True)
class Problem:
    """One way to get stuck. ``mend`` and ``reference`` say where it is mended: adding a seat to the council, seating
    somebody in a seat, the charter itself, a sponsor's pledge.
    """

    clause: str
    key: str
    sentence: str
    remedy: str
    mend: str
    reference: str = ""


Trial = Callable[[Rules, Bench], Iterable[Problem]]
TRIED: dict[str, Trial] = {}


def _tries(clause: str) -> Callable[[Trial], Trial]:
    def mark(function: Trial) -> Trial:
        TRIED[clause] = function
        return function

    return mark


def stuck(rules: Rules, bench: Bench) -> list[Problem]:
    """All problems of these rules with these seats, in the order of the clauses."""
    return [problem for clause in TRIED for problem in TRIED[clause](rules, bench)]


def most_seats(places: Sequence[Place], away: Iterable[int] = ()) -> int:
    """How many of these seats can be taken at once, each by its holder or deputy, nobody in two (a matching)."""
    gone = set(away)
    sits: dict[int, int] = {}

    def seat(index: int, tried: set[int]) -> bool:
        for person in places[index].people:
            if person in gone or person in tried:
                continue
            tried.add(person)
            if person not in sits or seat(sits[person], tried):
                sits[person] = index
                return True
        return False

    return sum(seat(index, set()) for index in range(len(places)))


def lost_with(places: Sequence[Place], minimum: int, absences: int = ABSENCES) -> bool:
    """Whether some ``absences`` people away would leave fewer than ``minimum`` seats taken."""
    whole = most_seats(places)
    if whole - absences >= minimum:
        return False  # nobody's absence empties more than one seat
    people = sorted({person for place in places for person in place.people})
    groups = combinations(people, min(absences, len(people)))
    return any(most_seats(places, away) < minimum for away in groups)


@_tries("quorum")
def _quorum(rules: Rules, bench: Bench) -> Iterable[Problem]:
    needed, voting = rules.quorum.minimum, bench.voting
    words = {"needed": needed, "seats": len(voting), "can": most_seats(voting)}
    empty = next((place for place in voting if place.is_vacant), None)
    if len(voting) < needed:
        yield Problem(
            "quorum", "too_few_seats",
            _("A decision needs %(needed)d voting seats, and there are %(seats)d: nothing can ever count.") % words,
            _("Add voting seats, or draft a lower quorum."), COMPOSE,
        )  # fmt: skip
    elif words["can"] < needed:
        yield Problem(
            "quorum", "too_few_people",
            _("A decision needs %(needed)d voting seats taken, and the people seated today can take %(can)d.") % words,
            _("Seat more people: one person takes one seat."), SEAT if empty else COMPOSE,
            empty.reference if empty else "",
        )  # fmt: skip
    elif lost_with(voting, needed):
        alone = next((place for place in voting if place.holder is not None and place.deputy is None), None)
        yield Problem(
            "quorum", "two_absences",
            _("Two people away, and no decision counts: %(needed)d voting seats are needed, and %(can)d can be taken.")
            % words,
            _("Name deputies, fill or add seats, or draft a lower quorum."), SEAT if empty or alone else COMPOSE,
            (empty or alone or voting[0]).reference,
        )  # fmt: skip
    yield from _chair(rules, bench)


def _chair(rules: Rules, bench: Bench) -> Iterable[Problem]:
    chair = bench.of_kind("chair")
    if not rules.quorum.chair_required:
        return
    if chair is None or chair.is_vacant:
        yield Problem(
            "quorum", "no_chair",
            _("Nothing counts without the chair, and the chair's seat is vacant."),
            _("Seat a chair, or draft a quorum without the chair."),
            SEAT if chair else COMPOSE, chair.reference if chair else "",
        )  # fmt: skip
    elif len(chair.people) == 1:
        yield Problem(
            "quorum", "chair_alone",
            _("Nothing counts without the chair, and nobody is deputy: one absence, and no decision counts."),
            _("Name a deputy for the chair."), SEAT, chair.reference,
        )  # fmt: skip


@_tries("represented")
def _represented(rules: Rules, bench: Bench) -> Iterable[Problem]:
    if rules.represented.otherwise == "valid":
        return
    spoken = {reference for place in bench.places if not place.is_vacant for reference in place.speaks_for}
    for one in rules.represented.departments:
        if (one.by or one.department) in spoken:
            continue
        words = {"department": one.name or one.department, "by": one.by_name or one.by}
        champion = bench.champions.get(one.department, "")
        waiting = next(
            (place for place in bench.places if place.is_vacant and one.department in place.speaks_for), None
        )
        if waiting is not None and not one.by:
            yield Problem(
                "represented", f"no_voice:{one.department}",
                _("%(department)s must be represented, and the seat that represents it is vacant.") % words,
                _("Seat somebody in it."), SEAT, waiting.reference,
            )  # fmt: skip
            continue
        if one.by:
            sentence = _("%(department)s is represented by %(by)s, and nobody from there sits in this council.") % words
            remedy = _("Seat somebody from there, or name another exception in the charter.")
        elif champion:
            sentence = _(
                "%(department)s must be represented, and neither its champion nor a seat of its own sits here."
            )
            sentence, remedy = sentence % words, _("Add a seat that represents it, or seat its champion.")
        else:
            sentence = _("%(department)s must be represented; it has no champion, and no seat of its own here.") % words
            remedy = _("Add a seat that represents it, or name an exception in the charter.")
        yield Problem("represented", f"no_voice:{one.department}", sentence, remedy, COMPOSE)


@_tries("voting")
def _voting(rules: Rules, bench: Bench) -> Iterable[Problem]:
    rule, filled = rules.voting, [place for place in bench.voting if not place.is_vacant]
    can = most_seats(filled)
    if rule.of == "all" and can:
        enough = 3 * can >= 2 * len(filled) if rule.threshold == "two_thirds" else 2 * can > len(filled)
        if not enough:
            yield Problem(
                "voting", "out_of_reach",
                _("A motion is counted over all %(filled)d seats, and the people in them have %(can)d votes together.")
                % {"filled": len(filled), "can": can},
                _("Seat different people, or draft a vote of the seats present."), SEAT, filled[0].reference,
            )  # fmt: skip
    chair = bench.of_kind("chair")
    if rule.tie == "chair" and (chair is None or not chair.votes or chair.is_vacant):
        yield Problem(
            "voting", "no_casting_vote",
            _("The chair's vote decides a tie, and the chair has none today."),
            _("Seat a chair with a vote, or draft that a tie fails."),
            SEAT if chair else COMPOSE, chair.reference if chair else "",
        )  # fmt: skip


@_tries("right")
def _right(rules: Rules, bench: Bench) -> Iterable[Problem]:
    rule = rules.right
    limit = rule.per_decision if rule.currency == bench.currency else 0
    if rule.currency != bench.currency and rule.per_decision:
        yield Problem(
            "right", "other_currency",
            _("The limit is written in %(written)s and the books are kept in %(kept)s: it gives no right to commit.")
            % {"written": rule.currency, "kept": bench.currency},
            _("Draft the limit in %(kept)s.") % {"kept": bench.currency}, CHARTER,
        )  # fmt: skip
    if bench.above:
        return
    if bench.sponsor.is_vacant:
        yield Problem(
            "right", "nobody_above",
            _("What is beyond the limit goes to the sponsor alone, for no body stands above; that seat is vacant."),
            _("Seat a sponsor, or place the council below another."), SEAT, bench.sponsor.reference,
        )  # fmt: skip
    elif bench.funding_authority <= limit:
        yield Problem(
            "right", "nobody_may",
            _(
                "Above %(limit)s nobody can decide: no body stands above this council, and its sponsor may grant up to "
                "%(authority)s."
            )
            % {
                "limit": format_minor(limit, bench.currency),
                "authority": format_minor(bench.funding_authority, bench.currency),
            },
            _("Raise what the sponsor may grant, or place the council below another."),
            PLEDGE, bench.sponsor.reference,
        )  # fmt: skip


@_tries("ladder")
def _ladder(rules: Rules, bench: Bench) -> Iterable[Problem]:
    asked = {step.to for step in rules.ladder.steps}
    if not any(step.on == "keep" and step.to != "owner" for step in rules.ladder.steps):
        yield Problem(
            "ladder", "climbs_nowhere",
            _("A promise that is not kept climbs to nobody: its owner alone is reminded."),
            _("Add a rung that asks the department head, the sponsor or the council."), CHARTER,
        )  # fmt: skip
    if SPONSOR in asked and bench.sponsor.is_vacant:
        yield Problem(
            "ladder", "no_sponsor",
            _("A rung asks the sponsor for help, and that seat is vacant: %(seat)s.") % {"seat": bench.sponsor.title},
            _("Seat a sponsor."), SEAT, bench.sponsor.reference,
        )  # fmt: skip
    chair = bench.of_kind("chair")
    if CHAIR in asked and (chair is None or chair.is_vacant):
        yield Problem(
            "ladder", "no_chair",
            _("A rung asks the chair for help, and nobody chairs this council."),
            _("Seat a chair."), SEAT if chair is not None else COMPOSE, chair.reference if chair is not None else "",
        )  # fmt: skip
    if asked & {CHAMPION, HEAD} and bench.lead.is_vacant and (bench.head is None or bench.head.is_vacant):
        yield Problem(
            "ladder", "no_head",
            _(
                "A rung asks the department's champion or head; where there is none the CX lead stands in, and that"
                " seat is vacant."
            ),
            _("Seat a CX lead."), SEAT, bench.lead.reference,
        )  # fmt: skip
    if COUNCIL in asked and rules.ladder.cadence and not bench.above and bench.sponsor.is_vacant:
        yield Problem(
            "ladder", "nobody_above",
            _("What this council lets lie goes to its sponsor alone, for no body stands above; that seat is vacant."),
            _("Seat a sponsor, or place the council below another."), SEAT, bench.sponsor.reference,
        )  # fmt: skip
    clerks = [place for place in (bench.of_kind("secretary"), bench.of_kind("chair")) if place is not None]
    if COUNCIL in asked and all(place.is_vacant for place in clerks):
        yield Problem(
            "ladder", "no_clerk",
            _("A rung puts matters onto this council's agenda, and nobody is its chair or secretary."),
            _("Seat a secretary or a chair."),
            SEAT if clerks else COMPOSE, clerks[0].reference if clerks else "",
        )  # fmt: skip


@_tries("verifying")
def _verifying(rules: Rules, bench: Bench) -> Iterable[Problem]:
    named = {"secretary": bench.of_kind("secretary"), "chair": bench.of_kind("chair"), "cx_lead": bench.lead}
    role = rules.verifying.verifier
    first = named.get(role)
    if role in named and (first is None or first.is_vacant):
        yield Problem(
            "verifying", "no_verifier",
            _("The seat that verifies is vacant: whoever stands next in line would have to, each time."),
            _("Seat somebody in it, or draft another verifier."),
            SEAT if first else COMPOSE, first.reference if first else "",
        )  # fmt: skip
    chain = [place for place in (*named.values(), bench.sponsor) if place is not None]
    people = {person for place in chain for person in place.people}
    if len(people) == 1:
        yield Problem(
            "verifying", "only_one",
            _("One person alone stands in every seat that verifies: what they work on themselves, nobody can verify."),
            _("Seat another person as chair, secretary or sponsor."), SEAT, chain[0].reference,
        )  # fmt: skip


@_tries("closure")
def _closure(rules: Rules, bench: Bench) -> Iterable[Problem]:
    """Nothing may be closed unverified, so there have to be two people who could verify."""
    if rules.closure.unverified:
        return
    seats = (bench.of_kind("secretary"), bench.of_kind("chair"), bench.sponsor, bench.lead)
    chain = [place for place in seats if place is not None]
    if len({person for place in chain for person in place.people}) < 2:
        yield Problem(
            "closure", "nobody_else",
            _("Nothing is closed without being verified, and what is done by whoever sits in the seats that verify "
              "nobody else can verify."),
            _("Seat another person as chair, secretary or sponsor, or draft that the council may accept it as it is."),
            SEAT, chain[0].reference,
        )  # fmt: skip


@_tries("terms")
def _terms(rules: Rules, bench: Bench) -> Iterable[Problem]:
    if bench.lead.is_vacant and bench.sponsor.is_vacant:
        yield Problem(
            "terms", "nobody_fills",
            _("A vacant seat is filled within %(days)d working days, but neither CX lead nor sponsor is there to.")
            % {"days": rules.terms.fill},
            _("Seat a CX lead."), SEAT, bench.lead.reference,
        )  # fmt: skip


@_tries("provisional")
def _provisional(rules: Rules, bench: Bench) -> Iterable[Problem]:
    if not bench.sponsor.is_vacant:
        return
    if rules.provisional.days and not bench.lead.is_vacant:
        sentence = ngettext(
            "Nobody can ratify it: its sponsor's seat is vacant; provisionally it holds for %(n)d day, then lapses.",
            "Nobody can ratify it: its sponsor's seat is vacant; provisionally it holds for %(n)d days, then lapses.",
            rules.provisional.days,
        ) % {"n": rules.provisional.days}
    else:
        sentence = _("Nobody can ratify it: its sponsor's seat is vacant.")
    yield Problem("provisional", "no_ratifier", sentence, _("Seat a sponsor."), SEAT, bench.sponsor.reference)


@_tries("review")
def _review(rules: Rules, bench: Bench) -> Iterable[Problem]:
    if rules.review.months and bench.lead.is_vacant:
        yield Problem(
            "review", "nobody_reviews",
            _("The rules are reviewed after %(months)d months, and the seat that does so, the CX lead's, is vacant.")
            % {"months": rules.review.months},
            _("Seat a CX lead."), SEAT, bench.lead.reference,
        )  # fmt: skip


@_tries("promising")
def _promising(rules: Rules, bench: Bench) -> Iterable[Problem]:
    rule = rules.promising
    if not rule.renewals:
        return
    chair, root = bench.of_kind("chair"), bench.head
    named = {"chair": chair, "sponsor": bench.sponsor, "head": root if root is not None else bench.lead}
    first = named[rule.approver]
    if rule.approver != "head" and (first is None or first.is_vacant):
        yield Problem(
            "promising", "no_approver",
            _("The seat that approves another date is vacant: whoever stands next in line would have to, each time."),
            _("Seat somebody in it, or draft another approver."),
            SEAT if first else COMPOSE, first.reference if first else "",
        )  # fmt: skip
    people = {person for place in (chair, root, bench.sponsor) if place is not None for person in place.people}
    if len(people) == 1:
        yield Problem(
            "promising", "only_one",
            _("One person alone stands in every seat that approves dates: their own, only the council can move."),
            _("Seat another person as chair or sponsor."), SEAT, bench.sponsor.reference,
        )  # fmt: skip
    if not any(step.on == "approve_date" and step.to != "owner" for step in rules.ladder.steps):
        yield Problem(
            "promising", "climbs_nowhere",
            _("A later date that is asked for and not answered climbs to nobody."),
            _("Add a rung for it that asks the sponsor or the council."), CHARTER,
        )  # fmt: skip


@_tries("windows")
def _windows(rules: Rules, bench: Bench) -> Iterable[Problem]:
    places = (bench.of_kind("secretary"), bench.of_kind("chair"), bench.lead)
    if all(place is None or place.is_vacant for place in places):
        yield Problem(
            "windows", "nobody_judges",
            _("Whether work did what it was for is read %(days)s later, and nobody of the council is there to say so.")
            % {"days": in_days(rules.windows.days)},
            _("Seat a secretary or a chair."), COMPOSE if places[0] is None else SEAT,
            places[0].reference if places[0] is not None else "",
        )  # fmt: skip


@_tries("formality")
def _formality(rules: Rules, bench: Bench) -> Iterable[Problem]:
    secretary, chair = bench.of_kind("secretary"), bench.of_kind("chair")
    if rules.formality.level == LIGHT and all(place is None or place.is_vacant for place in (secretary, chair)):
        yield Problem(
            "formality", "nobody_writes", _("Nobody of the council is there to write its running note."),
            _("Seat a secretary or a chair."), SEAT if secretary else COMPOSE, secretary.reference if secretary else "",
        )  # fmt: skip


@_tries("minutes")
def _minutes(rules: Rules, bench: Bench) -> Iterable[Problem]:
    if rules.formality.level == LIGHT:
        return
    secretary, chair = bench.of_kind("secretary"), bench.of_kind("chair")
    if rules.minutes.approval == CHAIR_APPROVES and (chair is None or chair.is_vacant):
        yield Problem(
            "minutes", "no_approver",
            _("The chair approves minutes, and that seat is vacant: they wait for whoever fills it."),
            _("Seat a chair, or draft that silence approves."),
            SEAT if chair else COMPOSE, chair.reference if chair else "",
        )  # fmt: skip
    elif all(place is None or place.is_vacant for place in (secretary, chair)):
        yield Problem(
            "minutes", "nobody_writes", _("Nobody of the council is there to send its minutes out."),
            _("Seat a secretary or a chair."), SEAT if secretary else COMPOSE, secretary.reference if secretary else "",
        )  # fmt: skip


@_tries("delegation")
def _delegation(rules: Rules, bench: Bench) -> Iterable[Problem]:
    rule = rules.delegation
    if rule.to and rule.currency != bench.currency:
        yield Problem(
            "delegation", "other_currency",
            _("What may be allocated without a meeting is written in %(written)s and the books are kept in %(kept)s: "
              "it gives no right to allocate.") % {"written": rule.currency, "kept": bench.currency},
            _("Draft it in %(kept)s.") % {"kept": bench.currency}, CHARTER,
        )  # fmt: skip
    chair = bench.of_kind("chair")
    if rule.to == "chair" and (chair is None or chair.is_vacant):
        yield Problem(
            "delegation", "no_delegate",
            _("The chair may allocate without a meeting, and that seat is vacant: everything waits for the council."),
            _("Seat a chair, or draft another seat that may."),
            SEAT if chair else COMPOSE, chair.reference if chair else "",
        )  # fmt: skip
    if (rule.to == "sponsor" or rule.by_signature) and bench.sponsor.is_vacant:
        yield Problem(
            "delegation", "no_sponsor",
            _("The sponsor may allocate without a meeting, and that seat is vacant: everything waits for the council."),
            _("Seat a sponsor."), SEAT, bench.sponsor.reference,
        )  # fmt: skip


@_tries("cadence")
def _cadence(rules: Rules, bench: Bench) -> Iterable[Problem]:
    callers = (bench.of_kind("secretary"), bench.of_kind("chair"))
    if rules.cadence.weeks and all(place is None or place.is_vacant for place in callers):
        empty = next((place for place in callers if place is not None), None)
        yield Problem(
            "cadence", "nobody_calls",
            _("The council has to meet every %(n)d weeks, and nobody of it is there to call a meeting.")
            % {"n": rules.cadence.weeks},
            _("Seat a secretary or a chair."), SEAT if empty else COMPOSE, empty.reference if empty else "",
        )  # fmt: skip


@_tries("agenda")
def _agenda(rules: Rules, bench: Bench) -> Iterable[Problem]:
    """What reaches the agenda by itself is brought to a decision by somebody."""
    clerks = (bench.of_kind("secretary"), bench.of_kind("chair"))
    if (rules.agenda.heard or rules.agenda.waiting) and all(place is None or place.is_vacant for place in clerks):
        empty = next((place for place in clerks if place is not None), None)
        yield Problem(
            "agenda", "nobody_prepares",
            _("Themes reach the agenda by themselves, and nobody of the council is there to bring them to a decision."),
            _("Seat a secretary or a chair."), SEAT if empty else COMPOSE, empty.reference if empty else "",
        )  # fmt: skip


@_tries("written")
def _written(rules: Rules, bench: Bench) -> Iterable[Problem]:
    """Without written votes, what a meeting leaves undecided goes up at once, so somebody has to be there."""
    if rules.written.days or bench.above or not bench.sponsor.is_vacant:
        return
    yield Problem(
        "written", "nobody_above",
        _("What a meeting leaves undecided goes to the sponsor alone at once, for nothing is decided in writing and no "
          "body stands above; that seat is vacant."),
        _("Seat a sponsor, or draft written votes."), SEAT, bench.sponsor.reference,
    )  # fmt: skip


@_tries("chair")
def _chairs_action(rules: Rules, bench: Bench) -> Iterable[Problem]:
    rule, chair = rules.chair, bench.of_kind("chair")
    if rule.up_to and rule.currency != bench.currency:
        yield Problem(
            "chair", "other_currency",
            _("What the chair may commit alone is written in %(written)s and the books are kept in %(kept)s: it gives "
              "no right to commit.") % {"written": rule.currency, "kept": bench.currency},
            _("Draft it in %(kept)s.") % {"kept": bench.currency}, CHARTER,
        )  # fmt: skip
    if rule.allowed and (chair is None or chair.is_vacant):
        yield Problem(
            "chair", "nobody",
            _("The chair may decide alone, and that seat is vacant: everything waits for the council."),
            _("Seat a chair."), SEAT if chair else COMPOSE, chair.reference if chair else "",
        )  # fmt: skip


@_tries("recusal")
def _recusal(rules: Rules, bench: Bench) -> Iterable[Problem]:
    """Where the chair has to be there and stands aside, somebody has to take the chair."""
    secretary = bench.of_kind("secretary")
    if (
        rules.quorum.chair_required
        and rules.recusal.chaired_by == SECRETARY
        and (secretary is None or secretary.is_vacant)
    ):
        yield Problem(
            "recusal", "nobody_chairs",
            _("A chair who stands aside hands over to the secretary, and that seat is vacant: what is decided then is "
              "advice."),
            _("Seat a secretary, or let the chair's deputy take over."), SEAT if secretary else COMPOSE,
            secretary.reference if secretary else "",
        )  # fmt: skip
