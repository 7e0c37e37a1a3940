"""Decoders named in an architecture: used, saved, loaded, and refused before any training."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.card import tagger_card
from labelsphere.tagger.inputs import FeatureInputs
from tests.tagger.plain_training import train_on_all

Features = Callable[..., tuple[Annotations, AnyArray]]
SETTINGS = TrainingSettings(epochs=10, batch_size=50, precision="float32")


def trained(
    planted_features: Features, method: str, objective: str, decoder: str | None
) -> tuple[Tagger, Annotations, FeatureInputs]:
    tags, features = planted_features()
    inputs = FeatureInputs(features)
    tagger = train_on_all(
        tags,
        LabelSpace.fit(tags, method, 32 if method != "pmi" else None),
        backbone=Architecture("mlp", {"hidden": 32}, objective, decoder),
        inputs=inputs,
        settings=SETTINGS,
    )
    return tagger, tags, inputs


@pytest.mark.parametrize(
    ("method", "objective", "decoder"),
    [
        ("ecoc", "cosine", "hamming"),
        ("random-projection", "cosine", "omp"),
        ("pmi", "logistic", "conse"),
        ("pmi", "devise", None),
    ],
)
def test_a_tagger_reads_tags_by_the_decoder_it_is_built_with(
    planted_features: Features, tmp_path: Path, method: str, objective: str, decoder: str | None
) -> None:
    tagger, tags, inputs = trained(planted_features, method, objective, decoder)
    best = tagger.tag_inputs(inputs, 1)
    assert np.mean([tag[0].label in tags.tags_of(row) for row, tag in enumerate(best)]) > 0.9
    tagger.save(tmp_path / "tagger")
    loaded = Tagger.load(tmp_path / "tagger")
    assert loaded.architecture == tagger.architecture
    loaded.precision = tagger.precision
    assert loaded.tag_inputs(inputs, 12) == tagger.tag_inputs(inputs, 12)
    card = tagger_card(tagger.architecture, tagger.labels, None)
    own = "the method's own"
    assert f"| decoder | {decoder or own} |" in card


def test_another_decoder_reads_the_same_network_otherwise(planted_features: Features) -> None:
    plain, _, inputs = trained(planted_features, "random-projection", "cosine", None)
    sparse, _, _ = trained(planted_features, "random-projection", "cosine", "omp")
    assert torch.equal(sparse.points(inputs), plain.points(inputs))
    scores = [tagger.scores(inputs).rows(0, 400) for tagger in (plain, sparse)]
    assert np.abs(scores[0] - scores[1]).max() > 0.01


@pytest.mark.parametrize(
    ("objective", "decoder", "message"),
    [
        ("cosine", "viterbi", "decoder must be one of"),
        ("cosine", "conse", "'conse' reads logits of a classifier"),
        ("logistic", "omp", "'omp' reads points of a label space"),
        ("cosine", "hamming", "'hamming' reads words of ±1"),
    ],
)
def test_what_cannot_be_decoded_is_refused_at_once(
    planted_features: Features, objective: str, decoder: str, message: str
) -> None:
    tags, features = planted_features(40)
    with pytest.raises(UsageError, match=message):
        train_on_all(
            tags,
            LabelSpace.fit(tags),
            backbone=Architecture("mlp", None, objective, decoder),
            inputs=FeatureInputs(features),
            settings=TrainingSettings(steps=10**9),
        )
