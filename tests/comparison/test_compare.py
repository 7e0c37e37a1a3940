import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from safetensors.torch import load_file

from labelsphere.annotations import Annotations, PictureBytes
from labelsphere.arrays import AnyArray, IntArray
from labelsphere.comparison import ComparisonSettings, compare
from labelsphere.errors import ArtefactError, DataError, UsageError
from labelsphere.metrics import METRICS
from labelsphere.tagger import Architecture, DivergedError, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs

Features = Callable[..., tuple[Annotations, AnyArray]]
Squares = Callable[..., Annotations]
FILES = ["curves.png", "report.html", "report.md", "results.json", "runs", "taggers"]


class Watched(FeatureInputs):
    """Feature vectors that note which rows are trained on, and in which order."""

    asked: list[list[int]]

    def batch(self, rows: IntArray, *, training: bool, seed: int = 0) -> torch.Tensor:
        if training:
            self.asked.append(rows.tolist())
        return super().batch(rows, training=training, seed=seed)


def test_features_end_to_end(
    tagged_features: Features, small: ComparisonSettings, tmp_path: Path
) -> None:
    tags, features = tagged_features()
    inputs = Watched(features)
    Watched.asked = []
    told: list[tuple[Any, ...]] = []
    found = compare(
        tags,
        tmp_path / "out",
        methods=["logistic", "paper", "paper+dim=3"],
        inputs=inputs,
        settings=small,
        title="a test",
        on_progress=lambda *args: told.append(args),
    )
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert json.loads(json.dumps(found.results)) == results
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    assert results["format"] == "labelsphere.comparison"
    assert results["command"] == "a test"
    assert results["data"]["images"] == {"train": 72, "val": 24, "test": 24}
    assert results["data"]["labels"] == 12
    assert results["data"]["dropped"] == {"unreadable": 0, "for training, without a tag": 0}
    assert results["settings"]["steps"] == 12
    assert results["settings"]["rate_steps"] == 3
    assert results["settings"]["epochs"] == pytest.approx(12 * 16 / 72, abs=0.01)
    assert results["settings"]["features"] == 10
    assert [method["name"] for method in results["methods"]] == ["logistic", "paper", "paper+dim=3"]
    # Three dimensions have no room for all labels; the images stay in the batches all the same.
    untargeted = [method["images_without_target"] for method in results["methods"]]
    assert untargeted[:2] == [0, 0]
    assert untargeted[2] > 0
    assert set(results["definitions"]) >= set(results["methods"][0]["summary"]["as trained"])
    assert any(key.split("@")[0] in METRICS or key in METRICS for key in results["definitions"])
    for method in results["methods"]:
        scores = {point["rate"]: point["score"] for point in method["rate"]["grid"]}
        assert list(scores) == [3e-3, 3e-2]
        assert method["rate"]["chosen"] == max(scores, key=lambda rate: scores[rate])
        assert [run["seed"] for run in method["runs"]] == [0, 1]
        assert {run["rate"] for run in method["runs"]} == {method["rate"]["chosen"]}
        assert list(method["versus"]) == [n for n in ["logistic"] if n != method["name"]]
        assert ("against_best" in method) == (method["name"] != "logistic")
        assert method["rival"] == (method["name"] == "logistic")
    assert {len(entry["predictions"]) for entry in results["examples"]} == {3}
    assert results["neighbors"]
    # What this trained on: 2 trials of 3 steps and 2 runs of 12 for each of three methods.
    assert len(Watched.asked) == 3 * (2 * 3 + 2 * 12)
    per_method = [Watched.asked[i : i + 30] for i in range(0, 90, 30)]
    assert per_method[0] == per_method[1] == per_method[2]
    train = {row for row, part in enumerate(tags.columns["split"]) if part == "train"}
    assert {row for batch in Watched.asked for row in batch} == train
    assert {args[0].split(":")[0] for args in told} >= {"reading inputs", "logistic", "paper"}


def test_called_again_trains_nothing_and_finds_the_same(
    tagged_features: Features, small: ComparisonSettings, tmp_path: Path
) -> None:
    tags, features = tagged_features()
    first = compare(tags, tmp_path, inputs=FeatureInputs(features), settings=small).results
    kept = [*(tmp_path / "runs").rglob("*"), *(tmp_path / "taggers").rglob("*")]
    written = {path: path.stat().st_mtime_ns for path in kept}
    again = compare(tags, tmp_path, inputs=FeatureInputs(features), settings=small).results
    kept = [*(tmp_path / "runs").rglob("*"), *(tmp_path / "taggers").rglob("*")]
    assert {path: path.stat().st_mtime_ns for path in kept} == written
    for results in (first, again):
        del results["created"]
    assert json.dumps(again) == json.dumps(first)
    # One seed more trains that one alone.
    more = replace(small, seeds=(0, 1, 2))
    compare(tags, tmp_path, inputs=FeatureInputs(features), settings=more)
    assert {path: path.stat().st_mtime_ns for path in written} == written
    added = {path.name for path in (tmp_path / "runs").iterdir()} - {p.name for p in written}
    assert len({name.split(".")[0] for name in added}) == 2
    assert all("seed-2" in name for name in added)


def test_images_end_to_end(coloured_squares: Squares, tmp_path: Path) -> None:
    tags = coloured_squares(100)
    assert tags.pictures is not None
    data = [tags.pictures.read(row) for row in range(100)]
    data[0], data[8] = b"", data[8][:40]  # the first of a training and of a test pair
    stored = PictureBytes(pl.Series(data, dtype=pl.Binary), tags.image_ids)
    settings = ComparisonSettings(
        Architecture("resnet10t", {"channels": (8, 16, 32, 64), "drop_rate": 0.1}),
        TrainingSettings(steps=24, batch_size=16),
        rates=(1e-2,),
        group="base",
        evaluations=2,
        resamples=5,
        examples=3,
    )
    inputs = ImageInputs(stored, size=24, augment="shift")
    found = compare(
        replace(tags, pictures=stored), tmp_path, inputs=inputs, settings=settings
    ).results
    assert found["data"]["dropped"]["unreadable"] == 2
    assert found["data"]["images"] == {"train": 30, "val": 10, "test": 9}
    assert found["settings"]["image_size"] == 24
    for method in found["methods"]:
        assert method["rate"]["grid"] == []
        # Of ten tags three are true; chance is 0.3.
        assert method["summary"]["as trained"]["precision@1"]["mean"] > 0.6
    assert all(entry["picture"].startswith("data:image/png") for entry in found["examples"])
    assert "data:image/png" in (tmp_path / "report.html").read_text()
    names = {path.name for path in (tmp_path / "taggers").iterdir()}
    weights = [load_file(tmp_path / "taggers" / name / "model.safetensors") for name in names]
    assert names == {"logistic", "paper"}
    assert weights[0].keys() == weights[1].keys()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"methods": []}, UsageError, "one or more distinct names"),
        ({"methods": ["paper", "paper"]}, UsageError, "one or more distinct names"),
        ({"methods": ["paper", " paper "]}, UsageError, "one or more distinct names"),
        ({"methods": ["best"]}, UsageError, "one of sphere, paper.*, but got 'best'"),
        ({"methods": ["paper+dim=99"]}, UsageError, "dim must be at most"),
        ({"methods": ["paper+method=word2vec"]}, UsageError, "method must be one of"),
        ({"methods": ["paper+colour=3"]}, UsageError, "colour"),
        ({"inputs": None}, UsageError, "no pictures"),
        ({"protocol": "few-shot"}, UsageError, "one of full, .*, but got 'few-shot'"),
        ({"rivals": ("softmax",)}, UsageError, "rivals must be among the methods compared"),
        ({"split": "part"}, UsageError, "no column 'part'"),
        ({"group": "base"}, UsageError, "no column 'base'"),
        ({"architecture": Architecture("resnet10t")}, UsageError, "does not take inputs"),
        ({"architecture": Architecture("mlp", {"depth": 3})}, UsageError, "does not take"),
        ({"rows": 119}, UsageError, "119 inputs for 120 annotated images"),
        ({"tags": []}, DataError, "has none that can be read and has a tag"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_is_written(
    tagged_features: Features,
    small: ComparisonSettings,
    tmp_path: Path,
    arguments: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    tags, features = tagged_features()
    if "tags" in arguments:
        lists: list[list[str]] = [[]] * tags.n_images
        matrix = Annotations.from_lists(lists, vocabulary=tags.vocabulary).matrix
        tags = replace(tags, matrix=matrix)
    given: dict[str, Any] = {"inputs": FeatureInputs(features[: arguments.get("rows", 120)])}
    given |= {name: arguments[name] for name in ("methods", "inputs") if name in arguments}
    names = ("protocol", "split", "group", "architecture", "rivals")
    settings = replace(small, **{name: arguments[name] for name in names if name in arguments})
    with pytest.raises(error, match=message):
        compare(tags, tmp_path / "out", settings=settings, **given)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_is_left_alone(
    tagged_features: Features, small: ComparisonSettings, tmp_path: Path
) -> None:
    tags, features = tagged_features()
    (tmp_path / "thesis.txt").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(ArtefactError, match=r"thesis.txt|not empty"):
            compare(
                tags,
                tmp_path,
                inputs=FeatureInputs(features),
                settings=small,
                overwrite=overwrite,
            )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_results_do_not_depend_on_the_other_methods(
    tagged_features: Features, small: ComparisonSettings, tmp_path: Path
) -> None:
    tags, features = tagged_features()
    small = replace(small, seeds=(0,))
    inputs = FeatureInputs(features)
    both = compare(tags, tmp_path / "both", inputs=inputs, settings=small).results
    alone = compare(
        tags, tmp_path / "alone", methods=["paper"], inputs=inputs, settings=small
    ).results
    assert alone["methods"][0]["summary"] == both["methods"][1]["summary"]
    assert alone["methods"][0]["steps_to_baseline"] is None
    assert np.isfinite(alone["methods"][0]["summary"]["as trained"]["map@100"]["mean"])


def test_budgets_and_a_constant_rate_are_trained_related_and_reported(
    tagged_features: Features, small: ComparisonSettings, tmp_path: Path
) -> None:
    tags, features = tagged_features()
    settings = replace(small, budgets=(0.5, 1.0, 0.25), constant=True, rate_share=1.0)
    found = compare(
        tags,
        tmp_path,
        inputs=FeatureInputs(features),
        settings=settings,
        methods=["paper", "logistic"],
    ).results
    assert found["rivals"] == ["logistic"]
    assert found["settings"]["budgets"] == [0.25, 0.5, 1.0]
    for method in found["methods"]:
        assert [(b["share"], b["steps"]) for b in method["budgets"]] == [
            (0.25, 3),
            (0.5, 6),
            (1.0, 12),
        ]
        assert [b["rate"]["chosen"] for b in method["budgets"]][-1] == method["rate"]["chosen"]
        assert method["budgets"][-1]["summary"] == method["summary"]
        for budget in method["budgets"]:
            assert [run["seed"] for run in budget["runs"]] == [0, 1]
        ends = method["reaching"]["as trained"]["weighted_map@100"]["ends"]
        means = [b["summary"]["as trained"]["weighted_map@100"]["mean"] for b in method["budgets"]]
        assert [end["value"] for end in ends] == pytest.approx(means)
        (curve,) = method["constant"]["curves"]
        assert [point["step"] for point in curve] == [4, 8, 12]
        assert method["constant"]["reaching"]["as trained"]["map@100"]["rival"] == "logistic"
    assert "resampled" not in json.dumps(found)
    page = (tmp_path / "report.html").read_text()
    for heading in ("Against the best rival", "With a part of the steps", "At a constant rate"):
        assert f"<h2>{heading}</h2>" in page
    assert (tmp_path / "budgets.png").read_bytes().startswith(b"\x89PNG")


def test_where_one_method_has_readings_to_choose_from_the_others_are_as_trained(
    tagged_features: Features, small: ComparisonSettings, tmp_path: Path
) -> None:
    tags, features = tagged_features()
    found = compare(
        tags,
        tmp_path,
        inputs=FeatureInputs(features),
        settings=replace(small, budgets=(0.5, 1.0)),
        methods=["logistic", "sphere+dim=3"],
    ).results
    logistic, sphere = found["methods"]
    name = "read for AP per class"
    for some in (logistic, logistic["budgets"][0]):
        assert some["summary"][name] == some["summary"]["as trained"]
    against = sphere["against_best"]["class_ap"]["each at its best"]
    assert against["value"] == sphere["summary"][name]["class_ap"]["mean"]
    assert against["rival_value"] == logistic["summary"]["as trained"]["class_ap"]["mean"]
    assert name in (tmp_path / "report.md").read_text()


def test_a_method_that_diverges_is_told_of_and_the_others_go_on(
    tagged_features: Features, small: ComparisonSettings, tmp_path: Path
) -> None:
    tags, features = tagged_features()
    # Steps of this size leave float32 at once, and cosines, which know no length, unharmed.
    wild = replace(
        small.training, optimizer="rmsprop", schedule="constant", warmup=0.0, weight_decay=0.0
    )
    settings = replace(small, training=wild, rates=(1e18,), seeds=(0,), examples=2)
    arguments: dict[str, Any] = {"inputs": FeatureInputs(features), "settings": settings}
    with pytest.raises(DivergedError, match="no training of any method came to its end"):
        compare(tags, tmp_path / "none", methods=["logistic"], **arguments)
    found = compare(tags, tmp_path / "some", **arguments).results
    assert [method["name"] for method in found["methods"]] == ["paper"]
    (entry,) = found["diverged"]
    assert (entry["name"], entry["rate"], entry["seed"]) == ("logistic", 1e18, 0)
    assert "the loss became" in entry["reason"]
    assert found["rivals"] == []
    assert "Logistic regression diverged" in (tmp_path / "some" / "report.md").read_text()


def test_the_tags_of_a_protocol_are_what_is_learned(
    tagged_features: Features, small: ComparisonSettings, tmp_path: Path
) -> None:
    tags, features = tagged_features(600)
    settings = replace(small, seeds=(0,), rates=(0.03,))
    found = {
        protocol: compare(
            tags,
            tmp_path / protocol,
            inputs=FeatureInputs(features),
            settings=replace(settings, protocol=protocol),
        ).results
        for protocol in ("full", "noisy+clean=0.3", "few+share=0.5")
    }
    images = {name: results["data"]["images"]["train"] for name, results in found.items()}
    assert images["full"] == 360
    assert images["few+share=0.5"] == 180
    assert 108 < images["noisy+clean=0.3"] < 360
    dropped = found["noisy+clean=0.3"]["data"]["dropped"]["for training, without a tag"]
    assert images["noisy+clean=0.3"] + dropped == 360
    assert all(results["data"]["images"]["test"] == 120 for results in found.values())
