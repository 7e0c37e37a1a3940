"""Nearest labels at the paper's size, beside faiss and PyTorch; a million labels, approximately.

    python benchmarks/decode.py

Three parts. 14,000 points × 17,355 labels × 4,096 dimensions, top 100, in a label space fitted to
simulated tags: every method in a process of its own, in turn, against a ranking in float64. The
same with points and labels of random direction. And 1,000,000 clustered
vectors × 256: the exact search beside a faiss index. ``--work`` keeps the fitted space and what was
measured: an interrupted run goes on where it was, and ``--anew`` starts from the beginning.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from decode_data import (
    CLUSTERS,
    DIM,
    LABELS,
    MILLION,
    MOST_DIM,
    MOST_LABELS,
    MOST_POINTS,
    POINTS,
    PRESET,
    RANDOM,
    SEED,
    SPACE,
    TOP,
    differences,
    load,
    make_million,
    make_random,
    make_space,
    reference,
)
from decode_methods import METHODS
from reporting import ROUNDS, apart, table, write_results

MEASURED = "measured.json"
COMPARED = {
    SPACE: ["labelsphere", "torch", "faiss", "faiss forced"],
    RANDOM: ["labelsphere", "torch", "faiss", "faiss forced"],
    MILLION: ["labelsphere", "faiss cells"],
}
MAKERS = {SPACE: make_space, RANDOM: make_random, MILLION: make_million}


def search(method: str, work: str, name: str, count: int | None = None) -> dict[str, Any]:
    """Search by a method in this process.

    Loading libraries and data is not timed; what a method prepares of the labels
    is timed by itself.

    Returns:
        Seconds, seconds of preparation, peak memory in GiB, and how the ranking differs.
    """
    from reporting import peak_resident_gib, restart_peak

    vectors, points = load(work, name, count)
    prepare, find = METHODS[method][0]()
    restart_peak()
    started = time.perf_counter()
    prepared = prepare(vectors)
    between = time.perf_counter()
    numbers = find(prepared, points)
    ended = time.perf_counter()
    peak = peak_resident_gib()
    return {
        "seconds": ended - between,
        "prepare_seconds": between - started,
        "peak_memory_gib": peak,
        **differences(numbers, vectors, points, work, name),
    }


def measure(work: Path, rounds: int, parts: list[str], count: int | None) -> dict[str, Any]:
    """Some parts, with all points or the first; what ``work`` knows is not measured again."""
    path = work / MEASURED
    known: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def once(key: str, function: Callable[..., Any], *given: Any, **named: Any) -> Any:
        if key not in known:
            known[key] = apart(function, *given, **named).value
            path.write_text(json.dumps(known), encoding="utf-8")
            print(f"{key}: {known[key]}", file=sys.stderr, flush=True)
        return known[key]

    results: dict[str, Any] = {}
    for name, methods in COMPARED.items():
        if name not in parts:
            continue
        made = once(f"{name}: made", MAKERS[name], str(work))
        once(f"{name}: reference", reference, str(work), name)
        if not rounds:
            continue
        every: dict[str, list[Any]] = {method: [] for method in methods}
        for number in range(rounds):
            for method, answers in every.items():
                key = f"{name}, {count or 'all'} points: round {number + 1}, {method}"
                settings = METHODS[method][1]
                answers.append(
                    once(key, search, method, str(work), name, count, environment=settings)
                )
        every_point = MOST_POINTS if name == MILLION else POINTS
        points = min(count or every_point, every_point)
        results[name] = {**made, "points": points, "methods": every}
    return results


def rows_of(part: dict[str, Any]) -> list[list[str]]:
    """Rows of a part's table."""
    own = [answer["seconds"] for answer in part["methods"]["labelsphere"]]
    rows = []
    for method, answers in part["methods"].items():
        seconds = [answer["seconds"] for answer in answers]
        ratio = statistics.median(theirs / ours for theirs, ours in zip(seconds, own, strict=True))
        rows.append(
            [
                METHODS[method][2],
                f"{statistics.median(seconds):.2f}",
                f"{min(seconds):.2f} to {max(seconds):.2f}",
                f"{ratio:.2f}",
                f"{statistics.median(a['prepare_seconds'] for a in answers):.2f}",
                f"{max(a['peak_memory_gib'] for a in answers):.2f}",
                f"{answers[0]['recall']:.4%}",
                f"{answers[0]['same_points']:,}",
                f"{answers[0]['largest_difference']:.0e}",
            ]
        )
    return rows


TITLES = {
    SPACE: "A label space",
    RANDOM: "Random directions",
    MILLION: f"{MOST_LABELS:,} labels × {MOST_DIM} dimensions",
}
ABOUT = {
    SPACE: f"The label space is fitted to simulated tags (`{PRESET}`, for size, not for accuracy); "
    "points are images' tag sets with noise of the same norm added.",
    RANDOM: "Points and labels without any structure: the scores of the best lie as close together "
    "as they can.",
    MILLION: f"Vectors are simulated around {CLUSTERS:,} centres whose "
    "sizes fall by Zipf's law; points are sums of three with noise. On vectors that cluster less "
    "an index finds less.",
}
HEADER = [
    "",
    "seconds",
    "range",
    "ratio",
    "preparation",
    "GiB",
    "labels found",
    "points ranked alike",
    "largest difference",
]


def report(results: dict[str, Any]) -> list[str]:
    """The tables in Markdown."""
    rounds = len(next(iter(results.values()))["methods"]["labelsphere"])
    first = next(iter(results.values()))["points"]
    lines = [
        f"# Nearest labels: {first:,} points × {LABELS:,} labels × {DIM:,} dimensions, top {TOP}",
        "",
        f"Medians of {rounds} rounds in turn, each search in a process of its own; the ratio is "
        "the median of the rounds' ratios to Labelsphere. Preparation is done once for a set of "
        "labels, and not part of the seconds. Memory is the most that the process held, "
        "interpreter, libraries, labels and points included. The last three columns compare with "
        f"a ranking by scores in float64: labels found at any place, points whose {TOP} places all "
        "agree, and the largest difference in score between two labels at one place.",
        "",
        "faiss 'as installed' is the wheel from PyPI, whose OpenBLAS does not know every processor "
        "and may take the kernels of an old one; 'kernels forced' sets "
        "`OPENBLAS_CORETYPE=SkylakeX`, as a user could who knows. All other rows run with it too, "
        "for NumPy's OpenBLAS.",
    ]
    for name, part in results.items():
        about = f"{part['points']:,} points. {ABOUT[name]}"
        lines += ["", f"## {TITLES[name]}", "", about, "", *table(HEADER, rows_of(part))]
    return lines


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="0: only make the data")
    folder = Path(tempfile.gettempdir()) / "labelsphere-decode"
    parser.add_argument("--work", type=Path, default=folder, help="for data and figures")
    parser.add_argument("--points", type=int, help="how many; all unless told")
    parser.add_argument("--anew", action="store_true", help="forget what was measured")
    parser.add_argument("--parts", default=",".join(COMPARED), help="which of the three")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if given.anew:
        (given.work / MEASURED).unlink(missing_ok=True)
    results = measure(given.work, given.rounds, given.parts.split(","), given.points)
    if not results:
        return
    lines = report(results)
    print("\n".join(lines))
    write_results("decode", lines, results, seed=SEED, packages=["faiss-cpu"])


if __name__ == "__main__":
    main()
