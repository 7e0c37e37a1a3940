"""Labels on disk: the table that gives every saved folder its vocabulary, in order."""

from pathlib import Path

import numpy as np
import polars as pl

from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import IntArray
from labelsphere.errors import ArtefactError

FILE_NAME = "labels.parquet"


def write_labels(folder: Path, vocabulary: Vocabulary, counts: IntArray) -> None:
    """Write ``labels.parquet``: name, count, category and aliases of each label, in order.

    Category and aliases are there for tools that fill them; they are empty here.

    Args:
        folder: The artefact's folder.
        vocabulary: The labels.
        counts: Images of each label, (labels,).
    """
    pl.DataFrame(
        {
            "name": pl.Series(vocabulary.names, dtype=pl.String),
            "count": pl.Series(np.asarray(counts), dtype=pl.Int64),
            "category": pl.Series([None] * len(vocabulary), dtype=pl.String),
            "aliases": pl.Series([[]] * len(vocabulary), dtype=pl.List(pl.String)),
        }
    ).write_parquet(folder / FILE_NAME)


def read_labels(folder: Path) -> tuple[Vocabulary, IntArray]:
    """Read ``labels.parquet``.

    Returns:
        The vocabulary and the images of each label, int64.

    Raises:
        ArtefactError: If the file is missing or damaged.
    """
    path = folder / FILE_NAME
    try:
        table = pl.read_parquet(path, columns=["name", "count"])
        return Vocabulary(table["name"].to_list()), table["count"].to_numpy().astype(np.int64)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
        raise ArtefactError(f"{path} cannot be read ({reason}); save the folder anew") from error
