"""Two readings of one head, mixed, against the definition in float64."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import build_decoder
from labelsphere.tagger.decoders.both import both_decoder
from labelsphere.tagger.label_context import LabelContext

COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
SHARES = {"point": 0.0, "both": 0.5, "classifier": 1.0}
Spaces = Callable[..., LabelSpace]


def context(space: LabelSpace) -> LabelContext:
    return LabelContext(space.vocabulary, COUNTS, 9, space)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_reads_both_off_the_heads_inputs(random_space: Spaces, share: float) -> None:
    space = random_space(2, unplaced=(5,))
    torch.manual_seed(2)
    head, features = torch.nn.Linear(6, 4 + 7), torch.randn((5, 6))
    decoder = both_decoder(context(space), head, share)
    assert decoder.features
    scores = decoder.scores(features)
    outputs = head(features).detach().double().numpy()
    for image, label in np.ndindex(5, 7):
        vector = space.vectors[label].astype(np.float64)
        unit = vector / (np.linalg.norm(vector) or 1.0)
        pointed = outputs[image, :4] @ unit + np.log((COUNTS[label] + 0.5) / 10)
        expected = (1 - share) * pointed + share * outputs[image, 4 + label]
        assert scores[image, label].item() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("name", SHARES)
def test_is_known_by_name(random_space: Spaces, name: str) -> None:
    labels, head = context(random_space(0)), torch.nn.Linear(6, 4 + 7)
    features = torch.randn((5, 6), generator=torch.manual_seed(0))
    built = build_decoder(name, labels, head, outputs="both")
    expected = both_decoder(labels, head, SHARES[name])
    torch.testing.assert_close(built.scores(features), expected.scores(features))


def test_needs_a_space(random_space: Spaces) -> None:
    labels = LabelContext(random_space(0).vocabulary, COUNTS, 9)
    with pytest.raises(UsageError, match="'both' needs a label space"):
        both_decoder(labels, torch.nn.Linear(6, 11), 0.5)
