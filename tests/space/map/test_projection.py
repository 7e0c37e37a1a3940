"""The plane: distances of PCA by hand, planted groups, neighbours of the whole space."""

import sys

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, MissingExtraError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.space.map import project

RANDOM = np.random.default_rng(0)
BLOCKS = [[f"{name} {i}" for i in range(8)] for name in ("sea", "town", "farm")]


def planted() -> LabelSpace:
    rows = [[tag for tag in BLOCKS[i % 3] if RANDOM.random() < 0.6] for i in range(300)]
    vocabulary = Vocabulary([*(tag for block in BLOCKS for tag in block), "never"])
    return LabelSpace.fit(Annotations.from_lists(rows, vocabulary=vocabulary))


SPACE = planted()


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def test_pca_keeps_the_distances_of_points_that_lie_in_a_plane() -> None:
    angles = np.linspace(0, 2, 9)
    flat = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    turned = flat @ np.linalg.qr(RANDOM.normal(size=(6, 6)))[0][:2]
    names = Vocabulary([f"tag {i}" for i in range(9)])
    space = LabelSpace(names, turned.astype(np.float32), np.arange(9, 0, -1))
    chart = project(space, "pca")
    found, expected = distances(chart.positions), distances(flat)
    np.testing.assert_allclose(found / found.max(), expected / expected.max(), atol=1e-5)
    assert "100%" in chart.caption


def test_planted_blocks_lie_apart() -> None:
    chart = project(SPACE, "pca")
    block = np.array([name.split()[0] for name in chart.names])
    apart = distances(chart.positions)
    np.fill_diagonal(apart, np.inf)
    assert (block[apart.argmin(axis=1)] == block).all()
    assert chart.positions.min() >= 0
    assert chart.positions.max() == pytest.approx(1)


def test_frequent_labels_come_first_and_those_without_a_place_not_at_all() -> None:
    chart = project(SPACE, "pca")
    assert len(chart.names) == 24
    assert "never" not in chart.names
    assert sorted(chart.counts.tolist(), reverse=True) == chart.counts.tolist()


def test_neighbours_are_those_of_the_space() -> None:
    chart = project(SPACE, "pca")
    for row, name in enumerate(chart.names):
        near = SPACE.neighbors(name, top=5)
        assert name not in {chart.names[n] for n in chart.neighbors[row]}
        for n, proximity in zip(chart.neighbors[row], chart.proximities[row], strict=True):
            pair = SPACE.unit_vectors[[SPACE.row(name), SPACE.row(chart.names[n])]]
            assert proximity == pytest.approx(float(pair[0] @ pair[1]), abs=1e-5)
        np.testing.assert_allclose(chart.proximities[row], [n.proximity for n in near], atol=1e-5)


def test_a_group_holds_labels_of_one_block() -> None:
    chart = project(SPACE, "pca")
    for group in set(chart.groups.tolist()):
        here = np.flatnonzero(chart.groups == group)
        assert len({chart.names[row].split()[0] for row in here}) == 1


def test_equal_spaces_have_equal_maps() -> None:
    one, other = project(SPACE, "pca"), project(SPACE, "pca")
    assert one.positions.tobytes() == other.positions.tobytes()
    assert one.groups.tolist() == other.groups.tolist()


@pytest.mark.parametrize("size", [8, 20])
def test_umap_keeps_planted_blocks_apart(size: int) -> None:
    # 24 labels start from random places, 60 from the spectral ones.
    random = np.random.default_rng(0)
    blocks = [[f"{name} {i}" for i in range(size)] for name in ("sea", "town", "farm")]
    rows = [[tag for tag in blocks[i % 3] if random.random() < 0.6] for i in range(300)]
    space = LabelSpace.fit(Annotations.from_lists(rows))
    chart = project(space, seed=1)
    block = np.array([name.split()[0] for name in chart.names])
    apart = distances(chart.positions)
    np.fill_diagonal(apart, np.inf)
    assert (block[apart.argmin(axis=1)] == block).all()
    # All of a block are nearer to its middle than to another's.
    middles = np.stack([chart.positions[block == name].mean(axis=0) for name in np.unique(block)])
    nearest = np.linalg.norm(chart.positions[:, None] - middles[None], axis=2).argmin(axis=1)
    assert (np.unique(block)[nearest] == block).all()
    assert chart.positions.min() >= 0
    assert chart.positions.max() == pytest.approx(1)
    assert "UMAP" in chart.caption
    assert project(space, "umap", seed=1).positions.tobytes() == chart.positions.tobytes()


def test_too_few_labels_and_unknown_methods_are_refused() -> None:
    with pytest.raises(DataError, match="needs three labels with an embedding, but 2 of 2"):
        project(LabelSpace.fit(Annotations.from_lists([["a"], ["b"]])))
    with pytest.raises(UsageError, match="umap, pca, but got 'tsne'"):
        project(SPACE, "tsne")


def test_without_umap_the_install_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'labelsphere\[umap\]'"):
        project(SPACE)
