"""The network in PyTorch, with its normalisations folded."""

from pathlib import Path
from threading import current_thread

import numpy as np
import pytest
import torch
from torch import nn

import labelsphere as ls
from labelsphere.app.engines.torch_engine import TorchEngine


def test_the_taggers_own_network_keeps_its_normalisations(saved: Path) -> None:
    tagger = ls.Tagger.load(saved)
    before = {name: value.clone() for name, value in tagger.network.state_dict().items()}
    TorchEngine(tagger).features(np.zeros((1, 32, 32, 3), np.uint8))
    after = tagger.network.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert any(isinstance(module, nn.BatchNorm2d) for module in tagger.network.modules())


def test_features_want_no_gradient_and_are_float32(saved: Path) -> None:
    engine = TorchEngine(ls.Tagger.load(saved))
    found = engine.features(np.zeros((2, 32, 32, 3), np.uint8))
    assert (found.dtype, found.requires_grad, len(found)) == (torch.float32, False, 2)


def test_a_picture_has_the_same_features_beside_others(saved: Path) -> None:
    engine = TorchEngine(ls.Tagger.load(saved))
    squares = np.random.default_rng(1).integers(0, 256, (5, 32, 32, 3)).astype(np.uint8)
    alone = torch.cat([engine.features(squares[n : n + 1]) for n in range(5)])
    torch.testing.assert_close(engine.features(squares), alone, rtol=1e-4, atol=1e-5)


def test_a_large_batch_is_split_among_threads_and_stays_in_order(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagger = ls.Tagger.load(saved)
    whole = TorchEngine(tagger)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    split = TorchEngine(tagger)
    squares = np.random.default_rng(1).integers(0, 256, (13, 32, 32, 3)).astype(np.uint8)
    names: set[str] = set()
    run = split._run
    monkeypatch.setattr(split, "_run", lambda s: (names.add(current_thread().name), run(s))[1])
    torch.testing.assert_close(
        split.features(squares), whole.features(squares[:13]), rtol=1e-4, atol=1e-5
    )
    assert len(names) > 1
    assert all(name.startswith("network") for name in names)
