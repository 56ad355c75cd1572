"""Charts as geometry: bars, stacked bars and lines over labels in a row, for pages, mails and papers. Pure.

:func:`drawn` says where everything lies; a page draws it with ``templates/ui/chart.html`` in the colours of the design
system, :func:`as_svg` as one self-contained picture with light colours for papers and mails: the same picture, since
both draw the same marks. Lengths across are shares of the width (0 to 1), so that a page keeps its letters as large as
they are, however wide it is; lengths down are pixels.

No meaning rests on colour: each series has a texture of its own, sums and points are labelled, and what must not be
told is a word, never a bar of nothing. Beside each chart stands the table of its numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr


class Kind(StrEnum):
    STACKED = "stacked"
    BARS = "bars"
    LINES = "lines"


class Tone(StrEnum):
    """What a series says, in the tones of the design system."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    INK = "ink"
    IDLE = "idle"


class Texture(StrEnum):
    PLAIN = "plain"
    STRIPES = "stripes"
    DOTS = "dots"
    HATCH = "hatch"
    OPEN = "open"  # an outline


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each label; None: too few to tell."""

    label: str
    values: Sequence[float | None]
    tone: Tone = Tone.INK
    texture: Texture = Texture.PLAIN


@dataclass(frozen=True, slots=True)
class Label:
    """Below a place: its word, and one more under it (a year). ``now`` marks what is not over yet."""

    word: str
    under: str = ""
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be drawn. ``key`` is unique on its page; ``few`` is the word for what must not be told.

    Raises :class:`ValueError` where a series has not one value for each label, or two have one texture.
    """

    key: str
    kind: Kind
    title: str
    text: str
    labels: Sequence[Label]
    series: Sequence[Series]
    few: str = "few"
    top: float | None = None
    """What the full height stands for, such as 100 per cent; None: the largest of the values."""

    def __post_init__(self) -> None:
        if any(len(one.values) != len(self.labels) for one in self.series):
            raise ValueError("a series has one value for each label")
        textures = {one.texture for one in self.series}
        if self.kind is not Kind.LINES and len(textures) < len(self.series):
            raise ValueError("a series has a texture of its own")


# --- marks ---------------------------------------------------------------------------------------------------------


def _share(x: float) -> str:
    return f"{100 * x:.2f}%"


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    tone: Tone
    texture: Texture

    @property
    def left(self) -> str:
        return _share(self.x)

    @property
    def across(self) -> str:
        return _share(self.width)

    @property
    def has_texture(self) -> bool:
        return self.texture in (Texture.STRIPES, Texture.DOTS, Texture.HATCH)


@dataclass(frozen=True, slots=True)
class Stroke:
    x1: float
    y1: float
    x2: float
    y2: float
    role: str
    dashed: bool = False

    @property
    def left(self) -> str:
        return _share(self.x1)

    @property
    def right(self) -> str:
        return _share(self.x2)


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    is_open: bool = False

    @property
    def left(self) -> str:
        return _share(self.x)


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    y: float
    text: str
    role: str = ""

    @property
    def left(self) -> str:
        return _share(self.x)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Marks in the order in which they are drawn; ``height`` in pixels, without the legend."""

    chart: Chart
    height: float
    rects: list[Rect] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    @property
    def textures(self) -> list[Texture]:
        """Those that need a pattern."""
        return sorted({rect.texture for rect in self.rects if rect.has_texture})

    @property
    def legend(self) -> Sequence[Series]:
        """A single series needs none: the title names it."""
        return self.chart.series if len(self.chart.series) > 1 else ()

    @property
    def has_gaps(self) -> bool:
        return any(value is None for series in self.chart.series for value in series.values)


TOP, BELOW, ROOM = 18.0, 34.0, 132.0
"""Pixels: for words above the highest mark, for labels below, between both."""

BAR = 0.68
"""The share of its place that a bar takes."""


def words(value: float) -> str:
    """A value as it stands at its mark: whole where it is whole, else to one place."""
    return str(round(value)) if abs(value - round(value)) < 0.05 else f"{value:.1f}"


def drawn(chart: Chart) -> Drawing:
    """Where everything lies."""
    made = Drawing(chart, TOP + ROOM + BELOW)
    floor = TOP + ROOM
    places = max(1, len(chart.labels))
    top = _highest(chart)
    scale = ROOM / top if top else 0.0
    made.strokes.append(Stroke(0, floor, 1, floor, "axis"))
    for number, label in enumerate(chart.labels):
        middle = (number + 0.5) / places
        made.texts.append(Text(middle, floor + 14, label.word, "t-now" if label.is_now else ""))
        if label.under:
            made.texts.append(Text(middle, floor + 27, label.under))
    if chart.kind is Kind.LINES:
        _lines(made, floor, places, scale)
    elif chart.kind is Kind.STACKED:
        _stacks(made, floor, places, scale)
    else:
        _bars(made, floor, places, scale)
    return made


def _highest(chart: Chart) -> float:
    if chart.top is not None:
        return chart.top
    if chart.kind is not Kind.STACKED:
        return max((value for one in chart.series for value in one.values if value is not None), default=0)
    return max((sum(told) for told in _columns(chart) if told is not None), default=0)


def _columns(chart: Chart) -> list[list[float] | None]:
    """The values at each label, from below; None where one of them must not be told."""
    found: list[list[float] | None] = []
    for number in range(len(chart.labels)):
        told = [one.values[number] for one in chart.series]
        found.append(None if None in told else [value for value in told if value is not None])
    return found


def _stacks(made: Drawing, floor: float, places: int, scale: float) -> None:
    for number, told in enumerate(_columns(made.chart)):
        middle = (number + 0.5) / places
        if told is None:
            made.texts.append(Text(middle, floor - 5, made.chart.few))
            continue
        y = floor
        for series, value in zip(made.chart.series, told, strict=True):
            if value:
                y -= value * scale
                made.rects.append(
                    Rect(middle - BAR / 2 / places, y, BAR / places, value * scale, series.tone, series.texture)
                )
        made.texts.append(Text(middle, y - 5, words(sum(told)), "t-ink"))


def _bars(made: Drawing, floor: float, places: int, scale: float) -> None:
    many = max(1, len(made.chart.series))
    width = BAR / places / many
    for order, series in enumerate(made.chart.series):
        for number, value in enumerate(series.values):
            left = (number + 0.5) / places - BAR / 2 / places + order * width
            if value is None:
                if order == 0:
                    made.texts.append(Text((number + 0.5) / places, floor - 5, made.chart.few))
                continue
            if value:
                made.rects.append(Rect(left, floor - value * scale, width, value * scale, series.tone, series.texture))
            made.texts.append(Text(left + width / 2, floor - value * scale - 5, words(value), "t-ink"))


def _lines(made: Drawing, floor: float, places: int, scale: float) -> None:
    for order, series in enumerate(made.chart.series):
        before: tuple[float, float] | None = None
        for number, value in enumerate(series.values):
            middle = (number + 0.5) / places
            if value is None:
                before = None
                if order == 0:
                    made.texts.append(Text(middle, floor - 5, made.chart.few))
                continue
            y = floor - value * scale
            if before is not None:
                made.strokes.append(Stroke(*before, middle, y, "line", dashed=order > 0))
            made.dots.append(Dot(middle, y, is_open=order > 0))
            # Those of a second line stand below it, out of the way of the first.
            made.texts.append(Text(middle, y + 16 if order else y - 8, words(value), "t-ink"))
            before = (middle, y)


# --- as one picture ------------------------------------------------------------------------------------------------

PAPER = {
    Tone.GOOD: "#1c8a5c", Tone.WARN: "#b56f1b", Tone.BAD: "#cb3a36", Tone.INK: "#191c29", Tone.IDLE: "#8b867f",
}  # fmt: skip
"""The tones of the design system in light, as numbers: papers and mails know no style sheet."""

INK, MUTED, AXIS, GROUND = "#191c29", "#5c5d66", "#cbc7c0", "#ffffff"
FACE = "Noto Sans, Liberation Sans, DejaVu Sans, Noto Sans CJK SC, sans-serif"
LEGEND_LINE, LETTER = 18.0, 6.4
TEXTURES = {
    Texture.STRIPES: '<path d="M-1 7 7-1M-1 1 1-1M5 7 7 5" stroke="{ground}" stroke-width="1.5"/>',
    Texture.DOTS: '<circle cx="3" cy="3" r="1.2" fill="{ground}"/>',
    Texture.HATCH: '<path d="M0 0 6 6M6 0 0 6" stroke="{ground}" stroke-width="0.75"/>',
}
"""What is drawn over a tone, in tiles of six by six."""


def as_svg(chart: Chart, *, width: float = 520.0) -> str:
    """The picture with its legend as SVG that needs nothing else, for papers and mails; ``width`` in pixels.

    Its words are ours and the organisation's, and are escaped: nothing in them is read as markup.
    """
    made = drawn(chart)
    legend, more = _legend(made, width)
    height = made.height + more
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}"'
        f' viewBox="0 0 {width:g} {height:g}" role="img" font-family="{FACE}" font-size="11">',
        f"<title>{escape(chart.title)}</title><desc>{escape(chart.text)}</desc>",
        "<defs>",
        *(_pattern(chart, texture) for texture in TEXTURES),
        "</defs>",
        # A ground of its own: its ink is that of paper, and a page that shows it may be dark.
        f'<rect width="{width:g}" height="{height:g}" fill="{GROUND}"/>',
    ]
    parts += [_rect(chart, rect, width) for rect in made.rects]
    for stroke in made.strokes:
        colour = AXIS if stroke.role == "axis" else INK
        dashes = ' stroke-dasharray="4 3"' if stroke.dashed else ""
        parts.append(
            f'<path d="M{stroke.x1 * width:.2f} {stroke.y1:.2f} {stroke.x2 * width:.2f} {stroke.y2:.2f}"'
            f' stroke="{colour}" stroke-width="{1 if stroke.role == "axis" else 1.75}"{dashes}/>'
        )
    for dot in made.dots:
        fill = GROUND if dot.is_open else INK
        parts.append(
            f'<circle cx="{dot.x * width:.2f}" cy="{dot.y:.2f}" r="3" fill="{fill}" stroke="{INK}" stroke-width="1.5"/>'
        )
    for text in made.texts:
        strong = text.role in ("t-ink", "t-now")
        parts.append(
            f'<text x="{text.x * width:.2f}" y="{text.y:.2f}" text-anchor="middle"'
            f' fill="{INK if strong else MUTED}">{escape(text.text)}</text>'
        )
    return "".join([*parts, *legend, "</svg>"])


def _pattern(chart: Chart, texture: Texture) -> str:
    tile = TEXTURES[texture].format(ground=GROUND)
    return (
        f'<pattern id={quoteattr(f"{chart.key}-{texture}")} width="6" height="6"'
        f' patternUnits="userSpaceOnUse">{tile}</pattern>'
    )


def _rect(chart: Chart, rect: Rect, width: float) -> str:
    place = f'x="{rect.x * width:.2f}" y="{rect.y:.2f}" width="{rect.width * width:.2f}" height="{rect.height:.2f}"'
    return _filled(chart, place, rect.tone, rect.texture)


def _filled(chart: Chart, place: str, tone: Tone, texture: Texture) -> str:
    colour = PAPER[tone]
    if texture is Texture.OPEN:
        return f'<rect {place} fill="{GROUND}" stroke="{colour}" stroke-width="1.25"/>'
    over = f"<rect {place} fill={quoteattr(f'url(#{chart.key}-{texture})')}/>" if texture in TEXTURES else ""
    return f'<rect {place} fill="{colour}"/>{over}'


def _legend(made: Drawing, width: float) -> tuple[list[str], float]:
    """The legend below, in as many lines as it takes; and how much higher the picture becomes."""
    parts: list[str] = []
    x, y = 0.0, made.height + 12
    for order, series in enumerate(made.legend):
        # Wide letters take two of the others; what is too long for a line stands on one of its own.
        long = 24 + LETTER * sum(2 if ord(letter) > 0x2E7F else 1 for letter in series.label)
        if x and x + long > width:
            x, y = 0.0, y + LEGEND_LINE
        if made.chart.kind is Kind.LINES:
            dashes = ' stroke-dasharray="4 3"' if order else ""
            parts.append(f'<path d="M{x:g} {y - 4:g}h12" stroke="{INK}" stroke-width="1.75"{dashes}/>')
        else:
            place = f'x="{x:g}" y="{y - 9:g}" width="11" height="11"'
            parts.append(_filled(made.chart, place, series.tone, series.texture))
        parts.append(f'<text x="{x + 16:g}" y="{y:g}" fill="{MUTED}">{escape(series.label)}</text>')
        x += long + 8
    return parts, (y - made.height + 6 if made.legend else 0)
