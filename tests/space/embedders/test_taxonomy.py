"""Dot products that are similarities in a hierarchy, against sets of ancestors in plain Python."""

from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.annotations.hierarchy import Hierarchy
from labelsphere.errors import DataError, UsageError
from labelsphere.space.embedders import taxonomy
from labelsphere.space.embedders.taxonomy import embed_by_hierarchy

TREE = [
    ("crane", "bird"),
    ("sparrow", "bird"),
    ("bird", "animal"),
    ("dog", "animal"),
    ("poodle", "dog"),
    ("animal", "thing"),
    ("car", "vehicle"),
    ("vehicle", "thing"),
]
LABELS = ["crane", "sparrow", "bird", "dog", "poodle", "car", "unheard of"]


def labels(*names: str) -> Annotations:
    return Annotations.from_lists([[]], vocabulary=Vocabulary(names))


def line(kinds: Hierarchy, name: str) -> set[str]:
    return {name, *kinds.ancestors_of(name)}


def height(kinds: Hierarchy, name: str) -> int:
    below = [child for child in kinds.vocabulary if name in _parents(kinds, child)]
    return max((height(kinds, child) + 1 for child in below), default=0)


def _parents(kinds: Hierarchy, name: str) -> set[str]:
    row = kinds.parents[[kinds.vocabulary.index(name)]]
    return {kinds.vocabulary[number] for number in row.indices.tolist()}


@pytest.mark.parametrize("common", [0.0, 1 / 16, 1.0])
def test_dot_products_are_the_share_of_common_ancestors(
    common: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taxonomy, "_COMMON", common)
    # A label with two parents, so that it is no tree.
    kinds = Hierarchy.from_pairs([*TREE, ("poodle", "vehicle")])
    vectors = embed_by_hierarchy(labels(*LABELS), hierarchy=kinds).vectors.astype(np.float64)
    for i, one in enumerate(LABELS[:-1]):
        for j, other in enumerate(LABELS[:-1]):
            a, b = line(kinds, one), line(kinds, other)
            expected = len(a & b) / np.sqrt(len(a) * len(b))
            assert vectors[i] @ vectors[j] == pytest.approx(expected, abs=1e-6)
    assert not vectors[-1].any()


def test_dot_products_are_one_minus_the_height_of_the_lowest_common_ancestor() -> None:
    kinds = Hierarchy.from_pairs([*TREE, ("rose", "plant")])
    names = [*LABELS, "rose"]
    embedding = embed_by_hierarchy(labels(*names), hierarchy=kinds, similarity="lca")
    vectors = embedding.vectors.astype(np.float64)
    greatest = max(height(kinds, name) for name in kinds.vocabulary)
    assert greatest == 3
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            if "unheard of" in (one, other):
                continue
            shared = line(kinds, one) & line(kinds, other)
            heights = [height(kinds, name) for name in shared]
            expected = 1 - min(heights) / greatest if heights else 0.0
            assert vectors[i] @ vectors[j] == pytest.approx(expected, abs=1e-6)


def test_the_root_of_the_highest_tree_has_no_place_under_lca() -> None:
    kinds = Hierarchy.from_pairs(TREE)
    vectors = embed_by_hierarchy(
        labels("thing", "animal", "crane"), hierarchy=kinds, similarity="lca"
    ).vectors
    assert vectors.any(axis=1).tolist() == [False, True, True]


def test_fewer_dimensions_are_the_leading_ones() -> None:
    kinds = Hierarchy.from_pairs(TREE)
    whole = embed_by_hierarchy(labels(*LABELS), hierarchy=kinds).vectors
    cut = embed_by_hierarchy(labels(*LABELS), 2, hierarchy=kinds)
    np.testing.assert_allclose(cut.vectors, whole[:, :2], atol=1e-6)
    assert 0.5 < cut.facts["positive_share"] < 1


def test_a_file_says_the_same_as_its_hierarchy_and_unknown_labels_are_told(tmp_path: Path) -> None:
    path = tmp_path / "kinds.csv"
    path.write_text("\n".join(f"{child},{parent}" for child, parent in TREE), encoding="utf-8")
    from_file = embed_by_hierarchy(labels(*LABELS), hierarchy=str(path))
    given = embed_by_hierarchy(labels(*LABELS), hierarchy=Hierarchy.from_pairs(TREE))
    assert from_file.vectors.tobytes() == given.vectors.tobytes()
    assert from_file.facts["options"] == {"similarity": "ancestors", "hierarchy": str(path)}
    assert (from_file.facts["unknown"], from_file.facts["unknown_labels"]) == (1, ["unheard of"])


def test_several_parents_are_refused_where_there_is_no_lowest_ancestor() -> None:
    kinds = Hierarchy.from_pairs([*TREE, ("poodle", "vehicle"), ("car", "animal")])
    with pytest.raises(DataError, match="'poodle' and 1 other labels have several parents; take"):
        embed_by_hierarchy(labels("dog"), hierarchy=kinds, similarity="lca")


def test_a_hierarchy_without_parents_has_no_heights() -> None:
    kinds = Hierarchy.from_pairs([("dog", None), ("cat", None)])
    with pytest.raises(DataError, match="needs labels with parents"):
        embed_by_hierarchy(labels("dog"), hierarchy=kinds, similarity="lca")


def test_a_cycle_is_refused_with_the_labels_in_it(tmp_path: Path) -> None:
    path = tmp_path / "kinds.csv"
    path.write_text("dog,animal\nanimal,dog\n", encoding="utf-8")
    with pytest.raises(DataError, match="'dog' is a kind of 'animal' is a kind of 'dog'"):
        embed_by_hierarchy(labels("dog"), hierarchy=str(path))


def test_unknown_similarities_and_labels_are_refused() -> None:
    kinds = Hierarchy.from_pairs(TREE)
    with pytest.raises(UsageError, match="similarity must be one of ancestors, lca, but got 'wup'"):
        embed_by_hierarchy(labels("dog"), hierarchy=kinds, similarity="wup")
    with pytest.raises(DataError, match=r"none of the 1 labels .* the hierarchy has none of them"):
        embed_by_hierarchy(labels("unheard of"), hierarchy=kinds)
