from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations, PictureBytes
from labelsphere.arrays import AnyArray
from labelsphere.comparison.protocols import full
from labelsphere.comparison.readable_images import usable_images
from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs

Features = Callable[..., tuple[Annotations, AnyArray]]
Squares = Callable[..., Annotations]


def torn(tags: Annotations, rows: list[int]) -> ImageInputs:
    assert tags.pictures is not None
    data = [tags.pictures.read(row) for row in range(tags.n_images)]
    for row in rows:
        data[row] = data[row][:30]
    return ImageInputs(PictureBytes(pl.Series(data), tags.image_ids), size=24)


def test_unreadable_images_leave_every_set_and_are_counted(coloured_squares: Squares) -> None:
    tags = coloured_squares(40)
    protocol = full(tags)
    victims = [int(protocol.train[1]), int(protocol.val[0]), int(protocol.test[2])]
    read: list[tuple[int, int]] = []
    found = usable_images(
        protocol, torn(tags, victims), lambda done, total: read.append((done, total))
    )
    for name in ("train", "val", "test"):
        before = getattr(protocol, name).tolist()
        assert getattr(found, name).tolist() == [row for row in before if row not in victims]
    assert found.dropped == {"unreadable": 3, "for training, without a tag": 0}
    assert read[-1] == (40, 40)
    assert protocol.dropped == {}


def test_images_without_a_tag_leave_the_training_set_alone(
    tagged_features: Features,
) -> None:
    tags, features = tagged_features(40)
    lists = [[] if row % 7 == 0 else tags.tags_of(row) for row in range(40)]
    matrix = Annotations.from_lists(lists, vocabulary=tags.vocabulary).matrix
    protocol = full(replace(tags, matrix=matrix))
    found = usable_images(protocol, FeatureInputs(features))
    assert found.train.tolist() == [row for row in protocol.train.tolist() if row % 7]
    np.testing.assert_array_equal(found.val, protocol.val)
    np.testing.assert_array_equal(found.test, protocol.test)
    left_out = len(protocol.train) - len(found.train)
    assert found.dropped == {"unreadable": 0, "for training, without a tag": left_out}
    assert left_out > 0


def test_an_image_counts_by_the_tags_that_it_is_trained_on(tagged_features: Features) -> None:
    tags, features = tagged_features(40)
    protocol = full(tags)
    learned = protocol.learned.copy()
    learned.data[: learned.indptr[10]] = 0  # of the first ten images, those to train on
    learned.eliminate_zeros()
    found = usable_images(replace(protocol, learned=learned), FeatureInputs(features))
    assert found.train.tolist() == [row for row in protocol.train.tolist() if row >= 10]
    assert found.dropped["for training, without a tag"] == 6


@pytest.mark.parametrize("part", ["train", "val", "test"])
def test_a_split_of_which_nothing_is_left_is_refused(coloured_squares: Squares, part: str) -> None:
    tags = coloured_squares(20)
    protocol = full(tags)
    rows = getattr(protocol, part).tolist()
    with pytest.raises(DataError, match=f"the {part} set of {len(rows)} images has none"):
        usable_images(protocol, torn(tags, rows))


def test_a_test_set_without_tags_is_read_of(
    tagged_features: Callable[..., tuple[Annotations, AnyArray]],
) -> None:
    tags, features = tagged_features(20)
    matrix = tags.matrix.copy()
    lists = [[] if s == "test" else tags.tags_of(i) for i, s in enumerate(tags.columns["split"])]
    untagged = replace(
        tags, matrix=Annotations.from_lists(lists, vocabulary=tags.vocabulary).matrix
    )
    assert untagged.matrix.nnz < matrix.nnz
    with pytest.raises(DataError, match="the test set of 4 images has none"):
        usable_images(full(untagged), FeatureInputs(features))


def test_inputs_of_another_number_are_refused(
    tagged_features: Callable[..., tuple[Annotations, AnyArray]],
) -> None:
    tags, features = tagged_features(20)
    with pytest.raises(UsageError, match="19 inputs for 20 annotated images"):
        usable_images(full(tags), FeatureInputs(features[:19]))
