from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from labelsphere.annotations import Annotations, PictureBytes, Vocabulary, find_split
from labelsphere.arrays import AnyArray
from labelsphere.errors import DataError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.label_context import LabelContext
from tests.tagger.plain_training import train_on_all

Squares = Callable[..., Annotations]
Features = Callable[..., tuple[Annotations, AnyArray]]
SETTINGS = TrainingSettings(steps=40, batch_size=32, rate=0.01, precision="float32")


def bytes_of(tags: Annotations, rows: range) -> list[bytes]:
    assert tags.pictures is not None
    return [tags.pictures.read(row) for row in rows]


def pictures_of(data: list[bytes]) -> PictureBytes:
    names = [f"picture {number}" for number in range(len(data))]
    return PictureBytes(pl.Series(data, dtype=pl.Binary), names)


@pytest.fixture(scope="module")
def squares(coloured_squares: Squares) -> Annotations:
    return coloured_squares(120)


@pytest.fixture(scope="module")
def tagger(squares: Annotations) -> Tagger:
    assert squares.pictures is not None
    return train_on_all(
        squares,
        LabelSpace.fit(squares),
        backbone=Architecture("resnet10t", {"channels": (8, 16, 32, 64)}),
        inputs=ImageInputs(squares.pictures, size=24),
        settings=SETTINGS,
        group="base",
    )


def test_tags_pictures_from_files_and_from_bytes_alike(
    squares: Annotations, tagger: Tagger, tmp_path: Path
) -> None:
    pictures = bytes_of(squares, range(6))
    paths = [tmp_path / f"{row}.png" for row in range(6)]
    for path, data in zip(paths, pictures, strict=True):
        path.write_bytes(data)
    of_bytes = tagger.tag(pictures, top=3)
    assert tagger.tag(paths, top=3) == of_bytes
    alone = tagger.tag(pictures[2], top=3)
    assert tagger.tag(str(paths[2]), top=3) == tagger.tag(paths[2], top=3) == alone
    assert alone[0].label in squares.tags_of(2)


def test_tags_come_best_first_within_the_cosines_range(
    squares: Annotations, tagger: Tagger
) -> None:
    for tags in tagger.tag(bytes_of(squares, range(20)), top=10):
        scores = [tag.score for tag in tags]
        assert scores == sorted(scores, reverse=True)
        assert all(-1.00001 <= score <= 1.00001 for score in scores)
        assert len({tag.label for tag in tags}) == len(tags) == 10


def test_a_picture_alone_scores_as_among_others(squares: Annotations, tagger: Tagger) -> None:
    pictures = bytes_of(squares, range(5))
    for picture, together in zip(pictures, tagger.tag(pictures, top=10), strict=True):
        expected = {tag.label: tag.score for tag in together}
        alone = {tag.label: tag.score for tag in tagger.tag(picture, top=10)}
        # Products of other shapes are summed in another order.
        assert alone == pytest.approx(expected, abs=1e-5)


def test_no_pictures_have_no_tags(tagger: Tagger) -> None:
    assert tagger.tag([]) == []


def test_more_tags_than_labels_are_all_of_them(squares: Annotations, tagger: Tagger) -> None:
    assert len(tagger.tag(bytes_of(squares, range(1))[0], top=1000)) == squares.n_labels


@pytest.mark.parametrize("top", [0, -3])
def test_fewer_than_one_tag_is_refused(squares: Annotations, tagger: Tagger, top: int) -> None:
    with pytest.raises(UsageError, match=f"but got {top}"):
        tagger.tag(bytes_of(squares, range(1)), top=top)


def test_labels_that_cannot_be_predicted_are_not_returned(
    planted_features: Features,
) -> None:
    tags, features = planted_features(60)
    names = [*tags.vocabulary, "never seen"]
    lists = [tags.tags_of(row) for row in range(60)]
    wider = Annotations.from_lists(lists, vocabulary=Vocabulary(names))
    labels = LabelContext.of(wider, LabelSpace.fit(wider))
    inputs = FeatureInputs(features)
    tagger = Tagger(Architecture("mlp"), labels, inputs.settings(), inputs.sample_shape)
    found = tagger.tag_inputs(inputs, top=13)
    assert all({tag.label for tag in row} == set(tags.vocabulary) for row in found)


def test_mixed_paths_and_bytes_are_refused(squares: Annotations, tagger: Tagger) -> None:
    with pytest.raises(UsageError, match="all paths or all bytes, but got 1 paths and 1 bytes"):
        tagger.tag([bytes_of(squares, range(1))[0], "picture.png"])


def test_an_unreadable_picture_is_named(tagger: Tagger, tmp_path: Path) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"empty.png is empty"):
        tagger.tag(tmp_path / "empty.png")
    with pytest.raises(DataError, match=r"missing.png cannot be read"):
        tagger.tag(tmp_path / "missing.png")


@pytest.mark.parametrize("objective", ["cosine", "logistic"])
def test_learns_from_feature_vectors(planted_features: Features, objective: str) -> None:
    tags, features = planted_features(500)
    space = LabelSpace.fit(tags) if objective == "cosine" else None
    tagger = train_on_all(
        tags.select(np.arange(400)),
        space,
        backbone=Architecture("mlp", {"hidden": 64}, objective),
        inputs=FeatureInputs(features[:400]),
        settings=replace(SETTINGS, steps=200, batch_size=64),
    )
    found = tagger.tag_inputs(FeatureInputs(features), 1, rows=np.arange(400, 500))
    right = [best[0].label in tags.tags_of(400 + i) for i, best in enumerate(found)]
    assert np.mean(right) > 0.95
    assert tagger.space is space
    with pytest.raises(UsageError, match="trained on feature vectors"):
        tagger.tag("picture.png")


def test_the_papers_objective_needs_a_space(planted_features: Features) -> None:
    tags, features = planted_features(60)
    with pytest.raises(UsageError, match="needs a label space"):
        Tagger.train(tags, backbone=Architecture("mlp"), inputs=FeatureInputs(features))


def test_a_space_over_other_labels_is_refused(
    planted_features: Features, squares: Annotations
) -> None:
    tags, features = planted_features(60)
    with pytest.raises(UsageError, match="does not fit"):
        Tagger.train(tags, LabelSpace.fit(squares), inputs=FeatureInputs(features))


def test_a_table_without_pictures_needs_inputs(planted_features: Features) -> None:
    tags, _ = planted_features(60)
    with pytest.raises(UsageError, match="no pictures"):
        Tagger.train(tags, LabelSpace.fit(tags))


def test_says_what_it_is(tagger: Tagger) -> None:
    assert repr(tagger) == "Tagger(resnet10t, cosine, 10 labels)"


def test_the_recommended_method_is_trained_with_a_space_of_its_own_or_the_one_given(
    planted_features: Features,
) -> None:
    tags, features = planted_features(60)
    settings = TrainingSettings(steps=2)
    inputs, space = FeatureInputs(features), LabelSpace.fit(tags)
    given = Tagger.train(tags, space, inputs=inputs, settings=settings)
    assert given.architecture == Architecture("mlp", None, "sphere")
    assert given.space is space
    own = Tagger.train(tags, inputs=inputs, settings=settings, method="sphere+dim=3")
    assert own.space is not None
    assert (own.space.dim, own.space.record.method) == (3, "smoothed")
    plain = Tagger.train(tags, inputs=inputs, settings=settings, method="logistic")
    assert plain.architecture == Architecture("mlp", None, "logistic")
    assert plain.space is None


def test_features_are_standardised_and_counted_on_the_training_rows(
    planted_features: Features,
) -> None:
    tags, features = planted_features(100)
    inputs = FeatureInputs(5 + 3 * features)
    tagger = Tagger.train(tags, inputs=inputs, method="logistic")
    train = find_split(tags).train
    assert len(train) == 80
    np.testing.assert_allclose(
        tagger.preparation["mean"], (5 + 3 * features[train]).mean(axis=0), rtol=1e-5
    )
    assert tagger.labels.counts.tolist() == tags.select(train).label_counts().tolist()
    assert tagger.report is not None
    assert tagger.report.images == {"train": 80, "val": 10, "test": 10}


def test_another_space_changes_the_tags_and_not_the_points(
    squares: Annotations, tagger: Tagger, tmp_path: Path
) -> None:
    assert tagger.space is not None
    larger = tagger.space.place("ruby", {"red": 5, "warm": 5}, images=5)
    other = tagger.with_space(larger)
    other.save(tmp_path / "other")
    loaded = Tagger.load(tmp_path / "other")
    loaded.precision = tagger.precision
    inputs = ImageInputs(squares.pictures, 24)
    points = tagger.points(inputs)
    torch.testing.assert_close(loaded.points(inputs), points)
    expected = points / points.norm(dim=1, keepdim=True) @ torch.from_numpy(larger.unit_vectors).T
    scores = loaded.scores(inputs)
    torch.testing.assert_close(scores.decoder.scores(scores.points), expected)
    assert "ruby" not in tagger.vocabulary


def test_a_space_of_another_width_or_a_tagger_without_one_is_refused(
    squares: Annotations, tagger: Tagger
) -> None:
    narrow = LabelSpace.fit(squares, dim=2)
    with pytest.raises(UsageError, match="has 2 dimensions and the tagger"):
        tagger.with_space(narrow)
    plain = Architecture("resnet10t", objective="logistic")
    logistic = Tagger(plain, LabelContext.of(squares), tagger.preparation, tagger.sample_shape)
    with pytest.raises(UsageError, match="its labels are fixed"):
        logistic.with_space(narrow)


def test_a_tagger_goes_on_with_a_refitted_space_that_was_turned_back(
    planted_features: Features,
) -> None:
    tags, features = planted_features(900)
    first, rest = tags.select(range(400)), tags.select(range(400, 900))
    old = LabelSpace.fit(first, dim=6)
    settings = TrainingSettings(epochs=25, batch_size=40, rate=0.01)
    inputs = FeatureInputs(features[:400])
    tagger = train_on_all(
        first, old, backbone=Architecture("mlp"), inputs=inputs, settings=settings
    )
    # What was "tag 03" is "tag 02" from now on; other images, so that other eigenvectors come out.
    revised = rest.revise({"tag 03": "tag 02"})
    unseen = FeatureInputs(features[400:])

    def right(space: LabelSpace) -> float:
        found = tagger.with_space(space).tag_inputs(unseen, top=1)
        return float(
            np.mean([best.label in revised.tags_of(row) for row, [best] in enumerate(found)])
        )

    assert right(old.refit(revised)) > 0.85
    assert right(LabelSpace.fit(revised, dim=6)) < 0.6


def test_pictures_that_cannot_be_read_are_refused(squares: Annotations) -> None:
    torn = pictures_of([data[:20] for data in bytes_of(squares, range(120))])
    with pytest.raises(DataError, match=r"none of \d+ images .* none of those can be read"):
        Tagger.train(
            replace(squares, pictures=torn),
            backbone=Architecture("resnet10t", objective="logistic"),
        )
