"""Test pictures with the tags that a trained tagger gives them: what opens the demo's report."""

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.comparison.examples import picture_data
from labelsphere.comparison.report.page import Cell, Heading, ListItem, Page, Row, Section
from labelsphere.tagger import Tag, Tagger
from labelsphere.tagger.inputs import Inputs, Progress
from labelsphere.tagger.pipeline import Trained

_TAGS = 5
_BATCH = 64
_SURE = 0.5
_MOST_TRIED = 512


def gallery(
    trained: Trained[Tagger],
    tags: Annotations,
    inputs: Inputs,
    count: int,
    *,
    progress: Progress | None = None,
) -> Page:
    """Some test pictures and their tags, accepted ones marked, and how good the tagger is.

    Pictures are drawn at random with a fixed seed, among those whose likeliest tag has a
    probability of at least one half, if there are any.

    Args:
        trained: A calibrated tagger of pictures, measured on test images.
        tags: The annotations.
        inputs: Their pictures, prepared.
        count: Number of pictures.
        progress: Called with the number of pictures tagged and of all.
    """
    tried = np.random.default_rng(0).permutation(trained.rows.test)[:_MOST_TRIED]
    found: dict[int, list[Tag]] = {}
    for start in range(0, len(tried), _BATCH):
        batch = tried[start : start + _BATCH]
        predicted = trained.tagger.tag_inputs(inputs, _TAGS, rows=batch)
        found |= dict(zip(batch.tolist(), predicted, strict=True))
        if progress is not None:
            progress(len(found), len(tried))
    chosen = [row for row, of_row in found.items() if max(map(_probability, of_row)) >= _SURE]
    rows = tuple(
        Row(
            Heading(tags.image_ids[row], picture=picture_data(tags.pictures, row)),
            (Cell(items=tuple(_item(tag) for tag in found[row])),),
        )
        for row in (chosen or list(found))[:count]
    )
    text = (_note(len(chosen), len(found)),)
    section = Section("Icons and their tags", text, gallery=rows)
    return Page("Icons tagged by Labelsphere", _lead(trained), sections=(section,))


def _probability(tag: Tag) -> float:
    assert tag.probability is not None
    return tag.probability


def _item(tag: Tag) -> ListItem:
    return ListItem(tag.label, f"{_probability(tag):.0%}", marked=bool(tag.accepted))


def _note(chosen: int, tried: int) -> str:
    first = f"The {_TAGS} likeliest tags of icons that the tagger has not seen in training, and "
    first += "their probabilities. "
    if not chosen:
        return first
    return first + (
        "Marked: accepted tags, of which nine in ten should be right. Icons are drawn at random "
        f"among those whose likeliest tag has a probability of {_SURE:.0%} or more, "
        f"{chosen / tried:.0%} of {tried:,}."
    )


def _lead(trained: Trained[Tagger]) -> str:
    report, quality = trained.report, trained.report.quality
    assert quality is not None
    return (
        f"The recommended method ({report.method}) with {len(trained.tagger.vocabulary):,} tags, "
        f"trained on {report.images['train']:,} icons in {report.seconds:,.0f} seconds on the "
        "features of a pretrained backbone. "
        f"For {quality.values['precision@1'].value:.0%} of {quality.images:,} test icons the first "
        "tag is one that people gave; their tags are incomplete."
    )
