"""What was promised: some forty actions, in every state that work gets into. Days count from today."""

from dataclasses import dataclass, field

EURO = 100


@dataclass(frozen=True, slots=True)
class Said:
    """A report: when, which health, in which words, how far."""

    day: int
    health: str
    line: str
    progress: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A blocker: since when, why, on whom it waits, until when, and when it was lifted."""

    day: int
    reason: str
    waiting_on: str = ""
    until: int | None = None
    lifted: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A verification."""

    day: int
    note: str
    finding: str = "confirmed"


@dataclass(frozen=True, slots=True)
class Ask:
    """A later day that was asked for: when, for which day, why; on which day and how it was answered, if it was."""

    day: int
    to: int
    reason: str
    answered: int | None = None
    answer: str = "approved"
    said: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """One action. ``meeting`` is the council's meeting that decided it; without one somebody began it themselves."""

    title: str
    owner: str
    proof: str
    born: int
    topic: str = ""
    meeting: str = ""
    amount: int = 0
    needs_none: bool = False
    asked: int | None = None
    accepted: int | None = None
    promised: int | None = None
    dated: int | None = None
    """When the date was promised, if later than the acceptance."""
    says: tuple[Said, ...] = ()
    stops: tuple[Stop, ...] = ()
    asks: tuple[Ask, ...] = ()
    shown: str = ""
    done: tuple[int, ...] = ()
    looks: tuple[Look, ...] = ()
    declined: tuple[int, str] | None = None
    extended: tuple[int, str] | None = None
    """A later date that the next meeting gave: the day, and the reason."""
    tags: frozenset[str] = field(default_factory=frozenset)


AT_STEP = {
    "Claim status": "I am told where it stands",
    "Repair appointment": "My car is repaired",
    "Total-loss letter": "I am paid",
    "Moving house": "Every policy knows",
    "Premium increase": "My premium changes",
}
"""Which step of a journey work about a topic betters, where somebody begins it themselves."""

M1, M2, M3 = "first", "second", "third"

DECIDED: tuple[Work, ...] = (
    Work(
        "Text customers at each step of a motor claim",
        "champion CLM",
        "Nine of ten motor claims get all four texts, for ten working days.",
        -84,
        "Claim status",
        M1,
        3_999 * EURO,
        asked=-20,
        accepted=-82,
        promised=-21,
        says=(
            Said(-70, "on_track", "Wording agreed with two adjusters.", 20),
            Said(-41, "at_risk", "The supplier needs a consent text from Legal.", 55),
            Said(-16, "off_track", "Built and tested; consent is still open.", 85),
        ),
        stops=(Stop(-18, "The text names the repair shop, so consent must be asked again.", "head LEG", 4),),
    ),
    Work(
        "Call back whoever waited more than ten minutes",
        "owner CON",
        "No wait above ten minutes without a call back the same day, for four weeks.",
        -84,
        "Waiting on the phone",
        M1,
        3_500 * EURO,
        asked=-40,
        accepted=-83,
        promised=-42,
        says=(Said(-60, "on_track", "Telephony supplier has the change.", 50),),
        shown="Four weeks of call records: 212 waits, 212 calls back",
        done=(-44,),
        looks=(Look(-41, "Looked at thirty calls of my own choosing."),),
    ),
    Work(
        "One page that says what a premium consists of",
        "champion UND",
        "Ten customers out of twelve can say in their own words why their premium changed.",
        -84,
        "Premium increase",
        M1,
        1_800 * EURO,
        asked=-30,
        accepted=-80,
        promised=-35,
        says=(
            Said(-62, "on_track", "Draft read with six customers.", 40),
            Said(-40, "on_track", "Second round planned.", 80),
        ),
        shown="Notes of twelve conversations",
        done=(-33,),
        looks=(Look(-27, "Eleven of twelve could. Late by two days."),),
    ),
    Work(
        "Ring the garage before the customer drives there",
        "owner REP",
        "No customer arrives unannounced, in a sample of fifty repairs.",
        -56,
        "Repair appointment",
        M2,
        2_400 * EURO,
        asked=-10,
        accepted=-54,
        promised=-12,
        says=(
            Said(-30, "on_track", "Booking desk calls since Monday.", 60),
            Said(-9, "at_risk", "Two garages do not take part yet.", 80),
        ),
    ),
    Work(
        "Keep people signed in to the app for thirty days",
        "champion DIG",
        "Sign-in complaints fall below five a week, for three weeks.",
        -56,
        "App sign-in",
        M2,
        4_000 * EURO,
        asked=10,
        accepted=-55,
        promised=5,
        says=(
            Said(-35, "on_track", "Security has agreed to thirty days.", 35),
            Said(-6, "on_track", "In the store since yesterday.", 80),
        ),
        stops=(Stop(-28, "Waiting for the security review.", "head LEG", None, -20),),
        asks=(Ask(-1, 17, "The store wants a second review of the thirty days, and takes two weeks for it."),),
    ),
    Work(
        "A move reported once moves every policy",
        "champion POL",
        "One report changes all policies of a household, in thirty cases out of thirty.",
        -56,
        "Moving house",
        M2,
        3_200 * EURO,
        asked=-5,
        accepted=-53,
        promised=-7,
        says=(Said(-33, "on_track", "Both systems listen to the same message.", 60),),
        shown="Thirty moves, followed through both systems",
        done=(-9, -3),
        looks=(
            Look(
                -6, "Two of the thirty kept the old address on the bill. Please look at household policies.", "refused"
            ),
        ),
    ),
    Work(
        "理賠短訊改用繁體中文",
        "champion HKG",
        "二十宗理賠的每一則短訊都以中文發出。",
        -28,
        "理賠進度",
        M3,
        1_500 * EURO,
        asked=14,
        accepted=-26,
        promised=12,
        says=(Said(-12, "on_track", "譯文已由前線同事看過。", 45),),
    ),
    Work(
        "Say the waiting time before the music starts",
        "owner CON",
        "The announced wait is right within three minutes, in fifty test calls.",
        -28,
        "Waiting on the phone",
        M3,
        2_200 * EURO,
        asked=18,
        accepted=-27,
        promised=20,
        says=(Said(-8, "on_track", "Half of the lines announce it.", 50),),
        asks=(
            Ask(
                -6,
                41,
                "The supplier is on holiday until the new year.",
                -5,
                "refused",
                "Customers hear the music every day. Keep the date, and tell me which lines can wait.",
            ),
        ),
    ),
    Work(
        "Rewrite the total-loss letter in plain language",
        "champion CLM",
        "Eight of ten readers know what happens to the car, and what they get.",
        -28,
        "Total-loss letter",
        M3,
        900 * EURO,
        asked=-2,
        accepted=-26,
        promised=-4,
        says=(
            Said(-14, "at_risk", "Three lawyers, four opinions.", 50),
            Said(-5, "off_track", "The table of sums is missing.", 60),
        ),
    ),
)


def _over(title: str, owner: str, promised: int, done: int, *asks: Ask) -> Work:
    """Work of the summer that came to its end: what the promise record counts."""
    return Work(
        title, owner, "Ten cases of one week.", -88, needs_none=True, accepted=-86, promised=promised, asks=asks,
        shown="Ten cases", done=(done,), looks=(Look(done + 4, "Looked at three of them."),),
    )  # fmt: skip


BEGUN: tuple[Work, ...] = (
    _over("The claims number stands on every letter", "champion CLM", -64, -64),
    _over("Garages say when a part is late", "champion REP", -60, -61),
    _over("No form asks twice for the policy number", "champion POL", -55, -50),
    _over(
        "The premium letter fits on one page",
        "champion UND",
        -58,
        -44,
        Ask(-70, -44, "Legal reads it in the second week.", -69, said="Then say so to the brokers as well."),
    ),
    _over("A sign-in code arrives within a minute", "champion DIG", -52, -52),
    _over("Who calls twice reaches the same person", "champion CON", -48, -45),
    Work(
        "Adjusters write their direct line under each letter",
        "champion CLM",
        "Fifty letters, fifty direct lines.",
        -75,
        "Claim status",
        needs_none=True,
        accepted=-74,
        promised=-60,
        says=(Said(-66, "on_track", "Template changed.", 70),),
        shown="Fifty letters of one week",
        done=(-61,),
        looks=(Look(-58, "Checked twenty."),),
    ),
    Work(
        "Answer by the fifth day, even if there is nothing new",
        "head CLM",
        "No open claim without a word for more than five working days.",
        -70,
        "Claim status",
        needs_none=True,
        accepted=-68,
        promised=-30,
        says=(Said(-50, "at_risk", "Holiday season.", 40), Said(-31, "on_track", "Back on the list.", 90)),
        shown="Report of open claims, week by week",
        done=(-30,),
        looks=(Look(-26, "Held for four weeks."),),
    ),
    Work(
        "Photos can be sent again without starting over",
        "champion DIG",
        "An interrupted upload goes on where it stopped, on three phones.",
        -68,
        "Claim status",
        accepted=-66,
        promised=-25,
        says=(Said(-40, "on_track", "Works on two phones.", 60),),
        shown="Film of three phones",
        done=(-27,),
        looks=(Look(-22, "Tried it in a train."),),
    ),
    Work(
        "A hire car is offered with every repair above three days",
        "head REP",
        "Offered in forty repairs out of forty.",
        -66,
        "Repair appointment",
        accepted=-62,
        promised=-28,
        says=(Said(-45, "on_track", "Two partners signed.", 50),),
        asks=(Ask(-36, -18, "The third partner signs after the quarter's end.", -35, said="Better said now. Agreed."),),
        shown="Forty repairs",
        done=(-20,),
        looks=(Look(-15, "Confirmed, eight days after the promised day."),),
    ),
    Work(
        "Garages confirm each change of an appointment by text",
        "champion REP",
        "No moved appointment without a text, in a week.",
        -50,
        "Repair appointment",
        accepted=-47,
        promised=-14,
        says=(Said(-24, "on_track", "Twelve of twenty garages.", 60),),
        shown="List of texts of week 40",
        done=(-14,),
        looks=(),
    ),
    Work(
        "Two more garages around Groningen",
        "head REP",
        "Nobody in the north drives more than forty minutes.",
        -48,
        "Repair appointment",
        accepted=-44,
        promised=18,
        says=(Said(-15, "on_track", "One contract signed.", 50),),
    ),
    Work(
        "Cut the phone menu to three options",
        "champion CON",
        "Three options, and “accident” is the first.",
        -64,
        "Waiting on the phone",
        needs_none=True,
        accepted=-63,
        promised=-40,
        says=(Said(-55, "on_track", "Recorded.", 90),),
        shown="The menu, as recorded",
        done=(-41,),
        looks=(Look(-38, "Called it myself."),),
    ),
    Work(
        "Move five colleagues to Monday mornings",
        "head CON",
        "Median wait on Mondays below five minutes, for a month.",
        -58,
        "Waiting on the phone",
        needs_none=True,
        accepted=-57,
        promised=-20,
        says=(Said(-35, "on_track", "Rota agreed.", 60),),
        shown="Waits on four Mondays",
        done=(-22,),
        looks=(Look(-18, "4:20 on average. Well done."),),
    ),
    Work(
        "Roadside calls skip the queue",
        "champion CON",
        "Twenty test calls from the roadside are answered within a minute.",
        -36,
        "Waiting on the phone",
        accepted=-34,
        promised=-8,
        says=(Said(-20, "at_risk", "The supplier wants a new contract.", 30),),
        stops=(Stop(-17, "The supplier wants a new contract before changing the routing.", "head FIN"),),
    ),
    Work(
        "The code by text lives for ten minutes",
        "champion DIG",
        "No expired code in a week of the log.",
        -44,
        "App sign-in",
        needs_none=True,
        accepted=-43,
        promised=-30,
        says=(Said(-38, "on_track", "Changed.", 100),),
        shown="The log of one week",
        done=(-32,),
        looks=(Look(-30, "None expired."),),
    ),
    Work(
        "A way back in without the old phone",
        "champion DIG",
        "Ten people with a new phone get in without calling us.",
        -30,
        "App sign-in",
        accepted=-28,
        promised=9,
        says=(Said(-12, "on_track", "Designed; build begins.", 30),),
    ),
    Work(
        "The app shows the last three messages of a claim",
        "head DIG",
        "Every open claim shows them.",
        -40,
        "Claim status",
        accepted=-37,
        promised=-6,
        says=(Said(-21, "on_track", "In test.", 70), Said(-10, "at_risk", "One interface is slow.", 75)),
    ),
    Work(
        "Explain the no-claims ladder on one picture",
        "champion UND",
        "Nine of ten testers name their own rung.",
        -42,
        "Premium increase",
        accepted=-40,
        promised=-10,
        says=(Said(-22, "on_track", "Third sketch is the one.", 60),),
        shown="Twelve testers, eleven right",
        done=(-11,),
        looks=(Look(-8, "Clear. I would hang it on the wall."),),
    ),
    Work(
        "No increase in the three months after a claim",
        "head UND",
        "Rule in force for motor and home.",
        -38,
        "Premium increase",
        accepted=-33,
        promised=26,
        says=(Said(-14, "on_track", "Actuaries have computed the cost.", 40),),
    ),
    Work(
        "Old customers see what new customers pay",
        "champion UND",
        "Shown in the yearly letter.",
        -20,
        "Premium increase",
        declined=(-17, "Pricing will not publish this before the reform; I cannot promise it."),
    ),
    Work(
        "Cover at both addresses for the day of the move",
        "head POL",
        "No gap in thirty moves.",
        -46,
        "Moving house",
        accepted=-42,
        promised=-12,
        says=(Said(-25, "on_track", "Product rule drafted.", 60),),
        shown="Thirty moves",
        done=(-13,),
        looks=(Look(-10, "No gap."),),
    ),
    Work(
        "Tell the customer who moves their policies, by name",
        "champion POL",
        "A name in each confirmation.",
        -25,
        "Moving house",
        needs_none=True,
        accepted=-23,
        promised=-9,
        says=(Said(-15, "on_track", "In the template.", 80),),
        shown="Twenty confirmations",
        done=(-8,),
        looks=(),
    ),
    Work(
        "Consent in three sentences, each of which can be refused",
        "champion LEG",
        "Eight of ten readers can say what they agree to.",
        -52,
        "Consent wording",
        accepted=-49,
        promised=-16,
        says=(
            Said(-30, "on_track", "Outside counsel agrees.", 50),
            Said(-13, "at_risk", "The Hong Kong wording differs.", 60),
        ),
        stops=(Stop(-12, "The branch has to read the Chinese version.", "head HKG", 6),),
    ),
    Work(
        "A register of every consent text in use",
        "head LEG",
        "Each text has an owner and a date.",
        -47,
        "Consent wording",
        needs_none=True,
        accepted=-45,
        promised=-24,
        says=(Said(-30, "on_track", "Forty of sixty.", 66),),
        shown="The register",
        done=(-25,),
        looks=(Look(-21, "Complete; two owners are vacant seats."),),
    ),
    Work(
        "熱線回電承諾改為二十四小時",
        "head HKG",
        "一個月內九成回電在二十四小時內完成。",
        -45,
        "理賠進度",
        accepted=-42,
        promised=-15,
        says=(Said(-27, "on_track", "名單每日更新。", 70),),
        shown="四星期回電紀錄",
        done=(-16,),
        looks=(Look(-12, "抽查三十宗，二十八宗準時。"),),
    ),
    Work(
        "修車廠進度每日上傳",
        "champion HKG",
        "十間修車廠，每日更新。",
        -24,
        "理賠進度",
        accepted=-21,
        promised=-5,
        says=(Said(-11, "at_risk", "三間未有系統。", 60),),
    ),
    Work(
        "Brokers hear of a change a day before the customer",
        "head BRK",
        "Twenty changes, twenty messages a day earlier.",
        -39,
        "Broker does not know",
        accepted=-36,
        promised=-3,
        says=(Said(-19, "on_track", "Feed is built.", 70),),
        shown="Feed log of two weeks",
        done=(-3,),
        looks=(),
    ),
    Work(
        "Each broker hears once a year what their customers said",
        "champion BRK",
        "Forty talks held, forty notes.",
        -40,
        "Broker does not know",
        accepted=-38,
        promised=20,
        says=(Said(-35, "on_track", "First six talks are booked.", 15),),
    ),
    Work(
        "One sheet that broker and we both answer from",
        "champion BRK",
        "The same ten answers on both sides.",
        -22,
        "Broker does not know",
        asked=8,
    ),
    Work(
        "A budget line for small repairs of journeys",
        "head FIN",
        "Champions can spend up to €250 without a decision.",
        -34,
        accepted=-30,
        promised=32,
        says=(Said(-9, "on_track", "Finance partner has a proposal.", 30),),
    ),
    Work(
        "New colleagues hear twenty customer calls in their first week",
        "head PPL",
        "Every starter since May has.",
        -43,
        "Waiting on the phone",
        needs_none=True,
        accepted=-41,
        promised=-18,
        says=(Said(-28, "on_track", "First two groups done.", 60),),
        shown="List of starters",
        done=(-19,),
        looks=(Look(-16, "Asked five of them."),),
    ),
    Work(
        "Adjusters see the customer's history on one page",
        "head CLM",
        "One page, five seconds, in ten claims.",
        -16,
        "Claim status",
        asked=30,
        accepted=-13,
    ),
    Work(
        "Tell customers what “residual value” means",
        "champion CLM",
        "A picture and two sentences in the letter.",
        -9,
        "Total-loss letter",
        needs_none=True,
        asked=12,
    ),
    Work(
        "Publish the waiting time of each garage",
        "champion REP",
        "On the booking page, right within a day.",
        -12,
        "Repair appointment",
        accepted=-10,
    ),
    Work(
        "Weekly call between Claims and Repair about stuck repairs",
        "champion REP",
        "Four calls held, list shrinks.",
        -7,
        "Repair appointment",
        needs_none=True,
        asked=21,
        accepted=-6,
        promised=16,
    ),
    Work(
        "Answer premium questions in the app",
        "champion UND",
        "Half of the questions answered without a call.",
        -5,
        "Premium increase",
        asked=40,
    ),
)
