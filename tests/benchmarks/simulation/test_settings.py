from dataclasses import replace

import pytest
from simulation import PRESETS, SimulationSettings

from labelsphere.errors import UsageError

SMALL = SimulationSettings(1000, 100, 3, median_share=0.5)


def test_tags_are_images_times_labels_per_image() -> None:
    assert SMALL.tags == 3000
    assert PRESETS["calibration10m"].tags == 3_416_000
    assert PRESETS["counting10m"].tags == 50_000_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"images": 0}, "images must be 1 or more, but got 0"),
        ({"labels": -1}, "labels must be 1 or more"),
        ({"topics": 0}, "topics must be 1 or more"),
        ({"topics_per_image": 0}, "topics_per_image must be 1 or more"),
        ({"labels_per_image": 0.9}, "from 1 to the number of labels, 100, but got 0.9"),
        ({"labels_per_image": 101}, "from 1 to the number of labels, 100, but got 101"),
        ({"labels_per_image": float("nan")}, "from 1 to the number of labels"),
        ({"median_share": 0}, "median_share must be above 0 and at most 1, but got 0"),
        ({"most_common": 1.1}, "most_common must be above 0 and at most 1"),
        ({"topic_share": -0.1}, "topic_share must be from 0 to 1"),
        ({"images": 30}, "30 images with 3 tags each cannot hold each of 100 labels once"),
    ],
)
def test_numbers_out_of_range_are_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        replace(SMALL, **change)
