import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from labelsphere.errors import DataError, UsageError
from labelsphere.tagger import preset
from labelsphere.tagger.network import (
    build_network,
    count_parameters,
    features_of,
    head_of,
)

CHANNELS = {"channels": (8, 16, 32, 64)}
SHAPE = (3, 32, 32)


def backbone_state(network: nn.Module) -> dict[str, torch.Tensor]:
    """All but the head's own weights."""
    head = {id(parameter) for parameter in head_of(network).parameters()}
    shut = {name for name, parameter in network.named_parameters() if id(parameter) in head}
    return {name: value for name, value in network.state_dict().items() if name not in shut}


@pytest.mark.parametrize(
    ("backbone", "shape", "options"),
    [
        ("resnet10t", SHAPE, CHANNELS),
        ("mobilenetv3_small_050", (3, 64, 64), {}),
        ("convnext_atto", (3, 64, 64), {}),
        ("vit_tiny_patch16_224", (3, 64, 64), {"img_size": 64}),
        ("mlp", (20,), {"layers": 2, "hidden": 8}),
    ],
)
def test_the_backbones_first_weights_do_not_depend_on_the_head(
    backbone: str, shape: tuple[int, ...], options: dict[str, int]
) -> None:
    states = []
    for outputs in (3, 50):
        torch.manual_seed(7)
        network = build_network(backbone, outputs, shape, options=options)
        assert head_of(network).out_features == outputs
        states.append(backbone_state(network))
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.parametrize(
    ("backbone", "shape", "options"),
    [("resnet10t", SHAPE, CHANNELS), ("convnext_atto", (3, 64, 64), {}), ("mlp", (20,), {})],
)
def test_the_head_applied_to_the_features_is_the_network(
    backbone: str, shape: tuple[int, ...], options: dict[str, int]
) -> None:
    network = build_network(backbone, 5, shape, options=options).eval()
    batch = torch.randn((4, *shape), generator=torch.manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(head_of(network)(features_of(network, batch)), network(batch))


def test_an_unknown_backbone_is_refused_with_near_names() -> None:
    with pytest.raises(UsageError, match=r"timm has no backbone 'resnet_18'.*resnet18"):
        build_network("resnet_18", 5, SHAPE)
    with pytest.raises(UsageError, match=r"'@@@'; see timm.list_models\(\)"):
        build_network("@@@", 5, SHAPE)


@pytest.mark.parametrize(
    ("backbone", "options"),
    [("resnet10t", {"colour": 3}), ("resnet10t", {"channels": 3}), ("mlp", {"depth": 3})],
)
def test_options_that_the_backbone_does_not_take_are_refused(
    backbone: str, options: dict[str, int]
) -> None:
    shape = (20,) if backbone == "mlp" else SHAPE
    with pytest.raises(UsageError, match=f"backbone '{backbone}' does not accept"):
        build_network(backbone, 5, shape, options=options)


def test_images_too_small_for_the_backbone_are_refused() -> None:
    with pytest.raises(UsageError, match=r"'inception_v3' does not accept 32 × 32 images"):
        build_network("inception_v3", 5, SHAPE)


def test_inputs_of_the_wrong_kind_are_refused() -> None:
    with pytest.raises(UsageError, match="'mlp' does not accept inputs of shape"):
        build_network("mlp", 5, SHAPE)
    with pytest.raises(UsageError, match="'resnet18' does not accept inputs of shape"):
        build_network("resnet18", 5, (20,))


def test_a_backbone_without_a_linear_head_is_refused() -> None:
    # It has two: one for the labels and one for its teacher's.
    with pytest.raises(UsageError, match="no linear head"):
        build_network("deit_tiny_distilled_patch16_224", 5, (3, 224, 224))


def test_a_new_network_is_ready_to_train_and_counts_its_parameters() -> None:
    network = build_network("mlp", 5, (20,), options={"hidden": 8})
    assert network.training
    # Layer, normalisation, head.
    assert count_parameters(network) == (20 * 8 + 8) + (8 + 8) + (8 * 5 + 5)
    assert count_parameters(head_of(network)) == 45
    for parameter in head_of(network).parameters():
        parameter.requires_grad = False
    assert count_parameters(network) == 184


def test_a_perceptron_without_hidden_layers_is_linear() -> None:
    network = build_network("mlp", 5, (20,), options={"layers": 0}).eval()
    a, b = torch.randn((2, 20)), torch.randn((2, 20))
    with torch.no_grad():
        torch.testing.assert_close(network(a) + network(b), network(a + b) + network(0 * a))


@pytest.mark.parametrize("ending", [".safetensors", ".pth"])
def test_a_checkpoint_gives_the_backbone_its_weights_but_not_the_head(
    tmp_path: Path, ending: str
) -> None:
    torch.manual_seed(1)
    saved = build_network("resnet10t", 5, SHAPE, options=CHANNELS)
    path = tmp_path / f"weights{ending}"
    if ending == ".pth":
        torch.save(saved.state_dict(), path)
    else:
        save_file({k: v.contiguous() for k, v in saved.state_dict().items()}, path)
    torch.manual_seed(2)
    loaded = build_network("resnet10t", 9, SHAPE, options=CHANNELS, pretrained=path)
    expected = backbone_state(saved)
    found = backbone_state(loaded)
    assert all(torch.equal(found[name], value) for name, value in expected.items())
    assert head_of(loaded).weight.shape == (9, 64)


@pytest.mark.parametrize(
    ("other", "options"),
    [
        ("mobilenetv3_small_050", {}),
        ("resnet14t", CHANNELS),  # other blocks
        ("resnet18", CHANNELS),  # another stem
        ("resnet10t", {"channels": (8, 16, 32, 32)}),  # another width
    ],
)
def test_a_checkpoint_of_another_backbone_is_refused(
    tmp_path: Path, other: str, options: dict[str, tuple[int, ...]]
) -> None:
    network = build_network(other, 5, (3, 64, 64), options=options)
    path = tmp_path / "other.safetensors"
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, path)
    with pytest.raises(DataError, match="expected a checkpoint of the same backbone"):
        build_network("resnet10t", 5, SHAPE, options=CHANNELS, pretrained=path)


def test_a_deeper_networks_checkpoint_is_refused(tmp_path: Path) -> None:
    deeper = build_network("resnet34", 5, SHAPE, options=CHANNELS)
    path = tmp_path / "deeper.safetensors"
    save_file({k: v.contiguous() for k, v in deeper.state_dict().items()}, path)
    # It holds every weight that the shallower one needs, trained for other neighbours.
    with pytest.raises(DataError, match=r"lacks 0 of the \d+ weights .* has 96 others"):
        build_network("resnet18", 5, SHAPE, options=CHANNELS, pretrained=path)


def test_published_weights_that_do_not_exist_are_told_of() -> None:
    with pytest.raises(DataError, match="weights of 'resnetaa34d"):
        build_network("resnetaa34d", 5, SHAPE, pretrained=True)


class Trap:
    """Would write a file if it were unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (Path("unpickled").write_text, ("x",))


def test_a_checkpoint_that_holds_objects_is_not_unpickled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"weight": Trap()}, "trap.pth")
    with pytest.raises(DataError, match="cannot be read as a checkpoint"):
        build_network("resnet10t", 5, SHAPE, options=CHANNELS, pretrained="trap.pth")
    assert not Path("unpickled").exists()


@pytest.mark.parametrize("contents", [None, b"", b"no checkpoint"])
def test_a_missing_or_damaged_checkpoint_is_refused(tmp_path: Path, contents: bytes | None) -> None:
    path = tmp_path / "weights.safetensors"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(DataError, match=r"weights.safetensors cannot be read as a checkpoint"):
        build_network("resnet10t", 5, SHAPE, options=CHANNELS, pretrained=path)


def test_the_papers_network_has_no_auxiliary_tower_and_no_dropout() -> None:
    paper = preset("paper")
    size = paper.image_size
    network = build_network(
        paper.architecture.backbone, paper.dim, (3, size, size), options=paper.architecture.options
    )
    names = [name.lower() for name, _ in network.named_modules()]
    assert not [name for name in names if "aux" in name]
    network.train()
    batch = torch.randn((2, 3, 96, 96), generator=torch.manual_seed(0))
    for module in network.modules():
        # Normalisation by the batch's own statistics would be the same twice as well.
        assert not (isinstance(module, nn.Dropout) and module.p > 0)
    with torch.no_grad():
        torch.testing.assert_close(network(batch), network(batch), rtol=0, atol=0)
    # Szegedy et al. 2015: 2,048 features enter the last layer.
    assert head_of(network).weight.shape == (4096, 2048)


def test_a_tagger_on_vectors_never_imports_timm(tmp_path: Path) -> None:
    code = f"""
import sys
import numpy as np
from labelsphere.annotations import Annotations
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext
tags = Annotations.from_lists([["a"], ["b"]])
inputs = FeatureInputs(np.eye(2, dtype=np.float32))
labels = LabelContext.of(tags, None)
shape = inputs.sample_shape
tagger = Tagger(Architecture("mlp", objective="logistic"), labels, inputs.settings(), shape)
tagger.save({str(tmp_path / "tagger")!r})
print(len(Tagger.load({str(tmp_path / "tagger")!r}).tag_inputs(inputs, 1)))
print(sorted({{"timm", "torchvision"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["2", "[]"]


def test_a_checkpoint_that_names_another_backbone_is_refused(tmp_path: Path) -> None:
    saved = build_network("resnet10t", 5, SHAPE, options=CHANNELS)
    state = {k: v.contiguous() for k, v in saved.state_dict().items()}
    path = tmp_path / "weights.safetensors"
    save_file(state, path, metadata={"backbone": "resnet10t"})
    build_network("resnet10t", 5, SHAPE, options=CHANNELS, pretrained=path)
    # Its tensors would fit.
    save_file(state, path, metadata={"backbone": "resnet10"})
    with pytest.raises(DataError, match="holds weights of 'resnet10', but the backbone is"):
        build_network("resnet10t", 5, SHAPE, options=CHANNELS, pretrained=path)


def test_a_network_on_a_backbones_features_is_built_and_its_options_checked() -> None:
    small = {"hidden": 8, "layers": 1}
    network = build_network("resnet10t", 5, SHAPE, options=CHANNELS, feature_network=small).eval()
    assert head_of(network).weight.shape == (5, 8)
    batch = torch.randn((4, *SHAPE), generator=torch.manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(head_of(network)(features_of(network, batch)), network(batch))
    with pytest.raises(UsageError, match="backbone 'mlp' does not accept"):
        build_network("resnet10t", 5, SHAPE, options=CHANNELS, feature_network={"depth": 3})
