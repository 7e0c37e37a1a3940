"""Skip-gram over tag sets: what it factorises, what it leaves out, and what it needs."""

import sys
from typing import Any

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import MissingExtraError, UsageError
from labelsphere.space import associate, count_cooccurrence
from labelsphere.space.embedders.skipgram import embed_by_skipgram


def test_dot_products_follow_the_mutual_information(planted: Any) -> None:
    """Levy and Goldberg's equivalence (§2, [12]), as far as a short training goes."""
    vectors = embed_by_skipgram(planted.tags, 32).vectors[:48].astype(np.float64)
    pmi = associate(count_cooccurrence(planted.tags)).to_dense()[:48, :48]
    pairs = np.triu_indices(48, 1)
    correlation = np.corrcoef((vectors @ vectors.T)[pairs], pmi[pairs])[0, 1]
    assert correlation > 0.75


def test_every_tag_of_a_set_is_near_every_other_however_long_the_set() -> None:
    sets = [[f"{side}{i:02}" for i in range(40)] for side in "ab"]
    tags = Annotations.from_lists(sets * 20)
    vectors = embed_by_skipgram(tags, 8).vectors
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    # The first and the last of a set are 39 words apart, far beyond a usual window.
    assert cosines[0, 39] > 0.9
    assert cosines[0, 39] > cosines[0, 40:].max() + 0.5


def test_labels_that_are_always_alone_have_no_place() -> None:
    tags = Annotations.from_lists(
        [["a", "b"], ["a", "b"], ["alone"], ["c", "d"]],
        vocabulary=Vocabulary(["a", "alone", "b", "c", "d", "never"]),
    )
    placed = embed_by_skipgram(tags, 4).vectors.any(axis=1)
    assert placed.tolist() == [True, False, True, True, True, False]


def test_without_gensim_the_message_says_how_to_install_it(
    planted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'labelsphere\[embedders\]'"):
        embed_by_skipgram(planted.tags, 4)


@pytest.mark.parametrize("options", [{"negative": 0}, {"epochs": 0}, {"rate": 0.0}, {"seed": -1}])
def test_options_out_of_range_are_refused(planted: Any, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="must be at least"):
        embed_by_skipgram(planted.tags, 4, **options)
