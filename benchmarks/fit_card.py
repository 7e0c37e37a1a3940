"""The solver on a graphics card beside the same solver on the processor, at the paper's size.

    python benchmarks/fit_card.py

17,355 simulated labels and k = 4,096, the matrix of ``benchmarks/fit.py``. Each fit runs in a
process of its own; for those of the processor the card is hidden. Starting the card up is not
timed. Needs a card that PyTorch can use.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from fit_methods import PAPER, SEED, Size, fit, simulate
from reporting import apart, table, write_results

WHERE: dict[str, dict[str, str]] = {"card": {}, "processor": {"CUDA_VISIBLE_DEVICES": ""}}


def fit_there(path: str, dim: int) -> dict[str, Any]:
    """Fit where PyTorch finds a card, or else on the processor."""
    import torch

    if torch.cuda.is_available():
        block = torch.ones((256, 256), device="cuda")
        torch.linalg.eigh(block @ block)
        torch.cuda.reset_peak_memory_stats()
    found = fit("labelsphere", path, dim)
    if torch.cuda.is_available():
        found["card_memory_gib"] = torch.cuda.max_memory_allocated() / 2**30
    return found


def squares(found: dict[str, Any]) -> float:
    """Sum of the squares of the positive values."""
    return float(sum(value**2 for value in found["values"] if value > 0))


def main() -> None:
    """Measure both and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--labels", type=int, default=PAPER.labels)
    parser.add_argument("--dim", type=int, default=PAPER.dim)
    given = parser.parse_args()
    import torch

    if not torch.cuda.is_available():
        sys.exit("PyTorch finds no graphics card here; this benchmark compares one")
    size = Size(given.labels, given.dim, PAPER.images, PAPER.tags, PAPER.topics)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "matrix.npz")
        facts = apart(simulate, size, path).value
        rounds: dict[str, list[dict[str, Any]]] = {where: [] for where in WHERE}
        for _ in range(given.rounds):
            for where, environment in WHERE.items():
                made = apart(fit_there, path, size.dim, environment=environment)
                rounds[where].append(made.value)
                print(where, made.value["seconds"], file=sys.stderr, flush=True)
    name = torch.cuda.get_device_name()
    best = squares(rounds["processor"][0])
    rows = [
        [
            name if where == "card" else "processor",
            f"{statistics.median(r['seconds'] for r in every):.1f}",
            f"{min(r['seconds'] for r in every):.1f} to {max(r['seconds'] for r in every):.1f}",
            f"{squares(every[0]) / best:.4%}",
            f"{every[0]['captured']:.3%}",
            f"{every[0]['median_residual']:.4f}",
            f"{every[0]['card_memory_gib']:.2f}" if where == "card" else "",
        ]
        for where, every in rounds.items()
    ]
    lines = [
        f"# Leading eigenpairs on a graphics card: {facts['labels']:,} labels, k = {size.dim:,}",
        "",
        f"The matrix of `benchmarks/fit.py`, {facts['entries']:,} entries; {given.rounds} rounds "
        "in turn, medians. Squares: of the values found, against the processor's first fit.",
        "",
        *table(
            ["", "seconds", "range", "squares", "held", "median residual", "GiB of the card"], rows
        ),
    ]
    for every in rounds.values():
        for found in every:
            del found["values"]
    results = {"facts": facts, "card": name, "dim": size.dim, "rounds": rounds}
    write_results("fit_card", lines, results, seed=SEED)


if __name__ == "__main__":
    main()
