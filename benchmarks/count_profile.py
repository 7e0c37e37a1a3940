"""Where the time of a count goes, and how many bytes have to be moved for it."""

import time
from typing import Any

import reporting


def profile(path: str, images: int) -> dict[str, Any]:
    """Count on one thread with a clock in every phase, the second time.

    Args:
        path: Tags, as `count.draw` writes them.
        images: How many of them.

    Returns:
        Seconds in all and by phase, bytes read and written by phase, pairs, and the bytes a second
        that a copy moves here.
    """
    from count import LABELS, load_kernels, tag_rows
    from phases import Phases

    from labelsphere.space.counting import kernels, tag_block
    from labelsphere.space.counting.pair_counter import PairCounter
    from labelsphere.space.counting.pair_triangle import PairTriangle, triangle_bytes

    rows = tag_rows(path, images)
    load_kernels()
    phases = Phases()
    phases.time(tag_block, "_cut", "look")
    phases.time(tag_block, "_block", "look")
    phases.time(PairCounter, "_sums", "alone")
    phases.time(kernels, "tally_buckets", "tally")
    phases.time(kernels, "deal_cells", "deal")
    phases.time(kernels, "add_cells", "add")
    phases.time(PairTriangle, "joint", "write")
    for _ in range(2):
        phases.seconds.clear()
        phases.calls.clear()
        started = time.perf_counter()
        counter = PairCounter(LABELS, threads=1)
        counter.add(rows)
        joint = counter.joint()
        whole = time.perf_counter() - started
        entries, pairs = joint.nnz, int(counter._pairs_seen)
        del counter, joint
    triangle = triangle_bytes(LABELS, weighted=False)
    tags = rows.nnz
    moved = {
        # Starts are read twice as they come, and written as int64.
        "look": 8 * tags + 16 * images,
        "alone": 4 * tags,
        "tally": 4 * tags,
        "deal": 4 * tags + 4 * pairs,
        "add": 4 * pairs + 2 * triangle * phases.calls["add"],
        "write": 2 * triangle + 12 * entries,
    }
    return {
        "whole": whole,
        "phases": phases.seconds,
        "bytes": moved,
        "pairs": pairs,
        "least_bytes": 4 * tags + 12 * entries,
        "copied_a_second": copied_a_second(),
    }


def copied_a_second() -> float:
    """Bytes that one thread reads and writes a second when it copies 256 MiB."""
    import numpy as np

    one, other = np.ones(1 << 28, np.uint8), np.ones(1 << 28, np.uint8)
    best = min(reporting.seconds_of(lambda: np.copyto(other, one), rounds=5))
    return 2 * len(one) / best


NAMES = {
    "look": "tags looked through, cut into blocks",
    "alone": "labels counted alone",
    "tally": "pairs counted by bucket",
    "deal": "pairs dealt into buckets",
    "add": "pairs added, bucket by bucket",
    "write": "matrix written, both ways",
}


def profile_lines(spent: dict[str, Any]) -> list[str]:
    """The profile as Markdown."""
    rate, pairs = spent["copied_a_second"], spent["pairs"]
    seconds = {name: spent["phases"][name] for name in NAMES}
    rows = [
        [
            NAMES[name],
            f"{took:.2f}",
            f"{took / pairs * 1e9:.1f}",
            f"{spent['bytes'][name] / 1e9:.1f}",
            f"{spent['bytes'][name] / rate:.2f}",
        ]
        for name, took in seconds.items()
    ]
    rest = spent["whole"] - sum(seconds.values())
    rows.append(["all else", f"{rest:.2f}", f"{rest / pairs * 1e9:.1f}", "", ""])
    every = sum(spent["bytes"].values())
    rows.append(
        [
            "**whole**",
            f"{spent['whole']:.2f}",
            f"{spent['whole'] / pairs * 1e9:.1f}",
            f"{every / 1e9:.1f}",
            f"{every / rate:.2f}",
        ]
    )
    return [
        "",
        "## Where the time goes",
        "",
        "One thread, the second time, so that two at their best would take half. Bytes are those "
        "that this way of counting reads and writes in memory, the triangle of counts once each "
        f"way for every block; their time is that of a copy here, {rate / 1e9:.1f} · 10⁹ bytes a "
        "second read and written by one thread. Whatever the way, the tags have to be read and "
        f"the matrix written: {spent['least_bytes'] / 1e9:.1f} · 10⁹ bytes, "
        f"{spent['least_bytes'] / rate:.2f} s.",
        "",
        *reporting.table(["", "seconds", "ns a pair", "10⁹ bytes", "s to move them"], rows),
    ]
