"""Test images with their tags, as each method sees them, and the spaces' nearest labels."""

import base64
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from labelsphere.comparison.bench import Bench
from labelsphere.errors import DataError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Tagger
from labelsphere.tagger.inputs.decoding import decode

_SIDE = 128
_TAGS = 8
_NEIGHBORS = 5
_LABELS = 8


def example_images(bench: Bench, taggers: Mapping[str, Tagger], count: int) -> list[dict[str, Any]]:
    """Some test images, drawn at random with a fixed seed, and what each tagger says of them.

    Args:
        bench: The comparison.
        taggers: A trained tagger of each method, by the method's name.
        count: Number of images; fewer where the test set is smaller.

    Returns:
        A list in the form that the results hold.
    """
    test = bench.protocol.test
    test = test[np.diff(bench.protocol.tags.matrix[test].indptr) > 0]
    drawn = np.random.default_rng(0).permutation(len(test))[:count]
    rows = np.sort(test[drawn])
    predictions = {
        name: tagger.tag_inputs(bench.inputs, _TAGS, rows=rows) for name, tagger in taggers.items()
    }
    return [
        {
            "image_id": bench.protocol.tags.image_ids[row],
            "picture": _picture(bench, row),
            "truth": bench.protocol.tags.tags_of(row),
            "predictions": {
                name: [[tag.label, tag.score] for tag in tags[place]]
                for name, tags in predictions.items()
            },
        }
        for place, row in enumerate(rows.tolist())
    ]


def nearest_labels(space: LabelSpace) -> list[dict[str, Any]]:
    """The closest labels of the most frequent ones (Table 2)."""
    most = np.argsort(-space.counts, kind="stable")[:_LABELS]
    names = [space.vocabulary[number] for number in most.tolist() if space.placed[number]]
    return [
        {
            "label": name,
            "neighbors": [[n.label, n.proximity] for n in space.neighbors(name, top=_NEIGHBORS)],
        }
        for name in names
    ]


def _picture(bench: Bench, row: int) -> str | None:
    """The picture as a small PNG in a data address, or None where there is none to show."""
    pictures = bench.protocol.tags.pictures
    if pictures is None:
        return None
    try:
        pixels = decode(pictures.read(row), _SIDE)
    except (OSError, DataError):
        return None
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
