"""Labels renamed, merged and removed in a fitted space: places by hand, names that go on."""

from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Revision, Vocabulary
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace

ROWS = [["auto", "road"]] * 3 + [["car", "road", "sky"]] * 6 + [["cat", "sofa"]] * 5 + [["sky"]] * 2
SPACE = LabelSpace.fit(Annotations.from_lists(ROWS))


def test_a_merged_label_is_at_the_mean_weighted_by_images() -> None:
    revised = SPACE.revise({"auto": "car"})
    auto, car = (SPACE.vectors[SPACE.row(name)].astype(np.float64) for name in ("auto", "car"))
    expected = (3 * auto + 6 * car) / 9
    np.testing.assert_allclose(revised.vectors[revised.row("car")], expected, atol=1e-6)
    assert revised.counts[revised.row("car")] == 9
    for name in ("road", "cat", "sofa", "sky"):
        assert (
            revised.vectors[revised.row(name)].tolist() == SPACE.vectors[SPACE.row(name)].tolist()
        )
    assert revised.record == SPACE.record


def test_old_names_and_aliases_are_found_everywhere() -> None:
    revised = SPACE.revise({"auto": "car", "sofa": "couch", "sky": None}, {"tom": "cat"})
    assert revised.vocabulary.names == ("car", "cat", "road", "couch")
    assert revised.neighbors("sofa") == revised.neighbors("couch")
    assert revised.combine("tom", "auto") == revised.combine("cat", "car")
    assert revised.encode([["auto", "tom"]]).tolist() == revised.encode([["car", "cat"]]).tolist()
    old = Annotations.from_lists([["auto", "car", "sky"], ["sofa"]])
    assert [revised.align(old).tags_of(row) for row in (0, 1)] == [["car"], ["couch"]]
    one, other = ({name: 4.0, "road": 3.0} for name in ("auto", "car"))
    placed = [revised.place("van", counts, images=4) for counts in (one, other)]
    assert placed[0].vectors.tolist() == placed[1].vectors.tolist()
    assert placed[0].vocabulary.aliases == revised.vocabulary.aliases
    with pytest.raises(UsageError, match="'auto' is in the space already"):
        revised.place("auto", {"road": 1}, images=1)
    with pytest.raises(UsageError, match="no label 'sky'"):
        revised.neighbors("sky")


def test_aliases_are_saved_and_loaded(tmp_path: Path) -> None:
    SPACE.revise({"auto": "car"}).save(tmp_path / "space")
    assert LabelSpace.load(tmp_path / "space").vocabulary.aliases == {"auto": "car"}


def test_a_label_without_a_place_gives_its_images_alone() -> None:
    vocabulary = Vocabulary(["a", "b", "never"])
    space = LabelSpace(vocabulary, np.eye(3, 2, dtype=np.float32), np.array([2, 5, 7]))
    merged = space.revise({"never": "b", "a": None})
    assert merged.vectors.tolist() == [[0.0, 1.0]]
    assert merged.counts.tolist() == [12]
    # Of two labels without a place none is made.
    assert (
        not LabelSpace(vocabulary, np.zeros((3, 2), np.float32), np.ones(3, np.int64))
        .revise({"a": "b"})
        .vectors.any()
    )


def test_no_label_is_in_more_images_than_there_are() -> None:
    rows = [["a", "b"]] * 4 + [["a"], ["c"]]
    merged = LabelSpace.fit(Annotations.from_lists(rows)).revise({"a": "b"})
    assert merged.counts.tolist() == [6, 1]


def test_what_was_placed_later_stays_so_under_its_new_name() -> None:
    larger = SPACE.place("van", {"car": 4}, images=4).place("bus", {"road": 4}, images=4)
    assert larger.revise({"van": "lorry"}).record.placed_later == ("lorry", "bus")
    assert larger.revise({"van": "car"}).record.placed_later == ("bus",)
    assert larger.revise({"van": "bus"}).fitted.tolist() == [True] * 6 + [False]


def test_a_revision_made_before_can_be_used() -> None:
    change = Revision({"auto": "car", "nowhere": "sky"}, expected=())
    assert SPACE.revise(change).vocabulary.aliases == {"auto": "car", "nowhere": "sky"}
    with pytest.raises(UsageError, match="no tag 'nowhere'"):
        SPACE.revise({"nowhere": "sky"})
