"""One suite over every embedder in the table: what they take and what they return."""

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, UsageError
from labelsphere.space import LabelSpace, count_cooccurrence
from labelsphere.space.embedders import (
    EMBEDDERS,
    Embedding,
    checked_embedder,
    has_option,
    option_from_text,
)

Options = Callable[..., dict[str, Any]]

CODES = {"random-projection", "ecoc"}
"""Know nothing of what labels have to do with each other."""

OF_SETS = {"lsa", "rembrandt", "skipgram"}
"""Need the tag sets themselves."""


@pytest.fixture(params=EMBEDDERS)
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_an_embedding_has_finite_float32_rows_and_plain_facts(
    planted: Any, needed_options: Options, method: str
) -> None:
    embedding = EMBEDDERS[method](planted.tags, 12, **needed_options(method))
    assert isinstance(embedding, Embedding)
    assert embedding.vectors.shape == (49, 12)
    assert embedding.vectors.dtype == np.float32
    assert np.isfinite(embedding.vectors).all()
    assert json.loads(json.dumps(embedding.facts, allow_nan=False)) == embedding.facts


def test_only_what_cannot_be_placed_has_a_zero_row(
    planted: Any, needed_options: Options, method: str
) -> None:
    vectors = EMBEDDERS[method](planted.tags, 12, **needed_options(method)).vectors
    assert vectors.any(axis=1).tolist() == [True] * 48 + [False]


def test_the_same_seed_gives_the_same_vectors_and_another_gives_others(
    planted: Any, needed_options: Options, method: str
) -> None:
    options = needed_options(method)
    first = EMBEDDERS[method](planted.tags, 12, **options).vectors
    assert EMBEDDERS[method](planted.tags, 12, **options).vectors.tobytes() == first.tobytes()
    # Rembrandt's seed is of a start from which it comes to the same end.
    if has_option(method, "seed") and method != "rembrandt":
        other = EMBEDDERS[method](planted.tags, 12, **options, seed=1).vectors
        assert np.abs(other - first).max() > 0.01


def test_counts_embed_as_the_annotations_they_are_of_or_are_refused(
    planted: Any, needed_options: Options, method: str
) -> None:
    counts, options = count_cooccurrence(planted.tags), needed_options(method)
    if method in OF_SETS:
        with pytest.raises(UsageError, match=f"'{method}' needs annotations, but got counts: "):
            EMBEDDERS[method](counts, 12, **options)
        return
    from_counts = EMBEDDERS[method](counts, 12, **options).vectors
    assert from_counts.tobytes() == EMBEDDERS[method](planted.tags, 12, **options).vectors.tobytes()


@pytest.mark.parametrize("method", sorted(EMBEDDERS.keys() - CODES))
def test_labels_of_a_planted_block_are_each_others_neighbours(
    planted: Any, needed_options: Options, method: str
) -> None:
    space = LabelSpace.fit(planted.tags, method, dim=12, **needed_options(method))
    ids, _ = space.decode(space.vectors[:48], top=4)
    near = [set(row.tolist()) - {number} for number, row in enumerate(ids)]
    assert near == [planted.same_block(number) for number in range(48)]


def test_a_space_is_saved_and_read_as_it_was(
    planted: Any, needed_options: Options, method: str, tmp_path: Path
) -> None:
    space = LabelSpace.fit(planted.tags, method, **needed_options(method))
    space.save(tmp_path / "space")
    again = LabelSpace.load(tmp_path / "space")
    assert again.vectors.tobytes() == space.vectors.tobytes()
    assert again.record == space.record
    assert again.record.method == method
    assert (again.record.exponent is not None) == has_option(method, "exponent")


def test_dimensions_below_one_are_refused(
    planted: Any, needed_options: Options, method: str
) -> None:
    with pytest.raises(UsageError, match="dim must be at least 1, but got 0"):
        EMBEDDERS[method](planted.tags, 0, **needed_options(method))


@pytest.mark.parametrize(
    "method", ["pmi", "shifted", "smoothed", "npmi", "lsa", "rembrandt", "taxonomy"]
)
def test_more_dimensions_than_there_are_directions_are_refused(
    planted: Any, needed_options: Options, method: str
) -> None:
    with pytest.raises(UsageError, match=r"dim must be at most \d+, .* but got 50"):
        EMBEDDERS[method](planted.tags, 50, **needed_options(method))


def test_tags_that_place_no_label_are_refused(needed_options: Options, method: str) -> None:
    nothing = Annotations.from_lists([[], []], vocabulary=Vocabulary("ab"))
    message = f"none of the 2 labels can be placed by '{method}': "
    with pytest.raises(DataError, match=message):
        EMBEDDERS[method](nothing, None, **needed_options(method, images=2))


def test_an_unknown_option_is_refused_with_the_names_of_the_known(
    planted: Any, needed_options: Options, method: str
) -> None:
    names = ", ".join(EMBEDDERS[method].options) or "none"
    message = f"'{method}' has no option 'sihft'; its options: {names}"
    with pytest.raises(UsageError, match=message):
        LabelSpace.fit(planted.tags, method, 12, **needed_options(method), sihft=1)
    with pytest.raises(UsageError, match=message):
        option_from_text(method, "sihft", "1")


def test_an_exponent_is_for_those_that_have_eigenvalues(
    planted: Any, needed_options: Options, method: str
) -> None:
    options = needed_options(method)
    if has_option(method, "exponent"):
        flat = LabelSpace.fit(planted.tags, method, 12, 0.0, **options)
        plain = LabelSpace.fit(planted.tags, method, 12, **options)
        assert (flat.record.exponent, plain.record.exponent) == (0.0, 0.5)
        # Directions of a flat spectrum have equal length, others the roots of their eigenvalues.
        assert np.ptp(np.linalg.norm(flat.vectors, axis=0)) < 1e-5
        assert np.ptp(np.linalg.norm(plain.vectors, axis=0)) > 0.01
    else:
        with pytest.raises(UsageError, match=f"'{method}' has no option 'exponent'"):
            LabelSpace.fit(planted.tags, method, 12, 0.5, **options)


def test_a_default_given_as_text_is_the_default(method: str) -> None:
    for name, parameter in EMBEDDERS[method].options.items():
        if parameter.default not in (None, inspect.Parameter.empty):
            value = option_from_text(method, name, str(parameter.default))
            assert (value, type(value)) == (parameter.default, type(parameter.default))


def test_an_unknown_method_is_refused_with_the_names_of_the_known() -> None:
    with pytest.raises(UsageError, match=r"method must be one of pmi, .*, but got 'lda'"):
        checked_embedder("lda", {})


@pytest.mark.parametrize(
    ("method", "option"),
    [("rembrandt", "features"), ("word-vectors", "path"), ("taxonomy", "hierarchy")],
)
def test_the_lack_of_an_option_that_a_method_needs_is_told(method: str, option: str) -> None:
    with pytest.raises(UsageError, match=f"method '{method}' needs the option '{option}'"):
        LabelSpace.fit(Annotations.from_lists([["a", "b"]]), method)
