"""The images that evaluate and calibrate take."""

from pathlib import Path

import pytest

from labelsphere.cli.scored_images import ScoredImages, ScoredOptions, read_scored
from labelsphere.cli.tables import TableOptions
from labelsphere.errors import UsageError
from labelsphere.tagger import Tagger


def read(
    shapes: Path, tagger: Tagger, part: str | None, default: str = "test", **options: str
) -> ScoredImages:
    return read_scored(
        tagger,
        shapes / "tags.csv",
        TableOptions(),
        ScoredOptions(device="cpu", **options),  # type: ignore[arg-type]
        part,
        default=default,
        on_phase=lambda *_: None,
    )


def test_the_default_part_is_the_verbs(shapes: Path, shape_tagger: Path) -> None:
    tagger = Tagger.load(shape_tagger)
    assert tagger.split is None  # The table has a column of splits.
    found = read(shapes, tagger, None)
    assert (found.part, found.rows.tolist(), found.unreadable) == ("test", [*range(63, 72)], 0)
    assert found.tags.vocabulary == tagger.vocabulary
    assert read(shapes, tagger, None, "val").rows.tolist() == [*range(54, 63)]
    assert read(shapes, tagger, "train").unreadable == 3


def test_all_images_and_groups(shapes: Path, shape_tagger: Path) -> None:
    tagger = Tagger.load(shape_tagger)
    found = read(shapes, tagger, "all")
    assert (found.part, len(found.rows), found.unreadable) == ("all", 73, 3)
    pairs = read(shapes, tagger, "test", group="pair")
    assert pairs.rows.tolist() == [63, 64, 66, 68, 70]


def test_a_missing_column_is_refused(shapes: Path, shape_tagger: Path) -> None:
    with pytest.raises(UsageError, match="no column"):
        read(shapes, Tagger.load(shape_tagger), None, split="holiday")
