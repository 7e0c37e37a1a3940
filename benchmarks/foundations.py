"""Search, counting and fitting: this version beside an older one, in turn.

    git worktree add ../older 808c331
    python benchmarks/foundations.py --before ../older

Each measurement runs in a process of its own with the one version's ``src`` on the path, the two in
turn, and uses only what both versions have. What is measured is kept in ``--work`` and not measured
again, so that an interrupted run goes on where it was. On a machine that does other work, processor
time says more than the clock. ``--only count --images 10000000`` measures the whole count alone.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

IMAGES = 2_000_000
LABELS, DIM, POINTS, TOP = 17_355, 1_024, 1_000, 100
FIT_LABELS, FIT_DIM = 6_000, 1_500
SEED = 0

Work = Callable[[], Any]


def counting(folder: Path, _: str) -> Work:
    """Count a Parquet table with a list of names for each image."""
    from labelsphere.annotations import Vocabulary, stream_annotations
    from labelsphere.space import count_stream

    vocabulary = Vocabulary([f"label {number}" for number in range(LABELS)])
    table = str(folder / "tags.parquet")
    return lambda: count_stream(stream_annotations(table, vocabulary=vocabulary))


def decoding(folder: Path, _: str) -> Work:
    """Rank the labels of a space at some points."""
    import numpy as np

    from labelsphere.space import LabelSpace

    space = LabelSpace.load(folder / "space")
    points = np.random.default_rng(SEED).standard_normal((POINTS, DIM), np.float32)
    return lambda: space.decode(points, TOP)


def tagging(folder: Path, _: str) -> Work:
    """Rank the labels as a tagger does, a batch of 64 images."""
    import numpy as np
    import torch

    from labelsphere.space import LabelSpace
    from labelsphere.tagger.decoders import LinearDecoder

    space = LabelSpace.load(folder / "space")
    points = torch.from_numpy(np.random.default_rng(SEED).standard_normal((64, DIM), np.float32))
    bias = torch.zeros(LABELS)
    decoder = LinearDecoder(torch.from_numpy(space.unit_vectors), bias, normalised=True)
    return lambda: decoder.top(points, 20)


def neighbors(folder: Path, _: str) -> Work:
    """The whole command, with its start."""
    command = [sys.executable, "-m", "labelsphere", "neighbors", str(folder / "space"), "label 9"]
    return lambda: subprocess.run(command, check=True, capture_output=True)


def icons(_: Path, __: str) -> Work:
    """Fit the bundled icons' 3,344 labels at 512 dimensions, counts made before."""
    from labelsphere.datasets import read_icons
    from labelsphere.space import LabelSpace, count_cooccurrence

    counts = count_cooccurrence(read_icons())
    return lambda: LabelSpace.fit(counts, dim=512)


def fitting(folder: Path, variant: str) -> Work:
    """Find the leading eigenpairs of mutual information, compiled code loaded before."""
    from scipy.sparse import csr_array, load_npz

    # The older version has the solvers among the label spaces, under other names.
    module = import_module("labelsphere.space" if variant == "before" else "labelsphere.linalg")
    kind = module.Association if variant == "before" else module.SparsePlusLowRank
    matrix = kind(csr_array(load_npz(folder / f"fit-{FIT_LABELS}.npz")))
    return lambda: module.leading_eigenpairs(matrix, FIT_DIM)


MEASUREMENTS: dict[str, tuple[Callable[[Path, str], Work], str]] = {
    "count": (counting, f"count images × 5 tags from Parquet, {LABELS:,} labels"),
    "decode": (
        decoding,
        f"`LabelSpace.decode`, {POINTS:,} points × {LABELS:,} labels × {DIM:,}, top {TOP}",
    ),
    "tag": (tagging, f"`LinearDecoder.top`, 64 points × {LABELS:,} labels × {DIM:,}, top 20"),
    "neighbors": (neighbors, f"`labelsphere neighbors`, {LABELS:,} labels × {DIM:,}, with start"),
    "icons": (icons, "`LabelSpace.fit`, 3,344 labels, 512 dimensions"),
    "fit": (fitting, f"eigenpairs, {FIT_LABELS:,} labels, {FIT_DIM:,} pairs"),
}


def make(folder: Path, images: int, only: str | None) -> None:
    """Make what the measurements read, with this version."""
    import numpy as np
    from count import draw, write_parquet
    from fit_methods import Size, simulate

    from labelsphere.annotations import Vocabulary
    from labelsphere.space import LabelSpace

    tags = folder / "tags.npy"
    if not (folder / "tags.parquet").exists():
        draw(images, tags)
        write_parquet(str(tags), images, str(folder / "tags.parquet"))
    if only == "count":
        return
    if not (folder / "space").exists():
        random = np.random.default_rng(SEED)
        vectors = random.standard_normal((LABELS, DIM), np.float32)
        names = Vocabulary([f"label {number}" for number in range(LABELS)])
        LabelSpace(names, vectors, np.arange(LABELS, 0, -1)).save(folder / "space")
    matrix = folder / f"fit-{FIT_LABELS}.npz"
    if not matrix.exists():
        size = Size(FIT_LABELS, FIT_DIM, 90 * FIT_LABELS, 5.0, FIT_LABELS // 58)
        simulate(size, str(matrix))


def once(name: str, folder: Path, variant: str) -> dict[str, float]:
    """Measure in this process; of most the second call counts, when everything is loaded."""
    from reporting import peak_resident_gib, restart_peak

    work = MEASUREMENTS[name][0](folder, variant)
    if name != "icons":
        work()
    restart_peak()
    started, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    spent = sum(after[:4]) - sum(before[:4])
    return {
        "seconds": time.perf_counter() - started,
        "processor": spent,
        "peak_gib": peak_resident_gib(),
    }


def parser_of(description: str, folder: str, rounds: int) -> argparse.ArgumentParser:
    """The arguments of a comparison with an older checkout."""
    parser = argparse.ArgumentParser(description=description)
    work = Path(tempfile.gettempdir()) / folder
    parser.add_argument("--before", type=Path, help="a checkout of the older version")
    parser.add_argument("--work", type=Path, default=work, help="for data")
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--once", help=argparse.SUPPRESS)
    return parser


def apart(key: str, command: list[str], work: Path, source: Path) -> dict[str, float]:
    """Run a script in a process with some version on its path, unless its answer is known."""
    kept = work / "measured.json"
    known: dict[str, dict[str, float]] = json.loads(kept.read_text()) if kept.exists() else {}
    if key in known:
        return known[key]
    path = os.pathsep.join([str(source / "src"), str(source / "benchmarks")])
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "PYTHONPATH": path},
        check=True,
        capture_output=True,
        text=True,
    )
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    kept.write_text(json.dumps({**known, key: answer}), encoding="utf-8")
    print(key, answer, file=sys.stderr, flush=True)
    return answer


def main() -> None:
    """Measure, print and write the results."""
    parser = parser_of(__doc__.splitlines()[0], "labelsphere-foundations", 3)
    parser.add_argument("--only", choices=MEASUREMENTS, help="measure this alone")
    parser.add_argument("--images", type=int, default=IMAGES, help="images to count")
    parser.add_argument("--variant", default="after", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if not given.once:
        # Tables of different sizes are kept apart.
        given.work = given.work / f"{given.images}-images"
    given.work.mkdir(parents=True, exist_ok=True)
    if given.once:
        print(json.dumps(once(given.once, given.work, given.variant)))
        return
    from reporting import table, write_results

    make(given.work, given.images, given.only)
    here = Path(__file__).resolve().parent.parent
    results: dict[str, dict[str, list[dict[str, float]]]] = {}
    for name in [given.only] if given.only else MEASUREMENTS:
        variants = {"before": given.before, "after": here}
        results[name] = {variant: [] for variant in variants}
        for number in range(given.rounds):
            for variant, source in variants.items():
                command = [__file__, "--once", name, "--variant", variant]
                command += ["--work", str(given.work)]
                key = f"{name}, {variant}, round {number + 1}"
                answer = apart(key, command, given.work, source)
                results[name][variant].append(answer)
    rows = []
    for name, variants_of in results.items():
        base = _medians(variants_of["before"])
        for variant, answers in variants_of.items():
            own = _medians(answers)
            ratio = own["processor"] / base["processor"]
            figures = [f"{own[key]:.2f}" for key in ("seconds", "processor", "peak_gib")]
            rows.append([MEASUREMENTS[name][1], variant, *figures, f"{ratio:.2f}"])
    lines = [
        "# Search, counting and fitting, before and after they were made simpler",
        "",
        f"Medians of {given.rounds} rounds in turn, each in a process of its own. "
        "The machine did other work too, so that the processor time says more than the clock; the "
        f"ratio is of processor times. {given.images:,} images are counted. The whole fit would be "
        "17,355 labels and 4,096 pairs, the whole count ten million images.",
        "",
        *table(
            ["", "version", "seconds", "of processor", "peak, GiB", "ratio to before"],
            rows,
        ),
    ]
    print("\n".join(lines))
    kept = f"foundations_{given.only}" if given.only else "foundations"
    write_results(kept, lines, results, seed=SEED)


def _medians(answers: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(answer[key] for answer in answers) for key in answers[0]}


if __name__ == "__main__":
    main()
