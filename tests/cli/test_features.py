"""``labelsphere features``: vectors of a table's pictures, for other verbs to train on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli import main
from labelsphere.tagger.features import frozen_features
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.pretrained import resolve_pretrained

SIZE = 48


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def alone(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's cache, and no hub."""
    monkeypatch.setenv("LABELSPHERE_CACHE", str(cache))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="module")
def process(
    shapes: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> subprocess.CompletedProcess[str]:
    output = tmp_path_factory.mktemp("features") / "vectors.npy"
    options = ["--image-size", str(SIZE), "--output", str(output), "--cache", str(cache / "kept")]
    done = subprocess.run(
        [sys.executable, "-m", "labelsphere", "features", shapes / "tags.csv", *options, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "LABELSPHERE_CACHE": str(cache),
            "HF_HUB_OFFLINE": "1",
            "OMP_NUM_THREADS": "1",
        },
    )
    assert done.returncode == 0, done.stderr
    return done


def test_the_file_holds_what_python_computes(
    shapes: Path, process: subprocess.CompletedProcess[str]
) -> None:
    said = json.loads(process.stdout)
    found = np.load(said["output"])
    tags = Annotations.read(shapes / "tags.csv")
    weights = resolve_pretrained("lite0")
    mean, std = weights.normalisation
    assert tags.pictures is not None
    inputs = ImageInputs(tags.pictures, SIZE, mean=mean, std=std)
    expected = frozen_features(inputs, weights, None, device="cpu").matrix
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.isnan(found).all(axis=1).sum() == 3
    assert (said["pictures"], said["unreadable"], said["width"]) == (len(found), 3, 1280)
    assert (said["weights"], said["backbone"]) == ("lite0", "tf_efficientnet_lite0")
    assert "weights: EfficientNet-Lite0" in process.stderr
    assert process.stderr.count("cannot be read: ") == 3


def test_the_second_time_they_come_from_the_cache_as_float16(
    shapes: Path,
    process: subprocess.CompletedProcess[str],
    cache: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = sorted((cache / "kept").rglob("part-*"))
    assert before
    where = ["--image-size", str(SIZE), "--cache", str(cache / "kept")]
    output = tmp_path / "half.npy"
    given = ["features", str(shapes / "tags.csv"), "--output", str(output), *where]
    assert main([*given, "--half"]) == 0
    assert "float16" in capsys.readouterr().out
    assert sorted((cache / "kept").rglob("part-*")) == before
    half, whole = np.load(output), np.load(json.loads(process.stdout)["output"])
    assert half.dtype == np.float16
    np.testing.assert_allclose(half, whole, rtol=1e-3, atol=1e-3)
    assert main(given) == 1
    assert "half.npy exists" in capsys.readouterr().err


def test_a_tagger_trained_on_the_file_leaves_out_what_cannot_be_read(
    shapes: Path,
    process: subprocess.CompletedProcess[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    vectors = json.loads(process.stdout)["output"]
    given = ["train", str(shapes / "tags.csv"), "--objective", "logistic", "--epochs", "1"]
    options = ["--features", vectors, "--output", str(tmp_path / "tagger"), "--json"]
    assert main([*given, *options]) == 0
    assert json.loads(capsys.readouterr().out)["images"]["train"] == 54


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--output", "x.txt"], "--output must end in .npy"),
        (["--output", "x.npy", "--pretrained", "lite1"], "or a checkpoint file, but got 'lite1'"),
        (
            ["--output", "x.npy", "--pretrained", "lite0", "--backbone", "resnet18"],
            "belong to backbone 'tf_efficientnet_lite0'",
        ),
    ],
)
def test_wrong_options_are_refused(
    shapes: Path,
    options: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["features", str(shapes / "tags.csv"), *options]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
