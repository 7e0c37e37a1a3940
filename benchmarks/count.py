"""Counting labels and pairs: 10 million images × 5 tags, against SciPy, Polars and DuckDB.

17,355 labels, Zipf frequencies (1 / rank), the tags of an image drawn apart from one another: no
other data of this size has more distinct pairs, which is the hardest case for all. Every method
runs in a process of its own, in turn. Input is what the method likes best, already in memory, and
libraries are loaded; the clock runs from there to the counts of all pairs, which are checked to be
the same.

    python benchmarks/count.py
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import reporting

LABELS, TAGS, SEED = 17_355, 5, 0
KEPT = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",
}
"""Lets a process keep what it has freed: glibc, for NumPy and SciPy, and jemalloc, for Polars."""
MOST_GIB = 8.0
SIZES = (1_000_000, 3_000_000, 10_000_000)


def draw(images: int, path: Path) -> None:
    """Write (images, 5) int32, ascending and distinct in each row."""
    import numpy as np

    random = np.random.default_rng(SEED)
    ends = np.cumsum(1 / np.arange(1, LABELS + 1))
    ends /= ends[-1]
    # Frequency tells nothing of a label's number, as in a vocabulary in alphabetical order.
    numbers = random.permutation(LABELS).astype(np.int32)
    drawn = np.lib.format.open_memmap(path, "w+", np.int32, (images, TAGS))
    for start in range(0, images, 1 << 19):
        stop = min(images, start + (1 << 19))
        ranks = np.sort(np.searchsorted(ends, random.random((stop - start, TAGS))), axis=1)
        while len(again := np.flatnonzero((ranks[:, 1:] == ranks[:, :-1]).any(axis=1))):
            fresh = np.searchsorted(ends, random.random((len(again), TAGS)))
            ranks[again] = np.sort(fresh, axis=1)
        drawn[start:stop] = np.sort(numbers[ranks], axis=1)


def tag_rows(path: str, images: int) -> Any:
    """The drawn tags as CSR, float32."""
    import numpy as np
    from scipy.sparse import csr_array

    labels = np.array(np.load(path, mmap_mode="r")[:images]).ravel()
    ends = np.arange(0, len(labels) + 1, TAGS, dtype=np.int32)
    rows = csr_array((np.ones(len(labels), np.float32), labels, ends), shape=(images, LABELS))
    assert rows.has_canonical_format
    return rows


def tag_table(path: str, images: int) -> Any:
    """The same as a Polars frame of ``image`` and ``tag``, one row a tag, sorted by image."""
    import numpy as np
    import polars as pl

    labels = np.array(np.load(path, mmap_mode="r")[:images]).ravel().astype(np.uint16)
    numbers = np.repeat(np.arange(images, dtype=np.uint32), TAGS)
    return pl.DataFrame({"image": pl.Series(numbers).set_sorted(), "tag": labels})


def checks(counts: Any) -> list[int]:
    """Distinct pairs, sum and sum of squares of the counts above the diagonal."""
    import numpy as np

    whole = np.asarray(counts).astype(np.int64)
    return [len(whole), int(whole.sum()), int((whole**2).sum())]


def above(joint: Any) -> list[int]:
    """The same of a symmetric matrix."""
    import numpy as np

    alone = np.asarray(joint.diagonal())
    off = [len(joint.data) - int(np.count_nonzero(alone))]
    off.append(int(joint.data.sum(dtype=np.float64) - alone.sum(dtype=np.float64)))
    squares = np.square(joint.data, dtype=np.float64).sum()
    off.append(int(squares - np.square(alone, dtype=np.float64).sum()))
    return [value // 2 for value in off]


def by_labelsphere(path: str, images: int) -> dict[str, Any]:
    """Count with Labelsphere, to checked counts."""
    from labelsphere.annotations import Vocabulary
    from labelsphere.space import count_cooccurrence

    rows = tag_rows(path, images)
    vocabulary = Vocabulary(map(str, range(LABELS)))
    return clocked(lambda: count_cooccurrence(rows, vocabulary), lambda c: above(c.joint))


def by_scipy(path: str, images: int) -> dict[str, Any]:
    """Yᵀ·Y in float32, exact below 2²⁴ images and the fastest of its types; rows not sorted."""
    rows = tag_rows(path, images)
    return clocked(lambda: rows.T @ rows, above)


def by_polars(path: str, images: int) -> dict[str, Any]:
    """Self-join on the image by the streaming engine."""
    import polars as pl

    table = tag_table(path, images).lazy()
    query = (
        table.join(table, on="image", suffix="_other")
        .filter(pl.col("tag") < pl.col("tag_other"))
        .group_by("tag", "tag_other")
        .len()
    )
    return clocked(lambda: query.collect(engine="streaming"), lambda f: checks(f["len"].to_numpy()))


def by_duckdb(path: str, images: int) -> dict[str, Any]:
    """Self-join on the image, from a table of its own in memory."""
    import duckdb

    frame = tag_table(path, images).to_arrow()
    kept = {
        "allocator_flush_threshold": "1TB",
        "allocator_bulk_deallocation_flush_threshold": "1TB",
    }
    database = duckdb.connect(config={"threads": 2, "memory_limit": "7GB", **kept})
    database.register("frame", frame)
    database.execute("CREATE TABLE tags AS SELECT * FROM frame")
    database.unregister("frame")
    del frame
    query = (
        "SELECT a.tag, b.tag AS other, count(*) AS len FROM tags a JOIN tags b "
        "ON a.image = b.image AND a.tag < b.tag GROUP BY ALL"
    )
    return clocked(
        lambda: database.sql(query).to_arrow_table(), lambda t: checks(t["len"].to_numpy())
    )


def clocked(work: Any, check: Any) -> dict[str, Any]:
    """Seconds of some work, twice, and its peak memory, input included; and its checks.

    The first time, the system hands out memory that nothing has used yet, which on a virtual
    machine can take longer than the work. The second time it is there, since the process keeps
    what it has freed (`KEPT`); the system would take it back in a few seconds.
    """
    over = threading.Event()
    threading.Thread(target=guard, args=(over,), daemon=True).start()
    reporting.restart_peak()
    seconds, processor = [], []
    result: Any = None
    for _ in range(2):
        result = None
        started, before = time.perf_counter(), time.process_time()
        result = work()
        processor.append(time.process_time() - before)
        seconds.append(time.perf_counter() - started)
    peak = reporting.peak_resident_gib()
    over.set()
    return {
        "first_seconds": seconds[0],
        "seconds": seconds[1],
        "cpu": processor[1],
        "peak_gib": peak,
        "checks": check(result),
    }


def guard(over: threading.Event) -> None:
    """End the process when it holds more than 8 GiB."""
    while not over.wait(0.05):
        if reporting.resident_gib() > MOST_GIB:
            os._exit(77)


def write_parquet(path: str, images: int, target: str) -> None:
    """The drawn tags as names, a list an image, as a user would have them."""
    import numpy as np
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = pl.Series([f"label {number}" for number in range(LABELS)])
    drawn = np.load(path, mmap_mode="r")
    schema = pa.schema({"image": pa.int64(), "tags": pa.list_(pa.string())})
    with pq.ParquetWriter(target, schema) as writer:
        for start in range(0, images, 1 << 18):
            stop = min(images, start + (1 << 18))
            tags = names.gather(np.array(drawn[start:stop]).ravel()).to_arrow().cast(pa.string())
            ends = np.arange(0, len(tags) + 1, TAGS, dtype=np.int32)
            lists = pa.ListArray.from_arrays(ends, tags)
            writer.write_table(pa.table([np.arange(start, stop), lists], schema=schema))


def streamed(path: str) -> dict[str, Any]:
    """Count a Parquet file part by part; memory before the matrix is made, and in all."""
    from labelsphere.annotations import Vocabulary, stream_annotations
    from labelsphere.space.pair_counter import PairCounter

    vocabulary = Vocabulary([f"label {number}" for number in range(LABELS)])
    reporting.restart_peak()
    started = time.perf_counter()
    counter = PairCounter(LABELS)
    for chunk in stream_annotations(path, vocabulary=vocabulary).chunks():
        counter.add(chunk.matrix)
    while_reading = reporting.peak_resident_gib()
    joint = counter.joint()
    return {
        "seconds": time.perf_counter() - started,
        "reading_gib": while_reading,
        "peak_gib": reporting.peak_resident_gib(),
        "checks": above(joint),
    }


METHODS = {
    "Labelsphere": by_labelsphere,
    "scipy.sparse Yᵀ·Y": by_scipy,
    "Polars self-join": by_polars,
    "DuckDB self-join": by_duckdb,
}


def measured(function: Any, *arguments: Any) -> dict[str, Any] | None:
    """What a method says of itself, in a process of its own; None where memory ran out."""
    from concurrent.futures.process import BrokenProcessPool

    try:
        answer: dict[str, Any] = reporting.apart(function, *arguments, environment=KEPT).value
    except BrokenProcessPool:
        return None
    return answer


def main() -> None:
    """Measure all methods in turn, then the stream at three sizes; write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=SIZES[-1])
    parser.add_argument("--rounds", type=int, default=reporting.ROUNDS)
    parser.add_argument("--output", type=Path, default=reporting.RESULTS)
    given = parser.parse_args()
    sizes = [size for size in SIZES if size < given.images] + [given.images]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tags.npy"
        draw(given.images, path)
        rounds = reporting.in_turn(
            {
                name: partial(measured, method, str(path), given.images)
                for name, method in METHODS.items()
            },
            given.rounds,
        )
        stream = {}
        for size in sizes:
            table = Path(folder) / "tags.parquet"
            write_parquet(str(path), size, str(table))
            stream[size] = measured(streamed, str(table))
            print(f"streamed {size}: {stream[size]}", file=sys.stderr, flush=True)
    finished = [answer for answers in rounds.values() for answer in answers if answer is not None]
    assert len({str(answer["checks"]) for answer in finished}) == 1, "methods differ"
    last = stream[given.images]
    assert last is not None
    assert last["checks"] == finished[0]["checks"]
    reporting.write_results(
        "count",
        report(given.images, rounds, stream),
        {"rounds": rounds, "stream": stream},
        seed=SEED,
        packages=("scipy", "polars", "duckdb"),
        folder=given.output,
    )


def ratio_to(answers: list[Any], ours: list[Any], key: str) -> str:
    """Median of the rounds' ratios."""
    pairs = zip(answers, ours, strict=True)
    return f"{statistics.median(theirs[key] / mine[key] for theirs, mine in pairs):.1f}"


def peak(answers: list[Any]) -> float:
    """The most memory of all rounds."""
    return max(float(answer["peak_gib"]) for answer in answers)


def report(
    images: int, rounds: dict[str, list[Any]], stream: dict[int, dict[str, Any] | None]
) -> list[str]:
    """The results as Markdown."""
    pairs = next(a for answers in rounds.values() for a in answers if a is not None)["checks"]
    ours = rounds["Labelsphere"]
    rows = []
    for name, answers in rounds.items():
        if None in answers:
            rows.append([name, f"not within {MOST_GIB:g} GiB", *[""] * 5])
            continue
        second, processor, first = (
            f"{statistics.median(a[key] for a in answers):.2f}"
            for key in ("seconds", "cpu", "first_seconds")
        )
        ratios = [ratio_to(answers, ours, key) for key in ("seconds", "first_seconds")]
        rows.append([name, second, ratios[0], processor, first, ratios[1], f"{peak(answers):.2f}"])
    streams = [
        [
            f"{size:,}",
            f"{a['seconds']:.1f}",
            f"{a['reading_gib']:.2f}",
            f"{a['peak_gib']:.2f}",
            f"{a['checks'][0]:,}",
        ]
        for size, a in stream.items()
        if a is not None
    ]
    return [
        f"# Counting pairs of labels: {images:,} images × {TAGS} tags, {LABELS:,} labels",
        "",
        f"Zipf frequencies, tags drawn apart from one another: {pairs[0]:,} distinct pairs of "
        f"labels, {pairs[1]:,} in all, the same by every method. Medians of {len(ours)} rounds in "
        "turn, each in a process of its own; ratios to Labelsphere are medians of the rounds'. A "
        "process counts twice: the first time it also waits for memory that nothing used before, "
        "the second time it has it still, since all are told to keep what they have freed. "
        "Input is in memory and counts towards the peak; libraries are loaded before. "
        "The queries stand in the script.",
        "",
        *reporting.table(
            ["", "seconds", "ratio", "of processor", "first time", "ratio", "peak memory, GiB"],
            rows,
        ),
        "",
        "Streamed by Labelsphere from Parquet with the tags as text, one list an image, once each. "
        "What grows after reading is the result: the matrix of distinct pairs, both ways.",
        "",
        *reporting.table(
            ["images", "seconds", "peak while reading, GiB", "peak in all, GiB", "distinct pairs"],
            streams,
        ),
    ]


if __name__ == "__main__":
    main()
