"""Random dense codes (§2, [11]): compressed sensing of tag sets."""

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.linalg import with_unit_rows
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.checks import check_at_least, check_dim, none_placed, occurrences
from labelsphere.space.embedders.embedding import Embedding

_DIM = 512


def embed_at_random(
    tags: Annotations | Counts, dim: int | None = None, *, seed: int = 0
) -> Embedding:
    """A direction drawn at random for each label: what is known of the tags is not used.

    Gaussian codes keep sets of few tags apart in about (tags a set) · log (labels) dimensions
    (Hsu, Kakade, Langford and Zhang 2009). A point is read by cosine, or by sparse regression:
    the decoder ``"omp"``.

    Args:
        tags: Annotations or counts, for the labels that there are.
        dim: The number of dimensions, 512 if None. It may exceed the number of labels.
        seed: Decides the codes. A label's code depends on its number and ``dim`` alone besides.

    Returns:
        The embedding, rows of unit norm. Labels of no image have zero rows: a code that no target
        holds would only ever be found by mistake.

    Raises:
        UsageError: If ``dim`` is below 1 or ``seed`` below 0.
        DataError: If no image has a label.
    """
    check_dim(dim)
    check_at_least("seed", seed, 0)
    seen = occurrences(tags) > 0
    if not seen.any():
        raise none_placed(len(seen), "random-projection", "no image has one")
    codes = np.random.default_rng(seed).standard_normal((len(seen), dim or _DIM), np.float32)
    vectors = with_unit_rows(codes)
    vectors[~seen] = 0
    return Embedding(vectors, {"options": {"seed": seed}})
