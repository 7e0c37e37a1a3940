import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from scipy.special import log_softmax

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from tests.tagger.plain_training import train_on_all

Features = Callable[..., tuple[Annotations, AnyArray]]
SETTINGS = TrainingSettings(steps=4, batch_size=16)
MLP = {"hidden": 8, "layers": 2}


@pytest.fixture(scope="module")
def planted(planted_features: Features) -> tuple[Annotations, AnyArray]:
    return planted_features(60)


def trained(planted: tuple[Annotations, AnyArray], objective: str) -> Tagger:
    tags, features = planted
    return train_on_all(
        tags,
        LabelSpace.fit(tags, dim=4) if objective == "cosine" else None,
        backbone=Architecture("mlp", MLP, objective),
        inputs=FeatureInputs(features).fitted(np.arange(60)),
        settings=SETTINGS,
    )


@pytest.mark.parametrize("objective", ["cosine", "logistic"])
def test_a_loaded_tagger_gives_the_very_same_tags(
    planted: tuple[Annotations, AnyArray], tmp_path: Path, objective: str
) -> None:
    tags, features = planted
    tagger = trained(planted, objective)
    tagger.save(tmp_path / "tagger")
    torch.manual_seed(123)
    loaded = Tagger.load(tmp_path / "tagger")
    prepared = FeatureInputs.from_settings(features, loaded.preparation)
    expected = tagger.tag_inputs(FeatureInputs(features).fitted(np.arange(60)), top=12)
    assert loaded.tag_inputs(prepared, top=12) == expected
    assert loaded.vocabulary == tags.vocabulary
    assert loaded.architecture == tagger.architecture
    assert loaded.labels.n_images == 60
    np.testing.assert_array_equal(loaded.labels.counts, tags.label_counts())
    assert (loaded.space is None) == (objective == "logistic")
    assert not loaded.network.training


def test_the_width_of_a_head_is_read_off_its_weights_where_the_config_names_none(
    planted: tuple[Annotations, AnyArray], tmp_path: Path
) -> None:
    _, features = planted
    tagger, folder = trained(planted, "logistic"), tmp_path / "tagger"
    tagger.save(folder)
    config = json.loads((folder / "config.json").read_text())
    config["backbone_options"] = {"layers": 2}  # As a tagger of another default would have it.
    (folder / "config.json").write_text(json.dumps(config))
    inputs = FeatureInputs(features).fitted(np.arange(60))
    loaded = Tagger.load(folder)
    assert loaded.tag_inputs(inputs, top=12) == tagger.tag_inputs(inputs, top=12)


def test_tag_sets_are_saved_for_taggers_that_may_read_them(
    planted: tuple[Annotations, AnyArray], tmp_path: Path
) -> None:
    tags, features = planted
    inputs = FeatureInputs(features).fitted(np.arange(60))
    tagger = train_on_all(
        tags,
        LabelSpace.fit(tags, dim=4),
        backbone=Architecture("mlp", MLP, "sphere"),
        inputs=inputs,
        settings=SETTINGS,
    )
    tagger.save(tmp_path / "tagger")
    loaded = Tagger.load(tmp_path / "tagger")
    assert loaded.tag_inputs(inputs, top=12) == tagger.tag_inputs(inputs, top=12)
    assert loaded.labels.tag_sets is not None
    expected = tagger.labels.tag_sets
    assert expected is not None
    np.testing.assert_array_equal(
        loaded.labels.tag_sets.members.toarray(), expected.members.toarray()
    )
    np.testing.assert_array_equal(loaded.labels.tag_sets.counts, expected.counts)
    file = tmp_path / "tagger/tag_sets.safetensors"
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(ArtefactError, match=r"tagger is damaged .* save the tagger again"):
        Tagger.load(tmp_path / "tagger")
    trained(planted, "cosine").save(tmp_path / "points")
    assert not (tmp_path / "points/tag_sets.safetensors").exists()


@pytest.mark.parametrize("objective", ["cosine", "logistic"])
def test_fitted_decoder_weights_raise_the_likelihood_and_are_kept(
    planted_features: Features, tmp_path: Path, objective: str
) -> None:
    tags, features = planted_features(200)
    tagger = trained((tags.select(range(60)), features[:60]), objective)
    inputs = FeatureInputs.from_settings(features, tagger.preparation)
    rows = np.arange(60, 200)
    present = tags.matrix[rows].toarray() > 0
    share = present / present.sum(axis=1, keepdims=True)

    def likelihood(scores: np.ndarray) -> float:
        return float((share * log_softmax(scores.astype(np.float64), axis=1)).sum(axis=1).mean())

    before = likelihood(tagger.scores(inputs, rows).rows(0, len(rows)))
    weights = tagger.fit_decoder(inputs, tags.matrix, rows)
    assert tagger.decoder_weights == weights
    scores = tagger.scores(inputs, rows).rows(0, len(rows))
    assert likelihood(scores) > before
    specific = tagger.decoder(specific=True).scores(tagger.points(inputs, rows)).numpy()
    prior = np.log((tags.select(range(60)).label_counts() + 0.5) / 61)
    moved = (weights.specific_prior - weights.prior) * prior
    np.testing.assert_allclose(specific - scores, np.tile(moved, (len(rows), 1)), atol=1e-3)
    tagger.save(tmp_path / "tagger")
    loaded = Tagger.load(tmp_path / "tagger")
    assert loaded.decoder_weights == weights
    assert loaded.tag_inputs(inputs, top=12) == tagger.tag_inputs(inputs, top=12)
    with pytest.raises(UsageError, match="expected a matrix of 200 inputs × 12 labels"):
        tagger.fit_decoder(inputs, tags.matrix[:, :3], rows)


def test_a_loaded_tagger_prepares_pictures_as_in_training(
    coloured_squares: Callable[..., Annotations], tiny: Architecture, tmp_path: Path
) -> None:
    tags = coloured_squares(40)
    assert tags.pictures is not None
    tagger = train_on_all(
        tags,
        LabelSpace.fit(tags),
        backbone=tiny,
        inputs=ImageInputs(tags.pictures, 24, "crop", mean=(0.1, 0.2, 0.3), std=(0.4, 0.5, 0.6)),
        settings=SETTINGS,
    )
    tagger.save(tmp_path / "tagger")
    picture = tags.pictures.read(0)
    loaded = Tagger.load(tmp_path / "tagger")
    assert loaded.tag(picture) == tagger.tag(picture)
    assert loaded.preparation["mean"] == [0.1, 0.2, 0.3]
    assert loaded.sample_shape == (3, 24, 24)


def test_a_taken_folder_is_kept_unless_overwriting_is_allowed(
    planted: tuple[Annotations, AnyArray], tmp_path: Path
) -> None:
    tagger = trained(planted, "logistic")
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(ArtefactError, match="not empty"):
        tagger.save(tmp_path)
    with pytest.raises(ArtefactError, match="did not save"):
        tagger.save(tmp_path, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]
    folder = tmp_path / "tagger"
    tagger.save(folder)
    (folder / "left over.txt").write_text("of an older version")
    tagger.save(folder, overwrite=True)
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "config.json",
        "labels.parquet",
        "model.safetensors",
    ]


@pytest.fixture
def saved(planted: tuple[Annotations, AnyArray], tmp_path: Path) -> Path:
    trained(planted, "cosine").save(tmp_path / "tagger")
    return tmp_path / "tagger"


@pytest.mark.parametrize("name", ["config.json", "labels.parquet", "model.safetensors"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut"])
def test_a_missing_or_damaged_file_is_told_of(saved: Path, name: str, damage: str) -> None:
    path = saved / name
    whole = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"")
    with pytest.raises(ArtefactError, match="tagger"):
        Tagger.load(saved)


@pytest.mark.parametrize(
    "change",
    [
        {"backbone": "no such backbone"},
        {"backbone": "resnet10t"},
        {"backbone_options": {"hidden": 9}},
        {"backbone_options": [1, 2]},
        {"backbone_options": None},
        {"objective": "logistic"},
        {"objective": "no such objective"},
        {"preparation": {}},
        {"preparation": {"kind": "images", "size": 24}},
        {"preparation": None},
        {"training_images": "many"},
        {"vocabulary": "0123456789abcdef"},
        {"format": "labelsphere.label_space"},
        {"format_version": 99},
    ],
)
def test_a_config_that_does_not_fit_is_told_of(saved: Path, change: dict[str, Any]) -> None:
    path = saved / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ArtefactError, match="tagger"):
        Tagger.load(saved)


@pytest.mark.parametrize(
    "key", ["backbone", "backbone_options", "objective", "preparation", "training_images"]
)
def test_a_config_that_lacks_something_is_told_of(saved: Path, key: str) -> None:
    path = saved / "config.json"
    config = json.loads(path.read_text())
    del config[key]
    path.write_text(json.dumps(config))
    with pytest.raises(ArtefactError, match="is damaged"):
        Tagger.load(saved)


def test_labels_in_another_order_are_refused(saved: Path) -> None:
    path = saved / "labels.parquet"
    pl.read_parquet(path).reverse().write_parquet(path)
    with pytest.raises(ArtefactError, match="in their order"):
        Tagger.load(saved)


def test_a_missing_or_foreign_space_is_refused(
    saved: Path, coloured_squares: Callable[..., Annotations]
) -> None:
    shutil.rmtree(saved / "space")
    with pytest.raises(ArtefactError, match="needs a label space"):
        Tagger.load(saved)
    LabelSpace.fit(coloured_squares(40), dim=4).save(saved / "space")
    with pytest.raises(ArtefactError, match="does not fit"):
        Tagger.load(saved)


def test_a_folder_that_is_no_tagger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="is not a folder"):
        Tagger.load(tmp_path / "nowhere")
    with pytest.raises(ArtefactError, match=r"has no config.json"):
        Tagger.load(tmp_path)


def test_loading_leaves_the_callers_random_numbers_alone(saved: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    Tagger.load(saved)
    torch.testing.assert_close(torch.rand(3), expected)
