"""``labelsphere evaluate``: the metrics of a saved tagger against the same in Python."""

import json
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli import main
from labelsphere.metrics import capped_frequency_weights, evaluate
from labelsphere.tagger import Tagger
from labelsphere.tagger.inputs import ImageInputs


def evaluate_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[dict, str]:
    assert main(["evaluate", *map(str, arguments), "--json"]) == 0
    printed = capsys.readouterr()
    return json.loads(printed.out), printed.err


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main(["evaluate", *map(str, arguments)])
    printed = capsys.readouterr()
    assert printed.out == ""
    return code, printed.err.splitlines()[-1]


def reference(
    tagger: Path, table: Path, rows: list[int], weights: np.ndarray | None = None
) -> dict:
    """The same metrics without the command line."""
    loaded = Tagger.load(tagger)
    tags = Annotations.read(table, vocabulary=loaded.vocabulary)
    inputs = ImageInputs.from_settings(tags.pictures, loaded.preparation)
    found = evaluate(
        loaded.scores(inputs, np.array(rows)),
        tags.matrix[rows],
        label_counts=loaded.labels.counts,
        n_images=loaded.labels.n_images,
        class_weights=weights,
    )
    return found.values


def test_the_test_images_are_scored(
    shapes: Path, shape_tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, _ = evaluate_json(capsys, shape_tagger, shapes / "tags.csv")
    assert (result["part"], result["images"], result["unreadable"]) == ("test", 9, 0)
    expected = reference(shape_tagger, shapes / "tags.csv", list(range(63, 72)))
    assert result["values"] == pytest.approx(expected)
    assert result["values"]["class_ap"] > 0.7
    assert set(result["definitions"]) == set(result["values"])
    assert result["intervals"] == {}


def test_other_parts_count_what_cannot_be_read(
    shapes: Path, shape_tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = shapes / "tags.csv"
    val, _ = evaluate_json(capsys, shape_tagger, table, "--part", "val")
    assert val["values"] == pytest.approx(reference(shape_tagger, table, list(range(54, 63))))
    every, said = evaluate_json(capsys, shape_tagger, table, "--part", "all")
    assert (every["images"], every["unreadable"], every["images_without_tags"]) == (73, 3, 1)
    assert "3 images left out: cannot be read" in said
    assert "1 image of 73 without a tag that the tagger knows" in said


def test_one_image_of_a_group_is_scored(
    shapes: Path, shape_tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = shapes / "tags.csv"
    result, _ = evaluate_json(capsys, shape_tagger, table, "--group", "pair")
    # Rows 63 to 71 are the second of pair 31, and the pairs 32 to 35.
    expected = reference(shape_tagger, table, [63, 64, 66, 68, 70])
    assert result["values"] == pytest.approx(expected)


def test_a_table_without_split_is_scored_whole(
    shapes: Path, shape_tagger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (shapes / "tags.csv").read_text().splitlines()
    (tmp_path / "tags.csv").write_text("\n".join([lines[0].replace("split", "set"), *lines[1:10]]))
    options = ("--images", shapes)
    result, _ = evaluate_json(capsys, shape_tagger, tmp_path / "tags.csv", *options)
    assert (result["part"], result["images"]) == ("all", 9)
    code, line = refusal(capsys, shape_tagger, tmp_path / "tags.csv", *options, "--part", "test")
    assert code == 2
    assert "the table has no split column that marks test images" in line


def test_class_weights_come_from_a_file_or_from_capped_frequencies(
    shapes: Path, shape_tagger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, rows = shapes / "tags.csv", list(range(63, 72))
    loaded = Tagger.load(shape_tagger)
    weights = np.arange(1.0, 9.0)
    file = tmp_path / "weights.csv"
    pairs = zip(loaded.vocabulary, weights, strict=True)
    file.write_text("label,weight\n" + "".join(f"{a},{b}\n" for a, b in pairs) + "other,3\n")
    result, said = evaluate_json(capsys, shape_tagger, table, "--class-weights", file)
    expected = reference(shape_tagger, table, rows, weights)["weighted_map@100"]
    assert result["values"]["weighted_map@100"] == pytest.approx(expected)
    assert "ignored 1 label that the tagger lacks" in said
    limits = ("--weight-minimum", 0.9, "--weight-maximum", 1.1)
    result, _ = evaluate_json(capsys, shape_tagger, table, *limits)
    capped = capped_frequency_weights(loaded.labels.counts, 0.9, 1.1)
    expected = reference(shape_tagger, table, rows, capped)["weighted_map@100"]
    assert result["values"]["weighted_map@100"] == pytest.approx(expected)
    code, line = refusal(capsys, shape_tagger, table, *limits, "--class-weights", file)
    assert code == 2
    assert "contradict" in line


def test_intervals_go_around_the_figures_and_a_file_holds_what_is_printed(
    shapes: Path, shape_tagger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    arguments = (shape_tagger, shapes / "tags.csv", "--intervals", "--resamples", 20)
    result, _ = evaluate_json(capsys, *arguments, "--output", file)
    for key, (low, high) in result["intervals"].items():
        assert low <= result["values"][key] <= high
    assert json.loads(file.read_text()) == result
    code, line = refusal(capsys, *arguments, "--output", file)
    assert code == 1
    assert f"{file} exists" in line
    assert main(["evaluate", *map(str, arguments), "--output", str(file), "--overwrite"]) == 0
    printed = capsys.readouterr().out
    for sentence in result["definitions"].values():
        assert sentence in printed
    assert "By number of training images with the label" in printed


def test_refusals(
    shapes: Path,
    shape_space: Path,
    shape_tagger: Path,
    planted: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = shapes / "tags.csv"
    cases = [
        ((shape_space, table), 1, "expected 'labelsphere.tagger'"),
        ((tmp_path / "none", table), 1, "is not a folder"),
        ((shape_tagger, table, "--part", "dev"), 2, "unknown split 'dev'; expected one of train"),
        ((shape_tagger, table, "--split", "fold"), 2, "no column 'fold'"),
        ((shape_tagger, planted / "tags.csv"), 1, "no tag of"),
        (
            (shape_tagger, table, "--features", planted / "vectors.npy"),
            2,
            "this tagger was trained on pictures",
        ),
    ]
    for arguments, code, expected in cases:
        found, line = refusal(capsys, *arguments)
        assert (found, expected in line) == (code, True), line
