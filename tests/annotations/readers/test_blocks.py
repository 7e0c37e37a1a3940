from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations.readers.blocks import record_blocks
from labelsphere.errors import DataError

CELLS = st.text('ab\n",', max_size=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blocks")


@given(st.lists(st.text("ab", max_size=5), min_size=1), st.integers(1, 12), st.booleans())
def test_blocks_are_whole_lines_and_add_up_to_the_file(
    folder: Path, lines: list[str], size: int, ended: bool
) -> None:
    data = ("\n".join(lines) + "\n" * ended).encode()
    (folder / "lines").write_bytes(data)
    blocks = list(record_blocks(folder / "lines", size, quoted=False))
    assert b"".join(block.data for block in blocks) == data
    assert all(block.data.endswith(b"\n") for block in blocks[:-1])
    before = b""
    for block in blocks:
        assert block.first_line == 1 + before.count(b"\n")
        before += block.data
        assert len(before) <= block.end <= len(data)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=8))
def test_a_quoted_cell_is_never_cut(folder: Path, rows: list[list[str]]) -> None:
    # By hand, to know where each record ends.
    records = [",".join('"' + c.replace('"', '""') + '"' for c in row) + "\n" for row in rows]
    (folder / "table").write_bytes("".join(records).encode())
    ends, total = {0}, 0
    for record in records:
        total += len(record)
        ends.add(total)
    found = 0
    for block in record_blocks(folder / "table", 20, quoted=True):
        found += len(block.data)
        assert found in ends
    assert found == total


def test_a_quote_that_is_never_closed_ends_the_reading(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('image,tags\na,"sky\n' + "b,sea\n" * 100)
    with pytest.raises(DataError, match=r"line 2: a quoted cell from here on does not end"):
        list(record_blocks(tmp_path / "t.csv", 20, quoted=True))


def test_an_empty_file_has_no_blocks(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert list(record_blocks(tmp_path / "empty", 5, quoted=True)) == []
