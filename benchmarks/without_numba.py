"""The fit of a label space before and after Numba left, in turn.

    git worktree add ../older 29fa7ae
    python benchmarks/without_numba.py --before ../older

Before, Numba compiled the product of a sparse matrix with a block of columns; now PyTorch's
``embedding_bag`` takes it. Each fit runs in a process of its own with the one version's ``src`` on
the path. What is measured is kept in ``--work`` and not measured again, so that an interrupted run
goes on where it was.
"""

import json
import os
import time
from pathlib import Path

from foundations import apart, parser_of

VERSIONS = {"before": "with Numba", "after": "without Numba"}


def once(path: str, dim: int) -> dict[str, float]:
    """Fit in this process; loading, and compiling where that was done, is not timed."""
    import numpy as np
    from scipy.sparse import csr_array, eye_array, load_npz

    from labelsphere.linalg import SparsePlusLowRank, leading_eigenpairs
    from labelsphere.linalg.spectrum.blocks import BlockProduct

    matrix = csr_array(load_npz(path))
    _ = BlockProduct.of(SparsePlusLowRank(csr_array(eye_array(9)))) @ np.ones((9, 1), np.float32)
    started, before = time.perf_counter(), os.times()
    values = leading_eigenpairs(SparsePlusLowRank(matrix), dim).values
    after = os.times()
    return {
        "seconds": time.perf_counter() - started,
        "processor": sum(after[:4]) - sum(before[:4]),
        "sum_of_squares": float((values**2).sum()),
    }


def main() -> None:
    """Measure, print and write the results."""
    parser = parser_of(__doc__.splitlines()[0], "labelsphere-without-numba", 1)
    parser.add_argument("--dim", type=int, default=4_096)
    given = parser.parse_args()
    if given.once:
        print(json.dumps(once(given.once, given.dim)))
        return
    from fit_methods import PAPER, simulate
    from reporting import table, write_results

    given.work.mkdir(parents=True, exist_ok=True)
    path = given.work / f"fit-{PAPER.labels}.npz"
    if not path.exists():
        simulate(PAPER, str(path))
    sources = {"before": given.before, "after": Path(__file__).resolve().parent.parent}
    command = [__file__, "--once", str(path), "--dim", str(given.dim)]
    results = {
        name: [
            apart(f"{name}, {given.dim}, round {number + 1}", command, given.work, source)
            for number in range(given.rounds)
        ]
        for name, source in sources.items()
    }
    means = {
        name: {key: sum(one[key] for one in of) / len(of) for key in of[0]}
        for name, of in results.items()
    }
    rows = [
        [
            VERSIONS[name],
            f"{mean['seconds']:.1f}",
            f"{mean['processor']:.1f}",
            f"{mean['seconds'] / means['before']['seconds']:.2f}",
            f"{mean['processor'] / means['before']['processor']:.2f}",
        ]
        for name, mean in means.items()
    ]
    lines = [
        "# The fit with and without Numba",
        "",
        f"`leading_eigenpairs` of {PAPER.labels:,} simulated labels, k = {given.dim:,}; the paper "
        f"has k = 4,096. Rounds: {given.rounds}, the versions in turn, each in a process of its "
        "own. Where a machine does other work too, processor time says more than the clock.",
        "",
        *table(["", "seconds", "of processor", "ratio", "ratio of processor"], rows),
    ]
    print("\n".join(lines))
    write_results("without_numba", lines, results, seed=0)


if __name__ == "__main__":
    main()
