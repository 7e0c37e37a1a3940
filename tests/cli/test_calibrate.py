"""``labelsphere calibrate``, and what ``tag`` and ``evaluate`` say afterwards."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli import main
from labelsphere.metrics import measure_accepted
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.calibration import Goal
from labelsphere.tagger.inputs import read_features
from labelsphere.tagger.label_context import LabelContext
from tests.cli.conftest import run_process


@pytest.fixture(scope="module")
def uncalibrated(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagger on vectors as older versions saved it: without calibration."""
    tags = Annotations.read(planted / "tags.csv")
    train = tags.rows_where("split", "train")
    inputs = read_features(planted / "vectors.npy").fitted(train)
    labels = LabelContext.of(tags.select(train))
    architecture = Architecture("mlp", {"hidden": 16}, "logistic")
    tagger = Tagger(architecture, labels, inputs.settings(), inputs.sample_shape)
    tagger.fit(tags, inputs, TrainingSettings(steps=40, batch_size=20), rows=train)
    folder = tmp_path_factory.mktemp("taggers") / "uncalibrated"
    tagger.save(folder)
    return folder


@pytest.fixture
def tagger(uncalibrated: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(uncalibrated, tmp_path / "tagger"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([*map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def given(planted: Path) -> list[str]:
    return [str(planted / "tags.csv"), "--features", str(planted / "vectors.npy")]


def tagged(
    capsys: pytest.CaptureFixture[str], planted: Path, tagger: Path, *options: object
) -> tuple[list[dict[str, Any]], str]:
    features = ("--features", planted / "vectors.npy")
    code, out, said = run(capsys, "tag", tagger, *features, *options)
    assert code == 0, said
    return [json.loads(line) for line in out.splitlines()], said


def test_as_a_process_it_prints_what_python_finds(planted: Path, tagger: Path) -> None:
    done = run_process(["calibrate", str(tagger), *given(planted), "--precision", "0.8", "--json"])
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["part"], found["images"], found["goal"]) == ("val", 30, "precision 0.8")
    assert sum(found["sources"].values()) == 6
    assert Path(found["diagram"]) == tagger / "reliability.png"
    assert (tagger / "reliability.png").read_bytes()[:4] == b"\x89PNG"
    # It was saved without a report, and has a card all the same.
    assert "Thresholds are for: precision 0.8. Checked on 15 images" in (
        tagger / "README.md"
    ).read_text(encoding="utf-8")
    loaded = Tagger.load(tagger)
    tags = Annotations.read(planted / "tags.csv", vocabulary=loaded.vocabulary)
    inputs = read_features(planted / "vectors.npy")
    inputs = type(inputs).from_settings(inputs.matrix, loaded.preparation)
    rows = tags.rows_where("split", "val")
    kept = loaded.calibration
    check = loaded.calibrate(tags, inputs, rows, Goal(precision=0.8))
    assert kept is not None
    assert loaded.calibration is not None
    np.testing.assert_allclose(kept.accept, loaded.calibration.accept, rtol=1e-4)
    whole = check.by_frequency["all"]
    assert found["check"]["by_frequency"]["all"]["promised"] == pytest.approx(whole.promised)


def test_a_table_for_people(
    planted: Path, tagger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diagram = tmp_path / "diagram.svg"
    options = ("--f1", "--part", "test", "--report", diagram)
    code, out, said = run(capsys, "calibrate", tagger, *given(planted), *options)
    assert code == 0
    assert "Goal: highest F1. Fitted on 30 images" in out
    assert "Promised" in out
    assert "Thresholds of" in out
    assert "written:" in said
    assert "<svg" in diagram.read_text()
    assert not (tagger / "reliability.png").exists()
    (tagger / "reliability.png").write_bytes(b"of older thresholds")
    assert run(capsys, "calibrate", tagger, *given(planted), *options)[0] == 0
    assert (tagger / "reliability.png").read_bytes()[:4] == b"\x89PNG"


def test_tags_come_with_probabilities_accepted_ones_first(
    planted: Path, tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "calibrate", tagger, *given(planted))[0] == 0
    lines, said = tagged(capsys, planted, tagger)
    assert "not calibrated" not in said
    calibration = Tagger.load(tagger).calibration
    assert calibration is not None
    bounds = dict(
        zip(
            calibration.names,
            zip(calibration.accept, calibration.suggest, strict=True),
            strict=True,
        )
    )
    assert sum(len(line["tags"]) for line in lines) > 100
    for line in lines:
        assert set(line) == {"row", "tags", "suggested"}
        for tag in line["tags"]:
            assert tag["probability"] >= bounds[tag["label"]][0] - 1e-4
        for tag in line["suggested"]:
            accept, suggest = bounds[tag["label"]]
            assert suggest - 1e-4 <= tag["probability"] < accept + 1e-4
        for tags in (line["tags"], line["suggested"]):
            values = [tag["probability"] for tag in tags]
            assert values == sorted(values, reverse=True)


def test_top_all_and_raw_scores(
    planted: Path, tagger: Path, uncalibrated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "calibrate", tagger, *given(planted))[0] == 0
    lines, _ = tagged(capsys, planted, tagger, "--all")
    plain, _ = tagged(capsys, planted, tagger)
    top, _ = tagged(capsys, planted, tagger, "--top", 2)
    for every, few, two in zip(lines, plain, top, strict=True):
        rest = every.get("others", [])
        assert len(every["tags"]) + len(every["suggested"]) + len(rest) == 6
        assert every["tags"] == few["tags"]
        assert every["suggested"] == few["suggested"]
        both = every["tags"] + every["suggested"] + rest
        in_two = two["tags"] + two["suggested"] + two.get("others", [])
        assert len(in_two) == 2
        assert all(tag in both for tag in in_two)
        assert two["tags"] == every["tags"][:2]
    raw, _ = tagged(capsys, planted, tagger, "--raw-scores", "--top", 3)
    old, said = tagged(capsys, planted, uncalibrated, "--top", 3)
    assert "not calibrated, so these are raw scores" in said
    assert "labelsphere calibrate" in said
    assert raw == old
    assert list(raw[0]["tags"][0]) == ["label", "score"]
    ten, _ = tagged(capsys, planted, uncalibrated)
    assert len(ten[0]["tags"]) == 6
    code, _, said = run(capsys, "tag", tagger, "--all", "--top", 2, "--features", "x.npy")
    assert (code, "--all and --top contradict" in said) == (2, True)


def test_specific_orders_by_the_other_decoder(
    planted: Path, tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = Tagger.load(tagger)
    tags = Annotations.read(planted / "tags.csv", vocabulary=loaded.vocabulary)
    inputs = read_features(planted / "vectors.npy")
    inputs = type(inputs).from_settings(inputs.matrix, loaded.preparation)
    loaded.fit_decoder(inputs, tags.matrix, tags.rows_where("split", "val"))
    loaded.calibrate(tags, inputs, tags.rows_where("split", "val"))
    loaded.save(tagger, overwrite=True)
    scores = loaded.decoder(specific=True).scores(loaded.points(inputs)).numpy()
    lines, _ = tagged(capsys, planted, tagger, "--specific", "--top", 1)
    for line, row in zip(lines, scores, strict=True):
        (only,) = line["tags"] + line["suggested"] + line.get("others", [])
        assert only["label"] == loaded.vocabulary[int(row.argmax())]
    raw, _ = tagged(capsys, planted, tagger, "--specific", "--raw-scores", "--top", 1)
    assert [line["tags"][0]["score"] for line in raw] == pytest.approx(
        scores.max(axis=1).tolist(), abs=1e-5
    )


def test_csv_has_a_status(
    planted: Path, tagger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "calibrate", tagger, *given(planted))[0] == 0
    features = ("--features", planted / "vectors.npy")
    output = tmp_path / "tags.csv"
    assert run(capsys, "tag", tagger, *features, "--all", "--output", output)[0] == 0
    rows = list(csv.DictReader(output.open()))
    assert list(rows[0]) == ["row", "label", "probability", "status"]
    assert {row["status"] for row in rows} == {"accepted", "suggested", "other"}


def test_evaluate_measures_the_accepted_tags(
    planted: Path, tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, said = run(capsys, "evaluate", tagger, *given(planted), "--json")
    assert code == 0
    assert json.loads(out)["accepted"] is None
    assert "not calibrated, so no tags are accepted" in said
    assert run(capsys, "calibrate", tagger, *given(planted), "--f1")[0] == 0
    code, out, _ = run(capsys, "evaluate", tagger, *given(planted), "--json")
    found = json.loads(out)["accepted"]
    assert found["goal"] == "highest F1"
    loaded = Tagger.load(tagger)
    assert loaded.calibration is not None
    tags = Annotations.read(planted / "tags.csv", vocabulary=loaded.vocabulary)
    inputs = read_features(planted / "vectors.npy")
    inputs = type(inputs).from_settings(inputs.matrix, loaded.preparation)
    rows = tags.rows_where("split", "test")
    expected = measure_accepted(
        loaded.scores(inputs, rows),
        loaded.calibration.accept_scores,
        tags.matrix[rows],
        loaded.labels.counts,
    )
    assert found["values"] == pytest.approx(expected.values)
    assert found["values"]["micro_f1"] > 0.8
    code, out, _ = run(capsys, "evaluate", tagger, *given(planted))
    assert "Accepted tags, for highest F1" in out
    assert "macro_recall" in out


def test_refusals_leave_the_tagger_as_it_is(
    planted: Path, tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in tagger.iterdir())
    cases: list[tuple[list[object], int, str]] = [
        (["--precision", "1.2"], 2, "between 0 and 1, such as 0.9, but got 1.2"),
        (["--f1", "--at-most", "3"], 2, "contradict: give one of them"),
        (["--at-most", "0"], 2, "--at-most"),
        (["--report", "diagram.pdf"], 2, "must be a .png or .svg file"),
        (["--part", "holiday"], 2, "holiday"),
    ]
    for options, code, expected in cases:
        found, out, said = run(capsys, "calibrate", tagger, *given(planted), *options)
        assert (found, out) == (code, ""), said
        assert expected in said.splitlines()[-1]
    assert sorted(path.name for path in tagger.iterdir()) == before


def test_a_damaged_file_of_thresholds_is_told(
    planted: Path, tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "calibrate", tagger, *given(planted))[0] == 0
    (tagger / "thresholds.json").write_text("{")
    features = ("--features", planted / "vectors.npy")
    code, out, said = run(capsys, "tag", tagger, *features)
    assert (code, out) == (1, "")
    assert "thresholds.json cannot be used" in said
