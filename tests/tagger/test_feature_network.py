"""The network on feature vectors, and a backbone with such a network, against NumPy."""

import numpy as np
import pytest
import timm
import torch
from torch import nn

from labelsphere.tagger.feature_network import FeatureNetwork, JoinedNetwork, pooled_features

RANDOM = np.random.default_rng(0)


def perceptron(network: FeatureNetwork, x: np.ndarray) -> np.ndarray:
    """Outputs in float64, layer by layer."""
    for layer in network.trunk:
        if isinstance(layer, nn.Linear):
            x = x @ layer.weight.detach().double().numpy().T + layer.bias.detach().double().numpy()
        elif isinstance(layer, nn.BatchNorm1d):
            assert layer.running_mean is not None
            assert layer.running_var is not None
            mean, variance = layer.running_mean.double().numpy(), layer.running_var.double().numpy()
            x = (x - mean) / np.sqrt(variance + layer.eps)
            x = x * layer.weight.detach().double().numpy() + layer.bias.detach().double().numpy()
        elif isinstance(layer, nn.ReLU):
            x = np.maximum(x, 0)
    head = network.head
    return x @ head.weight.detach().double().numpy().T + head.bias.detach().double().numpy()


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_is_a_perceptron_with_batch_normalisation(layers: int) -> None:
    torch.manual_seed(layers)
    network = FeatureNetwork(6, 4, hidden=8, layers=layers)
    kinds = [type(layer) for layer in network.trunk]
    assert kinds == [nn.Linear, nn.BatchNorm1d, nn.ReLU, nn.Dropout] * layers
    network.train()
    for _ in range(5):
        network(torch.randn(16, 6) * 3 + 1)  # Moves the running statistics.
    network.eval()
    x = RANDOM.normal(size=(5, 6))
    found = network(torch.from_numpy(x).float()).detach().numpy()
    np.testing.assert_allclose(found, perceptron(network, x), atol=1e-5)
    hidden = network.forward_features(torch.from_numpy(x).float())
    assert hidden.shape == (5, 8 if layers else 6)
    assert network.forward_head(hidden, pre_logits=True) is hidden
    assert network.get_classifier() is network.head


def test_hidden_values_are_dropped_in_training_alone() -> None:
    torch.manual_seed(0)
    network = FeatureNetwork(6, 4, hidden=4000, drop_rate=0.25)
    x = torch.randn(2, 6)
    network.train()
    active = network.trunk[:-1](x) > 0
    dropped = (network.forward_features(x)[active] == 0).double().mean().item()
    assert dropped == pytest.approx(0.25, abs=0.05)
    network.eval()
    active = network.trunk[:-1](x) > 0
    assert (network.forward_features(x)[active] > 0).all()


def joined() -> JoinedNetwork:
    torch.manual_seed(0)
    backbone = timm.create_model("test_resnet", pretrained=False, num_classes=3)
    width = backbone.get_classifier().in_features
    return JoinedNetwork(backbone, FeatureNetwork(width, 4, hidden=8)).eval()


def test_a_joined_network_standardises_the_pooled_features() -> None:
    network = joined()
    width = len(network.mean)
    mean, scale = RANDOM.normal(size=width), RANDOM.uniform(0.5, 2.0, width)
    network.standardise(mean, scale)
    pictures = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        features = pooled_features(network.backbone, pictures)
        assert features.shape == (2, width)
        expected = perceptron(network.head_network, (features.double().numpy() - mean) / scale)
        np.testing.assert_allclose(network(pictures).numpy(), expected, atol=1e-4)


def test_the_backbone_keeps_float32_within_autocast_out_of_training() -> None:
    network = joined()
    kinds = []
    first = next(m for m in network.backbone.modules() if isinstance(m, nn.Conv2d))
    first.register_forward_hook(lambda _module, _given, found: kinds.append(found.dtype))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        network(torch.rand(2, 3, 64, 64))
        network.train()
        network(torch.rand(2, 3, 64, 64))
    assert kinds == [torch.float32, torch.bfloat16]
