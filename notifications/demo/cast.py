"""Who there is: departments, people, the seats they sit in."""

from dataclasses import dataclass, field
from datetime import datetime

from governance.models import Calendar, Department, DepartmentKind, Organisation, Person, Seat, SeatKind, TenureRole
from governance.services import calendars, departments, organisation, people, seats

NAME = "Harbourline Mutual"
ZONE = "Europe/Amsterdam"
HONG_KONG = "Asia/Hong_Kong"
DOMAIN = "harbourline.example"
LEAD = "Priya Raman"
SPONSOR = "Ingrid Solheim"
CHAIR = "Willem Prins"
CHAMPION = "Fatima El Idrissi"

# code: name, below, kind, other names in files
DEPARTMENTS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "CLM": ("Claims", "", DepartmentKind.FUNCTION, ("Claims handling", "Schade")),
    "REP": ("Repair Network", "CLM", DepartmentKind.FUNCTION, ("Garages",)),
    "CON": ("Contact Centre", "", DepartmentKind.FUNCTION, ("Customer service",)),
    "DIG": ("Digital & App", "", DepartmentKind.FUNCTION, ("App team",)),
    "UND": ("Underwriting", "", DepartmentKind.FUNCTION, ("Pricing",)),
    "POL": ("Policy Administration", "", DepartmentKind.FUNCTION, ("Policies",)),
    "LEG": ("Legal & Compliance", "", DepartmentKind.FUNCTION, ("Legal",)),
    "FIN": ("Finance", "", DepartmentKind.FUNCTION, ()),
    "PPL": ("People & Culture", "", DepartmentKind.FUNCTION, ("HR",)),
    "BRK": ("Broker Network", "", DepartmentKind.FUNCTION, ("Intermediaries",)),
    "HKG": ("香港分公司", "", DepartmentKind.COUNTRY, ("Hong Kong", "Hong Kong branch")),
}

# name: what stands before the @; those without a seat are the doers behind the work
PEOPLE: dict[str, str] = {
    SPONSOR: "ingrid.solheim",
    "Henrik Vos": "henrik.vos",
    "Margriet van Dalen": "margriet.van.dalen",
    CHAIR: "willem.prins",
    "Noor Haddad": "noor.haddad",
    "Ruben Maes": "ruben.maes",
    "Thandiwe Moyo": "thandiwe.moyo",
    "Joel Brandt": "joel.brandt",
    CHAMPION: "fatima.el.idrissi",
    "Hugo Peeters": "hugo.peeters",
    "Lucía Herrera": "lucia.herrera",
    "Jonas Lindqvist": "jonas.lindqvist",
    "Carlos Ibáñez": "carlos.ibanez",
    "Daan Smit": "daan.smit",
    "Tomasz Wieczorek": "tomasz.wieczorek",
    "Amara Okafor": "amara.okafor",
    "Anneke Visser": "anneke.visser",
    "Elif Kaya": "elif.kaya",
    "Mehmet Yıldız": "mehmet.yildiz",
    "Marta Nowak": "marta.nowak",
    "Sanne de Wit": "sanne.de.wit",
    "Yi-Ching Chen": "yi-ching.chen",
    "Aoife Brennan": "aoife.brennan",
    "Gabriele Conti": "gabriele.conti",
    "Naledi Dlamini": "naledi.dlamini",
    "Luuk Jansen": "luuk.jansen",
    "何家朗": "kalong.ho",
    "陳穎怡": "wingyi.chan",
    "李思敏": "simin.li",
    "Kenji Watanabe": "kenji.watanabe",
    "Olga Petrova": "olga.petrova",
    "Sven Karlsson": "sven.karlsson",
    "Beatriz Duarte": "beatriz.duarte",
    "Femke de Boer": "femke.de.boer",
    "Arjun Mehta": "arjun.mehta",
}
CHINESE = ("何家朗", "陳穎怡", "李思敏")

HEADS: dict[str, str] = {
    "CLM": "Joel Brandt",
    "REP": "Lucía Herrera",
    "CON": "Carlos Ibáñez",
    "DIG": "Tomasz Wieczorek",
    "UND": "Anneke Visser",
    "POL": "Mehmet Yıldız",
    "LEG": "Sanne de Wit",
    "FIN": "Aoife Brennan",
    "PPL": "Naledi Dlamini",
    "BRK": "Luuk Jansen",
    "HKG": "何家朗",
}
# The broker network's champion left and nobody followed: a vacancy that its page shows.
CHAMPIONS: dict[str, str] = {
    "CLM": CHAMPION,
    "REP": "Jonas Lindqvist",
    "CON": "Daan Smit",
    "DIG": "Amara Okafor",
    "UND": "Elif Kaya",
    "POL": "Marta Nowak",
    "LEG": "Yi-Ching Chen",
    "BRK": "",
    "HKG": "陳穎怡",
}
LEFT = "Femke de Boer"

EXPECTED: dict[str, str] = {
    SeatKind.HEAD: "Answers for what the department promised. Finds another owner when one declines, and helps when a"
    " promise slips: being asked is a request for help.",
    SeatKind.CHAMPION: "Answers for what customers say about the department within ten working days, reports for its"
    " owners, and says early when a date will not hold.",
    SeatKind.CX_SPONSOR: "Unblocks within three working days what nobody below can, grants the envelope and ratifies"
    " the charters.",
    SeatKind.EX_SPONSOR: "The same for employees, and for the restructuring.",
}


@dataclass(slots=True)
class Cast:
    """Everybody and every place, by the words that the plan uses."""

    lead: Person
    root: Department
    people: dict[str, Person] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    """By "head CLM", "champion DIG", "sponsor" and the like."""

    def seat(self, key: str) -> Seat:
        return self.seats[key]

    def holder(self, key: str) -> Person:
        """Who holds a seat by the plan."""
        kind, _blank, code = key.partition(" ")
        return self.people[HEADS[code] if kind == "head" else CHAMPIONS[code]]


def begin(*, password: str, now: datetime) -> Cast:
    """Start the organisation, with its CX lead in her seats."""
    lead = organisation.start(
        name=NAME,
        zone=ZONE,
        currency="EUR",
        country="NL",
        now=now,
        email=f"priya.raman@{DOMAIN}",
        person_name=LEAD,
        password=password,
        is_demo=True,
    )
    root = Organisation.objects.select_related("root").get().root
    if root is None:
        raise RuntimeError("the organisation was started without a root")
    return Cast(lead=lead, root=root, people={LEAD: lead})


def settle_in(cast: Cast, now: datetime) -> None:
    """Departments with their calendars, people, and who sits where."""
    hong_kong = Calendar.objects.create(name="Hong Kong, working days", zone=HONG_KONG, country="HK")
    calendars.build(hong_kong, today=now.date())
    for code, (name, below, kind, aliases) in DEPARTMENTS.items():
        cast.departments[code] = departments.create(
            code=code,
            name=name,
            parent=cast.departments.get(below),
            kind=kind,
            calendar=hong_kong if code == "HKG" else None,
            aliases=aliases,
            by=cast.lead,
            now=now,
        )
    for name, local in PEOPLE.items():
        in_asia = name in CHINESE[:2]
        cast.people[name] = people.add(
            email=f"{local}@{DOMAIN}",
            name=name,
            zone=HONG_KONG if in_asia else ZONE,
            language="zh-hant" if in_asia else "en",
            by=cast.lead,
            now=now,
        )
    _seat_everybody(cast, now)


def _seat_everybody(cast: Cast, now: datetime) -> None:
    def found(key: str, kind: str, code: str, title: str, person: str = "", deputy: str = "") -> None:
        department = cast.departments.get(code, cast.root)
        seat = seats.found(
            kind=kind,
            department=department,
            title=title,
            expectations=EXPECTED.get(kind, ""),
            capacity_minutes=480 if kind == SeatKind.CHAMPION else 0,
            by=cast.lead,
            now=now,
        )
        cast.seats[key] = seat
        for name, role in ((person, TenureRole.HOLDER), (deputy, TenureRole.DEPUTY)):
            if name:
                by = cast.people[person] if kind in seats.SPONSORS and role == TenureRole.DEPUTY else cast.lead
                seats.seat_person(seat=seat, person=cast.people[name], role=role, by=by, now=now)

    found("sponsor", SeatKind.CX_SPONSOR, "", "CX executive sponsor", SPONSOR, deputy="Margriet van Dalen")
    found("ex sponsor", SeatKind.EX_SPONSOR, "", "EX executive sponsor", "Henrik Vos")
    found("core 1", SeatKind.CORE_TEAM, "", "CX core team, insight", "李思敏")
    found("core 2", SeatKind.CORE_TEAM, "", "CX core team, delivery", "Kenji Watanabe")
    found("auditor", SeatKind.AUDITOR, "", "Internal auditor", "Olga Petrova")
    found("finance", SeatKind.FINANCE_PARTNER, "FIN", "Finance partner, customer", "Gabriele Conti")
    for code, name in HEADS.items():
        found(f"head {code}", SeatKind.HEAD, code, f"Head of {DEPARTMENTS[code][0]}", name)
    for code, name in CHAMPIONS.items():
        deputy = {"CLM": "Hugo Peeters", "DIG": "Arjun Mehta"}.get(code, "")
        found(f"champion {code}", SeatKind.CHAMPION, code, f"Champion, {DEPARTMENTS[code][0]}", name or LEFT, deputy)
    found("owner REP", SeatKind.OTHER, "REP", "Booking desk, Repair Network", "Sven Karlsson")
    found("owner CON", SeatKind.OTHER, "CON", "Telephony, Contact Centre", "Beatriz Duarte")
