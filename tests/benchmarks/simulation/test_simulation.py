from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, vstack
from simulation import PRESETS, Simulation, SimulationSettings, simulate_labels
from simulation.frequencies import expected_occurrences
from simulation.simulation import CHUNK_IMAGES

from labelsphere.annotations import Hierarchy, table_statistics
from labelsphere.errors import UsageError

SMALL = SimulationSettings(5_000, 200, 4, median_share=0.4, topics=10)


@pytest.mark.parametrize("seed", [0, 1])
def test_calibration10m_has_the_papers_figures(seed: int) -> None:
    figures = table_statistics(simulate_labels("calibration10m", seed=seed))
    assert (figures.images, figures.labels) == (2_800_000, 17_355)
    assert figures.labels_per_image == pytest.approx(1.22, abs=0.002)
    assert figures.median_occurrences == pytest.approx(115, abs=1)


@pytest.mark.parametrize("seed", range(4))
def test_fasteval14k_has_the_papers_figures(seed: int) -> None:
    figures = table_statistics(simulate_labels("fasteval14k", seed=seed))
    assert (figures.images, figures.labels) == (14_000, 6_112)
    assert figures.labels_per_image == pytest.approx(36.5, abs=0.2)
    assert figures.median_occurrences == 3


def test_counting10m_is_ten_million_images_of_five_tags() -> None:
    simulation = Simulation("counting10m")
    assert simulation.settings.images == 10_000_000
    assert len(simulation.vocabulary) == 17_355
    chunk = simulation.chunk(simulation.n_chunks - 1)
    assert chunk.shape[0] == 10_000_000 - (simulation.n_chunks - 1) * CHUNK_IMAGES
    assert chunk.nnz / chunk.shape[0] == pytest.approx(5, abs=0.05)


def positive_information(tags: csr_array) -> np.ndarray:
    present = tags.toarray().astype(np.float64)
    joint, often = present.T @ present, present.sum(axis=0)
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(joint * len(present) / np.outer(often, often)), 0)


def test_association12m_is_as_sparse_and_indefinite_at_a_twelfth_of_its_labels() -> None:
    labels = 17_355 // 12
    tags = simulate_labels("association12m", images=730_000 // 144, labels=labels)
    matrix = positive_information(tags.matrix)
    # 12 million of 17,355 squared.
    assert np.count_nonzero(matrix) / labels**2 == pytest.approx(0.04, abs=0.01)
    falling = np.linalg.eigvalsh(matrix)[::-1]
    assert 0.4 < (falling > 0).mean() < 0.6
    # No few directions hold it: half of the positive part is beyond the first tenth of a tenth.
    squares = falling[falling > 0] ** 2
    assert squares[1 : labels // 100].sum() < 0.5 * squares[1:].sum()


@given(
    st.integers(1, 400),
    st.integers(1, 60),
    st.floats(1, 8),
    st.integers(1, 5),
    st.integers(1, 5),
    st.floats(0, 1),
    st.integers(0, 9),
)
@settings(max_examples=80, deadline=None)
def test_rows_are_sound_at_any_size(
    images, labels, per_image, topics, topics_per_image, topic_share, seed
) -> None:
    per_image = min(per_image, labels)
    labels = min(labels, int(images * per_image))
    per_image = min(per_image, labels)
    wanted = SimulationSettings(
        images, labels, per_image, 0.5, 0.5, topics, topics_per_image, topic_share
    )
    tags = simulate_labels(wanted, seed=seed)
    assert tags.matrix.shape == (images, labels)
    tags.matrix.check_format(full_check=True)
    assert tags.matrix.has_canonical_format
    assert (tags.matrix.data == 1).all()
    assert (np.diff(tags.matrix.indptr) >= 1).all()
    assert (tags.label_counts() >= 1).all()


def test_a_seed_decides_everything_and_chunks_need_no_order() -> None:
    wanted = replace(SMALL, images=CHUNK_IMAGES + 100)
    simulation = Simulation(wanted, seed=3)
    late, early = simulation.chunk(1), simulation.chunk(0)
    whole = simulate_labels(wanted, seed=3)
    assert abs(vstack([early, late]) - whole.matrix).sum() == 0
    assert [chunk.shape[0] for chunk in simulation.chunks()] == [CHUNK_IMAGES, 100]
    assert abs(simulate_labels(wanted, seed=4).matrix - whole.matrix).sum() > 0


def test_labels_of_a_topic_go_together() -> None:
    def excess_over_chance(share: float) -> float:
        wanted = replace(SMALL, images=40_000, topic_share=share)
        present = simulate_labels(wanted).matrix
        joint = (present.T @ present).toarray()
        chance = np.outer(joint.diagonal(), joint.diagonal()) / 40_000
        apart = ~np.eye(200, dtype=bool)
        # Pearson's chi squared by cell: 1 where labels are independent.
        return float(((joint - chance) ** 2 / chance)[apart].mean())

    assert excess_over_chance(0.0) < 3
    assert excess_over_chance(0.9) > 10


def test_frequencies_are_those_expected() -> None:
    wanted = replace(SMALL, images=50_000, labels=2_000, labels_per_image=2)
    counts = simulate_labels(wanted).label_counts()
    assert counts.sum() == pytest.approx(100_000, rel=0.01)
    assert np.median(counts) == pytest.approx(0.4 * 50, rel=0.05)
    assert np.sort(counts)[::-1] == pytest.approx(expected_occurrences(wanted), rel=0.25, abs=8)


def test_a_hierarchy_gives_labels_and_what_they_imply() -> None:
    pairs = [(f"kind {n} of {m}", f"class {m}") for m in range(20) for n in range(10)]
    kinds = Hierarchy.from_pairs([*pairs, *((f"class {m}", "thing") for m in range(20))])
    simulation = Simulation(SMALL, hierarchy=kinds, seed=1)
    assert simulation.vocabulary == kinds.vocabulary
    tags = simulation.annotations()
    present = tags.matrix.toarray() > 0
    for number, label in enumerate(kinds.vocabulary):
        for ancestor in kinds.ancestors_of(label):
            assert present[present[:, number], kinds.vocabulary.index(ancestor)].all()
    # Topics are stretches of the hierarchy: two kinds of one class meet more than others do.
    kind = np.array([name.startswith("kind") for name in kinds.vocabulary])
    of_class = np.array([name.split()[-1] for name in kinds.vocabulary])[kind]
    joint = present[:, kind].T.astype(float) @ present[:, kind]
    lift = joint * len(present) / np.outer(joint.diagonal(), joint.diagonal())
    same = (of_class[:, None] == of_class) & ~np.eye(len(lift), dtype=bool)
    assert lift[same].mean() > 2 * lift[of_class[:, None] != of_class].mean()


def test_many_labels_need_no_more_time_than_few() -> None:
    wide = Simulation("association12m", images=250_000, labels=1_000_000)
    chunk = wide.chunk(0)
    assert chunk.shape == (CHUNK_IMAGES, 1_000_000)
    assert chunk.nnz / CHUNK_IMAGES == pytest.approx(5, rel=0.1)


def test_images_are_named_by_number() -> None:
    ids = simulate_labels(SMALL).image_ids
    assert len(ids) == 5_000
    assert (ids[0], ids[-1], ids[7:9]) == ("0", "4999", ["7", "8"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"settings": "jft"}, "preset must be one of calibration10m, .*'jft'"),
        ({"settings": SMALL, "images": 10}, "cannot hold each of 200 labels once"),
        (
            {"settings": SMALL, "labels": 5, "hierarchy": Hierarchy.from_pairs([("a", "b")])},
            "the hierarchy has 2 labels, but got labels=5",
        ),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Simulation(**arguments)


def test_a_chunk_beyond_the_last_is_refused() -> None:
    with pytest.raises(UsageError, match="chunk must be from 0 to 0, but got 1"):
        Simulation(SMALL).chunk(1)
    assert set(PRESETS) >= {"calibration10m", "fasteval14k", "counting10m", "association12m"}
