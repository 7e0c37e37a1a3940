import json

import numpy as np
import polars as pl
import pytest
import torch
from scipy.sparse import coo_array, csr_array, csr_matrix, random_array, save_npz

from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs import FeatureInputs, read_features

TABLE = np.random.default_rng(0).normal(3, 2, (30, 4))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int16, np.uint8, bool])
def test_batch_is_the_rows_in_float32(dtype):
    table = TABLE.astype(dtype)
    inputs = FeatureInputs(table)
    batch = inputs.batch(np.array([4, 0, 4]), training=True, seed=1)
    assert batch.dtype == torch.float32
    assert batch.shape == (3, 4)
    assert (len(inputs), inputs.sample_shape) == (30, (4,))
    np.testing.assert_array_equal(batch.numpy(), table[[4, 0, 4]].astype(np.float32))


@pytest.mark.parametrize("kind", [csr_array, csr_matrix, coo_array])
def test_sparse_rows_are_made_dense_by_batch(kind):
    table = np.where(TABLE > 4, TABLE, 0)
    rows = np.array([7, 2])
    batch = FeatureInputs(kind(table)).batch(rows, training=False)
    np.testing.assert_array_equal(batch.numpy(), table[rows].astype(np.float32))


def test_fitted_over_training_rows():
    rows = np.arange(0, 30, 2)
    inputs = FeatureInputs(TABLE)
    fitted = inputs.fitted(rows).batch(np.arange(30), training=False).numpy()
    expected = (TABLE - TABLE[rows].mean(axis=0)) / TABLE[rows].std(axis=0)
    np.testing.assert_allclose(fitted, expected, atol=1e-5)
    assert np.array_equal(inputs.batch(np.arange(30), training=False), TABLE.astype(np.float32))


def test_settings_prepare_new_vectors_alike():
    fitted = FeatureInputs(TABLE).fitted(np.arange(20))
    settings = json.loads(json.dumps(fitted.settings()))
    others = FeatureInputs.from_settings(TABLE[20:], settings)
    assert torch.equal(
        others.batch(np.arange(10), training=False),
        fitted.batch(np.arange(20, 30), training=False),
    )


def test_another_width_is_refused():
    settings = FeatureInputs(TABLE).settings()
    with pytest.raises(DataError, match="expected features of width 4, but got width 3"):
        FeatureInputs.from_settings(TABLE[:, :3], settings)


def test_settings_of_images_are_refused():
    with pytest.raises(DataError, match="expected settings of features, but got those of images"):
        FeatureInputs.from_settings(TABLE, {"kind": "images"})


def test_no_rows_to_fit():
    with pytest.raises(UsageError, match="no rows to standardise"):
        FeatureInputs(TABLE).fitted(np.array([], np.int64))


def test_all_are_usable():
    told = []
    inputs = FeatureInputs(TABLE)
    flags = inputs.usable(progress=lambda done, total: told.append((done, total)))
    assert flags.tolist() == [True] * 30
    assert told == [(30, 30)]
    assert inputs.usable(np.array([3, 4])).tolist() == [True, True]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])
def test_what_is_not_finite_in_float32_is_refused(value):
    table = np.zeros((5000, 2))
    table[4500, 1] = value
    with pytest.raises(DataError, match=r"finite in float32.* in row 4500"):
        FeatureInputs(table)
    with pytest.raises(DataError, match="finite in float32"):
        FeatureInputs(csr_array(table))


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros(5),
        np.zeros((2, 3, 4)),
        np.array([["a", "b"]]),
        np.array([[1, None]]),
        np.zeros((2, 2), complex),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(matrix):
    with pytest.raises(DataError, match="features must be a matrix of numbers"):
        FeatureInputs(matrix)


def test_no_columns_are_refused():
    with pytest.raises(DataError, match="at least one column"):
        FeatureInputs(np.zeros((3, 0)))


def test_read_features_tells_the_file(tmp_path):
    np.save(tmp_path / "x.npy", np.array([[1.0, np.nan]]))
    with pytest.raises(DataError, match=r"x\.npy: features must be finite"):
        read_features(tmp_path / "x.npy")


def test_read_features_of_each_kind(tmp_path):
    sparse = random_array((30, 4), density=0.5, format="csr", rng=0)
    np.save(tmp_path / "x.npy", TABLE)
    save_npz(tmp_path / "x.npz", sparse)
    pl.DataFrame({"vector": TABLE.tolist()}).write_parquet(tmp_path / "x.parquet")
    rows = np.array([29, 3])
    for name, expected in (("npy", TABLE), ("npz", sparse.toarray()), ("parquet", TABLE)):
        batch = read_features(tmp_path / f"x.{name}").batch(rows, training=False)
        np.testing.assert_array_equal(batch.numpy(), expected[rows].astype(np.float32))


def test_a_row_of_nan_is_a_missing_one():
    table = np.ones((4100, 2))
    table[[3, 4099]] = np.nan
    inputs = FeatureInputs(table)
    assert np.flatnonzero(~inputs.usable()).tolist() == [3, 4099]
    assert inputs.usable(np.array([4099, 0])).tolist() == [False, True]
    fitted = inputs.fitted(np.flatnonzero(inputs.usable()))
    assert fitted.mean.tolist() == [1.0, 1.0]
    with pytest.raises(DataError, match="row 4099 of the features is missing"):
        fitted.batch(np.array([0, 4099]), training=False)
