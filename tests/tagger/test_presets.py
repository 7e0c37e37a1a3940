import pytest

from labelsphere.errors import UsageError
from labelsphere.tagger import PRESETS, preset


def test_the_paper_is_what_its_section_4_says() -> None:
    paper = preset("paper")
    assert paper.architecture.backbone == "inception_v3"
    assert paper.architecture.objective == "cosine"
    assert paper.architecture.options == {"drop_rate": 0.0}
    assert paper.settings.optimizer == "rmsprop"
    assert (paper.image_size, paper.dim) == (299, 4096)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=f"{', '.join(PRESETS)}, but got 'large'"):
        preset("large")
