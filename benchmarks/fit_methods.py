"""Matrices for the benchmark of fitting, and the methods that find their leading eigenpairs."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reporting import peak_resident_gib, restart_peak

SEED = 0
ROUND_NAMES = {
    "labelsphere": "Labelsphere",
    "randomized_svd": "scikit-learn `randomized_svd`, 2 iterations",
    "truncated_svd": "scikit-learn `TruncatedSVD`, as it comes: 5 iterations",
    "eigh": "SciPy `linalg.eigh`",
}


@dataclass(frozen=True)
class Size:
    """What is simulated and how many pairs are wanted."""

    labels: int
    dim: int
    images: int
    tags: float
    topics: int


PAPER = Size(17_355, 4_096, 1_500_000, 5.0, 300)
CURVE = tuple(
    Size(labels, 512, 10 * labels, 5.0, labels // 60)
    for labels in (2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
)
MILLION = Size(1_000_000, 256, 4_000_000, 4.0, 15_000)


def simulate(size: Size, path: str) -> dict[str, Any]:
    """Write the positive mutual information of simulated annotations as CSR float64.

    Returns:
        Labels that have any, entries, and seconds to count and to associate.
    """
    from scipy.sparse import csr_array, csr_matrix, save_npz, vstack
    from simulation import Simulation, SimulationSettings

    from labelsphere.space import associate, count_cooccurrence

    settings = SimulationSettings(
        images=size.images,
        labels=size.labels,
        labels_per_image=size.tags,
        median_share=0.3,
        topics=size.topics,
    )
    simulation = Simulation(settings, seed=SEED)
    tags = csr_array(vstack(list(simulation.chunks()), format="csr"))
    started = time.perf_counter()
    counts = count_cooccurrence(tags, simulation.vocabulary)
    counted = time.perf_counter()
    association = associate(counts)
    association = association.select(association.has_values)
    ended = time.perf_counter()
    save_npz(path, csr_matrix(association.sparse), compressed=False)
    return {
        "labels": association.shape[0],
        "entries": int(association.sparse.nnz),
        "count_seconds": counted - started,
        "associate_seconds": ended - counted,
    }


def fit(method: str, path: str, dim: int) -> dict[str, Any]:
    """Find the pairs of a matrix in this process.

    Loading the matrix, compiled kernels and libraries is not timed; making it float32 or dense,
    where a method wants that, is.

    Returns:
        Seconds, peak memory of the process in GiB, the values found and what the method says.
    """
    import numpy as np
    from scipy.sparse import csr_array, load_npz

    matrix = csr_array(load_npz(path))
    prepare(method)
    restart_peak()
    started = time.perf_counter()
    values, vectors, told = METHODS[method](matrix, dim)
    seconds = time.perf_counter() - started
    peak = peak_resident_gib()
    if values is None:
        # Singular values have no sign: the sign of vᵀ·A·v is that of the eigenvalue.
        single = matrix.astype(np.float32)
        values = np.concatenate(
            [
                np.einsum("ij,ij->j", vectors[:, s : s + 128], single @ vectors[:, s : s + 128])
                for s in range(0, dim, 128)
            ]
        )
    sizes = np.asarray(values, np.float64)
    return {"seconds": seconds, "peak_memory_gib": peak, "values": sizes.tolist(), **told}


def prepare(method: str) -> None:
    """Import what a method needs, and let Labelsphere load its compiled kernel."""
    if method == "labelsphere":
        import numpy as np
        from scipy.sparse import csr_array, eye_array

        from labelsphere.linalg import SparsePlusLowRank
        from labelsphere.linalg.spectrum.blocks import BlockProduct

        tiny = BlockProduct.of(SparsePlusLowRank(csr_array(eye_array(4))))
        assert (tiny @ np.ones((4, 2), np.float32) == 1).all()
    elif method == "eigh":
        import scipy.linalg  # noqa: F401 - loaded ahead
    else:
        import sklearn.decomposition  # noqa: F401 - loaded ahead


def by_labelsphere(matrix: Any, dim: int) -> tuple[Any, Any, dict[str, Any]]:
    """The solver that Labelsphere chooses, at its usual tolerance."""
    from labelsphere.linalg import SparsePlusLowRank, leading_eigenpairs

    spectrum = leading_eigenpairs(SparsePlusLowRank(matrix), dim)
    told = {
        "solver": spectrum.solver,
        "captured": spectrum.captured,
        "uncertainty": spectrum.uncertainty,
        "converged": spectrum.converged,
        "positive": spectrum.positive,
        "positive_share": spectrum.positive_share,
        "median_residual": float(statistics.median(spectrum.residuals / abs(spectrum.values))),
        "largest_residual": float(max(spectrum.residuals / abs(spectrum.values))),
    }
    return spectrum.values, spectrum.vectors, told


def by_eigh(matrix: Any, dim: int) -> tuple[Any, Any, dict[str, Any]]:
    """LAPACK's relatively robust representations in float32, the wanted pairs alone."""
    import numpy as np
    from scipy.linalg import eigh

    size = matrix.shape[0]
    dense = matrix.astype(np.float32).toarray(order="F")
    values, vectors = eigh(
        dense,
        subset_by_index=(size - dim, size - 1),
        driver="evr",
        overwrite_a=True,
        check_finite=False,
    )
    return values[::-1], vectors, {}


def by_randomized_svd(matrix: Any, dim: int) -> tuple[Any, Any, dict[str, Any]]:
    """scikit-learn's, on the dense float32 matrix, which is faster than the sparse one here."""
    import numpy as np
    from sklearn.utils.extmath import randomized_svd

    dense = matrix.astype(np.float32).toarray()
    _, _, rows = randomized_svd(dense, dim, n_iter=2, random_state=SEED)
    return None, np.ascontiguousarray(rows.T), {}


def by_truncated_svd(matrix: Any, dim: int) -> tuple[Any, Any, dict[str, Any]]:
    """scikit-learn's class, on the dense float32 matrix."""
    import numpy as np
    from sklearn.decomposition import TruncatedSVD

    dense = matrix.astype(np.float32).toarray()
    found = TruncatedSVD(dim, random_state=SEED).fit(dense)
    return None, np.ascontiguousarray(found.components_.T), {}


METHODS: dict[str, Callable[[Any, int], tuple[Any, Any, dict[str, Any]]]] = {
    "labelsphere": by_labelsphere,
    "randomized_svd": by_randomized_svd,
    "truncated_svd": by_truncated_svd,
    "eigh": by_eigh,
}
