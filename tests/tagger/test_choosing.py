"""Which tags an image is given, and their order, with and without calibration."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.calibration import Goal
from labelsphere.tagger.choosing import TagChoice
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext


@pytest.fixture(scope="module")
def tags_and_features(planted_features) -> tuple[Annotations, FeatureInputs]:
    tags, features = planted_features(400, noise=1.0)
    return tags, FeatureInputs(features)


@pytest.fixture(scope="module")
def tagger(tags_and_features: tuple[Annotations, FeatureInputs]) -> Tagger:
    torch.set_num_threads(1)
    tags, inputs = tags_and_features
    labels = LabelContext.of(tags, LabelSpace.fit(tags, dim=6))
    made = Tagger(
        Architecture("mlp", {"hidden": 16}, "cosine"), labels, inputs.settings(), (20,), seed=0
    )
    rows = np.arange(200)
    made.fit(tags, inputs, TrainingSettings(steps=60, batch_size=50), rows=rows)
    made.calibrate(tags, inputs, np.arange(200, 400), Goal(precision=0.8))
    return made


def test_accepted_tags_come_first_then_suggested_ones_by_probability(
    tagger: Tagger, tags_and_features: tuple[Annotations, FeatureInputs]
) -> None:
    found = tagger.tag_inputs(tags_and_features[1])
    assert tagger.calibration is not None
    scores = tagger.scores(tags_and_features[1])
    probabilities = tagger.calibration.probabilities(scores.rows(0, 400))
    seen = 0
    for row, tags in enumerate(found):
        numbers = [tagger.vocabulary.index(tag.label) for tag in tags]
        assert [tag.probability for tag in tags] == pytest.approx(probabilities[row, numbers])
        assert [tag.accepted for tag in tags] == sorted([t.accepted for t in tags], reverse=True)
        wanted = set(np.flatnonzero(probabilities[row] >= tagger.calibration.suggest).tolist())
        assert set(numbers) == wanted
        for status in (True, False):
            group = [tag.probability for tag in tags if tag.accepted is status]
            assert group == sorted(group, reverse=True)
        assert all(tag.suggested is not tag.accepted for tag in tags)
        seen += sum(bool(tag.accepted) for tag in tags)
    assert seen > 100


def test_so_many_tags_whatever_their_thresholds(
    tagger: Tagger, tags_and_features: tuple[Annotations, FeatureInputs]
) -> None:
    rows = np.arange(20)
    three = tagger.tag_inputs(tags_and_features[1], 3, rows=rows)
    every = tagger.tag_inputs(tags_and_features[1], 12, rows=rows)
    assert [len(tags) for tags in three] == [3] * 20
    assert [len(tags) for tags in every] == [12] * 20
    assert [tags[:3] for tags in every] == three


def test_raw_scores_are_those_of_a_tagger_without_calibration(
    tagger: Tagger, tags_and_features: tuple[Annotations, FeatureInputs]
) -> None:
    inputs = tags_and_features[1]
    raw = tagger.tag_inputs(inputs, choice=TagChoice(raw=True))
    assert [len(tags) for tags in raw] == [10] * 400
    kept = tagger.calibration
    tagger.calibration = None
    try:
        assert tagger.tag_inputs(inputs) == raw
    finally:
        tagger.calibration = kept
    assert {(tag.probability, tag.accepted, tag.suggested) for tag in raw[0]} == {(None,) * 3}


def test_blocks_do_not_matter(
    tagger: Tagger,
    tags_and_features: tuple[Annotations, FeatureInputs],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = tagger.tag_inputs(tags_and_features[1])
    monkeypatch.setattr("labelsphere.tagger.choosing._BLOCK", 60)
    pieces = tagger.tag_inputs(tags_and_features[1])
    assert [[tag.label for tag in tags] for tags in pieces] == [
        [tag.label for tag in tags] for tags in whole
    ]


def test_no_inputs_have_no_tags(
    tagger: Tagger, tags_and_features: tuple[Annotations, FeatureInputs]
) -> None:
    assert tagger.tag_inputs(tags_and_features[1], rows=np.empty(0, np.int64)) == []


def test_a_number_below_1_is_refused() -> None:
    with pytest.raises(UsageError, match="top must be 1 or more, but got 0"):
        TagChoice(0)


def test_training_again_or_another_decoder_forgets_the_calibration(
    tagger: Tagger, tags_and_features: tuple[Annotations, FeatureInputs]
) -> None:
    tags, inputs = tags_and_features
    other = Tagger(tagger.architecture, tagger.labels, inputs.settings(), (20,))
    other.calibrate(tags, inputs, np.arange(200, 400))
    assert other.calibration is not None
    other.fit_decoder(inputs, tags.matrix, np.arange(200, 400))
    assert other.calibration is None
    other.calibrate(tags, inputs, np.arange(200, 400))
    other.fit(tags, inputs, TrainingSettings(steps=1))
    assert other.calibration is None


def test_a_placed_label_is_calibrated_by_its_neighbors(
    tagger: Tagger, tags_and_features: tuple[Annotations, FeatureInputs]
) -> None:
    assert tagger.space is not None
    larger = tagger.space.place("new", ["tag 00", "tag 01"])
    grown = tagger.with_space(larger)
    assert grown.calibration is not None
    assert tagger.calibration is not None
    assert grown.calibration.sources[-1] == "neighbors"
    assert 0 < grown.calibration.accept[-1] <= 1
    inputs = tags_and_features[1]
    mine = grown.calibration.probabilities(grown.scores(inputs).rows(0, 400))
    # It points where its neighbors do, and is about as likely as they are.
    assert np.corrcoef(mine[:, -1], mine[:, 0])[0, 1] > 0.5
    renamed = tagger.with_space(tagger.space.revise({"tag 03": "third"}))
    assert renamed.calibration is not None
    there = renamed.vocabulary.index("third")
    before = tagger.vocabulary.index("tag 03")
    assert renamed.calibration.accept[there] == tagger.calibration.accept[before]


def test_known_absences_reach_the_calibration(
    tagger: Tagger, tags_and_features: tuple[Annotations, FeatureInputs]
) -> None:
    tags, inputs = tags_and_features
    other = Tagger(tagger.architecture, tagger.labels, inputs.settings(), (20,))
    other.network = tagger.network
    rows = np.arange(200, 400)
    other.calibrate(tags, inputs, rows)
    assert other.calibration is not None
    blind = other.calibration.probabilities(other.scores(inputs, rows).rows(0, 200)).mean(axis=0)
    # Of the first label few absences are known: the images that may lack it no longer count.
    matrix = tags.matrix.tolil()
    absent = type(matrix)(tags.matrix.shape, dtype=np.float32)
    for row in rows[:60].tolist():
        if not matrix[row, 0]:
            absent[row, 0] = 1
    told = replace(tags, absent=absent.tocsr())
    other.calibrate(told, inputs, rows)
    seen = other.calibration.probabilities(other.scores(inputs, rows).rows(0, 200)).mean(axis=0)
    assert seen[0] > blind[0] + 0.05
    assert seen[1] == pytest.approx(blind[1], abs=0.05)
