"""Test images with their tags, as each method sees them, and the spaces' nearest labels."""

import base64
import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from labelsphere.annotations import Pictures
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.results import Example, ExampleTag, Neighbors
from labelsphere.errors import DataError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Tagger
from labelsphere.tagger.inputs.decoding import decode_picture

_SIDE = 128
_TAGS = 8
_NEIGHBORS = 5
_LABELS = 8


def example_images(
    experiment: Experiment, taggers: Mapping[str, Tagger], count: int
) -> tuple[Example, ...]:
    """Some test images, drawn at random with a fixed seed, and what each tagger predicts.

    Args:
        experiment: Data and settings.
        taggers: A trained tagger of each method, by the method's name.
        count: Number of images; fewer where the test set is smaller.
    """
    test, tags = experiment.protocol.test, experiment.protocol.tags
    test = test[np.diff(tags.matrix[test].indptr) > 0]
    drawn = np.random.default_rng(0).permutation(len(test))[:count]
    rows = np.sort(test[drawn])
    predictions = {
        name: tagger.tag_inputs(experiment.inputs, _TAGS, rows=rows)
        for name, tagger in taggers.items()
    }
    return tuple(
        Example(
            tags.image_ids[row],
            picture_data(tags.pictures, row),
            tuple(tags.tags_of(row)),
            {
                name: tuple(ExampleTag(tag.label, tag.score) for tag in predicted[number])
                for name, predicted in predictions.items()
            },
        )
        for number, row in enumerate(rows.tolist())
    )


def nearest_labels(space: LabelSpace) -> tuple[Neighbors, ...]:
    """The closest labels of the most frequent ones (Table 2)."""
    most = np.argsort(-space.counts, kind="stable")[:_LABELS]
    names = [space.vocabulary[number] for number in most.tolist() if space.placed[number]]
    return tuple(
        Neighbors(
            name,
            tuple(ExampleTag(n.label, n.proximity) for n in space.neighbors(name, _NEIGHBORS)),
        )
        for name in names
    )


def picture_data(pictures: Pictures | None, row: int) -> str | None:
    """A picture as a small PNG in a data address, or None where there is none to show."""
    if pictures is None:
        return None
    try:
        pixels = decode_picture(pictures.read(row), _SIDE)
    except (OSError, DataError):
        return None
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
