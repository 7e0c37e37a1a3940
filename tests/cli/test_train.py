"""``labelsphere train``: from a table to a tagger, interruptions and refusals included."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load_file

from labelsphere.annotations import Annotations
from labelsphere.cli import main
from labelsphere.json_types import to_json
from labelsphere.tagger import Tagger, TrainingOptions
from labelsphere.tagger.inputs import read_features

VECTORS = ("--batch-size", "20", "--backbone-options", '{"hidden": 8}', "--rate", "0.01")


def train_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[dict, str]:
    assert main(["train", *map(str, arguments), "--json"]) == 0
    printed = capsys.readouterr()
    return json.loads(printed.out), printed.err


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main(["train", *map(str, arguments)])
    printed = capsys.readouterr()
    assert printed.out == ""
    return code, printed.err.splitlines()[-1]


def test_a_process_trains_and_says_what_it_used_and_what_it_left_out(
    trained_shapes: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = trained_shapes
    result = json.loads(done.stdout)
    assert result["output"] == str(folder)
    assert result["images"] == {"train": 54, "val": 9, "test": 9}
    assert result["left_out"] == {"no known tag": 1, "cannot be read": 3}
    assert result["labels"] == 8
    assert result["steps"] == 12 * 3
    assert [point["step"] for point in result["history"]] == list(range(3, 37, 3))
    assert result["loss"] < -0.7
    scores = [point["values"]["image_ap"] for point in result["history"]]
    assert result["best_step"] == 3 * (1 + int(np.argmax(scores)))
    assert result["quality"]["part"] == "test"
    measured = result["quality"]["values"]["precision@1"]
    assert measured["low"] <= measured["value"] <= measured["high"]
    assert result["history"][-1]["values"]["precision@1"] > 0.7
    assert "3 images left out: cannot be read" in done.stderr
    assert "epoch 12, step 36, validation: image_ap 0." in done.stderr
    assert "36/36, " in done.stderr
    assert "images/s" in done.stderr
    assert not folder.with_name("tagger.training").exists()


def test_the_tagger_is_counted_over_the_training_images_alone(
    shapes: Path, shape_tagger: Path
) -> None:
    tagger = Tagger.load(shape_tagger)
    tags = Annotations.read(shapes / "tags.csv")
    train = tags.select(range(54))
    assert tagger.labels.n_images == 54
    assert tagger.labels.counts.tolist() == train.label_counts().tolist()
    assert tagger.space is not None


def test_an_interrupted_training_goes_on_to_the_same_weights(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(output: Path) -> list[str]:
        inputs = [str(planted / "tags.csv"), "--features", str(planted / "vectors.npy")]
        options = [*VECTORS, "--objective", "logistic", "--steps", "600", "--device", "cpu"]
        return ["train", *inputs, *options, "--checkpoint-every", "50", "--output", str(output)]

    stopped, checkpoint = tmp_path / "stopped", tmp_path / "stopped.training"
    process = subprocess.Popen(
        [sys.executable, "-m", "labelsphere", *command(stopped)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    while not (checkpoint / "config.json").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"the same command continues from the checkpoint in {checkpoint}" in said
    assert said.endswith("labelsphere: interrupted\n")
    assert not stopped.exists()

    assert main(command(stopped)) == 0
    assert f"continuing from the checkpoint in {checkpoint}" in capsys.readouterr().err
    assert not checkpoint.exists()
    assert main(command(tmp_path / "whole")) == 0
    ours, theirs = (
        load_file(tmp_path / name / "model.safetensors") for name in ("stopped", "whole")
    )
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        np.testing.assert_allclose(value, theirs[name], rtol=1e-4, atol=1e-5)


def test_a_terminated_training_tells_it_and_keeps_its_checkpoint(
    planted: Path, tmp_path: Path
) -> None:
    inputs = [str(planted / "tags.csv"), "--features", str(planted / "vectors.npy"), *VECTORS]
    options = ["--objective", "logistic", "--steps", "100000", "--checkpoint-every", "10"]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "labelsphere", "train", *inputs, *options),
            *("--output", str(tmp_path / "tagger"), "--device", "cpu"),
        ],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    checkpoint = tmp_path / "tagger.training"
    while not (checkpoint / "config.json").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143
    assert f"the same command continues from the checkpoint in {checkpoint}" in said
    assert said.endswith("labelsphere: terminated\n")
    assert [path.name for path in tmp_path.iterdir()] == ["tagger.training"]


def test_a_checkpoint_of_another_training_is_refused(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = [planted / "tags.csv", "--features", planted / "vectors.npy", *VECTORS]
    options = ["--objective", "logistic", "--output", tmp_path / "tagger", "--epochs", "1"]
    assert main(["train", *map(str, [*source, *options])]) == 0
    # What a training leaves that is killed between its last checkpoint and the tagger.
    (tmp_path / "tagger").rename(tmp_path / "elsewhere")
    _leave_checkpoint(planted, tmp_path / "tagger.training")
    capsys.readouterr()
    code, line = refusal(capsys, *source, *options)
    assert code == 1
    assert "tagger.training holds a checkpoint of another training" in line
    assert not (tmp_path / "tagger").exists()


def _leave_checkpoint(planted: Path, folder: Path) -> None:
    import torch

    from labelsphere.tagger.checkpoint import TrainingState, save_checkpoint

    network = torch.nn.Linear(2, 2)
    save_checkpoint(
        folder, network, torch.optim.AdamW(network.parameters()), TrainingState(1, 0.0, []), "other"
    )


def test_logistic_regression_on_vectors_learns_them(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, said = train_json(
        capsys,
        *(planted / "tags.csv", "--features", planted / "vectors.npy", *VECTORS),
        *("--objective", "logistic", "--epochs", "20", "--output", tmp_path / "tagger"),
    )
    assert (result["backbone"], result["objective"], result["outputs"]) == ("mlp", "logistic", 6)
    assert result["history"][-1]["values"]["precision@1"] > 0.9
    assert "mlp: " in said
    assert Tagger.load(tmp_path / "tagger").space is None


def test_a_classifiers_guesses_are_mixed_in_a_space_where_asked_to(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, _ = train_json(
        capsys,
        *(planted / "tags.csv", "--features", planted / "vectors.npy", *VECTORS),
        *("--objective", "logistic", "--space", planted / "space", "--decoder", "conse"),
        *("--epochs", "20", "--output", tmp_path / "tagger"),
    )
    assert (result["objective"], result["outputs"]) == ("logistic", 6)
    assert result["history"][-1]["values"]["precision@1"] > 0.8
    tagger = Tagger.load(tmp_path / "tagger")
    assert tagger.architecture.decoder == "conse"
    assert tagger.space is not None


def test_one_of_each_group_is_taken_an_epoch(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (planted / "tags.csv", "--features", planted / "vectors.npy", *VECTORS)
    options = ("--space", planted / "space", "--epochs", "2", "--output")
    every, _ = train_json(capsys, *source, *options, tmp_path / "every")
    one, _ = train_json(capsys, *source, "--group", "pair", *options, tmp_path / "one")
    assert every["steps"] == 2 * (every["images"]["train"] // 20)
    grouped = Tagger.load(tmp_path / "one").labels.n_images
    assert one["steps"] == 2 * (grouped // 20)
    assert grouped < one["images"]["train"]
    assert one["images"]["val"] <= 15 < every["images"]["val"]


def test_without_a_split_one_is_made_and_said(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (planted / "tags.csv").read_text().replace(",split,", ",part,", 1)
    (tmp_path / "tags.csv").write_text(lines)
    source = (tmp_path / "tags.csv", "--features", planted / "vectors.npy", *VECTORS)
    options = ("--objective", "logistic", "--steps", "2", "--output")
    result, said = train_json(capsys, *source, *options, tmp_path / "made")
    left_out = sum(result["left_out"].values())
    assert result["images"]["train"] + result["images"]["val"] == 180 - left_out
    assert (result["images"]["test"], len(result["history"])) == (20, 1)
    assert "split: 160 train, 20 val, 20 test images (made at random with seed 0" in said
    named, said = train_json(capsys, *source, "--split", "part", *options, tmp_path / "named")
    assert named["images"]["test"] == 30
    assert "(column 'part'; --split COLUMN)" in said
    every, _ = train_json(capsys, *source, "--split", "none", *options, tmp_path / "every")
    trained = 200 - sum(every["left_out"].values())
    assert every["images"] == {"train": trained, "val": 0, "test": 0}
    assert (every["history"], every["quality"], every["best_step"]) == ([], None, None)


def test_nothing_but_table_and_output_ends_in_a_tagger_that_is_measured(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (planted / "tags.csv", "--features", planted / "vectors.npy")
    result, said = train_json(capsys, *source, "--output", tmp_path / "tagger")
    subjects = ["method", "label space", "split", "network", "length", "thresholds"]
    assert [choice["subject"] for choice in result["choices"]] == subjects
    for choice in result["choices"]:
        line = f"{choice['subject']}: {choice['value']} ({choice['reason']}; {choice['option']})"
        assert line in said
    assert result["method"] == "sphere"
    assert result["quality"]["values"]["precision@1"]["value"] > 0.8
    card = (tmp_path / "tagger" / "README.md").read_text()
    assert "## Quality" in card
    assert "On 30 test images" in card
    # The same in Python, with equal metrics.
    tags = Annotations.read(planted / "tags.csv")
    tagger = Tagger.train(tags, inputs=read_features(planted / "vectors.npy"))
    assert tagger.report is not None
    ours, theirs = json.loads(json.dumps(to_json(tagger.report))), result
    assert ours["quality"] == theirs["quality"]
    assert ours["choices"] == theirs["choices"]


@pytest.mark.parametrize("form", ["folder", "csv", "parquet"])
def test_one_command_trains_on_pictures_of_every_form(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    tags = Annotations.read(shapes / "tags.csv").select(range(72))
    folder = tmp_path / "data"
    folder.mkdir()
    table = {"folder": folder, "csv": folder / "t.csv", "parquet": folder / "t.parquet"}[form]
    names = [f"{row}.png" for row in range(72)]
    assert tags.pictures is not None
    data = [tags.pictures.read(row) for row in range(72)]
    lists = [tags.tags_of(row) for row in range(72)]
    if form == "parquet":
        pictures = [{"bytes": each, "path": name} for each, name in zip(data, names, strict=True)]
        pl.DataFrame({"image": pictures, "tags": lists}).write_parquet(table)
    else:
        for name, each in zip(names, data, strict=True):
            (folder / name).write_bytes(each)
        if form == "folder":
            for row, of_row in enumerate(lists):
                (folder / f"{row}.txt").write_text(", ".join(of_row))
        else:
            joined = [",".join(of_row) for of_row in lists]
            pl.DataFrame({"image": names, "tags": joined}).write_csv(table)
    # A small size, so that the test is quick; nothing else is decided.
    quick = ("--image-size", "32", "--epochs", "30")
    result, said = train_json(capsys, table, "--output", tmp_path / "tagger", *quick)
    assert result["images"] == {"train": 58, "val": 7, "test": 7}
    assert "tf_efficientnet_lite0" in said
    assert "features are computed once" in said
    assert result["quality"]["values"]["precision@1"]["value"] > 0.5
    [best] = Tagger.load(tmp_path / "tagger").tag([data[0]], top=1)
    assert best[0].label in tags.vocabulary
    trained = Tagger.train(table, options=TrainingOptions(image_size=32, settings={"epochs": 30.0}))
    assert trained.report is not None
    assert json.loads(json.dumps(to_json(trained.report)))["quality"] == result["quality"]


def test_one_picture_is_refused(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tags.csv").write_text(f"image,tags\n{shapes / 'pictures/00.png'},red\n")
    options = ("--method", "logistic", "--output", tmp_path / "tagger")
    code, line = refusal(capsys, tmp_path / "tags.csv", *options)
    assert code == 2
    assert "at least 2 images" in line
    assert not (tmp_path / "tagger").exists()


def test_the_paper_preset_trains_inception_v3_with_rmsprop(
    shapes: Path, shape_space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, said = train_json(
        capsys,
        *(shapes / "tags.csv", "--space", shape_space, "--preset", "paper"),
        *("--image-size", "75", "--batch-size", "2", "--steps", "1", "--split", "split"),
        *("--output", tmp_path / "tagger"),
    )
    assert (result["backbone"], result["steps"]) == ("inception_v3", 1)
    assert "method: paper: " in said
    assert "(the preset's; " in said
    config = json.loads((tmp_path / "tagger" / "config.json").read_text())
    assert config["backbone_options"] == {"drop_rate": 0.0}
    assert config["preparation"]["size"] == 75


def test_a_local_checkpoint_begins_the_backbone_and_sets_the_colours(
    shapes: Path, shape_space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (shapes / "tags.csv", "--space", shape_space, "--backbone", "test_resnet")
    source += ("--no-freeze", "--image-size", "32", "--steps", "1", "--batch-size", "8")
    options = ("--rate", "1e-12")
    train_json(capsys, *source, *options, "--pretrained", "none", "--output", tmp_path / "first")
    weights = tmp_path / "first" / "model.safetensors"
    again = ("--seed", "1", "--pretrained", weights, "--output", tmp_path / "second")
    train_json(capsys, *source, *options, *again)
    ours, theirs = load_file(tmp_path / "second" / "model.safetensors"), load_file(weights)
    np.testing.assert_allclose(ours["conv1.0.weight"], theirs["conv1.0.weight"], atol=1e-6)
    means = [
        json.loads((tmp_path / name / "config.json").read_text())["preparation"]["mean"]
        for name in ("first", "second")
    ]
    assert means == [[0.485, 0.456, 0.406], [0.5, 0.5, 0.5]]


def test_a_taken_output_is_refused_before_anything_is_read(
    tmp_path: Path, shape_tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, line = refusal(capsys, tmp_path / "none.csv", "--output", shape_tagger)
    assert code == 1
    assert f"{shape_tagger} exists and is not empty" in line


@pytest.mark.parametrize(
    ("options", "code", "expected"),
    [
        (("--objective", "cosine"), 2, "objective 'cosine' needs a label space"),
        (("--objective", "hinge"), 2, "objective must be one of cosine, logistic"),
        (("--method", "forest"), 2, "method must be one of sphere, paper"),
        (("--method", "paper", "--objective", "logistic"), 2, "give one of them"),
        (("--objective", "logistic", "--decoder", "viterbi"), 2, "decoder must be one of cosine"),
        (("--freeze", "--pretrained", "none"), 2, "--freeze needs pretrained weights"),
        (("--finetune", "--pretrained", "none"), 2, "--finetune needs --freeze"),
        (("--backbone", "mlp"), 2, "'mlp' is for feature vectors, but pictures are given"),
        (("--objective", "logistic", "--decoder", "omp"), 2, "'omp' reads points of a label"),
        (("--objective", "logistic", "--decoder", "conse"), 2, "'conse' needs a label space"),
        (("--objective", "logistic", "--epochs", "1", "--steps", "2"), 2, "give one"),
        (("--objective", "logistic", "--rate", "0"), 2, "rate must be above 0"),
        (("--objective", "logistic", "--preset", "tiny"), 2, "preset must be one of paper, small"),
        (
            ("--objective", "logistic", "--pretrained", "none.pth"),
            2,
            "or a checkpoint file, but got",
        ),
        (("--objective", "logistic", "--backbone", "resnet1"), 2, "did you mean"),
        (("--objective", "logistic", "--backbone-options", "[1]"), 2, "must be a JSON object"),
        (("--objective", "logistic", "--image-size", "32", "--fit", "zoom"), 2, "fit must be one"),
        (("--objective", "logistic", "--split", "fold"), 2, "no column 'fold'"),
        (("--objective", "logistic", "--split", "pair"), 2, "column 'pair' marks no train images"),
        (("--objective", "logistic", "--device", "tpu"), 2, "device must be 'auto' or 'cpu'"),
        (("--space", "none"), 1, "is not a folder"),
    ],
)
def test_refusals(
    options: tuple[str, ...],
    code: int,
    expected: str,
    shapes: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found, line = refusal(capsys, shapes / "tags.csv", *options, "--output", tmp_path / "tagger")
    assert found == code
    assert line.startswith("labelsphere: ")
    assert expected in line
    assert list(tmp_path.iterdir()) == []


def test_a_space_over_other_labels_is_refused(
    shapes: Path, space_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (shapes / "tags.csv", "--space", space_folder)
    code, line = refusal(capsys, *source, "--output", tmp_path / "tagger")
    assert code == 1
    assert "no tag of" in line
    assert "outside the vocabulary" in line


def test_a_table_without_pictures_or_with_none_that_opens_is_refused(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tags.csv").write_text("image,tags\na.png,red\nb.png,blue\n")
    options = ("--objective", "logistic", "--output", tmp_path / "tagger")
    code, line = refusal(capsys, tmp_path / "tags.csv", *options)
    assert code == 2
    assert "name their folder with --images" in line
    (tmp_path / "a.png").touch()
    (tmp_path / "b.png").write_text("text")
    code, line = refusal(capsys, tmp_path / "tags.csv", *options)
    assert code == 1
    assert "none of the 2 pictures can be read" in line
    assert not (tmp_path / "tagger").exists()


def test_vectors_must_be_as_many_as_images(
    shapes: Path, planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--objective", "logistic", "--output", tmp_path / "tagger")
    features = ("--features", planted / "vectors.npy")
    code, line = refusal(capsys, shapes / "tags.csv", *features, *options)
    assert code == 1
    assert "vectors.npy has 200 rows and the tag table 76 images" in line
