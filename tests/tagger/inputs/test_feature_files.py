import numpy as np
import polars as pl
import pytest
from scipy.sparse import csc_array, csr_array, save_npz

from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs.feature_files import read_matrix

TABLE = np.arange(12, dtype=np.float32).reshape(4, 3)


def test_npy_is_mapped_not_read(tmp_path):
    np.save(tmp_path / "x.npy", TABLE)
    matrix = read_matrix(tmp_path / "x.npy")
    assert isinstance(matrix, np.memmap)
    np.testing.assert_array_equal(matrix, TABLE)


@pytest.mark.parametrize("kind", [csr_array, csc_array])
def test_npz_is_brought_to_rows(tmp_path, kind):
    save_npz(tmp_path / "x.npz", kind(TABLE))
    matrix = read_matrix(tmp_path / "x.npz")
    assert isinstance(matrix, csr_array)
    np.testing.assert_array_equal(matrix.toarray(), TABLE)


@pytest.mark.parametrize(
    "kind", [pl.List(pl.Float64), pl.Array(pl.Float32, 3), pl.List(pl.Int32), pl.Array(pl.Int8, 3)]
)
def test_parquet_lists_and_arrays(tmp_path, kind):
    frame = pl.DataFrame(
        {"id": list("abcd"), "x": pl.Series(TABLE.astype(int).tolist(), dtype=kind)}
    )
    frame.write_parquet(tmp_path / "x.parquet")
    for column in (None, "x"):
        np.testing.assert_array_equal(read_matrix(tmp_path / "x.parquet", column), TABLE)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (None, "none was given; such columns: x, y"),
        ("z", "got 'z'; such columns: x, y"),
        ("tags", "got 'tags'; such columns: x, y"),
    ],
)
def test_parquet_column_to_be_named(tmp_path, column, message):
    columns = {"x": TABLE.tolist(), "y": TABLE.tolist(), "tags": [["a"]] * 4}
    pl.DataFrame(columns).write_parquet(tmp_path / "x.parquet")
    with pytest.raises(UsageError, match=message):
        read_matrix(tmp_path / "x.parquet", column)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1.0, 2.0], [3.0]], "lists of one length, but got lengths 2, 1"),
        ([[1.0, 2.0], None], "lists of one length, but got lengths 2, None"),
        ([[1.0, None], [3.0, 4.0]], "1 empty numbers"),
        ([], "has no rows"),
    ],
)
@pytest.mark.parametrize("array", [False, True])
def test_parquet_lists_that_make_no_table(tmp_path, values, message, array):
    widths = {len(value) for value in values if value is not None}
    if array and len(widths) > 1:
        values, message = [None, None], "lists of one length"
    kind = pl.Array(pl.Float64, 2) if array else pl.List(pl.Float64)
    pl.DataFrame({"x": pl.Series(values, dtype=kind)}).write_parquet(tmp_path / "x.parquet")
    with pytest.raises(DataError, match=message):
        read_matrix(tmp_path / "x.parquet")


def test_pickled_objects_are_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}], object), allow_pickle=True)
    np.savez(tmp_path / "x.npz", data=np.array([{}], object))
    for name in ("x.npy", "x.npz"):
        with pytest.raises(DataError, match=f"{name} holds no feature vectors"):
            read_matrix(tmp_path / name)


@pytest.mark.parametrize("ending", ["npy", "npz", "parquet"])
@pytest.mark.parametrize("contents", [b"", b"hello", b"PK\x03\x04", b"\x93NUMPY", b"PAR1"])
def test_other_contents_are_refused_in_one_line(tmp_path, ending, contents):
    path = tmp_path / f"x.{ending}"
    path.write_bytes(contents)
    with pytest.raises(DataError, match=r"x\.\w+ holds no feature vectors") as caught:
        read_matrix(path)
    assert "\n" not in str(caught.value)


def test_a_dense_npz_is_refused(tmp_path):
    np.savez(tmp_path / "x.npz", TABLE)
    with pytest.raises(DataError, match="holds no feature vectors"):
        read_matrix(tmp_path / "x.npz")


def test_column_numbers_out_of_range_are_refused(tmp_path):
    matrix = csr_array(TABLE)
    np.savez(
        tmp_path / "x.npz", format="csr", shape=(4, 3), data=matrix.data, indptr=matrix.indptr,
        indices=matrix.indices + 1_000_000,
    )  # fmt: skip
    with pytest.raises(DataError, match="holds no feature vectors"):
        read_matrix(tmp_path / "x.npz")


def test_a_missing_file(tmp_path):
    with pytest.raises(UsageError, match="there is no file"):
        read_matrix(tmp_path / "x.npy")


def test_another_ending(tmp_path):
    with pytest.raises(UsageError, match=r"must be a \.npy, \.npz, \.parquet file"):
        read_matrix(tmp_path / "x.csv")
