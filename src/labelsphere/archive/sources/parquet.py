"""Pictures stored as bytes in a Parquet table, such as a Hugging Face dataset."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelsphere.annotations.file_names import printable
from labelsphere.archive.sources.item import Item, stored
from labelsphere.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 64
_NAMES = ("id", "image_id", "file_name", "path", "name", "__key__")


def parquet_items(path: Path) -> Iterator[Item]:
    """Yield the pictures of a table, in its order, with some rows in memory at a time.

    Their names are the paths stored with them, else the table's column of names, else their row
    numbers. A repeated name gets the row number appended.

    Raises:
        DataError: If the file is not a Parquet table, or has no column of bytes.
    """
    # Imported here because tagging a single picture needs no tables.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{path} cannot be read as Parquet ({error}): give a complete file"
        ) from error
    schema = table.schema_arrow
    column = next((field.name for field in schema if _holds_bytes(field.type)), None)
    if column is None:
        raise DataError(
            f"{path} has no column of encoded pictures; its columns are {', '.join(schema.names)}: "
            "expected bytes, or Hugging Face's image column"
        )
    named = next((name for name in _NAMES if name in schema.names), None)
    wanted = [column] if named is None else [column, named]
    before: set[str] = set()
    row = 0
    for batch in table.iter_batches(batch_size=_ROWS, columns=wanted):
        pictures = batch.column(column)
        names = None if named is None else batch.column(named)
        for place in range(len(batch)):
            data, kept = _parts(pictures[place].as_py())
            name = kept or str(row if names is None else names[place].as_py())
            if name in before:
                name = f"{name}#{row}"
            before.add(name)
            yield Item(f"{printable(str(path))}::{name}", stored(data), len(data))
            row += 1


def _holds_bytes(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        return bool(kind.get_field_index("bytes") >= 0)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _parts(value: Any) -> tuple[bytes, str]:
    """Return the bytes of a cell, or empty bytes, and the path stored with them."""
    if isinstance(value, dict):
        return value.get("bytes") or b"", value.get("path") or ""
    return value or b"", ""
