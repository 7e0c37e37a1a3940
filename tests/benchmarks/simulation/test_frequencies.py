from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulation import PRESETS, SimulationSettings
from simulation.frequencies import expected_occurrences


@given(
    st.integers(100, 100_000),
    st.integers(1, 5_000),
    st.floats(1, 20),
    st.floats(0.05, 1),
    st.floats(0.01, 1),
)
@settings(max_examples=60, deadline=None)
def test_a_law_falls_and_adds_up(images, labels, per_image, median_share, most_common) -> None:
    labels = min(labels, images)
    per_image = min(per_image, labels)
    wanted = SimulationSettings(images, labels, per_image, median_share, most_common)
    often = expected_occurrences(wanted)
    assert often.shape == (labels,)
    assert (np.diff(often) <= 0).all()
    assert often[-1] >= 1
    assert often.sum() == pytest.approx(wanted.tags, abs=1)


@pytest.mark.parametrize("name", PRESETS)
def test_draws_from_a_presets_law_have_its_median_and_its_head(name: str) -> None:
    preset = PRESETS[name]
    often = expected_occurrences(preset)
    drawn = 1 + np.random.default_rng(0).poisson(often - 1)
    median = preset.median_share * preset.tags / preset.labels
    assert np.median(drawn) == pytest.approx(median, rel=0.01)
    assert often[0] <= preset.most_common * preset.images * (1 + 1e-6)
    assert often.sum() == pytest.approx(preset.tags)


def test_the_head_is_flattened_only_where_it_must_be() -> None:
    free = SimulationSettings(100_000, 1_000, 5, median_share=0.2, most_common=1)
    held = replace(free, most_common=0.05)
    steep, flat = expected_occurrences(free), expected_occurrences(held)
    assert steep[0] > 2 * flat[0]
    assert flat[0] == pytest.approx(5_000, rel=1e-3)
    # Zipf's law proper, as long as nothing holds it: a straight line in logarithms.
    slopes = np.diff(np.log(steep)) / np.diff(np.log(np.arange(1.0, 1_001)))
    assert slopes == pytest.approx(slopes[0], abs=1e-6)


def test_as_many_tags_as_labels_leave_one_each() -> None:
    even = SimulationSettings(50, 50, 1, median_share=0.5)
    assert expected_occurrences(even).tolist() == [1.0] * 50
