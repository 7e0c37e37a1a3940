"""Writer of Parquet: one row per picture, with lists of tags."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from labelsphere.archive.writers.output_picture import OutputPicture, status

_ROWS = 4096


def write_parquet(pictures: Iterable[OutputPicture], path: Path, *, calibrated: bool) -> None:
    """Write columns ``image`` and ``tags``, and lists of the tags' probabilities or scores."""
    # Imported here because tagging a single picture needs no tables.
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            ("image", pa.string()),
            ("tags", pa.list_(pa.string())),
            ("score", pa.list_(pa.float32())),
            ("probability", pa.list_(pa.float64())),
            ("status", pa.list_(pa.string())),
        ]
    )
    waiting = iter(pictures)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while block := list(islice(waiting, _ROWS)):
            tags = [one.tags for one in block]
            columns = {
                "image": [one.name for one in block],
                "tags": [[tag.label for tag in given] for given in tags],
                "score": [[tag.score for tag in given] for given in tags],
                "probability": [
                    [tag.probability for tag in given] if calibrated else None for given in tags
                ],
                "status": [
                    [status(tag) for tag in given] if calibrated else None for given in tags
                ],
            }
            writer.write_table(pa.table(columns, schema=schema))
