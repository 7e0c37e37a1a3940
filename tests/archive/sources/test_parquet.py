"""Parquet tables as sources of pictures."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelsphere.archive.sources.parquet import parquet_items
from labelsphere.errors import DataError


@pytest.mark.parametrize("form", ["bytes", "hugging face", "named"])
def test_tables_of_pictures(tmp_path: Path, form: str) -> None:
    data = [f"picture {n}".encode() for n in range(150)]
    if form == "hugging face":
        cells = [{"bytes": d, "path": f"{n % 149}.png"} for n, d in enumerate(data)]
        table = pa.table({"image": cells})
    elif form == "named":
        table = pa.table({"id": [f"{n % 149}.png" for n in range(150)], "jpg": data})
    else:
        table = pa.table({"jpg": data})
    path = tmp_path / "t.parquet"
    pq.write_table(table, path)
    found = list(parquet_items(path))
    assert [item.read() for item in found] == data
    assert len({item.name for item in found}) == 150
    end = "149" if form == "bytes" else "0.png#149"
    assert found[-1].name == f"{path}::{end}"


def test_a_table_without_pictures_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"tags": ["sky"]}), tmp_path / "t.parquet")
    with pytest.raises(DataError, match=r"no column of encoded pictures.*tags"):
        list(parquet_items(tmp_path / "t.parquet"))
    (tmp_path / "x.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        list(parquet_items(tmp_path / "x.parquet"))
