"""Words read by their signs, against bits counted one by one."""

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders.cosine import cosine_decoder
from labelsphere.tagger.decoders.hamming import hamming_decoder

NAMES = [f"tag {i}" for i in range(20)]
TAGS = Annotations.from_lists([[name] for name in NAMES], vocabulary=Vocabulary([*NAMES, "never"]))
SPACE = LabelSpace.fit(TAGS, "ecoc", 48)


def test_scores_are_one_minus_twice_the_share_of_bits_that_differ() -> None:
    points = np.random.default_rng(0).normal(size=(9, 48)).astype(np.float32)
    scores = hamming_decoder(SPACE).scores(torch.from_numpy(points)).numpy()
    for row, point in enumerate(points):
        for label, word in enumerate(SPACE.vectors[:20]):
            differing = int(np.sum(np.sign(point) != np.sign(word)))
            assert scores[row, label] == pytest.approx(1 - 2 * differing / 48, abs=1e-6)
    assert (scores[:, 20] == -np.inf).all()


def test_one_great_coordinate_does_not_outweigh_the_other_bits() -> None:
    point = SPACE.vectors[3].copy()
    point[np.flatnonzero(np.sign(point) != np.sign(SPACE.vectors[7]))[0]] *= -50
    tensor = torch.from_numpy(point[None])
    assert hamming_decoder(SPACE).top(tensor, 1)[0].item() == 3
    assert cosine_decoder(SPACE).top(tensor, 1)[0].item() != 3


def test_places_that_are_no_words_are_refused() -> None:
    space = LabelSpace.fit(Annotations.from_lists([["a", "b"], ["a"], ["c"]]))
    with pytest.raises(UsageError, match=r"'hamming' reads words of ±1, and .* 'pmi', has other"):
        hamming_decoder(space)
