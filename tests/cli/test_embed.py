"""``labelsphere embed`` from a table to a folder, and its refusals."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations
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
    assert printed == {
        "output": output,
        "labels": 5,
        "placed": 5,
        "dim": space.dim,
        **space.record.to_json(),
    }
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
    assert "counting the 5 of 8 images whose strict is train" in said
    assert LabelSpace.load(output).counts.sum() == 7


def test_a_split_without_training_rows_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = table(tmp_path, split=["database"] * 8)
    printed, said = run_json(capsys, tags, "--output", str(tmp_path / "space"))
    assert printed["images"] == 8
    assert "all rows are counted" in said
    assert main(["embed", tags, "--split", "split", "--output", str(tmp_path / "other")]) == 2
    assert "column 'split' marks no train images" in capsys.readouterr().err
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
    assert "1 labels have no embedding" in capsys.readouterr().err


def words(folder: Path) -> str:
    path = folder / "words.txt"
    path.write_text("4 3\nsky 1 0 0\nsea 1 1 0\ncat 0 0 1\nsofa 0 1 1\n")
    return str(path)


def test_options_of_a_method_are_given_as_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "space")
    options = ("--method", "skipgram", "--dim", "3", "--option", "epochs=2", "--option", "rate=0.1")
    printed, _ = run_json(capsys, table(tmp_path), *options, "--output", output)
    assert printed["options"] == {"negative": 5, "epochs": 2, "rate": 0.1, "seed": 0}
    assert LabelSpace.load(output).dim == 3
    assert "exponent" not in printed


def test_words_not_known_are_told_and_no_figure_is_made_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--method", "word-vectors", "--option", f"path={words(tmp_path)}")
    assert main(["embed", table(tmp_path), *given, "--output", str(tmp_path / "space")]) == 0
    printed = capsys.readouterr()
    assert "1 labels are not in the given file, such as dog" in printed.err
    assert "Spectrum held" not in printed.out
    assert "Pairs seen together" not in printed.out
    assert "Dimensions" in printed.out


def test_a_hierarchy_is_named_as_an_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = tmp_path / "kinds.csv"
    kinds.write_text("cat,animal\ndog,animal\nsky,nature\nsea,nature\nsofa,thing\n")
    output = str(tmp_path / "space")
    given = ("--method", "taxonomy", "--option", f"hierarchy={kinds}")
    printed, _ = run_json(capsys, table(tmp_path), *given, "--output", output)
    assert (printed["placed"], printed["unknown"]) == (5, 0)
    assert LabelSpace.load(output).neighbors("cat", top=1)[0].label == "dog"


def test_features_are_taken_of_the_rows_that_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    features = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
    np.save(tmp_path / "vectors.npy", features)
    groups = ["x", "x", "y", "z", "w", "v", "u", "t"]
    tags = table(tmp_path, split=SPLIT, base=groups)
    output = str(tmp_path / "space")
    given = ("--method", "rembrandt", "--features", str(tmp_path / "vectors.npy"))
    printed, _ = run_json(capsys, tags, *given, "--group", "base", "--output", output)
    assert printed["images"] == 4
    annotations = Annotations.read(tags)
    rows = [0, 2, 3, 4]
    expected = LabelSpace.fit(annotations.select(rows), "rembrandt", features=features[rows])
    assert np.array_equal(LabelSpace.load(output).vectors, expected.vectors)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--option", "epochs"], 2, "--option must be NAME=VALUE, but got 'epochs'"),
        (["--option", "epochs=3"], 2, "'pmi' has no option 'epochs'; its options: exponent"),
        (["--method", "glove", "--option", "epochs=x"], 2, "epochs must be a whole number"),
        (["--method", "glove", "--exponent", "1"], 2, "'glove' has no option 'exponent'"),
        (["--method", "word-vectors"], 2, "'word-vectors' needs the option 'path'"),
        (["--method", "rembrandt"], 2, "'rembrandt' needs the option 'features'"),
        (["--method", "lsa", "--weighted"], 2, "'lsa' needs annotations, but got counts"),
        (["--method", "rembrandt", "--features", "three.npy"], 1, "three.npy has 3 rows and the"),
    ],
)
def test_options_that_do_not_fit_are_refused_and_nothing_is_written(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("three.npy", np.zeros((3, 2)))
    assert main(["embed", table(tmp_path), *options, "--output", "space"]) == code
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "space").exists()
