"""Requests to a server: batches across clients against one pass a request, and nearest labels.

    python benchmarks/serve.py TAGGER PICTURES

Two servers of the same tagger take turns, one with batches of up to 32 pictures and one with a
pass through the network for each picture; 1, 8 and 64 clients send pictures as fast as they are
answered. Then one more server holds 17,355 labels at 512 dimensions, and is asked for the nearest
labels of one.
"""

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from reporting import table, write_results

from labelsphere.annotations import Vocabulary
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.label_context import LabelContext

CLIENTS = (1, 8, 64)
SECONDS = 15.0
LABELS, DIM = 17_355, 512
NEIGHBOR_REQUESTS = 500


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        port: Where it listens.
        process: Its process.
    """

    port: int
    process: psutil.Process


@contextmanager
def server(folder: Path, batch_size: int) -> Iterator[Server]:
    """Run a server until the block ends."""
    command = [sys.executable, "-m", "labelsphere", "serve", str(folder), "--port", "0"]
    options = ["--batch-size", str(batch_size)]
    started = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True)
    assert started.stderr is not None
    port = 0
    for line in started.stderr:
        if "http://" in line:
            port = int(line.split("127.0.0.1:")[1].split("/")[0])
            break
    threading.Thread(target=started.stderr.read, daemon=True).start()
    try:
        yield Server(port, psutil.Process(started.pid))
    finally:
        started.terminate()
        started.wait(60)


def load(port: int, pictures: list[bytes], clients: int, seconds: float) -> list[float]:
    """Seconds that each request took, of some clients that send without pause."""
    taken: list[float] = []
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        turn = number
        while time.monotonic() < end:
            started = time.perf_counter()
            body = pictures[turn % len(pictures)]
            connection.request("POST", "/v1/tag?top=10", body, {"Content-Type": "image/png"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"the server answered {answer.status}")
            taken.append(time.perf_counter() - started)
            turn += clients
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def neighbors(port: int) -> list[float]:
    """Seconds of requests for the nearest labels, one after another."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken = []
    for number in range(NEIGHBOR_REQUESTS):
        started = time.perf_counter()
        connection.request("GET", f"/v1/labels/label%20{number * 31 % LABELS}/neighbors?top=10")
        answer = connection.getresponse()
        json.loads(answer.read())
        taken.append(time.perf_counter() - started)
    return taken


def large_tagger(folder: Path, like: Path) -> None:
    """Save a tagger of 17,355 labels in random directions; only its label space is asked."""
    random = np.random.default_rng(0)
    vocabulary = Vocabulary([f"label {number}" for number in range(LABELS)])
    vectors = random.standard_normal((LABELS, DIM)).astype(np.float32)
    counts = np.full(LABELS, 10, np.int64)
    space = LabelSpace(vocabulary, vectors, counts)
    model = Tagger.load(like)
    tagger = Tagger(
        Architecture("test_resnet", objective="cosine"),
        LabelContext(vocabulary, counts, LABELS, space),
        model.preparation,
        model.sample_shape,
    )
    tagger.save(folder)


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tagger", type=Path)
    parser.add_argument("pictures", type=Path, help="folder of PNG files")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args()
    pictures = [path.read_bytes() for path in sorted(given.pictures.glob("*.png"))[:64]]
    rows = []
    rates: dict[tuple[int, int], float] = {}
    with server(given.tagger, 32) as batched, server(given.tagger, 1) as single:
        for clients in CLIENTS:
            for name, size, one in (("shared", 32, batched), ("one a picture", 1, single)):
                load(one.port, pictures, clients, given.seconds / 5)
                before = one.process.memory_info().rss
                taken = load(one.port, pictures, clients, given.seconds)
                grown = one.process.memory_info().rss - before
                cuts = statistics.quantiles(taken, n=100)
                rates[clients, size] = len(taken) / given.seconds
                rows.append(
                    [
                        str(clients),
                        name,
                        f"{1000 * cuts[49]:.0f}",
                        f"{1000 * cuts[98]:.0f}",
                        f"{rates[clients, size]:.1f}",
                        f"{grown / 1024**2:+.0f}",
                    ]
                )
                print(rows[-1], flush=True)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "large"
        large_tagger(folder, given.tagger)
        with server(folder, 32) as large:
            neighbors(large.port)
            near = statistics.quantiles(neighbors(large.port), n=100)
    ratio = rates[64, 32] / rates[64, 1]
    lines = [
        "# Requests to a server",
        "",
        *table(["clients", "passes", "p50 ms", "p99 ms", "pictures/s", "memory MiB"], rows),
        "",
        f"At 64 clients shared passes answer {ratio:.2f} times as many pictures.",
        "",
        f"`/v1/labels/NAME/neighbors` at {LABELS:,} labels × {DIM}: p50 {1000 * near[49]:.1f} ms, "
        f"p99 {1000 * near[98]:.1f} ms, {NEIGHBOR_REQUESTS} requests one after another.",
    ]
    values = {
        "rows": rows,
        "ratio": ratio,
        "neighbors_p50_seconds": near[49],
        "neighbors_p99_seconds": near[98],
    }
    print("\n".join(lines))
    write_results("serve", lines, values, packages=("fastapi", "uvicorn"))


if __name__ == "__main__":
    main()
