"""A tagger behind the server: the same answers as by itself, also after its labels change."""

from pathlib import Path

import numpy as np
import pytest

import labelsphere as ls
from labelsphere.app.served import TagRequest
from labelsphere.app.served_tagger import ServedTagger
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext


def test_orders_and_numbers_of_tags_are_each_pictures_own(
    calibrated: Path, pictures_of_kinds: list[bytes]
) -> None:
    served = ServedTagger(calibrated)
    squares = [served.prepare(data) for data in pictures_of_kinds]
    wanted = [
        TagRequest(squares[0], 0.0, 2),
        TagRequest(squares[1], 1.0, 5),
        TagRequest(squares[2], 0.0, 7),
    ]
    together = served.tag(wanted)
    assert [len(found.tags) for found in together] == [2, 5, 7]
    for one, found in zip(wanted, together, strict=True):
        alone = served.tag([one])[0]
        assert [tag.label for tag in alone.tags] == [tag.label for tag in found.tags]


def test_most_specific_tags_are_those_of_the_tagger(calibrated: Path, png: bytes) -> None:
    served, tagger = ServedTagger(calibrated), ls.Tagger.load(calibrated)
    tagger.precision = "float32"
    square = served.prepare(png)
    found = served.tag([TagRequest(square, 1.0, 7)])[0].tags
    inputs = tagger.prepare([png])
    specific = tagger.decoder(specific=True).scores(tagger.points(inputs))[0].numpy()
    order = [tagger.vocabulary[n] for n in np.argsort(-specific, kind="stable")]
    ranks = {label: specific[tagger.vocabulary.index(label)] for label in order}
    assert [ranks[tag.label] for tag in found] == pytest.approx(sorted(ranks.values())[::-1])


def test_a_change_of_labels_is_on_disk_and_changes_the_etag(
    folder: Path, pictures_of_kinds: list[bytes]
) -> None:
    served = ServedTagger(folder)
    before = served.version
    after = served.change_space(lambda space: space.place("crimson", ["red", "warm"]))
    assert after.etag != before.etag
    assert "crimson" in after.vocabulary
    assert "crimson" in ls.Tagger.load(folder).vocabulary
    square = served.prepare(pictures_of_kinds[0])
    assert "crimson" in {tag.label for tag in served.tag([TagRequest(square)])[0].tags}


def test_the_rank_of_a_label_that_is_not_there_yet_is_its_rank_afterwards(
    folder: Path, png: bytes
) -> None:
    served = ServedTagger(folder)
    square = served.prepare(png)
    larger = served.space.place("crimson", ["red", "warm"])
    (rank,) = served.rank_with(larger, "crimson", [square])
    served.change_space(lambda _: larger)
    tags = served.tag([TagRequest(square)])[0].tags
    own = next(tag.score for tag in tags if tag.label == "crimson")
    assert rank == 1 + sum(tag.score > own for tag in tags)


def test_similar_images_have_the_tag_sets_nearest_to_the_point(saved: Path, png: bytes) -> None:
    served = ServedTagger(saved)
    square = served.prepare(png)
    (found,) = served.similar([square], 3)
    points = served.points([square])
    assert np.linalg.norm(points, axis=1) == pytest.approx(1)
    for image in found:
        (encoded,) = served.space.encode([list(image.labels)])
        assert image.proximity == pytest.approx(float(points[0] @ encoded), abs=1e-5)
    assert [i.proximity for i in found] == sorted((i.proximity for i in found), reverse=True)


def test_a_tagger_on_vectors_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    tags = ls.Annotations.from_lists([["sea", "sky"], ["sky", "tree"], ["tree", "leaf"]] * 4)
    inputs = FeatureInputs(np.random.default_rng(0).standard_normal((12, 4)))
    tagger = ls.Tagger(
        Architecture("mlp", objective="sphere"),
        LabelContext.of(tags, LabelSpace.fit(tags, method="smoothed")),
        inputs.settings(),
        inputs.sample_shape,
    )
    tagger.save(tmp_path / "vectors")
    with pytest.raises(UsageError, match="expected a tagger that takes pictures"):
        ServedTagger(tmp_path / "vectors")
    with pytest.raises(ArtefactError):
        ServedTagger(tmp_path / "missing")
