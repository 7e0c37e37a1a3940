"""The network in ONNX Runtime."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import labelsphere as ls
from labelsphere.app.engines.onnx_engine import OnnxEngine
from labelsphere.errors import MissingExtraError


def test_any_number_of_pictures(saved: Path) -> None:
    engine = OnnxEngine(ls.Tagger.load(saved))
    squares = np.random.default_rng(2).integers(0, 256, (7, 32, 32, 3)).astype(np.uint8)
    whole = engine.features(squares)
    assert whole.dtype == torch.float32
    split = torch.cat([engine.features(squares[:1]), engine.features(squares[1:])])
    torch.testing.assert_close(whole, split, rtol=1e-4, atol=1e-5)


def test_without_onnx_runtime_the_extra_is_named(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r"labelsphere\[onnx\]"):
        OnnxEngine(ls.Tagger.load(saved))
