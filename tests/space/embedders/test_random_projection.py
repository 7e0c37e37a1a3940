"""Codes drawn at random: what they keep of sets, and what they depend on."""

from typing import Any

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.space.embedders.random_projection import embed_at_random


def test_codes_are_unit_vectors_and_nearly_orthogonal(planted: Any) -> None:
    vectors = embed_at_random(planted.tags, 4096).vectors[:48].astype(np.float64)
    cosines = vectors @ vectors.T
    np.testing.assert_allclose(np.diag(cosines), 1, atol=1e-6)
    # Each is near a normal variable of standard deviation 1/√dim; there are 1,128 of them.
    assert np.abs(cosines - np.eye(48)).max() < 5 / np.sqrt(4096)
    assert np.std(cosines[np.triu_indices(48, 1)]) == pytest.approx(1 / 64, rel=0.1)


def test_a_code_depends_on_number_and_seed_alone() -> None:
    few = Annotations.from_lists([["a", "b"], ["c"]])
    many = Annotations.from_lists([["a", "b"], ["c"], ["d", "e"], ["a", "e"]])
    assert np.array_equal(embed_at_random(few, 8).vectors, embed_at_random(many, 8).vectors[:3])


def test_sets_of_few_labels_are_told_apart_in_fewer_dimensions_than_labels() -> None:
    rng = np.random.default_rng(0)
    names = [f"label {i}" for i in range(1000)]
    tags = Annotations.from_lists([[name] for name in names], vocabulary=Vocabulary(names))
    space = LabelSpace.fit(tags, "random-projection")
    assert space.dim == 512
    sets = [rng.choice(1000, 4, replace=False) for _ in range(50)]
    ids, _ = space.decode(space.encode([[names[n] for n in chosen] for chosen in sets]), top=4)
    assert [set(row) for row in ids.tolist()] == [set(chosen.tolist()) for chosen in sets]


def test_a_negative_seed_is_refused(planted: Any) -> None:
    with pytest.raises(UsageError, match="seed must be at least 0, but got -1"):
        embed_at_random(planted.tags, seed=-1)
