"""The split that a training made: kept with the tagger, used by evaluate and calibrate."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations, find_split
from labelsphere.arrays import AnyArray
from labelsphere.cli import main
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.json_types import to_json
from labelsphere.tagger import Tagger
from labelsphere.tagger.trained_split import TrainedSplit, scored_split

Features = Callable[..., tuple[Annotations, AnyArray]]
TRAIN = ("--batch-size", "20", "--backbone-options", '{"hidden": 8}', "--steps", "20")


@pytest.fixture
def tags(planted_features: Features) -> Annotations:
    found, _ = planted_features(100)
    return replace(found, image_ids=[f"photos/{n}.jpg" for n in range(100)])


def test_rows_are_found_by_their_ids_whatever_their_order(tags: Annotations) -> None:
    split = find_split(tags, seed=3)
    kept = TrainedSplit.of(tags, split)
    assert kept is not None
    for part in ("train", "val", "test"):
        assert kept.rows(tags, part).tolist() == sorted(getattr(split, part).tolist())
    some = tags.select(np.arange(100)[::-1][:60])
    expected = {tags.image_ids[row] for row in split.test}
    found = {some.image_ids[row] for row in kept.rows(some, "test").tolist()}
    assert found == expected & set(some.image_ids)
    assert kept.knows(some)
    others = replace(tags, image_ids=[f"other/{n}.jpg" for n in range(100)])
    assert not kept.knows(others)
    with pytest.raises(UsageError, match="has no val images of this table"):
        kept.rows(others, "val")
    with pytest.raises(UsageError, match="must be one of train, val, test, but got 'holiday'"):
        kept.rows(tags, "holiday")


def test_an_id_in_two_parts_counts_as_trained_on(tags: Annotations) -> None:
    split = find_split(tags)
    ids = list(tags.image_ids)
    ids[split.test[0]] = ids[split.train[0]]
    doubled = replace(tags, image_ids=ids)
    kept = TrainedSplit.of(doubled, split)
    assert kept is not None
    assert split.test[0] not in kept.rows(doubled, "test")
    assert split.test[1] in kept.rows(doubled, "test")


def test_a_column_that_says_it_all_needs_no_file(tags: Annotations) -> None:
    parts = ["train"] * 60 + ["val"] * 20 + ["test"] * 20
    with_column = replace(tags, columns=pl.DataFrame({"split": parts}))
    assert TrainedSplit.of(with_column, find_split(with_column)) is None
    assert scored_split(with_column, None) == "split"
    assert TrainedSplit.of(tags, find_split(tags, "none")) is None
    without_val = replace(tags, columns=pl.DataFrame({"split": ["train"] * 80 + ["test"] * 20}))
    kept = TrainedSplit.of(without_val, find_split(without_val))
    assert kept is not None
    assert kept.rows(without_val, "test").tolist() == list(range(80, 100))
    assert scored_split(without_val, kept) is kept
    assert scored_split(without_val, kept, "split") == "split"


def test_no_name_of_an_image_is_in_the_file(tags: Annotations, tmp_path: Path) -> None:
    kept = TrainedSplit.of(tags, find_split(tags))
    assert kept is not None
    kept.save(tmp_path / "split.safetensors")
    assert b"photos" not in (tmp_path / "split.safetensors").read_bytes()
    loaded = TrainedSplit.load(tmp_path / "split.safetensors")
    assert loaded is not None
    for part, ids in kept.parts.items():
        assert loaded.parts[part].tolist() == ids.tolist()
    assert TrainedSplit.load(tmp_path / "none.safetensors") is None


def test_evaluate_and_calibrate_take_the_rows_that_train_held_back(
    planted_features: Features, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags, features = planted_features(100)
    table, vectors, tagger = (tmp_path / name for name in ("tags.csv", "x.npy", "tagger"))
    tags.write(table)
    np.save(vectors, features)
    given = [str(table), "--features", str(vectors)]
    assert main(["train", *given, *TRAIN, "--output", str(tagger), "--json"]) == 0
    trained = json.loads(capsys.readouterr().out)
    assert (tagger / "reliability.png").read_bytes()[:4] == b"\x89PNG"

    assert main(["evaluate", str(tagger), *given, "--json"]) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert (found["part"], found["images"]) == ("test", 10)
    assert "the test images are those of the split that training made" in printed.err
    quality = trained["quality"]["values"]
    for name, measured in quality.items():
        assert found["values"][name] == pytest.approx(measured["value"], abs=1e-6)

    card = (tagger / "README.md").read_text()
    assert "Thresholds are for: precision 0.9." in card
    assert main(["calibrate", str(tagger), *given, "--f1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["part"], found["images"]) == ("val", 10)
    rewritten = (tagger / "README.md").read_text()
    assert "Thresholds are for: highest F1." in rewritten
    assert "Thresholds are for: precision" not in rewritten
    before, after = (text.split("## Calibration")[0] for text in (card, rewritten))
    assert before == after
    assert card.split("## Training")[1] == rewritten.split("## Training")[1]
    loaded = Tagger.load(tagger)
    assert loaded.report is not None
    assert loaded.report.calibration is not None
    assert json.loads(json.dumps(to_json(loaded.report.calibration))) == found["check"]

    assert main(["evaluate", str(tagger), *given, "--part", "all", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["images"] == 100


def test_a_damaged_file_is_refused(planted_features: Features, tmp_path: Path) -> None:
    tags, features = planted_features(60)
    tags.write(tmp_path / "tags.csv")
    np.save(tmp_path / "x.npy", features)
    given = [str(tmp_path / "tags.csv"), "--features", str(tmp_path / "x.npy")]
    assert main(["train", *given, *TRAIN, "--output", str(tmp_path / "tagger"), "--json"]) == 0
    (tmp_path / "tagger" / "split.safetensors").write_bytes(b"nothing")
    with pytest.raises(ArtefactError, match="is damaged"):
        Tagger.load(tmp_path / "tagger")
