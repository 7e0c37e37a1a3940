"""What a label space is fitted from: the training rows of a table of tags, or saved counts."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.arrays import IntArray
    from labelsphere.space import Counts


def fit_source(
    tags: Path,
    *,
    weighted: bool,
    split: str | None,
    group: str | None,
    features: Path | None,
    feature_column: str | None,
    **table: Any,
) -> "tuple[Annotations | Counts, dict[str, Any]]":
    """Read what to fit, and tell on stderr what is left out.

    Args:
        tags: A table, or a folder of saved counts.
        weighted: Count an image by its tags' confidence.
        split: Column whose ``train`` rows are counted.
        group: Column of variants, of which the first is counted.
        features: File of feature vectors.
        feature_column: Column of the vectors.
        **table: The options of `labelsphere.cli.tables.read_table`.

    Returns:
        Annotations or counts, and with ``features`` the option of that name.

    Raises:
        UsageError: If an option is wrong, or is about a table and counts are given.
        DataError: If the table or the features cannot be used.
    """
    from labelsphere.annotations import first_of_groups
    from labelsphere.cli import tables
    from labelsphere.cli.saved_counts import are_counts, load_counts
    from labelsphere.space import count_cooccurrence

    if are_counts(tags):
        others = {"weighted": weighted, "split": split, "group": group, "features": features}
        about_table = {**table, "min_count": table["min_count"] > 1}
        return load_counts(tags, about_table | others), {}
    annotations = tables.read_table(tags, **table)
    rows = _training_rows(annotations, split)
    if group is not None:
        rows = first_of_groups(rows, annotations.groups(group))
    chosen = annotations.select(rows)
    options = _features(features, feature_column, rows)
    return (count_cooccurrence(chosen, weighted=True) if weighted else chosen), options


def options_of(method: str, given: list[str]) -> dict[str, Any]:
    """A method's own options, from NAME=VALUE each.

    Raises:
        UsageError: If one is in another form, of another type, or not the method's.
    """
    from labelsphere.errors import UsageError
    from labelsphere.space.embedders import option_from_text

    options = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--option must be NAME=VALUE, but got {text!r}")
        options[name] = option_from_text(method, name, value)
    return options


def _training_rows(annotations: "Annotations", split: str | None) -> "IntArray":
    """The rows of the images to count; says on stderr which where the user did not."""
    import numpy as np

    from labelsphere.annotations import part_rows, split_column
    from labelsphere.cli.output import remark

    every = np.arange(annotations.n_images, dtype=np.int64)
    column = split_column(annotations, split)
    if column is None:
        return every
    rows = part_rows(annotations, column, "train", needed=split is not None)
    if not len(rows):
        remark(f"no row of the column {column} is for training: all rows are counted")
        return every
    if split is None:
        remark(
            f"counting the {len(rows):,} of {annotations.n_images:,} images whose {column} is train"
        )
    return rows


def _features(path: Path | None, column: str | None, rows: "IntArray") -> dict[str, Any]:
    """The option ``features``: vectors of the images that are counted, where a file is named."""
    if path is None:
        return {}
    from labelsphere.errors import DataError
    from labelsphere.tagger.inputs.feature_files import read_matrix

    matrix = read_matrix(path, column)
    if len(rows) and matrix.shape[0] <= rows.max():
        raise DataError(
            f"{path} has {matrix.shape[0]:,} rows and the tag table more; expected one row an "
            "image, in the table's order"
        )
    return {"features": matrix[rows]}
