"""The map as one HTML file: no network, names by hovering, searching and coming nearer."""

import json
from importlib import resources

from jinja2 import Environment, StrictUndefined
from matplotlib import colormaps
from matplotlib.colors import to_hex

from labelsphere.space.map.projection import GROUPS, SpaceMap

_PACKAGE = "labelsphere.space.map"


def map_page(chart: SpaceMap, title: str = "Label space") -> str:
    """The whole page. Names come from users: all text is escaped.

    Args:
        chart: The map.
        title: Heading of the page.

    Returns:
        HTML with style, script and data inside.
    """
    template = resources.files(_PACKAGE).joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    positions = chart.positions.round(5)
    data = {
        "names": chart.names,
        "counts": chart.counts.tolist(),
        "x": positions[:, 0].tolist(),
        "y": positions[:, 1].tolist(),
        "groups": chart.groups.tolist(),
        "near": chart.neighbors.tolist(),
        "close": chart.proximities.astype(float).round(2).tolist(),
        "colours": [to_hex(colormaps["tab10"](number)) for number in range(GROUPS)],
    }
    # Within a script nothing is escaped but what would end it or open a comment.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return environment.from_string(template).render(
        title=title, caption=chart.caption, labels=len(chart.names), data=text
    )
