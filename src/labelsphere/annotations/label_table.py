"""Table of labels on disk, which stores the vocabulary of every saved folder."""

from pathlib import Path

import numpy as np
import polars as pl

from labelsphere.annotations.vocabulary import Vocabulary
from labelsphere.arrays import IntArray
from labelsphere.errors import ArtefactError

FILE_NAME = "labels.parquet"


def write_labels(folder: Path, vocabulary: Vocabulary, counts: IntArray) -> None:
    """Write ``labels.parquet``: name, count, category and aliases of each label, in order.

    The category is empty; other tools may fill it.

    Args:
        folder: The artefact's folder.
        vocabulary: The labels.
        counts: Number of images of each label, (labels,).
    """
    aliases: list[list[str]] = [[] for _ in vocabulary]
    for alias in vocabulary.aliases:
        aliases[vocabulary.index(alias)].append(alias)
    pl.DataFrame(
        {
            "name": pl.Series(vocabulary.names, dtype=pl.String),
            "count": pl.Series(np.asarray(counts), dtype=pl.Int64),
            "category": pl.Series([None] * len(vocabulary), dtype=pl.String),
            "aliases": pl.Series(aliases, dtype=pl.List(pl.String)),
        }
    ).write_parquet(folder / FILE_NAME)


def read_labels(folder: Path) -> tuple[Vocabulary, IntArray]:
    """Read ``labels.parquet``.

    Returns:
        The vocabulary with its aliases, and the number of images of each label, int64.

    Raises:
        ArtefactError: If the file is missing or damaged.
    """
    path = folder / FILE_NAME
    try:
        table = pl.read_parquet(path, columns=["name", "count", "aliases"])
        names = table["name"].to_list()
        aliases = {
            alias: name
            for name, others in zip(names, table["aliases"].to_list(), strict=True)
            for alias in others or ()
        }
        return Vocabulary(names, aliases), table["count"].to_numpy().astype(np.int64)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0]
        raise ArtefactError(f"{path} cannot be read ({reason}); save the folder again") from error
