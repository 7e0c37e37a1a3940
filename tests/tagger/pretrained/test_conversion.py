"""The converted networks answer as networks trained on ImageNet do."""

from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import load_file, save_file
from timm.data import ImageNetInfo

from labelsphere.errors import ArtefactError
from labelsphere.tagger.pretrained import PACKAGES, resolve_pretrained
from labelsphere.tagger.pretrained.conversion import (
    MILITARY_UNIFORM,
    best_classes,
    check_prediction,
    convert_checkpoint,
    sample_photograph,
)
from labelsphere.tagger.pretrained.packages import find_package

NAMES = ["lite0", "lite2"]

# From the file names of two independent implementations: what came before → timm's name.
RENAMED = {
    "_conv_stem.weight": "conv_stem.weight",
    "_bn0.running_mean": "bn1.running_mean",
    "_blocks.0._depthwise_conv.weight": "blocks.0.0.conv_dw.weight",
    "_blocks.2._bn0.weight": "blocks.1.1.bn1.weight",
    "_conv_head.weight": "conv_head.weight",
    "_bn1.bias": "bn2.bias",
    "_fc.weight": "classifier.weight",
}


def test_the_number_is_that_of_the_military_uniform() -> None:
    assert ImageNetInfo().index_to_description(MILITARY_UNIFORM) == "military uniform"


@pytest.mark.parametrize("name", NAMES)
def test_the_networks_see_the_uniform(name: str) -> None:
    weights = resolve_pretrained(name)
    photograph = sample_photograph()
    assert weights.path is not None
    assert photograph is not None
    assert MILITARY_UNIFORM in best_classes(weights.path, weights.backbone, photograph)


def test_the_same_weights_answer_worse_where_pictures_are_padded_otherwise() -> None:
    path, photograph = resolve_pretrained("lite0").path, sample_photograph()
    assert path is not None
    assert photograph is not None
    assert MILITARY_UNIFORM not in best_classes(path, "efficientnet_lite0", photograph)
    with pytest.raises(ArtefactError, match="expected 652 \\(military uniform\\) among them"):
        check_prediction(path, "efficientnet_lite0")


@pytest.mark.parametrize("name", NAMES)
def test_each_tensor_has_the_name_of_its_layer(name: str) -> None:
    source = find_package(name)
    assert source is not None
    before = torch.load(source, weights_only=True)
    path = resolve_pretrained(name).path
    assert path is not None
    after = load_file(path)
    counters = [key for key in before if key.endswith("num_batches_tracked")]
    assert len(after) == len(before) - len(counters)
    for old, new in RENAMED.items():
        assert torch.equal(before[old], after[new])


def test_another_networks_checkpoint_is_refused(tmp_path: Path) -> None:
    source = find_package("lite0")
    assert source is not None
    with pytest.raises(ArtefactError, match="tensors, tf_efficientnet_lite2"):
        convert_checkpoint(source, "tf_efficientnet_lite2", tmp_path / "x.safetensors")
    state = timm.create_model("test_resnet", pretrained=False).state_dict()
    torch.save({k: v.reshape(-1) for k, v in state.items()}, tmp_path / "flat.pth")
    with pytest.raises(ArtefactError, match="expected equal shapes"):
        convert_checkpoint(tmp_path / "flat.pth", "test_resnet", tmp_path / "x.safetensors")
    assert not (tmp_path / "x.safetensors").exists()


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pth").write_bytes(b"text")
    with pytest.raises(ArtefactError, match=r"x.pth cannot be read as a checkpoint"):
        convert_checkpoint(tmp_path / "x.pth", "test_resnet", tmp_path / "y.safetensors")


def test_weights_of_chance_are_refused(tmp_path: Path) -> None:
    torch.manual_seed(0)
    state = timm.create_model("tf_efficientnet_lite0", pretrained=False).state_dict()
    save_file({k: v.contiguous() for k, v in state.items()}, tmp_path / "x.safetensors")
    with pytest.raises(ArtefactError, match="sees classes"):
        check_prediction(tmp_path / "x.safetensors", PACKAGES["lite0"].backbone)
