"""A backbone that is small enough for a test, with weights in a file."""

from collections.abc import Callable

import pytest
import torch
from safetensors.torch import save_file

from labelsphere.annotations import Annotations
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.network import build_network
from labelsphere.tagger.pretrained import PretrainedWeights

BACKBONE = "resnet10t"
OPTIONS = {"channels": (8, 16, 32, 64)}
SIZE = 32


@pytest.fixture(scope="session")
def weights_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], PretrainedWeights]:
    """Weights drawn from a seed, as a checkpoint."""
    folder = tmp_path_factory.mktemp("weights")

    def make(seed: int = 0) -> PretrainedWeights:
        path = folder / f"{seed}.safetensors"
        if not path.exists():
            with torch.random.fork_rng(devices=[]):
                torch.default_generator.manual_seed(seed)
                network = build_network(BACKBONE, 1, (3, SIZE, SIZE), options=OPTIONS)
            save_file({k: v.contiguous() for k, v in network.state_dict().items()}, path)
        return PretrainedWeights("file", BACKBONE, path, "weights of a test")

    return make


@pytest.fixture
def squares(coloured_squares: Callable[..., Annotations]) -> Annotations:
    """A few coloured squares with their pictures as bytes."""
    return coloured_squares(40)


@pytest.fixture
def prepared(
    squares: Annotations, weights_file: Callable[..., PretrainedWeights]
) -> Callable[..., ImageInputs]:
    """Inputs prepared as the weights expect."""
    mean, std = weights_file().normalisation

    def make(pictures: object = None, size: int = SIZE, fit: str = "pad") -> ImageInputs:
        chosen = squares.pictures if pictures is None else pictures
        return ImageInputs(chosen, size, fit, mean=mean, std=std)

    return make
