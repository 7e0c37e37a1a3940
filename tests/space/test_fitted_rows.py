"""Which images a label space is fitted to, in Python and on the command line alike."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.sparse import coo_array

from labelsphere.annotations import Annotations
from labelsphere.cli import main
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace, count_cooccurrence
from labelsphere.space.fitted_rows import choose_fitted_rows, select_fitted

TAGS = ["sky,sea", "sky,sea", "cat,sofa", "cat,sky", "sky", "sea,sky", "dog", "dog,cat", "cat,sofa"]
SPLIT = ["train", "train", "train", "Training", "train", "train", "val", "test", "train"]
BASE = ["1", "1", "2", "3", "4", "5", "6", "7", "2"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "tags.csv"
    images = [f"{n}.jpg" for n in range(len(TAGS))]
    columns = {"image": images, "tags": TAGS, "split": SPLIT, "base": BASE}
    pl.DataFrame(columns).write_csv(path)
    return path


def test_training_rows_are_counted_and_that_is_said(table: Path) -> None:
    tags = Annotations.read(table)
    found = choose_fitted_rows(tags)
    assert found.rows.tolist() == [0, 1, 2, 3, 4, 5, 8]
    assert found.note == "counting the 7 of 9 images whose split is train"
    assert choose_fitted_rows(tags, "split").note == found.note
    assert choose_fitted_rows(tags, group="base").rows.tolist() == [0, 2, 3, 4, 5]
    assert choose_fitted_rows(tags, "none", "base").rows.tolist() == [0, 2, 3, 4, 5, 6, 7]


def test_a_column_without_training_rows_is_refused_or_passed_over(table: Path) -> None:
    tags = Annotations.read(table)
    test = tags.select(np.array([7]))
    found = choose_fitted_rows(test)
    assert (found.rows.tolist(), found.note) == (
        [0],
        "no row of the column split is for training: all rows are counted",
    )
    with pytest.raises(UsageError, match="marks no train images"):
        choose_fitted_rows(test, "split")
    with pytest.raises(UsageError, match="no column"):
        choose_fitted_rows(tags, "other")


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ({}, []),
        ({"group": "base"}, ["--group", "base"]),
        ({"split": "none"}, ["--split", "none"]),
        ({"weighted": True}, ["--weighted"]),
    ],
)
def test_python_fits_what_the_command_line_fits(
    table: Path, tmp_path: Path, arguments: dict[str, object], options: list[str]
) -> None:
    space = LabelSpace.fit(Annotations.read(table), **arguments)  # type: ignore[arg-type]
    assert main(["embed", str(table), "--output", str(tmp_path / "space"), *options]) == 0
    written = LabelSpace.load(tmp_path / "space")
    assert written.counts.tolist() == space.counts.tolist()
    assert written.vectors.tobytes() == space.vectors.tobytes()
    assert written.record == space.record


def test_python_refits_to_what_the_command_line_refits_to(table: Path, tmp_path: Path) -> None:
    tags = Annotations.read(table)
    old = LabelSpace.fit(tags, split="none", dim=2)
    old.save(tmp_path / "old")
    new = old.refit(tags, group="base")
    command = ["refit", str(tmp_path / "old"), str(table), "--group", "base"]
    assert main([*command, "--output", str(tmp_path / "new")]) == 0
    written = LabelSpace.load(tmp_path / "new")
    assert written.counts.tolist() == new.counts.tolist() == [2, 0, 2, 4, 1]
    assert written.vectors.tobytes() == new.vectors.tobytes()


def test_features_of_the_counted_images_are_used(table: Path) -> None:
    tags = Annotations.read(table)
    vectors = np.random.default_rng(0).normal(size=(9, 3))
    rows = choose_fitted_rows(tags).rows
    expected = LabelSpace.fit(tags.select(rows), "rembrandt", features=vectors[rows])
    found = LabelSpace.fit(tags, "rembrandt", features=vectors)
    assert found.vectors.tobytes() == expected.vectors.tobytes()
    sparse = coo_array(vectors)
    _, options = select_fitted(tags, {"features": sparse}, split=None, group=None, weighted=False)
    assert np.array_equal(options["features"].toarray(), vectors[rows])
    with pytest.raises(UsageError, match="there are 7 rows of features for 9 images"):
        LabelSpace.fit(tags, "rembrandt", features=vectors[rows])


def test_arguments_about_a_table_are_refused_with_counts(table: Path) -> None:
    counts = count_cooccurrence(Annotations.read(table))
    with pytest.raises(UsageError, match="but got group='base'"):
        LabelSpace.fit(counts, group="base")
    with pytest.raises(UsageError, match="but got weighted=True"):
        LabelSpace.fit(counts, weighted=True)
