"""The table: rule, what is planted, and the test that fails with it.

``old`` stands exactly once in ``path`` and becomes ``new``. The rules are those of DESIGN.md ("Rules that always
hold"), in the order in which it has them; docs/invariants.md says what of them is not built yet.
"""

# ruff: noqa: E501 - what is to be changed stands here as it stands there

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    """``name`` says what is wrong then; ``test`` is the node that has to fail by an assertion."""

    name: str
    path: str
    old: str
    new: str
    test: str


@dataclass(frozen=True, slots=True)
class Rule:
    says: str
    bugs: tuple[Bug, ...]


ITEMS, PROMISES = "tests/actions/test_items.py::", "tests/actions/test_promises.py::"
DECISIONS, JUDGEMENT = "tests/councils/test_decisions.py::", "tests/councils/test_judgement.py::"
LADDER = "tests/notifications/test_ladder_to_people.py::"
GUARDS, SWEEP = "tests/governance/test_kernel_guards.py::", "tests/notifications/test_sweep.py::"
SPENDING, BOOKS = "tests/actions/test_spending.py::", "tests/councils/test_books.py::"
SLIPS = "tests/councils/test_taking_back.py::"
ASIDE = "tests/councils/test_recusal.py::"
LINKS = "tests/governance/test_buttons.py::"
PARTS, MATTERS = "tests/actions/test_parts.py::", "tests/actions/test_items_matters.py::"

RULES = (
    Rule(
        "One accountable seat: it accepts, or declines with a reason; a second no goes to the council",
        (
            Bug(
                "a champion who reports for the owner accepts for the owner too",
                "actions/lifecycle.py",
                "    Role.REPORTER: frozenset(\n        {\n            Verb.REPORT,",
                "    Role.REPORTER: frozenset(\n        {\n            Verb.ACCEPT,\n            Verb.REPORT,",
                "tests/actions/test_lifecycle.py::test_the_owner_alone_accepts_promises_and_closes",
            ),
            Bug(
                "a holder who is away still answers, and so does the deputy of one who is here",
                "governance/queries/seats.py",
                "        if tenure.seat_id in found or not is_here:",
                "        if tenure.seat_id in found and tenure.role == TenureRole.HOLDER:",
                ITEMS + "test_a_deputy_acts_only_while_the_holder_cannot",
            ),
            Bug(
                "a no needs no reason",
                "actions/services/items.py",
                'reason = words(reason, field="reason", missing=missing, longest=LONGEST)',
                "reason = reason.strip()",
                ITEMS + "test_a_no_needs_its_reason",
            ),
            Bug(
                "the head is asked again and again, and the council never",
                "actions/services/items.py",
                "head = role_queries.head_seat(action) if action.declines == 1 else None",
                "head = role_queries.head_seat(action)",
                ITEMS + "test_a_first_no_goes_to_the_head_and_a_second_to_the_council",
            ),
            Bug(
                "what the council gave to another seat is still promised there, by the other's word",
                "actions/services/items.py",
                'action.promised, action.accepted_at, action.health, action.confidence = None, None, Health.UNKNOWN, ""',
                'action.accepted_at, action.health, action.confidence = None, Health.UNKNOWN, ""',
                MATTERS + "test_the_council_gives_an_accepted_action_to_another_seat_which_promises_its_own_date",
            ),
        ),
    ),
    Rule(
        "Done needs evidence",
        (
            Bug(
                "it is done without evidence",
                "actions/services/items.py",
                "    _require_evidence(action, now)\n",
                "",
                ITEMS + "test_done_needs_evidence_and_says_its_day",
            ),
            Bug(
                "evidence that was taken back still shows it",
                "actions/queries/closing.py",
                "[one.kind for one in evidence if one.taken_back_at is None]",
                "[one.kind for one in evidence]",
                "tests/actions/test_evidence.py::test_a_slip_is_taken_back_and_its_file_is_no_longer_given_out",
            ),
            Bug(
                "evidence is taken back after it was used",
                "actions/services/slips.py",
                "if action.state not in RUNNING or (action.done_at is not None and action.done_at >= evidence.at):",
                "if action.state not in RUNNING:",
                "tests/actions/test_evidence.py::test_evidence_that_was_used_or_is_old_stays",
            ),
            Bug(
                "a report is taken back that somebody verified by",
                "actions/services/slips.py",
                "    if newer or looked_at or action.state",
                "    if newer or action.state",
                "tests/actions/test_reopening.py::test_what_was_said_to_be_done_with_it_is_not_taken_back",
            ),
            Bug(
                "evidence is exchanged in the database",
                "actions/sql/guards.py",
                'when="NEW.action_id <> OLD.action_id OR NEW.kind <> OLD.kind OR NEW.file_key <> OLD.file_key"',
                'when="NEW.action_id <> OLD.action_id OR NEW.kind <> OLD.kind"',
                "tests/actions/test_evidence.py::test_what_was_shown_is_not_exchanged",
            ),
        ),
    ),
    Rule(
        "Verified by another person: never holder, doer or deputy of the work; else the charter's line, else the council",
        (
            Bug(
                "whoever had a part verifies, where the seat that is asked is theirs",
                "actions/queries/independence.py",
                "    if person.pk in involved(action, now):\n        return False\n    seats = set(",
                "    seats = set(",
                ITEMS + "test_a_verification_whose_seat_passes_to_a_doer_is_the_next_ones_to_make",
            ),
            Bug(
                "somebody who had a part is asked to verify",
                "actions/queries/independence.py",
                "if seat in standing and standing[seat].person_id not in had_a_part), None)",
                "if seat in standing), None)",
                ITEMS + "test_verification_falls_back_past_everybody_who_had_a_part",
            ),
            Bug(
                "a deputy of the work is not counted among those who had a part",
                "actions/queries/independence.py",
                "Q(until_at=None) | Q(until_at__gt=action.subject.created_at), seat_id__in=owners, from_at__lte=now\n",
                'Q(until_at=None) | Q(until_at__gt=action.subject.created_at), seat_id__in=owners, role="holder"\n',
                "tests/actions/test_action_life.py::test_whoever_had_a_part_of_any_kind_verifies_by_no_door",
            ),
            Bug(
                "a holder who left meanwhile verifies",
                "actions/queries/independence.py",
                "Q(until_at=None) | Q(until_at__gt=action.subject.created_at), seat_id__in=owners, from_at__lte=now\n",
                "Q(until_at=None), seat_id__in=owners, from_at__lte=now\n",
                "tests/actions/test_action_life.py::test_whoever_had_a_part_of_any_kind_verifies_by_no_door",
            ),
            Bug(
                "a seat that took it on without a date has had no part",
                "actions/queries/independence.py",
                "owners = {action.seat_id, *promised.union(_accepted_or_handed_on(action))}",
                "owners = {action.seat_id, *promised}",
                MATTERS + "test_whoever_took_it_on_without_a_date_never_verifies_what_another_seat_finished",
            ),
            Bug(
                "a doer whose part ended verifies",
                "actions/queries/independence.py",
                'doers = list(Doer.objects.filter(action=action).values_list("seat_id", "person_id"))',
                'doers = list(Doer.objects.filter(action=action, ended_at=None).values_list("seat_id", "person_id"))',
                PARTS + "test_a_seat_that_works_on_it_takes_its_holder_out_too_also_after_it_ended",
            ),
            Bug(
                "whoever attached the evidence verifies it",
                "actions/queries/independence.py",
                '            Evidence.objects.filter(action=action).values_list("by_id", flat=True),\n',
                "",
                "tests/actions/test_action_life.py::test_whoever_had_a_part_of_any_kind_verifies_by_no_door",
            ),
            Bug(
                "whoever reported on the work verifies it",
                "actions/queries/independence.py",
                '            Update.objects.filter(action=action).values_list("by_id", flat=True),\n',
                "",
                "tests/actions/test_action_life.py::test_whoever_had_a_part_of_any_kind_verifies_by_no_door",
            ),
            Bug(
                "where nobody can verify it, it waits for nobody",
                "actions/services/items.py",
                '        agenda_of.bring(action, ask=ask % {"title": inside(action.title)}, now=now, outcome="done")\n',
                "        del ask\n",
                ITEMS + "test_where_nobody_can_verify_the_council_settles_it",
            ),
            Bug(
                "what a council closed as it stands says that it was verified",
                "actions/matters.py",
                '    action.state = State.AS_IS\n    action.keep("state")',
                '    action.state, action.verified_at = State.VERIFIED, now\n    action.keep("state", "verified_at")',
                MATTERS + "test_the_council_closes_as_it_is_apart_from_what_was_verified",
            ),
        ),
    ),
    Rule(
        "A hold needs whoever approves dates",
        (
            Bug(
                "an owner puts the own work on hold",
                "actions/lifecycle.py",
                "            Verb.ARRANGE,\n            Verb.MARK,\n            Verb.SPEND,\n            Verb.ASK_RESOURCES,",
                "            Verb.ARRANGE,\n            Verb.HOLD,\n            Verb.MARK,\n            Verb.SPEND,\n"
                "            Verb.ASK_RESOURCES,",
                ITEMS + "test_a_hold_needs_whoever_approves_dates",
            ),
        ),
    ),
    Rule(
        "A date is never overwritten",
        (
            Bug(
                "the database lets a promised day be overwritten",
                "actions/sql/guards.py",
                'NEW.number <> OLD.number OR NEW.due_on <> OLD.due_on"\n    " OR NEW.given_at',
                'NEW.number <> OLD.number"\n    " OR NEW.given_at',
                PROMISES + "test_the_database_keeps_it_too",
            ),
            Bug(
                "owners move their own promise",
                "actions/services/promises.py",
                '    if action.promised is not None:\n        raise Conflict(\n            _("%(day)s was promised,',
                '    if action.promised is None and action.state == "":\n        raise Conflict(\n'
                '            _("%(day)s was promised,',
                ITEMS + "test_nobody_moves_the_own_promise",
            ),
            Bug(
                "whoever asks for a day approves it",
                "actions/queries/approving.py",
                "if seat in standing and standing[seat].person_id not in not_they), None)",
                "if seat in standing), None)",
                PROMISES + "test_a_head_who_holds_the_owning_seat_as_well_is_passed_over",
            ),
            Bug(
                "seats move a date as often as they like",
                "actions/queries/approving.py",
                "if renewed(action) >= rules.promising.renewals:",
                "if rules.promising.renewals == 0:",
                PROMISES + "test_after_the_limit_only_the_council_moves_it",
            ),
        ),
    ),
    Rule(
        "No date means no ladder of lateness; setting one is a duty of its seat",
        (
            Bug(
                "nothing is owed for a missing date",
                "actions/services/items.py",
                'hand_on(action, DutyKind.SET_DATE, action.seat, now=now, outcome="accepted", within=rules.terms.set_date)',
                'hand_on(action, DutyKind.KEEP, action.seat, now=now, outcome="accepted", within=rules.terms.set_date)',
                ITEMS + "test_accepting_without_a_date_leaves_a_date_owed_and_no_ladder_of_lateness",
            ),
            Bug(
                "a ladder climbs without a day",
                "governance/services/duties.py",
                "        due_on=due_on,\n        rung=reached,\n",
                "        due_on=due_on or local_day(calendar, now),\n        rung=reached,\n",
                SWEEP + "test_what_is_opened_without_a_day_has_none_and_no_ladder",
            ),
        ),
    ),
    Rule(
        "A decision counts only with a quorum by its charter",
        (
            Bug(
                "one too few is a quorum",
                "councils/quorum.py",
                "return self.present >= self.needed and (",
                "return self.present + 1 >= self.needed and (",
                JUDGEMENT + "test_a_quorum_counts_voting_seats_that_are_taken",
            ),
            Bug(
                "a required chair may be absent",
                "councils/quorum.py",
                "(self.chair_present or not self.chair_required)",
                "(self.chair_present or self.present >= self.needed)",
                DECISIONS + "test_five_of_nine_without_the_chair_only_advise_and_later_attendance_changes_nothing",
            ),
            Bug(
                "advice settles the matter",
                "councils/services/decisions.py",
                "LEAVES_OPEN = (Verdict.ADVISORY,)",
                "LEAVES_OPEN = ()",
                DECISIONS + "test_five_of_nine_without_the_chair_only_advise_and_later_attendance_changes_nothing",
            ),
            Bug(
                "without a quorum a decision is valid all the same",
                "councils/authority.py",
                "if not counted.is_quorate or not heard.is_met:",
                "if not heard.is_met:",
                JUDGEMENT + "test_the_quorum_comes_first_then_the_vote_the_limit_and_the_envelope",
            ),
            Bug(
                "a tie carries",
                "councils/tally.py",
                'reached = tie == "chair" and chair_choice == FOR',
                "reached = True",
                JUDGEMENT + "test_a_motion_carries_by_its_charters_threshold",
            ),
        ),
    ),
    Rule(
        "One person, one vote; a deputy only in the holder's absence",
        (
            Bug(
                "somebody sits in two seats at once",
                "councils/services/meetings.py",
                "elsewhere = here.filter(person=sits).exclude(membership_id=sitting.membership.pk)",
                "elsewhere = here.none()",
                DECISIONS + "test_a_person_sits_once_and_a_deputy_only_in_the_holders_absence",
            ),
            Bug(
                "a deputy sits beside the holder",
                "councils/services/meetings.py",
                "if sits != sitting.holder and here.filter(person=sitting.holder).exists():",
                "if sits is None:",
                DECISIONS + "test_a_person_sits_once_and_a_deputy_only_in_the_holders_absence",
            ),
            Bug(
                "somebody who lost the seat still counts",
                "councils/queries/meetings.py",
                "entitled = person is not None and person in (sitting.holder, sitting.deputy)",
                "entitled = person is not None",
                DECISIONS + "test_somebody_who_lost_the_seat_no_longer_counts_as_present",
            ),
        ),
    ),
    Rule(
        "Vacant seats leave the denominator, never the floor",
        (
            Bug(
                "vacant seats count as if somebody voted against",
                "councils/quorum.py",
                "seats=len(filled),",
                "seats=len(voting),",
                DECISIONS + "test_vacant_seats_leave_the_denominator_and_never_the_floor",
            ),
            Bug(
                "a quorum shrinks with the seats",
                "councils/quorum.py",
                "needed=rule.minimum,",
                "needed=min(rule.minimum, len(filled)),",
                JUDGEMENT + "test_emptying_a_seat_never_makes_a_quorum",
            ),
        ),
    ),
    Rule(
        "Beyond its decision rights it is a referral, created at once",
        (
            Bug(
                "the limit of one decision binds nobody",
                "councils/authority.py",
                "if amount > limit or (amount and left is not None and amount > left):",
                "if amount and left is not None and amount > left:",
                DECISIONS + "test_beyond_the_limit_becomes_a_referral_on_the_parents_agenda_and_allocates_nothing",
            ),
            Bug(
                "what several decisions of a period commit together binds nobody",
                "councils/authority.py",
                "if amount > limit or (amount and left is not None and amount > left):",
                "if amount > limit:",
                JUDGEMENT + "test_what_is_beyond_the_periods_limit_is_referred_with_the_sum_before",
            ),
            Bug(
                "a referral reaches no agenda",
                "councils/services/decisions.py",
                "    if judged.verdict == Verdict.REFERRED:\n        referrals.raise_to_superior(",
                "    if judged.verdict == Verdict.REFERRED and asked.amount < 0:\n        referrals.raise_to_superior(",
                DECISIONS + "test_beyond_the_limit_becomes_a_referral_on_the_parents_agenda_and_allocates_nothing",
            ),
            Bug(
                "a sponsor alone decides about more than the own authority",
                "councils/services/decisions.py",
                "authority=asked.item.council.sponsor.funding_authority, **common)",
                "authority=books.MOST, **common)",
                DECISIONS + "test_a_sponsor_alone_settles_nothing_beyond_the_own_authority",
            ),
        ),
    ),
    Rule(
        "Before there is a charter the default one holds; a provisional one lapses by the clock, and marks what it decided",
        (
            Bug(
                "a provisional charter holds for ever",
                "governance/services/duties.py",
                "return found if found is not None and not found.has_lapsed(now) else default_rules()",
                "return found if found is not None else default_rules()",
                "tests/councils/test_provisional.py::"
                "test_a_meeting_that_is_open_when_its_time_ends_decides_by_the_default_charter",
            ),
            Bug(
                "what a provisional charter decided is not marked",
                "councils/services/decisions.py",
                "is_provisional=asked.rules.is_provisional,",
                "is_provisional=False,",
                "tests/councils/test_provisional.py::test_a_decision_is_judged_by_it_and_stays_marked",
            ),
        ),
    ),
    Rule(
        "Envelopes exist only by a grant from above",
        (
            Bug(
                "whoever sees a council grants its envelope",
                "councils/services/books.py",
                "    if access.holds(by, sponsor.pk, now):\n        return Signature(sponsor.seat,",
                "    if by.is_active:\n        return Signature(sponsor.seat,",
                BOOKS + "test_a_grant_is_signed_by_the_sponsor_within_authority_or_by_the_chair_above",
            ),
            Bug(
                "a sponsor grants more than the own authority",
                "councils/services/books.py",
                "if unit == Unit.MONEY and amount > signed.authority:",
                "if amount > MOST:",
                BOOKS + "test_a_grant_is_signed_by_the_sponsor_within_authority_or_by_the_chair_above",
            ),
        ),
    ),
    Rule(
        "No allocation beyond an envelope or a decision right",
        (
            Bug(
                "a decision commits more than is free",
                "councils/authority.py",
                "    if amount > free:\n        return Judgement(SHORT, facts)\n    return Judgement(VALID, facts)\n\n\ndef judge_alone",
                "    return Judgement(VALID, facts)\n\n\ndef judge_alone",
                JUDGEMENT + "test_nothing_beyond_limit_or_envelope_is_ever_valid",
            ),
            Bug(
                "the database lets an envelope go below nothing",
                "councils/sql/guards.py",
                "({_KIND.format(side='source_id')} IN ('free', 'allocation', 'spent')",
                "({_KIND.format(side='source_id')} IN ('allocation', 'spent')",
                BOOKS + "test_the_database_itself_refuses_what_goes_below_nothing_and_what_crosses_envelopes",
            ),
            Bug(
                "what is left of a closed action stays with it",
                "actions/services/verification.py",
                "        books.return_rest(subject=action.subject, by=by, now=now)\n",
                "",
                SPENDING + "test_closing_an_action_with_1000_allocated_and_400_spent_frees_600",
            ),
        ),
    ),
    Rule(
        "No spending beyond an allocation without a visible overrun",
        (
            Bug(
                "more is spent than was allocated, and nobody says so",
                "councils/services/spending.py",
                "    if beyond and not overrun:",
                "    if beyond and overrun is None:",
                SPENDING
                + "test_beyond_the_allocation_nothing_is_spent_unless_it_is_said_and_then_the_council_settles_it",
            ),
            Bug(
                "an overrun is kept as spending like any other",
                "councils/services/spending.py",
                "        overrun=beyond,\n",
                "        overrun=0,\n",
                SPENDING
                + "test_beyond_the_allocation_nothing_is_spent_unless_it_is_said_and_then_the_council_settles_it",
            ),
        ),
    ),
    Rule(
        "No posting into a closed period",
        (
            Bug(
                "the database takes a posting into a closed period",
                "councils/sql/guards.py",
                'a.id = NEW.source_id AND e.closed_at IS NOT NULL"',
                "a.id = NEW.source_id AND e.closed_at IS NOT NULL AND e.unit = 'none'\"",
                SPENDING + "test_a_posting_into_a_closed_period_is_refused_by_the_service_and_by_the_database",
            ),
        ),
    ),
    Rule(
        "Ratified rules and decisions never change; a correction is a new version",
        (
            Bug(
                "rules in force are rewritten in the database",
                "governance/sql/guards.py",
                "when=\"(OLD.state <> 'draft' AND (NEW.rules <> OLD.rules OR NEW.charter_id <> OLD.charter_id\"",
                "when=\"(OLD.state <> 'draft' AND (NEW.charter_id <> OLD.charter_id\"",
                GUARDS + "test_rules_in_force_never_change",
            ),
            Bug(
                "a verdict is changed in the database",
                "councils/sql/guards.py",
                'when="NEW.verdict <> OLD.verdict OR NEW.facts <> OLD.facts OR',
                'when="NEW.facts <> OLD.facts OR',
                DECISIONS + "test_a_verdict_and_its_facts_never_change",
            ),
            Bug(
                "a meeting that began under one charter ends under another",
                "councils/queries/meetings.py",
                "if pinned is not None and (meeting.state == MeetingState.CLOSED or not pinned.has_lapsed(now)):",
                "if pinned is not None and meeting.state == MeetingState.CLOSED:",
                DECISIONS + "test_a_meeting_keeps_the_charter_under_which_it_opened",
            ),
        ),
    ),
    Rule(
        "Each rung fires once for a promise; a re-promise keeps the rung unless that rung's level approved it",
        (
            Bug(
                "every approver begins the ladder anew",
                "governance/clauses/ladder.py",
                "    if RANKS[approved_by] >= reached:\n        return 0",
                "    if RANKS[approved_by] >= 0:\n        return 0",
                PROMISES + "test_a_head_keeps_the_sponsors_rung_and_nobody_is_asked_twice",
            ),
            Bug(
                "no approver begins the ladder anew",
                "governance/clauses/ladder.py",
                "if RANKS[approved_by] >= reached:",
                "if RANKS[approved_by] > reached and not before:",
                PROMISES + "test_the_level_that_was_reached_starts_the_ladder_anew",
            ),
            Bug(
                "work that is sent back is owed by a new duty, and its rungs fall again",
                "actions/services/verification.py",
                'if resume(action, kind, now=now, outcome="sent_back") is None:',
                "if action.state:",
                ITEMS + "test_what_is_sent_back_is_owed_again_by_the_same_day_and_no_rung_falls_twice",
            ),
            Bug(
                "what a council lets lie is buried with a meeting that is called off",
                "councils/services/meetings.py",
                "    duties.hasten(subject_ids=[item.about_id for item in unsettled]",
                "    duties.hasten(subject_ids=[]",
                LADDER + "test_a_meeting_that_falls_through_lets_it_climb_at_once_and_only_once",
            ),
            Bug(
                "a mail that is handed over again is another mail",
                "notifications/services/outbox.py",
                "bundles[letter.mail_id].append(letter)",
                'bundles["<again@localhost>"].append(letter)',
                "tests/notifications/test_outbox.py::"
                "test_a_crash_between_the_mail_and_its_settling_is_mailed_again_as_the_same_mail",
            ),
        ),
    ),
    Rule(
        "What may not be seen does not exist: not in lists, counts, search, exports, mails, explanations, the API, errors",
        (
            Bug(
                "lists show what no audience of the reader holds",
                "governance/access.py",
                "    return Q(subject_id__in=by_audience.union(*parts, all=True))",
                '    return Q(subject_id__in=Subject.objects.values("pk").union(*parts, all=True))',
                "tests/access/test_visibility.py::test_everybody_sees_exactly_what_the_slow_derivation_finds",
            ),
            Bug(
                "access outlives the tenure",
                "governance/access.py",
                "(Q(until_at=None) | Q(until_at__gt=now))\n\n\ndef containers_of",
                "(Q(until_at=None) | ~Q(until_at=None))\n\n\ndef containers_of",
                "tests/access/test_grants.py::test_access_begins_and_ends_by_the_clock",
            ),
            Bug(
                "the review counts what its reader may not see",
                "actions/queries/review.py",
                "        ActionItem.objects.counted_for(viewer, at.now)\n",
                "        ActionItem.objects.filter(pk__gt=0)\n",
                "tests/actions/test_review.py::test_only_what_the_reader_may_see_is_counted",
            ),
            Bug(
                "search finds a confidential council",
                "governance/queries/search.py",
                "titled = access.subjects_seen(viewer, now).filter(archived_at=None, kind__in=ORDER)",
                "titled = Subject.objects.filter(archived_at=None, kind__in=ORDER)",
                "tests/governance/test_search.py::test_a_confidential_council_is_found_by_its_own_people_alone",
            ),
            Bug(
                "a sheet names the council that its reader may not see",
                "actions/queries/action_sheet.py",
                'action.council.name if action.council_id in seen else ""',
                "action.council.name",
                "tests/actions/test_action_sheet.py::test_a_sheet_names_no_council_that_its_reader_may_not_see",
            ),
            Bug(
                "a mail tells of what its reader no longer sees",
                "notifications/recheck.py",
                "    if not facts.is_visible:\n",
                "    if facts.is_visible is None:\n",
                "tests/notifications/test_outbox.py::test_what_the_reader_may_not_see_does_not_exist_for_them",
            ),
            Bug(
                "the history names a thing that its reader may not see",
                "governance/queries/journal.py",
                "seen = access.visible_ids(viewer, subjects, now) if subjects else set()",
                "seen = subjects",
                "tests/governance/test_journal.py::test_each_thing_is_named_through_its_viewer",
            ),
            Bug(
                "the history tells of what its reader may not see",
                "governance/queries/journal.py",
                "found = JournalEntry.objects.filter(access.visibility(viewer, now))",
                "found = JournalEntry.objects.all()",
                "tests/governance/test_journal.py::test_the_list_asks_who_may_see_the_thing_now",
            ),
            Bug(
                "the API names a council that its reader may not see",
                "actions/api/items.py",
                'return value.subject.reference if value.pk in self.context["seen"] else None',
                "return value.subject.reference",
                "tests/actions/test_items_api.py::test_a_secret_council_is_not_named_by_an_action",
            ),
            Bug(
                "an error tells that something hidden is there",
                "actions/services/footing.py",
                "    if not ActionItem.objects.visible_to(by, now).filter(pk=action.pk).exists():\n        raise Absent(",
                "    if not by.pk:\n        raise Absent(",
                ITEMS + "test_what_i_may_not_see_is_absent_and_what_i_may_only_see_names_who_may",
            ),
        ),
    ),
    Rule(
        "A confidential council keeps to itself: its members, its envelope, and a ladder of those who are cleared",
        (
            Bug(
                "an administrator looks into a confidential council",
                "councils/access.py",
                "open_ones = [pk for pk, _parent, _sponsor, confidential in councils if not confidential]",
                "open_ones = [pk for pk, _parent, _sponsor, _confidential in councils]",
                "tests/access/test_closed_doors.py::"
                "test_what_a_confidential_council_noted_is_read_by_its_members_alone",
            ),
            Bug(
                "its work is seen by the department that does it",
                "actions/services/items.py",
                "    if council.is_confidential:\n        return [council.pk]\n",
                "",
                ITEMS + "test_a_confidential_councils_action_is_seen_by_that_council_and_its_seat_alone",
            ),
            Bug(
                "another council's action is given to one of its seats, and names it",
                "actions/services/footing.py",
                "    if council_queries.keeps_to_itself(seat.pk, but=council.pk):\n",
                "    if council.is_confidential:\n",
                ITEMS + "test_a_confidential_councils_seat_owns_what_that_council_oversees_and_nothing_else",
            ),
            Bug(
                "its ladder leaves it for the body above",
                "notifications/queries/climbing.py",
                "body is None or body.is_confidential or body.parent_id",
                "body is None or body.parent_id",
                LADDER + "test_a_confidential_ladder_never_leaves_its_council",
            ),
            Bug(
                "a head who is not cleared approves its dates",
                "actions/queries/approving.py",
                "heads = [] if action.council.is_confidential else head_seats",
                "heads = head_seats",
                PROMISES + "test_a_confidential_councils_dates_are_approved_by_its_own_people_only",
            ),
        ),
    ),
    Rule(
        "Nothing is deleted that somebody was accountable for, and the journal keeps it",
        (
            Bug(
                "an entry of the journal is changed in the database",
                "governance/sql/guards.py",
                'GUARDS.append(Guard(f"{table}_no_update", table, "UPDATE", says))',
                'GUARDS.append(Guard(f"{table}_no_update", table, "UPDATE", says, when="OLD.id < 0"))',
                GUARDS + "test_the_journal_is_never_changed",
            ),
            Bug(
                "an entry of the journal is deleted in the database",
                "governance/sql/guards.py",
                'GUARDS.append(Guard(f"{table}_no_delete", table, "DELETE", says, no_truncate=True))',
                'GUARDS.append(Guard(f"{table}_no_delete", table, "DELETE", says, when="OLD.id < 0", no_truncate=True))',
                GUARDS + "test_the_journal_is_never_changed",
            ),
            Bug(
                "guards are gone after a migrate",
                "governance/apps.py",
                'post_migrate.connect(_after_migrate, dispatch_uid="governance.guards")',
                'post_migrate.disconnect(_after_migrate, dispatch_uid="governance.guards")',
                GUARDS + "test_guards_come_back_after_every_migrate",
            ),
        ),
    ),
    Rule(
        "Redaction reaches everything we hold, is recorded, and the chain still verifies",
        (
            Bug(
                "a seal does not depend on the one before",
                "governance/chain.py",
                'previous.encode() + b"\\n" + said.canonical()',
                'b"\\n" + said.canonical()',
                "tests/governance/test_sealing.py::test_a_chain_made_anew_with_the_key_is_named_by_the_head_that_left",
            ),
            Bug(
                "what an entry says may be changed unnoticed",
                "governance/chain.py",
                '                "facts": self.facts,\n',
                "",
                "tests/governance/test_sealing.py::test_an_entry_that_was_changed_is_named",
            ),
            Bug(
                "a redaction leaves no trace",
                "governance/services/redaction.py",
                "        journal.record(PERSON_REDACTED, subject=root_subject(), by=by, now=now, person=person.pk,"
                " own_words=own_words)\n",
                "",
                "tests/governance/test_personal.py::test_the_chain_still_fits_the_guards_stand_and_the_journal_says_so",
            ),
            Bug(
                "the name stays in free text",
                "governance/services/redaction.py",
                "        rows = out_of_tables(words)\n        if own_words:\n",
                "        rows = 0\n        if own_words:\n",
                "tests/governance/test_personal.py::test_nothing_of_the_name_is_left_in_any_table_or_file",
            ),
            Bug(
                "the clock anonymises who has a seat",
                "governance/services/leavers.py",
                "        .exclude(Exists(sat))\n",
                "",
                "tests/governance/test_leavers.py::test_nobody_is_anonymised_who_is_here_or_will_be",
            ),
            Bug(
                "the clock anonymises without a word",
                "governance/services/leavers.py",
                "    journal.record(ANONYMISED, subject=root_subject(), by=None, now=now, person=person.pk)\n",
                "",
                "tests/governance/test_leavers.py::test_a_leaver_is_anonymised_once_on_the_right_day",
            ),
            Bug(
                "a colleague of the same name loses it in texts",
                "governance/services/leavers.py",
                "        if not redaction.is_called_so([name], apart=person) and not any(what.search(other) for other in others):\n",
                "        if what and others:\n",
                "tests/governance/test_leavers.py::test_a_namesake_keeps_the_name_and_so_do_words_that_are_no_name",
            ),
        ),
    ),
    Rule(
        "Two people editing one thing: the second is told and shown both",
        (
            Bug(
                "the second writes over the first",
                "actions/services/footing.py",
                "    if version is not None and version != action.version:",
                "    if version is not None and version > action.version:",
                ITEMS + "test_two_people_editing_one_action_the_second_is_told_how_it_stands",
            ),
            Bug(
                "If-Match is not read",
                "governance/api/base.py",
                '    given = request.headers.get("If-Match", "").strip()\n    if not given or given == "*":',
                '    given = request.headers.get("If-Match", "").strip()\n    if given is not None:',
                "tests/actions/test_items_api.py::test_if_match_is_honoured_and_tells_how_it_stands",
            ),
            Bug(
                "the second is told, and not shown what stands",
                "governance/pages.py",
                "form.changes = [*differing(form, stands.initial), *stands.differs]",
                "form.changes = []",
                "tests/governance/test_two_at_once.py::test_a_department_that_somebody_moved_meanwhile_shows_both_places",
            ),
        ),
    ),
    Rule(
        "A decision recorded by a slip is taken back within minutes, by its author, while nothing was built upon it",
        (
            Bug(
                "anybody takes it back",
                "councils/services/taking_back.py",
                "    if decision.recorded_by_id != by.pk or decision.how == How.WRITTEN:",
                "    if decision.how == How.WRITTEN:",
                SLIPS + "test_only_its_author_takes_it_back_within_ten_minutes_once_and_says_why",
            ),
            Bug(
                "it is taken back an hour later",
                "councils/slips.py",
                "LIFE = timedelta(minutes=10)",
                "LIFE = timedelta(minutes=60)",
                SLIPS + "test_only_its_author_takes_it_back_within_ten_minutes_once_and_says_why",
            ),
            Bug(
                "what moved since is put back all the same",
                "councils/slips.py",
                "    if is_used(decision, subject_ids):",
                "    if False and is_used(decision, subject_ids):",
                SLIPS + "test_an_action_that_moved_since_stays_as_it_was_decided",
            ),
            Bug(
                "nobody owes the item again",
                "councils/services/taking_back.py",
                "        duties.reopen([owed])",
                "        duties.reopen([])",
                SLIPS + "test_what_was_allocated_goes_back_and_the_item_is_to_be_settled_again",
            ),
            Bug(
                "its money stays allocated",
                "councils/services/taking_back.py",
                "    _give_back(decision, by, now)\n    commissions",
                "    commissions",
                SLIPS + "test_what_was_allocated_goes_back_and_the_item_is_to_be_settled_again",
            ),
        ),
    ),
    Rule(
        "Who has to stand aside does not vote, and a recusal never raises the count",
        (
            Bug(
                "a vote is recorded for somebody who has to stand aside",
                "councils/services/decisions.py",
                "        if choices.get(key, RECUSED) != RECUSED:",
                "        if choices.get(key, RECUSED) not in Choice.values:",
                ASIDE + "test_whoever_answers_for_it_is_not_recorded_with_a_vote",
            ),
            Bug(
                "a recused seat counts as present",
                "councils/quorum.py",
                "        present=sum(not seat.is_recused for seat in taken),",
                "        present=len(taken),",
                ASIDE + "test_a_rule_that_makes_somebody_stand_aside_loses_the_quorum_and_never_lowers_it",
            ),
            Bug(
                "whoever stands aside takes the chair",
                "councils/quorum.py",
                "    able = (seat for seat in seats if seat.is_present and seat.is_filled and not seat.is_recused)",
                "    able = (seat for seat in seats if seat.is_present and seat.is_filled)",
                "tests/councils/test_golden_verdicts.py::test_whoever_takes_the_chair_over_is_there_and_does_not_stand_aside",
            ),
            Bug(
                "whoever answers for it votes in writing",
                "councils/services/ballots.py",
                "    if choice != RECUSED and is_owed:",
                "    if choice not in Choice.values and is_owed:",
                ASIDE + "test_in_writing_they_vote_recused_and_nothing_else",
            ),
        ),
    ),
    Rule(
        "A decision's mandate is bound to its outcome and payload, and is used once",
        (
            Bug(
                "it is carried out twice",
                "councils/matters.py",
                '    if decision.verdict != "valid" or decision.carried_out_at is not None:',
                '    if decision.verdict != "valid":',
                "tests/councils/test_mandate.py::test_it_is_used_once",
            ),
            Bug(
                "what did not carry is carried out",
                "councils/matters.py",
                '    if decision.verdict != "valid" or decision.carried_out_at is not None:',
                "    if decision.carried_out_at is not None:",
                "tests/councils/test_mandate.py::test_what_does_not_count_is_no_mandate",
            ),
        ),
    ),
    Rule(
        "A link in a mail answers one thing, once, for one person; it never verifies, votes or moves money",
        (
            Bug(
                "a press verifies, where a purpose would",
                "governance/services/journal.py",
                "        if is_never_pressed(event.name):",
                "        if not event.name:",
                LINKS + "test_a_press_never_verifies_votes_or_spends_even_where_a_purpose_would",
            ),
            Bug(
                "a link answers for a seat that somebody else answers for now",
                "governance/services/buttons.py",
                "return who is not None and who.person_id == button.person_id",
                "return who is not None",
                LINKS + "test_a_link_dies_when_another_answers_for_the_seat_or_another_day_is_owed",
            ),
            Bug(
                "a link is good for another day than it was sent for",
                "governance/services/buttons.py",
                "and (button.owed_by_id is None or duty.due_on == button.due_on)",
                "and (button.owed_by_id is None or duty.due_on is not None)",
                LINKS + "test_a_link_dies_when_another_answers_for_the_seat_or_another_day_is_owed",
            ),
            Bug(
                "one link used leaves those beside it open",
                "governance/services/buttons.py",
                "    return (mine if button.duty_id is not None else mine.filter(purpose=button.purpose))",
                "    return mine.filter(purpose=button.purpose)",
                LINKS + "test_using_one_ends_all_beside_it_and_nothing_else",
            ),
            Bug(
                "what is confidential is answered by a link",
                "governance/services/buttons.py",
                "        and shut.isdisjoint(_audiences(button))\n",
                "",
                LINKS + "test_what_is_confidential_has_no_link_also_where_it_became_so_afterwards",
            ),
        ),
    ),
)

BUGS = tuple(bug for rule in RULES for bug in rule.bugs)
