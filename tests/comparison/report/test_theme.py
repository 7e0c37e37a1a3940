import io

from matplotlib.figure import Figure
from PIL import Image

from labelsphere.comparison.report import theme


def test_svg_has_no_address_size_or_fixed_colour():
    with theme.drawing():
        drawn = Figure(figsize=(2, 1))
        drawn.subplots().plot([0, 1], [1, 0])
        text = theme.svg(drawn)
    assert text.startswith("<svg")
    assert text.endswith("</svg>")
    assert "http" not in text
    assert "var(--series-0)" in text
    assert theme.SERIES[0] not in text
    head = text[: text.index(">")]
    assert "viewBox" in head
    assert " width=" not in head


def test_png_has_150_dots_an_inch():
    with theme.drawing():
        data = theme.png(Figure(figsize=(2, 1)))
    assert Image.open(io.BytesIO(data)).size == (300, 150)


def test_lines_stay_apart_when_colours_run_out():
    looks = [tuple(look.values()) for look in theme.LINES]
    assert len(set(looks)) == len(looks) == 18
    assert [colour for _, colour, _ in looks] == 3 * list(theme.SERIES)
