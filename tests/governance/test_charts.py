"""Charts are geometry: what is drawn has the lengths of its numbers, on pages and as one picture, and no more."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from governance import charts
from governance.charts import Chart, Kind, Label, Series, Texture, Tone

SVG = "{http://www.w3.org/2000/svg}"
VALUES = st.lists(st.one_of(st.none(), st.integers(0, 500)), min_size=4, max_size=4)
CHARTS = st.builds(
    lambda kind, values: Chart(
        key="c", kind=kind, title="A & B", text="<all>", labels=[Label(str(number)) for number in range(4)],
        series=[
            Series(f"S{number}", one, list(Tone)[number], list(Texture)[number]) for number, one in enumerate(values)
        ],
    ),
    st.sampled_from(list(Kind)),
    st.lists(VALUES, min_size=1, max_size=4),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(CHARTS)
def test_lengths_are_in_the_proportion_of_their_numbers_and_stay_inside(chart: Chart) -> None:
    made = charts.drawn(chart)
    floor = charts.TOP + charts.ROOM
    assert all(rect.x >= 0 and rect.x + rect.width <= 1 + 1e-9 for rect in made.rects)
    assert all(rect.y >= charts.TOP - 1e-6 and rect.y + rect.height <= floor + 1e-6 for rect in made.rects)
    if chart.kind is Kind.LINES:
        assert len(made.dots) == sum(value is not None for one in chart.series for value in one.values)
        return
    shown = [
        value
        for number in range(4)
        for one in chart.series
        if (value := one.values[number])
        and not (chart.kind is Kind.STACKED and None in [other.values[number] for other in chart.series])
    ]
    scale = {round(rect.height / value, 6) for rect, value in zip(_by_place(made, chart), shown, strict=True)}
    assert len(scale) <= 1


def _by_place(made: charts.Drawing, chart: Chart) -> list[charts.Rect]:
    """Rectangles in the order of places, then series."""
    return sorted(made.rects, key=lambda rect: (int((rect.x + rect.width / 2) * 4), list(Tone).index(rect.tone)))


@settings(max_examples=60, deadline=None)
@given(CHARTS)
def test_page_and_paper_draw_the_same_marks(chart: Chart) -> None:
    made = charts.drawn(chart)
    paper = ET.fromstring(charts.as_svg(chart, width=100))
    page = ET.fromstring(_svg_of(render_to_string("ui/chart.html", {"drawing": made})))
    on_paper = _rects(paper.findall(f"{SVG}rect")[1:])[: len(made.rects)]  # the first is its ground
    on_page = _rects(page.findall("rect"))
    assert [f"{float(x):.2f}%" for x, _y in on_paper] == [x for x, _y in on_page]
    assert [float(y) for _x, y in on_paper] == pytest.approx([float(y) for _x, y in on_page], abs=0.01)
    words = [one.text for one in page.findall("text")]
    assert [one.text for one in paper.findall(f"{SVG}text")][: len(words)] == words


def _rects(found: list[ET.Element]) -> list[tuple[str, str]]:
    """Where they lie, without the textures over them."""
    return [(rect.get("x", ""), rect.get("y", "")) for rect in found if not rect.get("fill", "").startswith("url")]


def _svg_of(page: str) -> str:
    return page[page.index("<svg") : page.index("</svg>") + 6]


def test_what_must_not_be_told_is_a_word_and_never_a_bar_of_nothing() -> None:
    chart = Chart(
        key="c", kind=Kind.STACKED, title="t", text="t", labels=[Label("Jan"), Label("Feb")], few="few",
        series=[Series("kept", [3, None], Tone.GOOD), Series("missed", [1, 2], Tone.BAD, Texture.HATCH)],
    )  # fmt: skip
    made = charts.drawn(chart)
    assert len(made.rects) == 2, "a column of which one part is hidden is hidden whole"
    assert [text.text for text in made.texts] == ["Jan", "Feb", "4", "few"]
    page = render_to_string("ui/chart.html", {"drawing": made})
    assert "too few to tell" in page
    assert 'role="img"' in page
    assert "<title" in page
    assert page.count("url(#c-hatch)") == 2, "in the bar and in the legend: not by colour alone"


def test_a_title_is_never_markup_in_a_picture() -> None:
    chart = Chart("c", Kind.BARS, '</title><script>x</script>"', "&", [Label("<b>")], [Series("<i>", [1])])
    root = ET.fromstring(charts.as_svg(chart))
    assert root.find(f"{SVG}script") is None
    assert root.findtext(f"{SVG}title") == '</title><script>x</script>"'
    assert "<b>" not in render_to_string("ui/chart.html", {"drawing": charts.drawn(chart)})


def test_a_series_has_a_value_for_each_label() -> None:
    with pytest.raises(ValueError, match="one value for each label"):
        Chart("c", Kind.BARS, "t", "t", [Label("a")], [Series("s", [1, 2])])


def test_a_paper_sets_the_picture_with_its_patterns(tmp_path) -> None:
    typst = pytest.importorskip("typst")
    chart = Chart(
        "c", Kind.STACKED, "t", "t", [Label("Nov", "2026"), Label("今", is_now=True)],
        [Series("kept", [3, 4], Tone.GOOD), Series("遲", [1, 2], Tone.BAD, Texture.STRIPES)],
    )  # fmt: skip
    (tmp_path / "chart.svg").write_text(charts.as_svg(chart))
    (tmp_path / "paper.typ").write_text('#image("chart.svg", width: 12cm)')
    made = typst.Compiler(tmp_path / "paper.typ", root=tmp_path).compile(format="pdf")
    assert made[:5] == b"%PDF-"


def test_each_series_of_bars_has_a_texture_of_its_own() -> None:
    alike = [Series("a", [1], Tone.GOOD), Series("b", [1], Tone.BAD)]
    with pytest.raises(ValueError, match="a texture of its own"):
        Chart("c", Kind.STACKED, "t", "t", [Label("a")], alike)


def test_a_page_gives_each_colour_of_paper_one_of_its_own() -> None:
    """Packs keep their drawings for ever: the style sheet, and not the drawing, takes them along into the dark."""
    css = (Path(charts.__file__).parents[1] / "static" / "keep" / "css" / "components.css").read_text()
    for colour in {charts.GROUND, charts.INK, *charts.PAPER.values()}:
        for way in ("fill", "stroke"):
            assert f'.drawing [{way}="{colour}"] {{ {way}: var(--' in css
    assert f'.drawing [fill="{charts.MUTED}"]' in css
    assert f'.drawing [stroke="{charts.AXIS}"]' in css
