"""The page: one file, with its data, and nothing that a name could break."""

import json
import re

import numpy as np

from labelsphere.annotations import Vocabulary
from labelsphere.space import LabelSpace
from labelsphere.space.map import map_page, project

NAMES = ["</script><b>", 'a "quote" & more', "große Straße", "plain"]
VECTORS = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
CHART = project(LabelSpace(Vocabulary(NAMES), VECTORS, np.array([9, 5, 4, 2])), "pca")
PAGE = map_page(CHART, "Tags <of> mine")


def test_the_data_come_back_whole() -> None:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', PAGE, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert data["names"] == CHART.names == NAMES
    assert data["counts"] == [9, 5, 4, 2]
    np.testing.assert_allclose(data["x"], CHART.positions[:, 0], atol=1e-5)
    assert data["near"] == CHART.neighbors.tolist()


def test_names_cannot_end_the_script_and_titles_are_escaped() -> None:
    assert PAGE.count("</script>") == 2
    assert "<b>" not in PAGE
    assert "<h1>Tags &lt;of&gt; mine</h1>" in PAGE


def test_nothing_is_fetched() -> None:
    assert not re.search(r"https?://|src=|@import|url\(|fetch\(", PAGE)
