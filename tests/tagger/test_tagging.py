"""Tagging batch by batch is tagging one by one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.choosing import TagChoice
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.tagging import tag_pictures, tag_vectors


@pytest.fixture
def pictures(coloured_squares: Callable[..., Annotations], tmp_path: Path) -> list[Path]:
    """Seven files, the third and the last of which cannot be read."""
    stored = coloured_squares(7).pictures
    assert stored is not None
    paths = [tmp_path / f"{number}.png" for number in range(7)]
    for row, path in enumerate(paths):
        path.write_bytes(stored.read(row))
    paths[2].write_bytes(paths[2].read_bytes()[:40])
    paths[6].unlink()
    return paths


@pytest.fixture
def tagger(coloured_squares: Callable[..., Annotations], tiny: Architecture) -> Tagger:
    tags = coloured_squares(40)
    assert tags.pictures is not None
    inputs = ImageInputs(tags.pictures, 32)
    labels = LabelContext.of(tags, LabelSpace.fit(tags))
    return Tagger(tiny, labels, inputs.settings(), inputs.sample_shape)


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_pictures_in_batches(tagger: Tagger, pictures: list[Path], batch_size: int) -> None:
    found = list(tag_pictures(tagger, pictures, TagChoice(2), batch_size=batch_size))
    assert [one.source for one in found] == pictures
    for number, one in enumerate(found):
        if number in (2, 6):
            assert one.tags == []
            assert str(pictures[number]) in one.problem
            continue
        alone = tagger.tag(pictures[number], top=2)
        assert one.problem == ""
        assert [tag.label for tag in one.tags] == [tag.label for tag in alone]
        scores = [tag.score for tag in alone]
        assert [tag.score for tag in one.tags] == pytest.approx(scores, abs=1e-5)


def test_no_pictures_and_no_readable_one(tagger: Tagger, tmp_path: Path) -> None:
    assert list(tag_pictures(tagger, [])) == []
    (found,) = tag_pictures(tagger, [tmp_path / "none.png"])
    assert "No such file" in found.problem


def test_labels_without_a_place_are_not_returned(
    random_space: Callable[..., LabelSpace], random_rows: Callable
) -> None:
    space = random_space(0, labels=7, unplaced=(1, 4))
    inputs = FeatureInputs(np.random.default_rng(0).normal(size=(5, 3)))
    labels = LabelContext(space.vocabulary, space.counts, 50, space)
    architecture = Architecture("mlp", {"hidden": 4})
    tagger = Tagger(architecture, labels, inputs.settings(), inputs.sample_shape)
    found = list(tag_vectors(tagger, inputs, TagChoice(7), batch_size=2))
    assert [one.source for one in found] == list(range(5))
    for one in found:
        assert len(one.tags) == 5
        assert not {"tag 1", "tag 4"} & {tag.label for tag in one.tags}
        assert [tag.score for tag in one.tags] == sorted((t.score for t in one.tags), reverse=True)
    with pytest.raises(UsageError, match="trained on feature vectors"):
        list(tag_pictures(tagger, []))


@pytest.mark.parametrize(("top", "batch_size"), [(0, 1), (1, 0)])
def test_numbers_below_1_are_refused(tagger: Tagger, top: int, batch_size: int) -> None:
    with pytest.raises(UsageError, match="must be 1 or more"):
        list(tag_pictures(tagger, [], TagChoice(top), batch_size=batch_size))
