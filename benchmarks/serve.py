"""Requests to a server: batches across clients against one pass a request, and nearest labels.

    python benchmarks/serve.py TAGGER PICTURES
    python benchmarks/serve.py TAGGER PICTURES --memory 100000

Servers of the same tagger take turns, some with batches of up to 16 pictures and some with a pass
through the network for each picture, in PyTorch and in ONNX Runtime; 1, 8 and 64 clients send
pictures as fast as they are answered. Clients and servers share the machine. What a picture takes
in the network, and reading its tags, is measured apart, in one thread. One more server holds 17,355
labels at 512 dimensions, and is asked for the nearest labels of one.

With ``--memory``, one server of a small network with random weights answers so many requests, and
its memory is read meanwhile.
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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import torch
from reporting import table, write_results

from labelsphere.annotations import Vocabulary
from labelsphere.app.served import TagRequest
from labelsphere.app.served_tagger import ServedTagger
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.label_context import LabelContext

CLIENTS = (1, 8, 64)
SECONDS = 3.0
ROUNDS = 2
BATCH = 16
LABELS, DIM = 17_355, 512
NEIGHBOR_REQUESTS = 500
PROFILED = 15


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        port: Where it listens.
        process: Its process.
    """

    port: int
    process: psutil.Process


@dataclass(frozen=True)
class Kind:
    """A way to serve.

    Attributes:
        engine: What runs the network.
        batch: Most pictures in a pass through it.
    """

    engine: str
    batch: int

    @property
    def passes(self) -> str:
        """How the passes are made, for the table."""
        return "shared" if self.batch > 1 else "one a picture"


KINDS = tuple(Kind(engine, batch) for engine in ("torch", "onnx") for batch in (BATCH, 1))


@dataclass
class Load:
    """What some clients met.

    Attributes:
        seconds: Of each request.
        wall: Seconds in all.
        processor: Seconds of processor time that the server took.
    """

    seconds: list[float]
    wall: float
    processor: float


@dataclass
class Found:
    """What the comparison found.

    Attributes:
        rows: Of the table.
        ratios: By engine, how many times as many pictures shared passes answer.
    """

    rows: list[list[str]]
    ratios: dict[str, float]


@contextmanager
def server(folder: Path, kind: Kind) -> Iterator[Server]:
    """Run a server until the block ends."""
    command = [sys.executable, "-m", "labelsphere", "serve", str(folder), "--port", "0"]
    options = ["--batch-size", str(kind.batch), "--engine", kind.engine]
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
    end = time.monotonic() + seconds
    return _ask(port, pictures, clients, lambda _: time.monotonic() < end)


def send(port: int, pictures: list[bytes], clients: int, requests: int) -> int:
    """Send so many requests from some clients; how many were answered."""
    return len(_ask(port, pictures, clients, lambda turn: turn < requests))


def _ask(
    port: int, pictures: list[bytes], clients: int, go_on: Callable[[int], bool]
) -> list[float]:
    taken: list[float] = []

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        turn = number
        while go_on(turn):
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


def small_tagger(folder: Path, like: Path) -> None:
    """Save a tagger of a small network with random weights, at 32 pixels."""
    model = Tagger.load(like)
    tagger = Tagger(
        Architecture("test_resnet", objective=model.architecture.objective),
        model.labels,
        {**model.preparation, "size": 32},
        (3, 32, 32),
    )
    tagger.save(folder)


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


def measured(one: Server, pictures: list[bytes], clients: int, seconds: float) -> Load:
    """Some seconds of requests, and the processor time that they cost the server."""
    before, started = one.process.cpu_times(), time.monotonic()
    taken = load(one.port, pictures, clients, seconds)
    after, wall = one.process.cpu_times(), time.monotonic() - started
    processor = after.user + after.system - before.user - before.system
    return Load(taken, wall, processor)


def compare_kinds(folder: Path, pictures: list[bytes], seconds: float) -> "Found":
    """Requests to all kinds of servers, in turns; a row of the table for each."""
    found: dict[tuple[int, Kind], Load] = {}
    with ExitStack() as stack:
        servers = {kind: stack.enter_context(server(folder, kind)) for kind in KINDS}
        for clients in CLIENTS:
            for turn in range(ROUNDS + 1):
                for kind, one in servers.items():
                    # The first turn warms up.
                    some = measured(one, pictures, clients, seconds if turn else 1.0)
                    print(clients, turn, kind, len(some.seconds), file=sys.stderr, flush=True)
                    if turn:
                        old = found.get((clients, kind), Load([], 0.0, 0.0))
                        found[clients, kind] = Load(
                            old.seconds + some.seconds,
                            old.wall + some.wall,
                            old.processor + some.processor,
                        )
    rows, rates = [], {}
    for (clients, kind), met in found.items():
        cuts = statistics.quantiles(met.seconds, n=100)
        rates[clients, kind] = len(met.seconds) / met.wall
        rows.append(
            [
                str(clients),
                kind.engine,
                kind.passes,
                f"{1000 * cuts[49]:.0f}",
                f"{1000 * cuts[98]:.0f}",
                f"{rates[clients, kind]:.1f}",
                f"{1000 * met.processor / len(met.seconds):.1f}",
            ]
        )
    most = max(CLIENTS)
    ratios = {
        engine: rates[most, Kind(engine, BATCH)] / rates[most, Kind(engine, 1)]
        for engine in ("torch", "onnx")
    }
    return Found(rows, ratios)


def profile(folder: Path, pictures: list[bytes]) -> list[list[str]]:
    """Milliseconds of processor time a picture in one thread, by engine and batch."""
    rows = []
    torch.set_num_threads(1)
    for engine in ("torch", "onnx"):
        served = ServedTagger(folder, engine)
        squares = [served.prepare(data) for data in pictures]
        decoding = _milliseconds(partial(_all, served.prepare, pictures))
        for batch in (1, BATCH):
            some = np.stack(squares[:batch])
            wanted = [TagRequest(square, top=10) for square in squares[:batch]]
            features = served.engine.features
            network = _milliseconds(partial(features, some))
            both = _milliseconds(partial(served.tag, wanted))
            tags = both - network
            found = (decoding / len(pictures), network / batch, tags / batch)
            rows.append([engine, str(batch), *(f"{milliseconds:.2f}" for milliseconds in found)])
    return rows


def _all(work: Callable[[bytes], object], pictures: list[bytes]) -> None:
    for data in pictures:
        work(data)


def _milliseconds(work: Callable[[], object]) -> float:
    """Processor time of the quickest of some calls: other programs slow the others down."""
    taken = []
    for _ in range(PROFILED + 1):
        began = time.process_time()
        work()
        taken.append(1000 * (time.process_time() - began))
    return min(taken[1:])


def watch_memory(folder: Path, pictures: list[bytes], requests: int) -> None:
    """Memory of a server of a small network over many requests; written as a result."""
    step = max(1, requests // 10)
    rows: list[tuple[int, float]] = []
    with server(folder, Kind("torch", BATCH)) as one:
        done = 0
        while done < requests:
            done += send(one.port, pictures, clients=8, requests=step)
            rows.append((done, one.process.memory_info().rss / 1024**2))
            print(rows[-1], flush=True)
    growth = rows[-1][1] - rows[0][1]
    lines = [
        "# Memory of a server over many requests",
        "",
        *table(["requests", "memory MiB"], [[f"{n:,}", f"{memory:.0f}"] for n, memory in rows]),
        "",
        f"From {rows[0][0]:,} to {rows[-1][0]:,} requests it grew by {growth:+.1f} MiB.",
    ]
    write_results("serve_memory", lines, {"rows": rows}, packages=("fastapi", "uvicorn"))


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tagger", type=Path)
    parser.add_argument("pictures", type=Path, help="folder of PNG files")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--memory", type=int, help="only watch the memory over so many requests")
    given = parser.parse_args()
    pictures = [path.read_bytes() for path in sorted(given.pictures.glob("*.png"))[:64]]
    with tempfile.TemporaryDirectory() as work:
        if given.memory is not None:
            small_tagger(Path(work) / "small", given.tagger)
            watch_memory(Path(work) / "small", pictures, given.memory)
            return
        large_tagger(Path(work) / "large", given.tagger)
        with server(Path(work) / "large", Kind("torch", BATCH)) as large:
            neighbors(large.port)
            before = large.process.cpu_times()
            near = statistics.quantiles(neighbors(large.port), n=100)
            after = large.process.cpu_times()
        spent = after.user + after.system - before.user - before.system
        spent /= NEIGHBOR_REQUESTS
    found = compare_kinds(given.tagger, pictures, given.seconds)
    parts = profile(given.tagger, pictures)
    headings = ["clients", "engine", "passes", "p50 ms", "p99 ms", "pictures/s", "processor ms"]
    lines = [
        "# Requests to a server",
        "",
        f"`{Tagger.load(given.tagger)!r}`, batches of up to {BATCH}, "
        f"{ROUNDS} turns of {given.seconds:g} s each. Processor time is the server's, a picture.",
        "",
        *table(headings, found.rows),
        "",
        *(
            f"At {max(CLIENTS)} clients shared passes answer {ratio:.2f} times as many pictures "
            f"({engine})."
            for engine, ratio in found.ratios.items()
        ),
        "",
        "Processor time a picture in one thread, ms; the rest of a request is HTTP and JSON:",
        "",
        *table(["engine", "batch", "decoding", "network", "reading tags"], parts),
        "",
        f"`/v1/labels/NAME/neighbors` at {LABELS:,} labels × {DIM}: p50 {1000 * near[49]:.1f} ms, "
        f"p99 {1000 * near[98]:.1f} ms, {1000 * spent:.1f} ms of processor time; "
        f"{NEIGHBOR_REQUESTS} requests one after another.",
    ]
    values = {
        "rows": found.rows,
        "ratios": found.ratios,
        "profile": parts,
        "neighbors_p50_seconds": near[49],
        "neighbors_p99_seconds": near[98],
        "neighbors_processor_seconds": spent,
    }
    print("\n".join(lines))
    write_results("serve", lines, values, packages=("fastapi", "uvicorn"))


if __name__ == "__main__":
    main()
