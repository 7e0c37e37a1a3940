from collections.abc import Callable

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.metrics import evaluate
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import cosine_decoder
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.network import build_network, head_of
from labelsphere.tagger.scores import DecodedScores, predict_points

Features = Callable[..., tuple[Annotations, AnyArray]]


def test_rows_and_columns_are_cut_from_one_table(
    random_space: Callable[..., LabelSpace],
) -> None:
    space = random_space(0, labels=12, unplaced=(5,))
    points = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    norms = np.linalg.norm(points.astype(np.float64), axis=1, keepdims=True)
    table = points / norms @ space.unit_vectors.T.astype(np.float64)
    table[:, 5] = -np.inf
    scores = DecodedScores(torch.from_numpy(points), cosine_decoder(space))
    assert scores.shape == (9, 12)
    np.testing.assert_allclose(scores.rows(2, 6), table[2:6], atol=1e-6)
    np.testing.assert_allclose(scores.columns(3, 7), table[:, 3:7], atol=1e-6)
    assert scores.rows(0, 9).dtype == scores.columns(0, 12).dtype == np.float32


def test_metrics_take_them(random_space: Callable[..., LabelSpace]) -> None:
    space = random_space(0, labels=12, unplaced=(5,))
    tags = Annotations.from_lists(
        [[name] for name in space.vocabulary], vocabulary=space.vocabulary
    )
    points = torch.from_numpy(space.encode(tags.matrix))
    found = evaluate(
        DecodedScores(points, cosine_decoder(space)), tags.matrix, label_counts=tags.label_counts()
    )
    # Each label is nearest to its own place; the one without a place ranks last.
    assert found.values["precision@1"] == pytest.approx(11 / 12)
    assert found.values["image_ap"] == pytest.approx((11 + 1 / 12) / 12)


def network_and_inputs(planted: tuple[Annotations, AnyArray]) -> tuple[torch.nn.Module, AnyArray]:
    torch.manual_seed(0)
    _, features = planted
    network = build_network("mlp", 5, (20,), options={"hidden": 8, "drop_rate": 0.5})
    network.train()
    network(torch.from_numpy(features))  # gives the normalisation something to remember
    return network, features


def test_points_are_the_networks_in_evaluation_mode(planted_features: Features) -> None:
    network, features = network_and_inputs(planted_features(50))
    rows = np.array([40, 3, 3, 17])
    found = predict_points(
        network, FeatureInputs(features), rows, features=False, precision="float32", batch_size=3
    )
    again = predict_points(
        network, FeatureInputs(features), rows, features=False, precision="float32"
    )
    assert not network.training
    with torch.no_grad():
        expected = network(torch.from_numpy(features[rows]))
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(again, expected)


def test_features_are_what_enters_the_head(planted_features: Features) -> None:
    network, features = network_and_inputs(planted_features(50))
    inputs, rows = FeatureInputs(features), np.arange(50)
    hidden = predict_points(network, inputs, rows, features=True, precision="float32")
    points = predict_points(network, inputs, rows, features=False, precision="float32")
    assert hidden.shape == (50, 8)
    with torch.no_grad():
        torch.testing.assert_close(head_of(network)(hidden), points)


def test_points_are_float32_whatever_the_network_computes_in(planted_features: Features) -> None:
    network, features = network_and_inputs(planted_features(50))
    inputs, rows = FeatureInputs(features), np.arange(50)
    exact = predict_points(network, inputs, rows, features=False, precision="float32")
    rounded = predict_points(network, inputs, rows, features=False, precision="bfloat16")
    assert rounded.dtype == torch.float32
    assert not torch.equal(exact, rounded)
    torch.testing.assert_close(rounded, exact, rtol=0.1, atol=0.05)


def test_no_rows_give_no_points(planted_features: Features) -> None:
    network, features = network_and_inputs(planted_features(50))
    inputs, none = FeatureInputs(features), np.arange(0)
    assert predict_points(network, inputs, none, features=False).shape == (0, 5)
    assert predict_points(network, inputs, none, features=True).shape == (0, 8)


def test_progress_ends_at_the_number_of_rows(planted_features: Features) -> None:
    network, features = network_and_inputs(planted_features(50))
    told: list[tuple[int, int]] = []
    predict_points(
        network,
        FeatureInputs(features),
        np.arange(50),
        features=False,
        batch_size=20,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(20, 50), (40, 50), (50, 50)]
