"""The whole fit at the paper's size with Numba's product of a sparse matrix, and with SciPy's.

    python benchmarks/without_numba.py

Each fit runs in a process of its own, the two in turn. What is measured is kept in ``--work`` and
not measured again, so that an interrupted run goes on where it was. SciPy multiplies the same
panels of columns, a band of rows for each thread.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

PRODUCTS = {"numba": "Numba, as it is", "scipy": "SciPy's product in its place"}


def use_scipy() -> None:
    """Let SciPy multiply the panels."""
    import numpy as np
    from scipy.sparse import csr_array

    from labelsphere.linalg.spectrum import blocks

    threads = blocks.usable_threads()
    pool = ThreadPoolExecutor(threads)
    bands: dict[int, list[Any]] = {}

    def step(
        panels: Any, block: Any, factor: float, shift: float, before: Any, result: Any
    ) -> None:
        if id(panels) not in bands:
            entries = np.sum([panel.indptr for panel in panels], axis=0)
            shares = np.linspace(0, entries[-1], threads + 1)[1:-1]
            edges = [0, *np.searchsorted(entries, shares).tolist(), len(block)]
            bands[id(panels)] = [
                (slice(a, b), [csr_array(panel[a:b]) for panel in panels])
                for a, b in pairwise(edges)
            ]

        def multiply(band: Any) -> None:
            rows, matrices = band
            image = np.float32(-shift) * block[rows]
            start = 0
            for matrix in matrices:
                end = start + matrix.shape[1]
                image += matrix @ block[start:end]
                start = end
            image *= np.float32(factor)
            result[rows] = image if before is None else image - before[rows]

        list(pool.map(multiply, bands[id(panels)]))

    blocks.BlockProduct._step_sparse = staticmethod(step)  # type: ignore[method-assign] # on purpose


def once(path: str, product: str, dim: int) -> dict[str, float]:
    """Fit in this process; loading, and compiling where Numba does so, is not timed."""
    import numpy as np
    from scipy.sparse import csr_array, eye_array, load_npz

    from labelsphere.linalg import SparsePlusLowRank, leading_eigenpairs
    from labelsphere.linalg.spectrum.blocks import BlockProduct

    if product == "scipy":
        use_scipy()
    matrix = csr_array(load_npz(path))
    _ = BlockProduct.of(csr_array(eye_array(9))) @ np.ones((9, 1), np.float32)
    started, before = time.perf_counter(), os.times()
    values = leading_eigenpairs(SparsePlusLowRank(matrix), dim).values
    after = os.times()
    return {
        "seconds": time.perf_counter() - started,
        "processor": sum(after[:4]) - sum(before[:4]),
        "sum_of_squares": float((values**2).sum()),
    }


def measured(kept: Path, path: Path, product: str, number: int, dim: int) -> dict[str, float]:
    """Measure in a process of its own, unless it is known."""
    known: dict[str, dict[str, float]] = json.loads(kept.read_text()) if kept.exists() else {}
    key = f"{product}, {dim}, round {number + 1}"
    if key not in known:
        command = [sys.executable, __file__, "--once", product, "--matrix", str(path)]
        done = subprocess.run(
            [*command, "--dim", str(dim)], check=True, capture_output=True, text=True
        )
        known[key] = json.loads(done.stdout.splitlines()[-1])
        kept.write_text(json.dumps(known), encoding="utf-8")
        print(key, known[key], file=sys.stderr, flush=True)
    return known[key]


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    folder = Path(tempfile.gettempdir()) / "labelsphere-without-numba"
    parser.add_argument("--work", type=Path, default=folder, help="for data")
    parser.add_argument("--dim", type=int, default=4_096)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--make", action="store_true", help="make the matrix and nothing else")
    parser.add_argument("--once", help=argparse.SUPPRESS)
    parser.add_argument("--matrix", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        print(json.dumps(once(given.matrix, given.once, given.dim)))
        return
    from fit_methods import PAPER, simulate
    from reporting import table, write_results

    given.work.mkdir(parents=True, exist_ok=True)
    path = given.work / f"fit-{PAPER.labels}.npz"
    if not path.exists():
        simulate(PAPER, str(path))
    if given.make:
        return
    results = {
        product: [
            measured(given.work / "measured.json", path, product, number, given.dim)
            for number in range(given.rounds)
        ]
        for product in PRODUCTS
    }
    means = {
        product: {key: sum(one[key] for one in of) / len(of) for key in of[0]}
        for product, of in results.items()
    }
    rows = [
        [
            PRODUCTS[product],
            f"{mean['seconds']:.1f}",
            f"{mean['processor']:.1f}",
            f"{mean['seconds'] / means['numba']['seconds']:.2f}",
            f"{mean['processor'] / means['numba']['processor']:.2f}",
        ]
        for product, mean in means.items()
    ]
    lines = [
        "# The whole fit with and without Numba",
        "",
        f"`leading_eigenpairs` of {PAPER.labels:,} simulated labels, k = {given.dim:,}. "
        f"Rounds: {given.rounds}, the two in turn, each in a process of its own.",
        "",
        *table(["", "seconds", "of processor", "ratio", "ratio of processor"], rows),
    ]
    print("\n".join(lines))
    write_results("without_numba", lines, results, seed=0, packages=["numba"])


if __name__ == "__main__":
    main()
