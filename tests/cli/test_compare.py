"""``labelsphere compare``: options to settings, a report in the folder, repetition for free."""

import json
from pathlib import Path

import pytest
import timm
from safetensors.torch import save_file

from labelsphere.cli import main
from labelsphere.tagger import Tagger

SHORT = ("--backbone-options", '{"hidden": 8}', "--steps", "40", "--batch-size", "20")
BUDGET = (*SHORT, "--rates", "0.003,0.03", "--evaluations", "2", "--resamples", "10")


def source(planted: Path) -> tuple[str, ...]:
    return ("compare", str(planted / "tags.csv"), "--features", str(planted / "vectors.npy"))


def test_a_comparison_is_reported_repeated_and_begun_afresh(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "report"
    methods = ("--methods", "logistic,paper,paper+dim=2", "--seeds", "0,1", "--group", "pair")
    command = [*source(planted), *BUDGET, *methods, "--output", str(output)]
    assert main(command) == 0
    printed = capsys.readouterr()
    results = json.loads((output / "results.json").read_text())
    assert [method["name"] for method in results["methods"]] == ["logistic", "paper", "paper+dim=2"]
    assert results["command"].startswith("labelsphere compare ")
    assert results["command"].endswith(f"--output {output}")
    assert results["settings"]["backbone"] == "mlp"
    assert results["settings"]["rates"] == [0.003, 0.03]
    assert results["settings"]["seeds"] == [0, 1]
    assert results["settings"]["steps"] == 40
    assert results["data"]["group"] == "pair"
    for name in ("report.html", "report.md", "curves.png"):
        assert (output / name).stat().st_size > 1000
    assert "P@1" in printed.out
    assert str(output / "report.html") in printed.err
    assert "logistic: seed 0, rate 0.003, 0.25 of the steps 10/10" in printed.err

    assert main([*command, "--json"]) == 0
    again = capsys.readouterr()
    assert "of the steps" not in again.err
    shown = json.loads(again.out)
    assert shown["report"] == str(output / "report.html")
    assert shown["delivered"] == results["delivered"]
    assert shown["differences"].keys() == {"logistic", "paper", "paper+dim=2"}

    few = [*command, "--methods", "logistic", "--seeds", "0", "--overwrite"]
    assert main(few) == 0
    assert "logistic: seed 0, rate 0.003, 0.25 of the steps" in capsys.readouterr().err
    assert len(list((output / "runs").glob("*.safetensors"))) == 3


def test_protocols_budgets_and_the_rest_are_options(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "report"
    training = ("--rates", "0.01", "--budgets", "1/4,1/2,1", "--rate-share", "1")
    data = (
        "--protocol",
        "few+share=0.5",
        "--baselines",
        "paper",
        "--device",
        "cpu",
        "--workers",
        "1",
    )
    command = [*source(planted), *SHORT, *training, *data, "--resamples", "5", "--equal-decoders"]
    assert main([*command, "--evaluations", "2", "--output", str(output)]) == 0
    printed = capsys.readouterr()
    results = json.loads((output / "results.json").read_text())
    assert results["settings"]["budgets"] == [0.25, 0.5, 1.0]
    assert results["settings"]["rate_share"] == 1.0
    assert results["data"]["protocol"] == "few+share=0.5"
    methods = {method["name"]: method for method in results["methods"]}
    assert [name for name, method in methods.items() if method["baseline"]] == ["paper"]
    assert [budget["share"] for budget in methods["logistic"]["budgets"]] == [0.25, 0.5, 1.0]
    assert list(results["equal_decoders"]["scales"]) == ["logistic", "paper"]
    assert (output / "budgets.png").stat().st_size > 1000
    assert "Against the best baseline on each metric, Logistic regression is" in printed.out
    assert "logistic: seed 0, rate 0.01, 0.25 of the steps" in printed.err


def test_pictures_are_compared_at_the_size_asked_for(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = ("--backbone", "resnet10t", "--backbone-options", '{"channels": [8, 8, 8, 8]}')
    budget = ("--steps", "3", "--batch-size", "9", "--rates", "0.01", "--evaluations", "1")
    options = (*network, *budget, "--resamples", "5", "--image-size", "32", "--json")
    command = ["compare", str(shapes / "tags.csv"), *options, "--output", str(tmp_path / "report")]
    assert main(command) == 0
    assert len(json.loads(capsys.readouterr().out)["delivered"]) == 3
    results = json.loads((tmp_path / "report" / "results.json").read_text())
    assert results["settings"]["image_size"] == 32
    assert results["data"]["dropped"]["unreadable"] == 3
    assert results["data"]["dropped"]["for training, without a tag"] == 1


def test_a_frozen_backbone_gives_features_kept_beside_the_table(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = timm.create_model("resnet10t", pretrained=False)
    weights = tmp_path / "weights.safetensors"
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, weights)
    frozen = ("--freeze", "--backbone", "resnet10t", "--pretrained", str(weights))
    budget = ("--steps", "3", "--batch-size", "9", "--rates", "0.01", "--evaluations", "1")
    options = (*frozen, *budget, "--resamples", "5", "--image-size", "32", "--methods", "logistic")
    command = ["compare", str(shapes / "tags.csv"), *options, "--output", str(tmp_path / "report")]
    assert main(command) == 0
    capsys.readouterr()
    results = json.loads((tmp_path / "report" / "results.json").read_text())
    assert results["settings"]["features"] == 512
    assert results["settings"]["backbone"] == "mlp"
    assert list((shapes / "tags.csv.features").iterdir())
    tagger = Tagger.load(tmp_path / "report" / "taggers" / "logistic")
    assert tagger.sample_shape == (3, 32, 32)


@pytest.mark.parametrize(
    ("options", "code", "expected"),
    [
        (("--methods", "paper+dim=99"), 2, "99"),
        (("--methods", "paper+dim"), 2, "a variation must be key=value"),
        (("--methods", "forest"), 2, "method must be one of sphere, paper"),
        (("--methods", "paper,paper"), 2, "distinct names"),
        (("--protocol", "half"), 2, "protocol must be one of full"),
        (("--rates", "fast"), 2, "--rates must be numbers separated by commas"),
        (("--protocol", "few+share=2"), 2, "share must be above 0"),
        (("--budgets", "1/0,1"), 2, "--budgets must be numbers separated by commas"),
        (("--budgets", "1/2"), 2, "budgets must be shares above 0, 1 among them"),
        (("--baselines", "softmax"), 2, "baselines must be among the methods compared"),
        (("--pretrained", "hub"), 2, "--pretrained weights are those of a picture's backbone"),
        (("--freeze",), 2, "leave it out with --features"),
        (("--rate", "0.1"), 2, "No such option"),
        (("--device", "tpu"), 2, "device must be 'auto' or 'cpu'"),
        (("--rates", "0"), 2, "rates must be one or more numbers above 0"),
        (("--seeds", "1,1"), 2, "seeds must be distinct"),
        (("--split", "fold"), 2, "no column 'fold'"),
        (("--group", "fold"), 2, "no column 'fold'"),
        (("--backbone", "resnet18"), 2, "does not accept inputs of shape (12,)"),
    ],
)
def test_refusals(
    options: tuple[str, ...],
    code: int,
    expected: str,
    planted: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*source(planted), *options, "--output", str(tmp_path / "report")]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert expected in printed.err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_anything_else_in_it_is_left_alone(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    command = [*source(planted), *BUDGET, "--output", str(tmp_path)]
    for overwrite, expected in (([], "is not empty"), (["--overwrite"], "holds thesis.tex")):
        assert main([*command, *overwrite]) == 1
        assert expected in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
