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
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from fit_methods import CURVE, METHODS, MILLION, PAPER, ROUND_NAMES, SEED, Size, fit, simulate
from fit_profile import profile
from reporting import RESULTS, ROUNDS, apart, table, write_results

ONCE_FROM = 100_000
"""Labels from which a size is measured once."""


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


def measure(known: Measurements, matrices: Path, rounds: int, largest: int) -> dict[str, Any]:
    """All three parts, the curve up to a number of labels."""

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
    spent = known.once("profile", partial(answer, profile, path, PAPER.dim))
    curve = []
    for size in (*CURVE, MILLION):
        if size.labels > largest:
            continue
        path, about = simulated(size)
        once = [
            known.once(
                f"round {number + 1}, {size.labels} labels",
                partial(answer, fit, "labelsphere", path, size.dim),
            )
            for number in range(1 if size.labels >= ONCE_FROM else rounds)
        ]
        Path(path).unlink()
        curve.append({"dim": size.dim, **about, "rounds": once})
    paper = {"dim": PAPER.dim, **facts, "methods": every, "profile": spent}
    return {"paper": paper, "curve": curve}


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
        f"Rounds in turn: {len(times['labelsphere'])}, of which medians are shown, each fit in a "
        "process of its own; the ratio is the median of the rounds' ratios to Labelsphere. Memory "
        "is the most that the process held, with interpreter, libraries and the matrix. The last "
        "two columns tell what was found: positive eigenvalues, and the sum of their squares as a "
        "share of what `eigh` finds. Singular value decompositions find by magnitude, and spend "
        "the rest of their k on negative eigenvalues.",
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
        "## Where the time goes",
        "",
        *profile_lines(paper),
        "",
        "## Other sizes",
        "",
        f"Labelsphere alone, medians; from {ONCE_FROM:,} labels on once. `held` is the estimated "
        "share of the largest possible sum of k squares, `positive` the share of the whole "
        "positive spectrum. Solvers that need no estimate hold all of it.",
        "",
        *table(
            ["labels", "entries", "k", "solver", "seconds", "GiB", "held", "positive"],
            [curve_row(size) for size in results["curve"]],
        ),
        "",
        "![Seconds and memory over labels](fit.png)",
    ]


def profile_lines(paper: dict[str, Any]) -> list[str]:
    """The phases of one fit, with the operations that each cannot do without."""
    spent = paper["profile"]
    rows = []
    for name, (text, sparse, single, double) in operations(paper).items():
        seconds = spent["phases"].get(name, 0.0)
        dense = single / spent["machine"]["float32"] + double / spent["machine"]["float64"]
        every = sparse + single + double
        rows.append(
            [
                text,
                f"{seconds:.1f}",
                f"{sparse:.1e}" if sparse else "",
                f"{single:.1e}" if single else "",
                f"{double:.1e}" if double else "",
                f"{dense:.1f}" if single + double else "",
                f"{every / seconds / 1e9:,.0f}" if every and seconds else "",
            ]
        )
    rest = spent["whole"] - sum(spent["phases"].values())
    rows.append(["all else", f"{rest:.1f}", "", "", "", "", ""])
    rates = spent["machine"]
    return [
        f"One fit by itself, {spent['whole']:.1f} s. The filter has degree {spent['degree']} and "
        f"starts from {spent['columns']:,} columns, {spent['deflated']:,} pairs are deflated, and "
        f"the space has {spent['width']:,} columns. The floor is what the dense operations take at "
        f"the {rates['float32'] / 1e9:,.0f} (float32) and {rates['float64'] / 1e9:,.0f} (float64) "
        "GFLOP/s that NumPy's matrix product reaches here.",
        "",
        *table(
            ["", "seconds", "sparse", "float32", "float64", "dense floor, s", "GFLOP/s"],
            rows,
        ),
    ]


def operations(paper: dict[str, Any]) -> dict[str, tuple[str, float, float, float]]:
    """What each phase is called, and its sparse, float32 and float64 operations."""
    spent = paper["profile"]
    size, count, width = paper["labels"], paper["dim"], spent["width"]
    steps = spent["degree"] * spent["columns"]
    entries = 2 * paper["entries"]
    return {
        "prepare": ("panels of the matrix", 0, 0, 0),
        "density": ("density", 0, 0, 0),
        "ahead": ("pairs that would outgrow the filter", 0, 0, 0),
        "filter": ("filter", steps * entries, steps * 4 * size * spent["deflated"], 0),
        "orthogonal": ("columns made orthogonal", 0, size * width**2, size * width**2),
        "projected": ("matrix within the space", width * entries, size * width**2, 0),
        "small solution": ("small solution", 0, size * width**2 + 6 * width**3, width**3 / 3),
        "turned": ("vectors", 0, 2 * size * width * count, 0),
        "residuals": ("values and residuals", count * entries, 0, 0),
    }


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
        for size in sizes[len(few) :]:
            value = size["rounds"][0]["seconds" if axes is left else "peak_memory_gib"]
            axes.loglog([size["labels"]], [value], "s", label=f"k = {size['dim']}")
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
    parser.add_argument("--largest", type=int, default=MILLION.labels, help="end of the curve")
    parser.add_argument("--anew", action="store_true", help="forget what was measured")
    given = parser.parse_args()
    # A kernel that was chosen for another processor slows every method alike; none gets it.
    os.environ.pop("OPENBLAS_CORETYPE", None)
    given.work.mkdir(parents=True, exist_ok=True)
    known = Measurements(given.work / "parts.json", given.anew)
    results = measure(known, given.work, given.rounds, given.largest)
    packages = ["scikit-learn"]
    lines = report(results)
    for once in [*results["paper"]["methods"].values(), *(s["rounds"] for s in results["curve"])]:
        for measured in once:
            measured.pop("values")
    draw(results, RESULTS / "fit.png")
    write_results("fit", lines, results, seed=SEED, packages=packages)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
