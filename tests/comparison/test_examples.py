import base64
import io
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from PIL import Image

from labelsphere.annotations import Annotations, PictureBytes
from labelsphere.arrays import AnyArray
from labelsphere.comparison.examples import example_images, nearest_labels
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.trainings import new_tagger
from labelsphere.recipes import parse_recipe
from labelsphere.space import LabelSpace


def test_shows_test_images_with_their_tags_and_what_each_method_says(
    experiment: Experiment,
) -> None:
    taggers = {
        name: new_tagger(experiment, parse_recipe(name), 0) for name in ("logistic", "paper+dim=3")
    }
    found = example_images(experiment, taggers, 5)
    rows = [int(entry.image_id) for entry in found]
    assert len(found) == 5
    assert rows == sorted(rows)
    assert set(rows) <= set(experiment.protocol.test.tolist())
    for row, entry in zip(rows, found, strict=True):
        assert list(entry.truth) == experiment.protocol.tags.tags_of(row)
        assert entry.picture is None
        for name, tagger in taggers.items():
            expected = tagger.tag_inputs(experiment.inputs, 8, rows=np.array([row]))[0]
            assert [tag.label for tag in entry.predictions[name]] == [t.label for t in expected]
    assert example_images(experiment, taggers, 5) == found
    assert len(example_images(experiment, taggers, 1000)) == len(experiment.protocol.test)
    assert example_images(experiment, taggers, 0) == ()


def test_images_without_tags_are_not_shown(experiment: Experiment) -> None:
    tags = experiment.protocol.tags
    shown = int(experiment.protocol.test[3])
    lists = [tags.tags_of(row) if row == shown else [] for row in range(tags.n_images)]
    untagged = Annotations.from_lists(lists, vocabulary=tags.vocabulary)
    experiment.protocol = replace(experiment.protocol, tags=untagged)
    assert [entry.image_id for entry in example_images(experiment, {}, 5)] == [str(shown)]


def decoded(address: str) -> AnyArray:
    head, data = address.split(",", 1)
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_pictures_are_shown_upright_on_white(experiment: Experiment) -> None:
    clear = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (0, 0, 20, 20))
    turned = Image.new("RGB", (40, 20), "blue")
    exif = turned.getexif()
    exif[0x0112] = 6  # to be turned by a quarter
    encoded = []
    for image, options in ((clear, {}), (turned, {"exif": exif})):
        buffer = io.BytesIO()
        image.save(buffer, "PNG", **options)
        encoded.append(buffer.getvalue())
    tags = experiment.protocol.tags
    first, second, third = experiment.protocol.test[:3].tolist()
    data = {first: encoded[0], second: encoded[1], third: b"no picture"}
    stored = pl.Series([data.get(row) for row in range(tags.n_images)], dtype=pl.Binary)
    pictures = PictureBytes(stored, tags.image_ids)
    experiment.protocol = replace(experiment.protocol, tags=replace(tags, pictures=pictures))
    shown = {entry.image_id: entry.picture for entry in example_images(experiment, {}, 1000)}
    transparent, upright = decoded(shown[str(first)]), decoded(shown[str(second)])
    side = len(transparent)
    assert transparent[side // 2, side // 4].tolist() == [255, 0, 0]
    assert transparent[side // 2, 3 * side // 4].tolist() == [255, 255, 255]
    assert upright[2, side // 2].tolist() == [0, 0, 255]
    assert upright[side // 2, 2].tolist() == [255, 255, 255]
    assert shown[str(third)] is None


def test_nearest_labels_are_those_of_the_most_frequent() -> None:
    lists = [["sky", "sea"]] * 5 + [["cat", "sofa"]] * 3 + [["dog", "sofa"]] * 2
    space = LabelSpace.fit(Annotations.from_lists(lists))
    found = nearest_labels(space)
    assert [entry.label for entry in found] == ["sea", "sky", "sofa", "cat", "dog"]
    assert found[0].neighbors[0].label == "sky"
    assert found[0].neighbors[0].score == pytest.approx(1.0, abs=1e-5)
    for entry in found:
        expected = space.neighbors(entry.label, top=5)
        assert [(n.label, n.score) for n in entry.neighbors] == [tuple(n) for n in expected]
