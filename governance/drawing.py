"""Where the boxes of a chart stand: pure geometry, in the units of an SVG's viewBox. No words and no colours here.

Trees hang: a branch stands at the head of a block, whatever lies below it in lines below, each level further in; blocks
fill columns from the left, always the shortest. So a body of two hundred parts stays as wide as one of five.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

COLUMNS = 4
WIDTH = 296
GAP = 24
INDENT = 16
BETWEEN = 8
"""Between one box and the next below it."""
HEAD = 24
LINE = 14
NAME = 15
LINES = 3
"""Below the name, at most."""
MOST = 38
"""Letters of a box's first line; a longer name goes on below, and stands whole in its title."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One box: its name, up to three lines below it, where it leads, and whether nobody answers there."""

    key: int
    title: str
    lines: Sequence[str] = ()
    url: str = ""
    is_hole: bool = False
    is_closed: bool = False
    children: Sequence["Leaf"] = field(default=())


@dataclass(frozen=True, slots=True)
class Box:
    leaf: Leaf
    x: int
    y: int
    width: int

    @property
    def names(self) -> list[tuple[int, str]]:
        """``(y, words)`` of the name: in one line, or where it is long in two or three."""
        return [
            (self.y + 17 + NAME * number, words)
            for number, words in enumerate(wrapped(self.leaf.title, MOST * self.width // WIDTH))
        ]

    @property
    def texts(self) -> list[tuple[int, str]]:
        """``(y, words)`` of the lines below the name."""
        first = self.y + HEAD + 7 + NAME * (len(self.names) - 1)
        return [
            (first + LINE * number, clipped(line, 46 * self.width // WIDTH))
            for number, line in enumerate(self.leaf.lines[:LINES])
        ]

    @property
    def height(self) -> int:
        return HEAD + NAME * (len(self.names) - 1) + LINE * max(1, len(self.texts))

    @property
    def inner_x(self) -> int:
        return self.x + 10


@dataclass(frozen=True, slots=True)
class Drawing:
    """``wires`` are paths of an SVG."""

    width: int
    height: int
    boxes: Sequence[Box]
    wires: Sequence[str]

    @property
    def view(self) -> str:
        """With a unit around it, for the strokes of the outermost boxes."""
        return f"-1 -1 {self.width + 2} {self.height + 2}"


def clipped(words: str, most: int) -> str:
    """As much of it as fits: letters of Chinese, Japanese and Korean are two wide."""
    room = most
    for place, letter in enumerate(words):
        room -= 2 if ord(letter) > 0x2E7F else 1
        if room < 0:
            return words[: max(1, place - 1)].rstrip() + "…"
    return words


def wrapped(words: str, most: int, lines: int = 3) -> list[str]:
    """As many lines as a name needs, three at most: broken at a blank where there is one, the last as much as fits."""
    first = clipped(words, most)
    if first == words or lines == 1:
        return [first]
    whole = first.removesuffix("…")
    at = len(whole) if words[len(whole) :].startswith(" ") else whole.rfind(" ")
    at = at if at > 0 else len(whole)
    return [words[:at].rstrip(), *wrapped(words[at:].lstrip(), most, lines - 1)]


def size(leaf: Leaf) -> int:
    """How many boxes a branch has, itself included."""
    return 1 + sum(size(child) for child in leaf.children)


def hang(forest: Sequence[Leaf], columns: int = COLUMNS) -> Drawing:
    """Lay a forest out. One root stands above all columns, wired to what reports to it; several begin blocks alone."""
    root = forest[0] if len(forest) == 1 and forest[0].children else None
    blocks = list(root.children) if root else list(forest)
    width = columns * (WIDTH + GAP) - GAP  # as wide for one box as for many: words keep their size
    columns = max(1, min(columns, len(blocks)))
    boxes: list[Box] = []
    wires: list[str] = []
    top = bus = 0
    if root:
        boxes.append(Box(root, 0, 0, WIDTH + GAP))
        high = boxes[0].height
        top = high + GAP
        bus = high + GAP // 2
        wires.append(f"M{GAP} {high}V{bus}")
    ends = [top] * columns
    for block in blocks:
        column = ends.index(min(ends))
        x = column * (WIDTH + GAP)
        head = ends[column]
        inner = x + INDENT if root else x
        if root:
            middle = head + Box(block, inner, head, WIDTH - (inner - x)).height // 2
            wires.append(f"M{GAP} {bus}H{x + 4}V{middle}H{inner}")
        ends[column] = _block(block, inner, head, WIDTH - (inner - x), boxes, wires) + GAP // 2
    return Drawing(width, max(ends), boxes, wires)


def _block(leaf: Leaf, x: int, y: int, width: int, boxes: list[Box], wires: list[str]) -> int:
    """Draw a branch from ``(x, y)`` on; where the next one may begin."""
    box = Box(leaf, x, y, width)
    boxes.append(box)
    below = y + box.height + BETWEEN
    for child in leaf.children:
        inner = min(INDENT, width - WIDTH // 2)
        middle = below + Box(child, x + inner, below, width - inner).height // 2
        wires.append(f"M{x + 6} {y + box.height}V{middle}H{x + inner}")
        below = _block(child, x + inner, below, width - inner, boxes, wires)
    return below


@dataclass(frozen=True, slots=True)
class Part:
    """One drawing of a sheet under its heading; ``at`` is the heading's line, ``top`` the drawing's upper edge."""

    heading: str
    drawing: Drawing
    at: int
    top: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Drawings one below another, as a file that stands alone; ``edge`` is left free on all sides."""

    width: int
    height: int
    edge: int
    parts: Sequence[Part]


def stack(parts: Sequence[tuple[str, Drawing]], *, edge: int = 32, top: int = 76) -> Sheet:
    """Put drawings below each other, each under its heading; ``top`` is the room for the sheet's own title."""
    placed: list[Part] = []
    for heading, drawing in parts:
        placed.append(Part(heading, drawing, top + 20, top + 36))
        top += 36 + drawing.height + GAP
    width = max((drawing.width for _heading, drawing in parts), default=WIDTH)
    return Sheet(width + 2 * edge, top + edge - GAP, edge, placed)


@dataclass(frozen=True, slots=True)
class Line:
    """Values over days: ``points`` of a polyline, ``dots`` at each value, ``target`` the height of a goal."""

    width: int
    height: int
    points: str
    dots: Sequence[tuple[str, str]]
    target: str
    first: date
    last: date
    low: int
    high: int

    @property
    def view(self) -> str:
        return f"0 0 {self.width} {self.height}"


LINE_WIDTH, LINE_HEIGHT, EDGE = 720, 160, 12


def draw_line(points: Sequence[tuple[date, int]], target: int | None = None) -> Line:
    """Values by day, oldest first, from edge to edge; the target lies within the sheet too."""
    values = [value for _day, value in points] + ([target] if target is not None else [])
    low, high = min(values), max(values)
    first, last = points[0][0], points[-1][0]
    days, span = max(1, (last - first).days), max(1, high - low)

    def at(day: date) -> str:
        return f"{EDGE + (LINE_WIDTH - 2 * EDGE) * (day - first).days / days:.1f}"

    def up(value: int) -> str:
        return f"{LINE_HEIGHT - EDGE - (LINE_HEIGHT - 2 * EDGE) * (value - low) / span:.1f}"

    dots = [(at(day), up(value)) for day, value in points]
    return Line(
        width=LINE_WIDTH,
        height=LINE_HEIGHT,
        points=" ".join(f"{x},{y}" for x, y in dots),
        dots=dots,
        target=up(target) if target is not None else "",
        first=first,
        last=last,
        low=low,
        high=high,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What is drawn as one row: the words over its dot, its value, and between which bounds it truly lies."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One value with where it truly lies, and its words: a row of a drawing. Without bounds only the dot is drawn."""

    y: int
    x: str
    low: str
    high: str
    label: str
    anchor: str

    @property
    def label_y(self) -> int:
        return self.y - 10


@dataclass(frozen=True, slots=True)
class Sides:
    """Before and after, one under the other on one scale; ``target`` is a line across with its words below."""

    width: int
    height: int
    rows: Sequence[Side]
    target: str
    target_label: str
    target_anchor: str

    @property
    def view(self) -> str:
        return f"0 0 {self.width} {self.height + (TARGET_HEIGHT if self.target else 0)}"

    @property
    def target_y(self) -> int:
        return self.height + TARGET_HEIGHT - 4


SIDES_WIDTH, SIDE_HEIGHT, TARGET_HEIGHT = 480, 44, 18


def draw_sides(sides: Sequence[Reading], target: float | None = None, target_label: str = "") -> Sides:
    """Each side as a row, the target within the sheet too; words keep within the sheet at both of its ends."""
    known = [one for side in sides for one in (side.value, side.low, side.high) if one is not None]
    known += [target] if target is not None else []
    least, span = min(known), (max(known) - min(known)) or 1.0

    def along(value: float) -> float:
        return EDGE + (SIDES_WIDTH - 2 * EDGE) * (value - least) / span

    def across(value: float | None) -> str:
        return "" if value is None else f"{along(value):.1f}"

    def anchor(value: float | None) -> str:
        place = along(value) / SIDES_WIDTH if value is not None else 0.5
        return "start" if place < 0.2 else "end" if place > 0.8 else "middle"

    rows = [
        Side(
            y=SIDE_HEIGHT * number + SIDE_HEIGHT * 3 // 4,
            x=across(side.value),
            low=across(side.low),
            high=across(side.high),
            label=side.label,
            anchor=anchor(side.value),
        )
        for number, side in enumerate(sides)
    ]
    return Sides(SIDES_WIDTH, SIDE_HEIGHT * len(rows), rows, across(target), target_label, anchor(target))
