"""One suite over every embedder in the table: what they take and what they return."""

import json

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, UsageError
from labelsphere.space import LabelSpace, count_cooccurrence
from labelsphere.space.embedders import EMBEDDERS, Embedding


def blocks(n_blocks: int = 12, width: int = 4, images: int = 600) -> Annotations:
    """Labels in blocks; an image has two or three labels of one block. The last label is unseen."""
    rng = np.random.default_rng(0)
    rows = []
    for _ in range(images):
        block = rng.integers(n_blocks)
        chosen = rng.choice(width, size=rng.integers(2, 4), replace=False)
        rows.append([f"{block}-{i}" for i in chosen])
    names = [f"{block}-{i}" for block in range(n_blocks) for i in range(width)]
    return Annotations.from_lists(rows, vocabulary=Vocabulary([*names, "unseen"]))


@pytest.mark.parametrize("method", EMBEDDERS)
def test_an_embedding_has_finite_float32_rows_and_plain_facts(method: str) -> None:
    tags = blocks()
    embedding = EMBEDDERS[method](tags, 12)
    assert isinstance(embedding, Embedding)
    assert embedding.vectors.shape == (49, 12)
    assert embedding.vectors.dtype == np.float32
    assert np.isfinite(embedding.vectors).all()
    assert not embedding.vectors[48].any()
    assert json.loads(json.dumps(embedding.facts, allow_nan=False)) == embedding.facts


@pytest.mark.parametrize("method", EMBEDDERS)
def test_counts_embed_as_the_annotations_they_are_of(method: str) -> None:
    tags = blocks()
    from_counts = EMBEDDERS[method](count_cooccurrence(tags), 12).vectors
    assert from_counts.tobytes() == EMBEDDERS[method](tags, 12).vectors.tobytes()


@pytest.mark.parametrize("method", EMBEDDERS)
def test_labels_of_a_planted_block_are_each_others_neighbours(method: str) -> None:
    space = LabelSpace.fit(blocks(), method, dim=12)
    for label in space.vocabulary.names[:-1]:
        near = {neighbor.label for neighbor in space.neighbors(label, top=3)}
        block = label.split("-")[0]
        assert near == {f"{block}-{i}" for i in range(4)} - {label}


@pytest.mark.parametrize("method", EMBEDDERS)
def test_dimensions_that_cannot_be_given_are_refused(method: str) -> None:
    with pytest.raises(UsageError, match="dim must be at most"):
        EMBEDDERS[method](blocks(), 50)
    with pytest.raises(UsageError, match="dim must be at least 1, but got 0"):
        EMBEDDERS[method](blocks(), 0)


@pytest.mark.parametrize("method", EMBEDDERS)
def test_tags_that_place_no_label_are_refused(method: str) -> None:
    with pytest.raises(DataError, match="none of the 2 labels can be placed"):
        EMBEDDERS[method](Annotations.from_lists([[], []], vocabulary=Vocabulary("ab")), None)
