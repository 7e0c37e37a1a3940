"""Nearest labels at the paper's size, beside faiss and PyTorch; a million labels, approximately.

    python benchmarks/decode.py

Three parts. 14,000 points × 17,355 labels × 4,096 dimensions, top 100, in a label space fitted to
simulated tags: every method in a process of its own, in turn, against a ranking in float64. The
same with points and labels of random direction, where bounds tell least. And 1,000,000 clustered
vectors × 256: the exact search beside a faiss index. ``--work`` keeps the fitted space and what was
measured: an interrupted run goes on where it was.
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

from reporting import ROUNDS, apart, table, write_results

SEED = 0
POINTS, LABELS, DIM, TOP = 14_000, 17_355, 4_096, 100
MOST_POINTS, MOST_LABELS, MOST_DIM, CLUSTERS = 2_000, 1_000_000, 256, 20_000
PRESET = "association12m"
NOISE = 1.0
"""Norm of the noise that is added to points of unit norm: they end up about 45° off."""

SPACE, RANDOM, MILLION = "space", "random", "million"
AS_INSTALLED: dict[str, str | None] = {"OPENBLAS_CORETYPE": None}
FORCED: dict[str, str | None] = {"OPENBLAS_CORETYPE": "SkylakeX"}


def make_space(work: str) -> dict[str, Any]:
    """Points and labels of a label space fitted to simulated tags."""
    import numpy as np

    from labelsphere import LabelSpace
    from labelsphere.datasets.simulation import PRESETS, Simulation
    from labelsphere.space import count_cooccurrence

    simulation = Simulation(PRESETS[PRESET], seed=SEED)
    counts, tags = None, None
    for chunk in simulation.chunks():
        part = count_cooccurrence(chunk, simulation.vocabulary)
        counts = part if counts is None else counts + part
        tags = chunk if tags is None else tags
    assert counts is not None
    assert tags is not None
    started = time.perf_counter()
    space = LabelSpace.fit(counts, dim=DIM)
    seconds = time.perf_counter() - started
    points = space.encode(tags[:POINTS])
    noise = np.random.default_rng(SEED).standard_normal(points.shape, np.float32)
    points += np.float32(NOISE / DIM**0.5) * noise
    save(work, SPACE, space.unit_vectors, points)
    return {"placed": int(space.placed.sum()), "fit_seconds": seconds}


def make_random(work: str) -> dict[str, Any]:
    """Points and labels of random direction."""
    import numpy as np

    random = np.random.default_rng(SEED)
    vectors = random.standard_normal((LABELS, DIM), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    save(work, RANDOM, vectors, random.standard_normal((POINTS, DIM), np.float32))
    return {"placed": LABELS}


def make_million(work: str) -> dict[str, Any]:
    """A million labels around centres whose sizes fall by Zipf's law, points among them."""
    import numpy as np

    random = np.random.default_rng(SEED)
    centres = random.standard_normal((CLUSTERS, MOST_DIM), np.float32)
    shares = 1 / np.arange(1, CLUSTERS + 1)
    members = random.choice(CLUSTERS, MOST_LABELS, p=shares / shares.sum())
    vectors = random.standard_normal((MOST_LABELS, MOST_DIM), np.float32)
    vectors += centres[members]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    drawn = random.integers(MOST_LABELS, size=(MOST_POINTS, 3))
    points = vectors[drawn].sum(axis=1)
    noise = random.standard_normal(points.shape, np.float32)
    points += np.float32(NOISE / MOST_DIM**0.5) * noise
    save(work, MILLION, vectors, points)
    return {"placed": MOST_LABELS}


def save(work: str, name: str, vectors: Any, points: Any) -> None:
    """Keep vectors and points for the processes that measure."""
    import numpy as np

    np.save(f"{work}/{name}-vectors.npy", vectors)
    np.save(f"{work}/{name}-points.npy", points)


def load(work: str, name: str) -> tuple[Any, Any]:
    """Vectors and points."""
    import numpy as np

    return np.load(f"{work}/{name}-vectors.npy"), np.load(f"{work}/{name}-points.npy")


def reference(work: str, name: str) -> dict[str, Any]:
    """Rank by scores in float64, block by block; keeps numbers and scores of the best."""
    import numpy as np
    import torch

    vectors, points = load(work, name)
    wide = torch.from_numpy(vectors).double()
    numbers = np.empty((len(points), TOP), np.int64)
    scores = np.empty((len(points), TOP))
    for start in range(0, len(points), 500):
        block = torch.from_numpy(points[start : start + 500]).double()
        exact = ((block / block.norm(dim=1, keepdim=True)) @ wide.T).numpy()
        some = np.argpartition(-exact, TOP + 20, axis=1)[:, : TOP + 20]
        some.sort(axis=1)
        there = np.take_along_axis(exact, some, axis=1)
        order = np.argsort(-there, axis=1, kind="stable")[:, :TOP]
        numbers[start : start + 500] = np.take_along_axis(some, order, axis=1)
        scores[start : start + 500] = np.take_along_axis(there, order, axis=1)
    np.save(f"{work}/{name}-numbers.npy", numbers)
    np.save(f"{work}/{name}-scores.npy", scores)
    return {"made": True}


def search(method: str, work: str, name: str) -> dict[str, Any]:
    """Search by a method in this process.

    Loading libraries, data and compiled kernels is not timed; what a method prepares of the labels
    is timed by itself.

    Returns:
        Seconds, seconds of preparation, peak memory in GiB, and how the ranking differs.
    """
    from reporting import peak_resident_gib, restart_peak

    vectors, points = load(work, name)
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


Way = tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]


def by_labelsphere() -> Way:
    """The exact search, in the precision that it chooses."""
    import numpy as np

    from labelsphere.space.nearest import ExactSearch
    from labelsphere.space.nearest.by_tiles import search_by_tiles
    from labelsphere.space.nearest.problem import Found, Labels

    def prepare(vectors: Any) -> Any:
        found = ExactSearch(vectors, cosine=True)
        _ = found.labels.ways
        return found

    # Compiled kernels are loaded by a search of a few labels.
    random = np.random.default_rng(SEED)
    few = random.standard_normal((1_200, 8), np.float32)
    labels = Labels(few, np.zeros(1_200, np.float32), True)
    search_by_tiles(
        few[:9],
        labels,
        np.arange(9),
        Found(np.empty((9, 1), np.int64), np.empty((9, 1), np.float32)),
    )
    return prepare, lambda exact, points: exact.top(points, TOP)[0]


def by_labelsphere_in_float32() -> Way:
    """The exact search as a processor without bfloat16 does it."""
    prepare, find = by_labelsphere()

    def prepare_single(vectors: Any) -> Any:
        found = prepare(vectors)
        found.labels.__dict__["ways"] = found.labels.ways[-1:]
        return found

    return prepare_single, find


def by_torch() -> Way:
    """All scores at once, then the best of each row."""
    import torch

    return (
        torch.from_numpy,
        lambda vectors, points: torch.topk(torch.from_numpy(points) @ vectors.T, TOP)[1].numpy(),
    )


def by_faiss() -> Way:
    """The flat index of faiss."""
    import faiss

    def prepare(vectors: Any) -> Any:
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return index

    return prepare, lambda index, points: index.search(points, TOP)[1]


def by_faiss_cells() -> Way:
    """The approximate index of the extra ``faiss``."""
    from labelsphere.space.nearest import ApproximateSearch, ExactSearch

    return (
        lambda vectors: ApproximateSearch(ExactSearch(vectors, cosine=True)),
        lambda index, points: index.top(points, TOP)[0],
    )


METHODS: dict[str, tuple[Callable[[], Way], dict[str, str | None], str]] = {
    "labelsphere": (by_labelsphere, FORCED, "Labelsphere"),
    "labelsphere float32": (by_labelsphere_in_float32, FORCED, "Labelsphere without bfloat16"),
    "torch": (by_torch, FORCED, "PyTorch, `topk(points @ vectors.T)`"),
    "faiss": (by_faiss, AS_INSTALLED, "faiss, `IndexFlatIP`, as installed"),
    "faiss forced": (by_faiss, FORCED, "faiss, `IndexFlatIP`, kernels forced"),
    "faiss cells": (by_faiss_cells, FORCED, 'faiss, `index="faiss"`'),
}
COMPARED = {
    SPACE: ["labelsphere", "labelsphere float32", "torch", "faiss", "faiss forced"],
    RANDOM: ["labelsphere", "torch", "faiss", "faiss forced"],
    MILLION: ["labelsphere", "faiss cells"],
}
MAKERS = {SPACE: make_space, RANDOM: make_random, MILLION: make_million}


def differences(numbers: Any, vectors: Any, points: Any, work: str, name: str) -> dict[str, Any]:
    """Where a ranking differs from the one in float64, and by how much its scores do there.

    Returns:
        Share of the reference's labels that are there at any place; points whose ranking is the
        same; places that differ, and the largest difference of the scores at one.
    """
    import numpy as np

    right, scores = np.load(f"{work}/{name}-numbers.npy"), np.load(f"{work}/{name}-scores.npy")
    common = sum(len(np.intersect1d(a, b)) for a, b in zip(numbers, right, strict=True))
    rows, places = np.nonzero(numbers != right)
    largest = 0.0
    for start in range(0, len(rows), 10_000):
        part = slice(start, start + 10_000)
        wide = points[rows[part]].astype(np.float64)
        wide /= np.linalg.norm(wide, axis=1, keepdims=True)
        theirs = np.einsum("ij,ij->i", wide, vectors[numbers[rows[part], places[part]]])
        largest = max(largest, float(np.abs(theirs - scores[rows[part], places[part]]).max()))
    return {
        "recall": common / right.size,
        "same_points": len(numbers) - len(np.unique(rows)),
        "different_places": len(rows),
        "largest_difference": largest,
    }


def profile(work: str, name: str) -> dict[str, Any]:
    """Where the time of Labelsphere's search goes, and how many labels a point its second pass has.

    Seconds of the kernels are those of the slower thread of each call.
    """
    import numpy as np
    import torch

    from labelsphere.space.nearest import by_tiles
    from labelsphere.space.nearest.candidates import Candidates
    from labelsphere.space.nearest.problem import Points
    from labelsphere.space.nearest.products import HalfProducts, SingleProducts

    vectors, points = load(work, name)
    prepare, find = by_labelsphere()
    prepared = prepare(vectors)
    seconds: dict[str, float] = {}
    scored: list[int] = []

    def timed(owner: Any, attribute: str, phase: str, share: int = 1) -> None:
        inner = getattr(owner, attribute)

        def outer(*given: Any, **named: Any) -> Any:
            started = time.perf_counter()
            answer = inner(*given, **named)
            seconds[phase] = seconds.get(phase, 0.0) + (time.perf_counter() - started) / share
            return answer

        setattr(owner, attribute, outer)

    threads = torch.get_num_threads()
    kind = type(prepared.labels.ways[0])
    assert kind in (HalfProducts, SingleProducts)
    timed(kind, "tile", "products")
    timed(kind, "points", "points")
    timed(Points, "of", "points")
    timed(Candidates, "collect", "candidates", threads)
    timed(Candidates, "settle", "second pass", threads)
    settle = Candidates.settle

    def counted(self: Any, part: slice, *given: Any) -> None:
        settle(self, part, *given)
        scored.append(int(np.maximum(self.sizes[part], 0).sum()))

    Candidates.settle = counted  # type: ignore[assignment,method-assign]
    timed(by_tiles, "_score_everything", "all labels")
    started = time.perf_counter()
    find(prepared, points)
    whole = time.perf_counter() - started
    return {"whole": whole, "scored_a_point": sum(scored) / len(points), "phases": seconds}


def measure(work: Path, rounds: int, parts: list[str]) -> dict[str, Any]:
    """Some parts; what ``work`` knows already is not measured again."""
    path = work / "measured.json"
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
        every: dict[str, list[Any]] = {method: [] for method in methods}
        for number in range(rounds):
            for method, answers in every.items():
                key = f"{name}: round {number + 1}, {method}"
                settings = METHODS[method][1]
                answers.append(once(key, search, method, str(work), name, environment=settings))
        profiled = once(f"{name}: profile", profile, str(work), name, environment=FORCED)
        results[name] = {**made, "methods": every, "profile": profiled}
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
    "as they can, and bounds keep more candidates.",
    MILLION: f"{MOST_POINTS:,} points. Vectors are simulated around {CLUSTERS:,} centres whose "
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
    lines = [
        f"# Nearest labels: {POINTS:,} points × {LABELS:,} labels × {DIM:,} dimensions, top {TOP}",
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
        lines += ["", f"## {TITLES[name]}", "", ABOUT[name], "", *table(HEADER, rows_of(part))]
    phases = ["products", "points", "candidates", "second pass", "all labels"]
    rows = []
    for name, part in results.items():
        found = part["profile"]
        cells = [f"{found['phases'].get(phase, 0.0):.2f}" for phase in phases]
        rows.append(
            [TITLES[name], f"{found['whole']:.2f}", *cells, f"{found['scored_a_point']:.0f}"]
        )
    lines += [
        "",
        "## Where the time goes",
        "",
        "One search each, on its own. 'Labels scored' is how many a point the second pass had.",
        "",
        *table(["", "seconds", *phases, "labels scored"], rows),
    ]
    for name in (SPACE, RANDOM):
        if name not in results:
            continue
        spent = results[name]["profile"]
        operations = 2 * POINTS * LABELS * DIM
        pairs = POINTS * spent["scored_a_point"]
        lines += [
            "",
            f"{TITLES[name]}: the floor is the product, {operations:.2g} operations, here at "
            f"{operations / spent['phases']['products'] / 1e9:,.0f} GFLOP/s. The second pass reads "
            f"{pairs * 4 * DIM / 2**30:,.0f} GiB of vectors, most of it from cache, for "
            f"{2 * pairs * DIM:.2g} operations.",
        ]
    return lines


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--work", type=Path, help="folder to keep data and figures in")
    parser.add_argument("--parts", default=",".join(COMPARED), help="which of the three")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        results = measure(work, given.rounds, given.parts.split(","))
    lines = report(results)
    print("\n".join(lines))
    write_results("decode", lines, results, seed=SEED, packages=["faiss-cpu", "numba"])


if __name__ == "__main__":
    main()
