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
from labelsphere.comparison.results import ComparisonResults
from labelsphere.errors import ArtefactError, DataError, UsageError
from labelsphere.metrics import METRICS
from labelsphere.tagger import Architecture, DivergedError, Tagger, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.pretrained import resolve_pretrained

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
    results = ComparisonResults.read(tmp_path / "out" / "results.json")
    assert found.results == results
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    assert results.command == "a test"
    assert results.data["images"] == {"train": 72, "val": 24, "test": 24}
    assert results.data["labels"] == 12
    assert results.data["dropped"] == {"unreadable": 0, "for training, without a tag": 0}
    assert results.settings["steps"] == 12
    assert results.settings["epochs"] == pytest.approx(12 * 16 / 72, abs=0.01)
    assert results.settings["features"] == 10
    assert [method.name for method in results.methods] == ["logistic", "paper", "paper+dim=3"]
    # Three dimensions have no room for all labels; the images stay in the batches all the same.
    untargeted = [method.images_without_target for method in results.methods]
    assert untargeted[:2] == [0, 0]
    assert untargeted[2] > 0
    assert any(key.split("@")[0] in METRICS or key in METRICS for key in results.definitions)
    for method in results.methods:
        scores = {trial.rate: trial.score for trial in method.choice.trials}
        assert list(scores) == [3e-3, 3e-2]
        assert method.choice.rate == max(scores, key=lambda rate: scores[rate])
        assert [run.seed for run in method.runs] == [0, 1]
        assert {run.rate for run in method.runs} == {method.choice.rate}
        assert method.baseline == (method.name == "logistic")
        delivered = results.delivered[method.name]
        assert set(results.definitions) >= set(delivered)
        for metric, estimate in delivered.items():
            mean = np.mean([run.delivered()[metric] for run in method.runs])
            assert estimate.value == pytest.approx(mean)
            assert estimate.low <= estimate.value <= estimate.high
        for metric, found_difference in method.differences.items():
            own, other = (results.delivered[name][metric] for name in (method.name, "logistic"))
            assert found_difference.difference == pytest.approx(own.value - other.value)
    assert [bool(method.differences) for method in results.methods] == [False, True, True]
    assert {len(entry.predictions) for entry in results.examples} == {3}
    assert results.neighbors
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
    methods = ("logistic", "paper")

    def run(settings: ComparisonSettings) -> ComparisonResults:
        inputs = FeatureInputs(features)
        return compare(tags, tmp_path, methods=methods, inputs=inputs, settings=settings).results

    first = run(small)
    kept = [*(tmp_path / "runs").rglob("*"), *(tmp_path / "taggers").rglob("*")]
    written = {path: path.stat().st_mtime_ns for path in kept}
    again = run(small)
    kept = [*(tmp_path / "runs").rglob("*"), *(tmp_path / "taggers").rglob("*")]
    assert {path: path.stat().st_mtime_ns for path in kept} == written
    assert replace(again, created="") == replace(first, created="")
    # One seed more trains that one alone.
    run(replace(small, seeds=(0, 1, 2)))
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
        replace(tags, pictures=stored),
        tmp_path,
        methods=("logistic", "paper"),
        inputs=inputs,
        settings=settings,
    ).results
    assert found.data["dropped"] == {"unreadable": 2, "for training, without a tag": 0}
    assert found.data["images"] == {"train": 30, "val": 10, "test": 9}
    assert found.settings["image_size"] == 24
    for method in found.methods:
        assert method.choice.trials == ()
        # Of ten tags three are true; chance is 0.3.
        assert found.delivered[method.name]["precision@1"].value > 0.6
    assert all((entry.picture or "").startswith("data:image/png") for entry in found.examples)
    assert "data:image/png" in (tmp_path / "report.html").read_text()
    names = {path.name for path in (tmp_path / "taggers").iterdir()}
    weights = [load_file(tmp_path / "taggers" / name / "model.safetensors") for name in names]
    assert names == {"logistic", "paper"}
    assert weights[0].keys() == weights[1].keys()


def test_features_of_a_frozen_backbone_are_shared_and_the_taggers_take_pictures(
    coloured_squares: Squares, tmp_path: Path
) -> None:
    tags = coloured_squares(60)
    assert tags.pictures is not None
    weights = resolve_pretrained("none", "resnet10t")
    mean, std = weights.normalisation
    settings = ComparisonSettings(
        Architecture("mlp", {"hidden": 8}),
        TrainingSettings(steps=10, batch_size=16),
        rates=(1e-2,),
        evaluations=1,
        resamples=5,
        frozen=weights,
        feature_cache=tmp_path / "cache",
    )
    asked: list[int] = []

    def watch(what: str, done: int, total: int, remark: str) -> None:
        asked.extend([done] * (what == "computing features"))

    inputs = ImageInputs(tags.pictures, size=32, mean=mean, std=std)
    both = ("logistic", "paper")
    found = compare(
        tags, tmp_path / "out", methods=both, inputs=inputs, settings=settings, on_progress=watch
    ).results
    assert asked[0] == 0
    assert asked[-1] == 60
    assert found.settings["features"] == 512
    for name in both:
        tagger = Tagger.load(tmp_path / "out" / "taggers" / name)
        assert not tagger.takes_features
        entry = found.examples[0]
        row = tags.image_ids.index(entry.image_id)
        said = tagger.tag_inputs(tagger.prepare([tags.pictures.read(row)]), 8)[0]
        assert [tag.label for tag in said] == [tag.label for tag in entry.predictions[name]]
        assert [tag.score for tag in said] == pytest.approx(
            [tag.score for tag in entry.predictions[name]], abs=0.02
        )
    with pytest.raises(UsageError, match="need backbone 'mlp'"):
        replace(settings, architecture=Architecture("resnet10t"))


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
        ({"baselines": ("softmax",)}, UsageError, "baselines must be among the methods compared"),
        ({"split": "part"}, UsageError, "no column 'part'"),
        ({"group": "base"}, UsageError, "no column 'base'"),
        ({"architecture": Architecture("resnet10t")}, UsageError, "does not accept inputs"),
        ({"architecture": Architecture("mlp", {"depth": 3})}, UsageError, "does not accept"),
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
    names = ("protocol", "split", "group", "architecture", "baselines")
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

    def run(name: str, methods: list[str]) -> ComparisonResults:
        return compare(
            tags, tmp_path / name, methods=methods, inputs=inputs, settings=small
        ).results

    both, alone = run("both", ["logistic", "paper"]), run("alone", ["paper"])
    assert alone.delivered["paper"] == both.delivered["paper"]
    assert alone.methods[0].differences == {}


def test_budgets_are_trained_related_and_reported(
    tagged_features: Features, small: ComparisonSettings, tmp_path: Path
) -> None:
    tags, features = tagged_features()
    settings = replace(small, budgets=(0.5, 1.0, 0.25), rate_share=1.0, equal_decoders=True)
    found = compare(
        tags,
        tmp_path,
        inputs=FeatureInputs(features),
        settings=settings,
        methods=["paper", "logistic"],
    ).results
    assert found.settings["budgets"] == [0.25, 0.5, 1.0]
    target = found.delivered["logistic"]["image_ap"].value
    for method in found.methods:
        assert [budget.share for budget in method.budgets] == [0.25, 0.5, 1.0]
        assert [budget.choice.steps <= 12 * budget.share for budget in method.budgets]
        assert method.budgets[-1].choice == method.choice
        assert method.budgets[-1].delivered == found.delivered[method.name]
        enough = [b.share for b in method.budgets if b.delivered["image_ap"].value >= target]
        assert method.reached["image_ap"].share == min(enough, default=None)
        assert method.reached["image_ap"].baseline == "logistic"
    assert found.equal_decoders is not None
    assert "resampled" not in (tmp_path / "report.html").read_text()
    assert all(not run.default.resampled for method in found.methods for run in method.runs)
    page = (tmp_path / "report.html").read_text()
    for heading in ("Against the best baseline", "With fewer steps", "Equal decoders"):
        assert f"<h2>{heading}</h2>" in page
    assert (tmp_path / "budgets.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("evaluations", "reason"), [(3, "the loss became"), (6, "the decoder's scores are not finite")]
)
def test_a_method_that_diverges_is_named_and_the_others_go_on(
    tagged_features: Features,
    small: ComparisonSettings,
    tmp_path: Path,
    evaluations: int,
    reason: str,
) -> None:
    tags, features = tagged_features()
    # Steps of this size leave float32 at once, and cosines, which know no length, unharmed.
    wild = replace(
        small.training, optimizer="rmsprop", schedule="constant", warmup=0.0, weight_decay=0.0
    )
    settings = replace(small, training=wild, rates=(1e18,), seeds=(0,), examples=2)
    settings = replace(settings, evaluations=evaluations)
    both = ["logistic", "paper"]
    arguments: dict[str, Any] = {"inputs": FeatureInputs(features), "settings": settings}
    with pytest.raises(DivergedError, match="every training of every method diverged"):
        compare(tags, tmp_path / "none", methods=["logistic"], **arguments)
    found = compare(tags, tmp_path / "some", methods=both, **arguments).results
    assert [method.name for method in found.methods] == ["paper"]
    (entry,) = found.diverged
    assert (entry.name, entry.rate, entry.seed) == ("logistic", 1e18, 0)
    assert reason in entry.reason
    assert found.methods[0].differences == {}
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
            methods=("logistic",),
            inputs=FeatureInputs(features),
            settings=replace(settings, protocol=protocol),
        ).results
        for protocol in ("full", "noisy+clean=0.3", "few+share=0.5")
    }
    data: dict[str, Any] = {name: results.data for name, results in found.items()}
    images = {name: of_protocol["images"]["train"] for name, of_protocol in data.items()}
    assert images["full"] == 360
    assert images["few+share=0.5"] == 180
    assert 108 < images["noisy+clean=0.3"] < 360
    dropped = data["noisy+clean=0.3"]["dropped"]["for training, without a tag"]
    assert images["noisy+clean=0.3"] + dropped == 360
    assert all(of_protocol["images"]["test"] == 120 for of_protocol in data.values())
