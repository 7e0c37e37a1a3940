"""Leading eigenpairs at the paper's size and beyond: time, memory and what they hold.

    python benchmarks/fit.py

Three parts: Labelsphere's solver beside SciPy's and scikit-learn's at 17,355 labels and k = 4,096;
a curve over 2,000 to 200,000 labels at k = 512; and a million labels at k = 256. Labels are
simulated, and the matrix is their positive mutual information. Each fit runs in a process of its
own, with the same threads and the same BLAS for all. What is measured is kept in ``--work`` at once
and not measured again, so that an interrupted run goes on where it was; ``--anew`` starts from the
beginning.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from reporting import RESULTS, ROUNDS, apart, peak_resident_gib, restart_peak, table, write_results

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

    from labelsphere.datasets.simulation import Simulation, SimulationSettings
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

        from labelsphere.space.spectrum.blocks import BlockProduct

        tiny = BlockProduct.of(csr_array(eye_array(4)))
        assert (tiny @ np.ones((4, 2), np.float32) == 1).all()
    elif method == "eigh":
        import scipy.linalg  # noqa: F401
    else:
        import sklearn.decomposition  # noqa: F401


def by_labelsphere(matrix: Any, dim: int) -> tuple[Any, Any, dict[str, Any]]:
    """The solver that Labelsphere chooses, at its usual tolerance."""
    from labelsphere.space import Association, leading_eigenpairs

    spectrum = leading_eigenpairs(Association(matrix), dim)
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


def answer(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function returns, called in a process of its own."""
    return apart(function, *arguments).value


class Measurements:
    """Figures by name, each kept in a file as soon as it is known."""

    def __init__(self, path: Path, anew: bool) -> None:
        self._path = path
        self.figures: dict[str, Any] = {}
        if path.exists() and not anew:
            self.figures = json.loads(path.read_text(encoding="utf-8"))

    def once(self, name: str, measure: Callable[[], Any]) -> Any:
        """The figure of a name, measured if it is not known yet."""
        if name not in self.figures:
            self.figures[name] = measure()
            self._path.write_text(json.dumps(self.figures), encoding="utf-8")
            shown = self.figures[name]
            if isinstance(shown, dict):
                shown = {key: value for key, value in shown.items() if key != "values"}
            print(f"{name}: {shown}", file=sys.stderr, flush=True)
        return self.figures[name]


def measure(known: Measurements, matrices: Path, rounds: int) -> dict[str, Any]:
    """All three parts."""

    def simulated(size: Size) -> tuple[str, dict[str, Any]]:
        path = matrices / f"fit-{size.labels}.npz"
        facts = known.once(f"simulated {size.labels}", partial(answer, simulate, size, str(path)))
        if not path.exists():
            apart(simulate, size, str(path))
        return str(path), facts

    path, facts = simulated(PAPER)
    every: dict[str, list[dict[str, Any]]] = {method: [] for method in METHODS}
    for number in range(rounds):
        for method, answers in every.items():
            answers.append(
                known.once(
                    f"round {number + 1}, {method}",
                    partial(answer, fit, method, path, PAPER.dim),
                )
            )
    curve = []
    for size in (*CURVE, MILLION):
        path, about = simulated(size)
        once = [
            known.once(
                f"round {number + 1}, {size.labels} labels",
                partial(answer, fit, "labelsphere", path, size.dim),
            )
            for number in range(1 if size is MILLION else rounds)
        ]
        Path(path).unlink()
        curve.append({"dim": size.dim, **about, "rounds": once})
    return {"paper": {"dim": PAPER.dim, **facts, "methods": every}, "curve": curve}


def report(results: dict[str, Any]) -> list[str]:
    """The tables in Markdown."""
    paper = results["paper"]
    methods = paper["methods"]
    ours = methods["labelsphere"][0]
    best = squares(methods["eigh"][0]["values"])
    times = {name: [r["seconds"] for r in rounds] for name, rounds in methods.items()}
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    rows = []
    for name, rounds in methods.items():
        values = rounds[0]["values"]
        ratio = statistics.median(
            theirs / own for theirs, own in zip(times[name], times["labelsphere"], strict=True)
        )
        rows.append(
            [
                ROUND_NAMES[name],
                f"{medians[name]:.1f}",
                f"{min(times[name]):.1f} to {max(times[name]):.1f}",
                f"{ratio:.2f}",
                f"{max(r['peak_memory_gib'] for r in rounds):.2f}",
                f"{sum(value > 0 for value in values):,}",
                f"{squares(values) / best:.4%}",
            ]
        )
    density = paper["entries"] / paper["labels"] ** 2
    return [
        f"# Leading eigenpairs: {paper['labels']:,} labels, k = {paper['dim']:,}",
        "",
        f"Positive mutual information of {PAPER.images:,} simulated images with {PAPER.tags:g} "
        f"tags each: {paper['labels']:,} labels, {paper['entries']:,} entries ({density:.1%}). "
        f"It is far from positive definite: about {ours['positive']:,} eigenvalues are positive, "
        f"and the {paper['dim']:,} largest hold {ours['positive_share']:.1%} of their squares' sum "
        "(both estimated by the fit). Labels are simulated for size; the figures say nothing of "
        "accuracy on pictures.",
        "",
        f"Medians of {len(times['labelsphere'])} rounds in turn, each fit in a process of its own; "
        "the ratio is the median of the rounds' ratios to Labelsphere. Memory is the most that the "
        "process held, with interpreter, libraries and the matrix. The last two columns tell what "
        "was found: positive eigenvalues, and the sum of their squares as a share of what "
        "`eigh` finds. Singular value decompositions find by magnitude, and spend the rest of "
        "their k on negative eigenvalues.",
        "",
        *table(
            ["", "seconds", "range", "ratio", "GiB", "positive pairs", "squares held"],
            rows,
        ),
        "",
        f'`eigh` gets the dense matrix in float32, `driver="evr"` and the {paper["dim"]:,} wanted '
        "pairs as `subset_by_index`; scikit-learn gets the dense matrix in float32. What the fit "
        f"says of itself: solver `{ours['solver']}`, {ours['captured']:.3%} ± "
        f"{ours['uncertainty']:.3%} of the largest possible sum of squares, "
        f"{'converged' if ours['converged'] else 'not converged'} (tolerance 0.1 %); median "
        f"residual {ours['median_residual']:.2g} of the value, largest "
        f"{ours['largest_residual']:.2g}.",
        "",
        "## Other sizes",
        "",
        "Labelsphere alone, medians; a million labels once. `held` is the estimated share of the "
        "largest possible sum of k squares, `positive` the share of the whole positive spectrum. "
        "Solvers that need no estimate hold all of it.",
        "",
        *table(
            ["labels", "entries", "k", "solver", "seconds", "GiB", "held", "positive"],
            [curve_row(size) for size in results["curve"]],
        ),
        "",
        "![Seconds and memory over labels](fit.png)",
    ]


def curve_row(size: dict[str, Any]) -> list[str]:
    """A line of the second table."""
    first = size["rounds"][0]
    share = first["positive_share"]
    return [
        f"{size['labels']:,}",
        f"{size['entries']:,}",
        f"{size['dim']:,}",
        first["solver"] + ("" if first["converged"] else ", not converged"),
        f"{statistics.median(r['seconds'] for r in size['rounds']):.1f}",
        f"{max(r['peak_memory_gib'] for r in size['rounds']):.2f}",
        f"{first['captured']:.3%}",
        "not known" if share is None else f"{share:.1%}",
    ]


def squares(values: list[float]) -> float:
    """Sum of the squares of the positive ones."""
    return sum(value**2 for value in values if value > 0)


def draw(results: dict[str, Any], path: Path) -> None:
    """Seconds and memory over labels."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    sizes = results["curve"]
    few = [size for size in sizes if size["dim"] == CURVE[0].dim]
    labels = [size["labels"] for size in few]
    seconds = [statistics.median(r["seconds"] for r in size["rounds"]) for size in few]
    memory = [max(r["peak_memory_gib"] for r in size["rounds"]) for size in few]
    for axes, values, name in ((left, seconds, "seconds"), (right, memory, "peak memory, GiB")):
        axes.loglog(labels, values, marker="o", label=f"k = {CURVE[0].dim}")
        last = sizes[-1]["rounds"][0]
        value = last["seconds" if axes is left else "peak_memory_gib"]
        axes.loglog([sizes[-1]["labels"]], [value], "s", label=f"k = {MILLION.dim}")
        axes.set_xlabel("labels")
        axes.set_ylabel(name)
        axes.grid(visible=True, which="both", alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Measure what is not measured yet, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    folder = Path(tempfile.gettempdir()) / "labelsphere-fit"
    parser.add_argument("--work", type=Path, default=folder, help="for matrices and parts")
    parser.add_argument("--anew", action="store_true", help="forget what was measured")
    given = parser.parse_args()
    # A kernel that was chosen for another processor slows every method alike; none gets it.
    os.environ.pop("OPENBLAS_CORETYPE", None)
    given.work.mkdir(parents=True, exist_ok=True)
    known = Measurements(given.work / "parts.json", given.anew)
    results = measure(known, given.work, given.rounds)
    packages = ["scikit-learn", "numba"]
    lines = report(results)
    for once in [*results["paper"]["methods"].values(), *(s["rounds"] for s in results["curve"])]:
        for measured in once:
            measured.pop("values")
    draw(results, RESULTS / "fit.png")
    write_results("fit", lines, results, seed=SEED, packages=packages)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
