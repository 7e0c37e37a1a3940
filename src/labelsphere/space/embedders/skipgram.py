"""Skip-gram with negative sampling over tag sets (§2, [13]): word2vec, by gensim."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.arrays import SparseRows
from labelsphere.errors import MissingExtraError
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.checks import check_at_least, check_dim, none_placed, tag_sets
from labelsphere.space.embedders.embedding import Embedding

_DIM = 128
_MOST_IN_A_SENTENCE = 10_000
"""What gensim reads of a sentence; it passes over the rest."""


def embed_by_skipgram(
    tags: Annotations | Counts,
    dim: int | None = None,
    *,
    negative: int = 5,
    epochs: int = 20,
    rate: float = 0.025,
    seed: int = 0,
) -> Embedding:
    """Train vectors that distinguish each tag of a set from tags drawn at random.

    A tag set is a sentence whose order means nothing: it is drawn again for each pass, and every
    tag is in the window of every other.
    Nothing is left out of a set for being frequent. A label's vector is the sum of its two, as a
    tag and as a context: tags are not in their own windows, so each alone learns to stay away
    from itself, and with long training from its like.

    Args:
        tags: Annotations. Sets of one tag hold no pair and teach nothing.
        dim: The number of dimensions, 128 if None.
        negative: Tags drawn at random for each pair; log ``negative`` is the shift of the
            ``"shifted"`` measure that this training is equivalent to.
        epochs: Passes over the sets. Tag tables are small beside a corpus of text.
        rate: Learning rate at first; it falls to a four-hundredth of it.
        seed: Decides first vectors and draws; trained by one thread, so that it decides all.

    Returns:
        The embedding. Labels that share no image with another have zero rows.

    Raises:
        MissingExtraError: If gensim is not installed.
        UsageError: If counts are given, or an option is out of range.
        DataError: If no image has two labels.
    """
    check_dim(dim)
    for name, value in (("negative", negative), ("epochs", epochs)):
        check_at_least(name, value, 1)
    check_at_least("rate", rate, 1e-12)
    check_at_least("seed", seed, 0)
    why = "skip-gram is trained on the tag sets themselves; give them, or take 'shifted' or 'glove'"
    rows = tag_sets(tags, "skipgram", why)
    pairs = rows[np.diff(rows.indptr) > 1]
    if not pairs.shape[0]:
        raise none_placed(rows.shape[1], "skipgram", "no image has two")
    word2vec = _gensim()
    model = word2vec(
        _TagSets(pairs, seed),
        sg=1,
        hs=0,
        negative=negative,
        vector_size=dim or _DIM,
        window=min(int(np.diff(pairs.indptr).max()), _MOST_IN_A_SENTENCE),
        # The window must not be drawn shorter: all tags of a set are as near.
        shrink_windows=False,
        min_count=1,
        sample=0,
        epochs=epochs,
        alpha=rate,
        min_alpha=rate / 400,
        seed=seed,
        workers=1,
    )
    vectors = np.zeros((rows.shape[1], dim or _DIM), np.float32)
    numbers = [int(name) for name in model.wv.index_to_key]
    vectors[numbers] = model.wv.vectors + model.syn1neg
    return Embedding(
        vectors,
        {
            "options": {"negative": negative, "epochs": epochs, "rate": rate, "seed": seed},
            "images": float(rows.shape[0]),
        },
    )


class _TagSets:
    """Tag sets as sentences of label numbers, in another order each time they are asked for.

    Training goes through a sentence word by word, so that its order leaves a trace: labels at
    both ends of a long set would come out less alike than neighbours in it.
    """

    def __init__(self, rows: SparseRows, seed: int) -> None:
        self._rows = rows
        self._names = [str(number) for number in range(rows.shape[1])]
        self._rng = np.random.default_rng(seed)

    def __iter__(self) -> Iterator[list[str]]:
        indptr = self._rows.indptr
        of_entry = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        indices = self._rows.indices[np.lexsort((self._rng.random(len(of_entry)), of_entry))]
        for row in self._rng.permutation(len(indptr) - 1).tolist():
            numbers = indices[indptr[row] : indptr[row + 1]].tolist()
            yield [self._names[number] for number in numbers]


def _gensim() -> Any:
    try:
        from gensim.models import Word2Vec
    except ImportError as error:
        raise MissingExtraError("gensim", "embedders") from error
    return Word2Vec
