"""Pushing and fetching, against a local server that answers as the Hub does."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import labelsphere as ls
from labelsphere.errors import ArtefactError, DataError, UsageError
from labelsphere.tagger.hub import fetch_tagger, push_tagger
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.label_context import LabelContext
from tests.local_hub import Hub, serve_hub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    with serve_hub() as address:
        yield address


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    tags = ls.Annotations.from_lists([["a", "b"], ["b", "c"], ["a", "c"]] * 4)
    inputs = FeatureInputs(np.random.default_rng(0).standard_normal((12, 5)).astype(np.float32))
    tagger = ls.Tagger(
        ls.tagger.Architecture("mlp", objective="logistic"),
        LabelContext.of(tags),
        inputs.settings(),
        inputs.sample_shape,
    )
    tagger.save(tmp_path / "tagger")
    return tmp_path / "tagger"


def test_a_tagger_comes_back_as_it_was(hub: str, saved: Path) -> None:
    (saved / "notes.pkl").write_bytes(b"not ours")
    push_tagger(saved, "user/icons", endpoint=hub, token="hf_secret")
    assert "config.json" in Hub.repositories["user/icons"]
    assert "notes.pkl" not in Hub.repositories["user/icons"]
    folder = fetch_tagger("user/icons", endpoint=hub)
    before, after = ls.Tagger.load(saved), ls.Tagger.load(folder)
    assert after.vocabulary == before.vocabulary
    for name, value in before.network.state_dict().items():
        assert bool((after.network.state_dict()[name] == value).all())


def test_a_folder_needs_no_hub(saved: Path) -> None:
    assert ls.Tagger.from_pretrained(saved).vocabulary == ls.Tagger.load(saved).vocabulary


def test_what_is_no_tagger_is_not_pushed(hub: str, tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"config\.json"):
        push_tagger(tmp_path, "user/icons", endpoint=hub, token="hf_secret")
    assert Hub.repositories == {}


def test_repositories_without_a_tagger(hub: str) -> None:
    with pytest.raises(DataError, match="cannot be downloaded"):
        fetch_tagger("user/nothing", endpoint=hub)
    Hub.repositories["user/other"] = {"README.md": b"hello"}
    with pytest.raises(ArtefactError, match="holds no tagger"):
        fetch_tagger("user/other", endpoint=hub)


def test_malformed_names(hub: str, saved: Path) -> None:
    with pytest.raises(UsageError, match="user/name"):
        fetch_tagger("a/b/c", endpoint=hub)
    with pytest.raises(UsageError, match="user/name"):
        push_tagger(saved, "bad name!", endpoint=hub, token="hf_secret")
