"""Features are what the network computes, and stale ones are never used."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from labelsphere.annotations import Annotations, PictureBytes, PictureFiles
from labelsphere.errors import ArtefactError, DataError, UsageError
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.cache_folder import cache_folder
from labelsphere.tagger.features import feature_cache, frozen, frozen_features
from labelsphere.tagger.features.extraction import Extracted, extract_features
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.network import build_network, features_of
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.pretrained import PretrainedWeights

OPTIONS = {"channels": (8, 16, 32, 64)}
Weights = Callable[..., PretrainedWeights]
Prepared = Callable[..., ImageInputs]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures each call ran through the network."""
    counts: list[int] = []

    def counted(network, inputs, rows, **settings) -> Iterator[Extracted]:
        counts.append(len(rows))
        return extract_features(network, inputs, rows, **settings)

    monkeypatch.setattr(frozen, "extract_features", counted)
    return counts


def features(inputs: ImageInputs, weights: PretrainedWeights, cache: Path | None) -> np.ndarray:
    found = frozen_features(inputs, weights, cache, options=OPTIONS, device="cpu", batch_size=7)
    return np.asarray(found.matrix)


def test_features_are_what_enters_the_head(
    prepared: Prepared, weights_file: Weights, tmp_path: Path
) -> None:
    inputs, weights = prepared(), weights_file()
    network = build_network(
        weights.backbone, 5, inputs.sample_shape, options=OPTIONS, pretrained=weights.path
    ).eval()
    with torch.no_grad():
        batch = inputs.batch(np.arange(len(inputs)), training=False)
        expected = features_of(network, batch).numpy()
    for cache in (None, tmp_path, tmp_path):
        np.testing.assert_allclose(features(inputs, weights, cache), expected, rtol=0, atol=1e-5)


def test_the_second_time_nothing_is_computed(
    prepared: Prepared, weights_file: Weights, tmp_path: Path, computed: list[int]
) -> None:
    first = features(prepared(), weights_file(), tmp_path)
    told: list[tuple[int, int]] = []
    again = frozen_features(
        prepared(),
        weights_file(),
        tmp_path,
        options=OPTIONS,
        device="cpu",
        progress=lambda *done: told.append(done),
    )
    np.testing.assert_array_equal(again.matrix, first)
    assert computed[1] == 0
    assert told == [(40, 40)]
    assert len(features(prepared(), weights_file(), None)) == 40
    assert computed[2] == computed[0]  # Without a cache nothing is remembered.


@pytest.mark.parametrize("change", ["size", "fit", "weights", "options"])
def test_another_preparation_or_other_weights_are_computed_anew(
    prepared: Prepared, weights_file: Weights, tmp_path: Path, computed: list[int], change: str
) -> None:
    features(prepared(), weights_file(), tmp_path)
    inputs, weights, options = prepared(), weights_file(), dict(OPTIONS)
    if change == "size":
        inputs = prepared(size=24)
    elif change == "fit":
        inputs = prepared(fit="stretch")
    elif change == "options":
        options["act_layer"] = "gelu"
    else:
        weights = weights_file(1)
    found = frozen_features(inputs, weights, tmp_path, options=options, device="cpu")
    assert computed[1] == computed[0]
    # Where the cache was wrong, it would give what was computed first.
    alone = frozen_features(inputs, weights, None, options=options, device="cpu")
    np.testing.assert_allclose(found.matrix, alone.matrix, atol=1e-6)


def test_weights_that_are_changed_under_their_name_are_noticed(
    prepared: Prepared, weights_file: Weights, tmp_path: Path, computed: list[int]
) -> None:
    path = tmp_path / "weights.safetensors"
    for seed in (0, 1):
        source = weights_file(seed).path
        assert source is not None
        shutil.copy(source, path)
        weights = replace(weights_file(seed), path=path)
        found = features(prepared(), weights, tmp_path / "cache")
        np.testing.assert_array_equal(found, features(prepared(), weights_file(seed), None))
    assert computed[2] == computed[0]


def test_a_changed_picture_is_computed_anew_and_the_others_are_not(
    squares: Annotations,
    prepared: Prepared,
    weights_file: Weights,
    tmp_path: Path,
    computed: list[int],
) -> None:
    assert squares.pictures is not None
    paths = []
    for row in range(8):
        paths.append(tmp_path / f"{row}.png")
        paths[-1].write_bytes(squares.pictures.read(row))
    inputs = prepared(PictureFiles(paths))
    first = features(inputs, weights_file(), tmp_path / "cache")
    before = paths[2].stat()
    paths[2].write_bytes(squares.pictures.read(30))
    os.utime(paths[2], ns=(before.st_atime_ns, before.st_mtime_ns))
    second = features(inputs, weights_file(), tmp_path / "cache")
    np.testing.assert_allclose(second, features(inputs, weights_file(), None), atol=1e-5)
    assert not np.array_equal(second[2], first[2])
    assert computed[1] == 1


def test_pictures_are_known_by_contents_under_any_name_and_order(
    squares: Annotations,
    prepared: Prepared,
    weights_file: Weights,
    tmp_path: Path,
    computed: list[int],
) -> None:
    assert squares.pictures is not None
    first = features(prepared(), weights_file(), tmp_path)
    order = np.array([5, 3, 3, 0])
    data = pl.Series([squares.pictures.read(int(row)) for row in order], dtype=pl.Binary)
    again = features(prepared(PictureBytes(data, list("abcd"))), weights_file(), tmp_path)
    np.testing.assert_array_equal(again, first[order])
    assert computed[1] == 0


def test_pictures_that_cannot_be_read_are_not_usable_and_tried_again(
    squares: Annotations, prepared: Prepared, weights_file: Weights, tmp_path: Path
) -> None:
    assert squares.pictures is not None
    paths = [tmp_path / name for name in ("good.png", "text.png", "missing.png", "also.png")]
    paths[0].write_bytes(squares.pictures.read(0))
    paths[1].write_text("no picture")
    paths[3].write_bytes(squares.pictures.read(1))
    inputs = prepared(PictureFiles(paths))
    found = frozen_features(inputs, weights_file(), tmp_path / "c", options=OPTIONS, device="cpu")
    assert found.usable().tolist() == inputs.usable().tolist() == [True, False, False, True]
    with pytest.raises(DataError, match="row 1 of the features is missing"):
        found.batch(np.array([0, 1]), training=False)
    paths[1].write_bytes(squares.pictures.read(2))
    again = frozen_features(inputs, weights_file(), tmp_path / "c", options=OPTIONS, device="cpu")
    assert again.usable().tolist() == [True, True, False, True]
    with pytest.raises(DataError, match="none of the 1 pictures can be read"):
        features(prepared(PictureFiles([tmp_path / "missing.png"])), weights_file(), None)


def test_an_interrupted_computation_goes_on(
    prepared: Prepared,
    weights_file: Weights,
    tmp_path: Path,
    computed: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frozen, "_PICTURES_A_PART", 14)

    def stop(done: int, total: int) -> None:
        if done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        frozen_features(
            prepared(), weights_file(), tmp_path, options=OPTIONS, progress=stop, batch_size=7
        )
    found = features(prepared(), weights_file(), tmp_path)
    assert computed[1] == computed[0] - 14
    np.testing.assert_allclose(found, features(prepared(), weights_file(), None), atol=1e-5)


def test_a_cache_that_cannot_be_written_to_is_named(
    prepared: Prepared, weights_file: Weights, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ArtefactError, match="features cannot be cached"):
        features(prepared(), weights_file(), tmp_path / "file")


def test_pictures_with_other_colours_than_the_weights_expect_are_refused(
    squares: Annotations, weights_file: Weights
) -> None:
    assert squares.pictures is not None
    inputs = ImageInputs(squares.pictures, 32, mean=(0.5,) * 3, std=(0.5,) * 3)
    with pytest.raises(UsageError, match="trained with mean"):
        features(inputs, weights_file(), None)


def test_features_are_kept_beside_the_table_or_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSPHERE_CACHE", str(tmp_path / "cache"))
    assert feature_cache(tmp_path / "tags.csv") == tmp_path / "tags.csv.features"
    monkeypatch.chdir(tmp_path)
    assert feature_cache("pictures/") == tmp_path / "pictures.features"
    from labelsphere.datasets.icons import icons_path

    assert feature_cache(icons_path()) == cache_folder() / "features"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert feature_cache(tmp_path / "tags.csv") == cache_folder() / "features"


def test_training_the_whole_network_from_python_checks_the_colours_too(
    squares: Annotations, weights_file: Weights
) -> None:
    assert squares.pictures is not None
    inputs = ImageInputs(squares.pictures, 32, mean=(0.5,) * 3, std=(0.5,) * 3)
    options = TrainingOptions(pretrained=str(weights_file().path), freeze=False)
    network = Architecture("resnet10t", OPTIONS, "logistic")
    settings = TrainingSettings(steps=1)
    with pytest.raises(UsageError, match="trained with mean"):
        Tagger.train(squares, backbone=network, inputs=inputs, options=options, settings=settings)
