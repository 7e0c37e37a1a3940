"""Every engine of the registry, against the tagger's own network."""

from pathlib import Path

import numpy as np
import pytest
import torch

import labelsphere as ls
from labelsphere.app.engines import ENGINES
from labelsphere.app.served import TagRequest
from labelsphere.app.served_tagger import ServedTagger
from labelsphere.errors import UsageError
from labelsphere.tagger.inputs import shape_only
from labelsphere.tagger.network import features_of


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("count", [1, 3])
def test_features_equal_those_of_the_network(name: str, count: int, saved: Path) -> None:
    tagger = ls.Tagger.load(saved)
    squares = np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3)).astype(np.uint8)
    inputs = shape_only(tagger.preparation)
    with torch.no_grad():
        wanted = features_of(tagger.network, inputs.normalise(squares))  # type: ignore[attr-defined]
    found = ENGINES[name].build(tagger).features(squares)
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ENGINES)
def test_tags_equal_those_of_the_tagger(name: str, saved: Path, png: bytes) -> None:
    tagger = ls.Tagger.load(saved)
    tagger.precision = "float32"
    served = ServedTagger(saved, name)
    found = served.tag([TagRequest(served.prepare(png), top=4)])[0]
    expected = tagger.tag(png, top=4)
    assert [tag.label for tag in found.tags] == [tag.label for tag in expected]
    assert [tag.score for tag in found.tags] == pytest.approx(
        [tag.score for tag in expected], abs=1e-4
    )


def test_an_unknown_engine_names_those_that_there_are(saved: Path) -> None:
    with pytest.raises(UsageError, match="engine must be one of torch, onnx, but got 'tpu'"):
        ServedTagger(saved, "tpu")
