"""Networks with batch normalisation folded in, against the networks themselves."""

import pytest
import torch
from torch import Tensor, nn

from labelsphere.tagger.fusing import fuse_normalisation
from labelsphere.tagger.network import build_network, features_of

SHAPE = (3, 32, 32)


def used(network: nn.Module) -> nn.Module:
    """A network whose normalisations have seen something, in evaluation mode."""
    made = torch.Generator().manual_seed(1)
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network(2 + 3 * torch.randn(8, *SHAPE, generator=made))
    return network.eval()


def normalisations(network: nn.Module) -> int:
    """Normalisations that are left: the stem of a ResNet keeps its convolutions in a sequence."""
    return sum(isinstance(module, nn.BatchNorm2d) for module in network.modules())


@pytest.mark.parametrize(
    ("backbone", "left"),
    [("test_resnet", 1), ("test_efficientnet", 0), ("test_mambaout", 0), ("test_vit", 0)],
)
def test_the_copy_answers_alike(backbone: str, left: int) -> None:
    options = {"img_size": 32} if backbone == "test_vit" else {}
    network = used(build_network(backbone, 5, SHAPE, options=options))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fused = fuse_normalisation(network, SHAPE)
    sample = torch.randn(4, *SHAPE, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        wanted, found = features_of(network, sample), features_of(fused, sample)
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)
    assert normalisations(fused) == left
    assert (fused is network) == (normalisations(network) == 0)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


class Crossed(nn.Module):
    """Lists a convolution before a normalisation that runs before it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
        self.norm = nn.BatchNorm2d(3)
        self.head = nn.Linear(3, 2)

    def forward_features(self, pictures: Tensor) -> Tensor:
        values: Tensor = self.conv(self.norm(pictures).relu())
        return values

    def forward_head(self, values: Tensor, pre_logits: bool = False) -> Tensor:
        pooled = values.mean(dim=(2, 3))
        outputs: Tensor = pooled if pre_logits else self.head(pooled)
        return outputs

    def forward(self, pictures: Tensor) -> Tensor:
        return self.forward_head(self.forward_features(pictures))


def test_layers_that_run_in_another_order_are_left_alone() -> None:
    network = used(Crossed())
    assert fuse_normalisation(network, SHAPE) is network
