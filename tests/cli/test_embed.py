"""``labelsphere embed`` from a table to a folder, and its refusals."""

import json
from pathlib import Path

import polars as pl
import pytest

from labelsphere.cli import main
from labelsphere.space import LabelSpace

COLUMNS = {
    "image": [f"{i}.jpg" for i in range(8)],
    "tags": ["sky,sea", "sky,sea", "cat,sofa", "cat", "sky", "dog", "dog,cat", "sea,sky"],
}
SPLIT = ["train"] * 5 + ["test"] * 3


def table(folder: Path, **columns: list[str]) -> str:
    path = folder / "tags.csv"
    pl.DataFrame({**COLUMNS, **columns}).write_csv(path)
    return str(path)


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[dict, str]:
    assert main(["embed", *arguments, "--json"]) == 0
    printed = capsys.readouterr()
    return json.loads(printed.out), printed.err


def test_a_table_becomes_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = str(tmp_path / "space")
    assert main(["embed", table(tmp_path), "--dim", "2", "--output", output]) == 0
    printed = capsys.readouterr()
    assert "Spectrum held" in printed.out
    assert f"written to {output}" in printed.err
    assert LabelSpace.load(output).dim == 2


def test_json_says_what_was_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = str(tmp_path / "space")
    options = ("--method", "shifted", "--shift", "1.5", "--exponent", "0.25")
    printed, _ = run_json(capsys, table(tmp_path), *options, "--output", output)
    space = LabelSpace.load(output)
    assert printed == {"output": output, "labels": 5, "placed": 5, "dim": space.dim, **space.config}
    assert (printed["method"], printed["exponent"]) == ("shifted", 0.25)
    assert printed["options"] == {"shift": 1.5}
    assert printed["images"] == 8


def test_only_the_training_rows_of_a_split_are_counted_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "space")
    printed, said = run_json(capsys, table(tmp_path, split=SPLIT), "--output", output)
    assert printed["images"] == 5
    assert "counting the 5 of 8 images whose split is train" in said
    assert LabelSpace.load(output).counts.sum() == 8
    assert printed["placed"] == 4  # no training image has a dog


def test_another_column_can_be_the_split(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = table(tmp_path, split=SPLIT, strict=SPLIT[::-1])
    output = str(tmp_path / "space")
    printed, said = run_json(capsys, tags, "--split", "strict", "--output", output)
    assert printed["images"] == 5
    assert "counting" not in said
    assert LabelSpace.load(output).counts.sum() == 7


def test_a_split_without_training_rows_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = table(tmp_path, split=["database"] * 8)
    printed, said = run_json(capsys, tags, "--output", str(tmp_path / "space"))
    assert printed["images"] == 8
    assert "all rows are counted" in said
    assert main(["embed", tags, "--split", "split", "--output", str(tmp_path / "other")]) == 2
    assert "no row has split = 'train'" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_one_image_of_a_group_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = table(tmp_path, base=["x", "x", "y", "y", "z", "z", "z", "w"])
    printed, _ = run_json(capsys, tags, "--group", "base", "--output", str(tmp_path / "space"))
    assert printed["images"] == 4


def test_confidence_weighs_where_asked_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.csv"
    path.write_text("image,label,confidence\n1,a,0.5\n1,b,1\n2,a,1\n3,c,1\n4,c,1\n")
    for weighted in ([], ["--weighted"]):
        output = tmp_path / f"space{len(weighted)}"
        assert main(["embed", str(path), *weighted, "--output", str(output)]) == 0
    plain, weighed = (LabelSpace.load(tmp_path / f"space{n}").vectors for n in (0, 1))
    assert abs(plain - weighed).max() > 0.01


def test_a_dim_beyond_the_spectrum_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["embed", table(tmp_path), "--dim", "99", "--output", str(tmp_path / "space")])
    assert code == 2
    error = capsys.readouterr().err
    assert "dim must be at most" in error
    assert error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["tags.csv"]


def test_a_taken_folder_is_replaced_only_with_overwrite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags, output = table(tmp_path), str(tmp_path / "space")
    assert main(["embed", tags, "--output", output]) == 0
    assert main(["embed", tags, "--dim", "1", "--output", output]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert main(["embed", tags, "--dim", "1", "--output", output, "--overwrite"]) == 0
    assert LabelSpace.load(output).dim == 1


def test_options_of_another_method_and_unknown_methods_are_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for options, message in (
        (["--shift", "2"], "'pmi' has no option 'shift'"),
        (["--method", "lda"], "method must be one of"),
    ):
        assert main(["embed", table(tmp_path), *options, "--output", str(tmp_path / "s")]) == 2
        assert message in capsys.readouterr().err


def test_labels_without_a_place_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["embed", table(tmp_path, split=SPLIT), "--output", str(tmp_path / "s")]) == 0
    assert "1 labels have no place" in capsys.readouterr().err
