"""Global vectors: a weighted factorisation of log co-occurrence (Pennington et al. 2014)."""

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations
from labelsphere.arrays import DoubleArray, IntArray
from labelsphere.space.cooccurrence import count_cooccurrence
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.checks import check_at_least, check_dim, none_placed
from labelsphere.space.embedders.embedding import Embedding

_DIM = 128
_PAIRS_A_STEP = 4096


def embed_by_glove(
    tags: Annotations | Counts,
    dim: int | None = None,
    *,
    most: float = 100.0,
    power: float = 0.75,
    epochs: int = 50,
    rate: float = 0.05,
    seed: int = 0,
) -> Embedding:
    """Vectors w, c and biases a, b that make w_i·c_j + a_i + b_j near log n_ij.

    Minimised is Σ f(n_ij)·(w_i·c_j + a_i + b_j − log n_ij)² over the pairs that occur, with
    f(n) = min(1, n / most)^power, by AdaGrad on groups of pairs in an order drawn again for each
    epoch. A label's vector is w_i + c_i. A label with itself is no pair.

    Args:
        tags: Annotations, counted here, or counts.
        dim: The number of dimensions, 128 if None.
        most: Co-occurrences from which on a pair's weight grows no more.
        power: How fast the weight grows up to there.
        epochs: Passes over the pairs.
        rate: AdaGrad's learning rate.
        seed: Decides first vectors and the order of the pairs.

    Returns:
        The embedding. Labels that share no image with another have zero rows. The fact ``loss``
        is the weighted mean of the squared errors over the last epoch.

    Raises:
        UsageError: If an option is out of range.
        DataError: If no image has two labels.
    """
    check_dim(dim)
    check_at_least("epochs", epochs, 1)
    check_at_least("power", power, 0)
    check_at_least("seed", seed, 0)
    for name, value in (("most", most), ("rate", rate)):
        check_at_least(name, value, 1e-12)
    counts = tags if isinstance(tags, Counts) else count_cooccurrence(tags)
    joint = counts.joint.tocoo()
    rows, columns = (axis.astype(np.int64) for axis in joint.coords)
    apart = (rows != columns) & (joint.data > 0)
    rows, columns, together = rows[apart], columns[apart], joint.data[apart]
    labels = len(counts.vocabulary)
    if not len(rows):
        raise none_placed(labels, "glove", "no image has two")
    weights = np.minimum(1.0, together / most) ** power
    # Only their proportions matter to where the least error is, and AdaGrad's first steps would
    # be lost on weights far below 1.
    factorisation = _Factorisation(labels, dim or _DIM, rate, np.random.default_rng(seed))
    for _ in range(epochs):
        loss = factorisation.epoch(rows, columns, np.log(together), weights / weights.mean())
    vectors = np.zeros((labels, dim or _DIM), np.float32)
    placed = np.unique(rows)
    vectors[placed] = (factorisation.sides[0] + factorisation.sides[1])[placed, 1:-1]
    return Embedding(
        vectors,
        {
            "options": {"most": most, "power": power, "epochs": epochs, "rate": rate, "seed": seed},
            "images": counts.n_images,
            "pairs": len(rows) // 2,
            "loss": loss,
        },
    )


class _Factorisation:
    """Both sides' parameters with the sums of their squared gradients.

    A row of the first side is [1, w, a], of the second [b, c, 1], so that one product of rows is
    w·c + a + b. The ones are never changed.
    """

    def __init__(self, labels: int, dim: int, rate: float, rng: np.random.Generator) -> None:
        self.sides = [(rng.random((labels, dim + 2)) - 0.5) / dim for _ in range(2)]
        self.sides[0][:, 0] = self.sides[1][:, -1] = 1.0
        self._fixed = [0, dim + 1]
        self._squares = [np.ones((labels, dim + 2)) for _ in range(2)]
        self._rate = rate
        self._rng = rng

    def epoch(
        self, rows: IntArray, columns: IntArray, values: DoubleArray, weights: DoubleArray
    ) -> float:
        """One pass over the pairs; the weighted mean of the squared errors met on it."""
        order = self._rng.permutation(len(rows))
        error = 0.0
        for start in range(0, len(order), _PAIRS_A_STEP):
            chosen = order[start : start + _PAIRS_A_STEP]
            error += self._step(rows[chosen], columns[chosen], values[chosen], weights[chosen])
        return error / float(weights.sum())

    def _step(
        self, rows: IntArray, columns: IntArray, values: DoubleArray, weights: DoubleArray
    ) -> float:
        first, second = self.sides[0][rows], self.sides[1][columns]
        errors = np.einsum("ij,ij->i", first, second) - values
        pull = (weights * errors)[:, None]
        self._change(0, rows, pull * second)
        self._change(1, columns, pull * first)
        return float(weights @ errors**2)

    def _change(self, side: int, labels: IntArray, gradients: DoubleArray) -> None:
        """AdaGrad: a label's gradients of the group added up, over the root of past squares."""
        touched, position = np.unique(labels, return_inverse=True)
        adding = csr_array(
            (np.ones(len(labels)), (position, np.arange(len(labels)))),
            shape=(len(touched), len(labels)),
        )
        summed: DoubleArray = np.asarray(adding @ gradients, np.float64)
        summed[:, self._fixed[side]] = 0.0
        self._squares[side][touched] += summed**2
        self.sides[side][touched] -= self._rate * summed / np.sqrt(self._squares[side][touched])
