"""One training step of the paper's network under both objectives, at the paper's size.

Inception v3 at 299 px with RMSprop (``--preset paper``), 17,355 labels (§4.1): a cosine head of
4,096 outputs against a logistic head of 17,355. Each objective runs in a process of its own, so
that its peak memory is its own; the two take turns. Pictures are the bundled icons; labels are
drawn at random, 1.22 an image, since only their number matters to the time of a step.

    python benchmarks/paper_step.py --output benchmarks/results
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

_THREADS = "set OMP_NUM_THREADS to choose the threads"
LABELS, DIM, TAGS_PER_IMAGE = 17_355, 4_096, 1.22


def measure(objective: str, batch_size: int, steps: int) -> dict[str, Any]:
    """Train for some steps in this process.

    Returns:
        Seconds of each step but the first, parameters, and peak memory in GiB.
    """
    from dataclasses import replace

    import numpy as np
    import torch

    from labelsphere import LabelSpace, datasets
    from labelsphere.annotations import Annotations, Vocabulary
    from labelsphere.comparison.machine import peak_memory_gib
    from labelsphere.tagger import Architecture, Hooks, Tagger, preset
    from labelsphere.tagger.inputs import ImageInputs
    from labelsphere.tagger.label_context import LabelContext
    from labelsphere.tagger.network import count_parameters, head_of

    recipe = preset("paper")
    random = np.random.default_rng(0)
    images = batch_size * (steps + 1)
    icons = datasets.read_icons().select(np.arange(images))
    vocabulary = Vocabulary([f"label {number}" for number in range(LABELS)])
    sizes = 1 + random.poisson(TAGS_PER_IMAGE - 1, images)
    drawn = [random.choice(LABELS, size, replace=False) for size in sizes]
    tags = Annotations.from_lists(
        [[vocabulary[number] for number in numbers] for numbers in drawn], vocabulary=vocabulary
    )
    space = None
    if objective == "cosine":
        vectors = random.standard_normal((LABELS, DIM), dtype=np.float32)
        space = LabelSpace(vocabulary, vectors, tags.label_counts())
    assert icons.pictures is not None
    inputs = ImageInputs(icons.pictures, size=recipe.image_size)
    architecture = Architecture(recipe.architecture.backbone, None, objective)
    labels = LabelContext.of(tags, space)
    tagger = Tagger(architecture, labels, inputs.settings(), inputs.sample_shape)
    ends: list[float] = []
    settings = replace(recipe.settings, batch_size=batch_size, steps=steps + 1)
    hooks = Hooks(on_step=lambda *_: ends.append(time.perf_counter()))
    tagger.fit(tags, inputs, settings, hooks=hooks)
    head = head_of(tagger.network)
    features = torch.randn(batch_size, head.in_features, requires_grad=True)
    return {
        "seconds": [later - earlier for earlier, later in pairwise(ends)],
        "parameters": count_parameters(tagger.network),
        "head_parameters": count_parameters(head),
        "head_seconds": _head_seconds(tagger, features, tags),
        "peak_memory_gib": peak_memory_gib(),
    }


def _head_seconds(tagger: Any, features: Any, tags: Any) -> float:
    """Median seconds of head, loss and their gradients alone."""
    import numpy as np
    import torch

    from labelsphere.tagger.label_batch import LabelBatch
    from labelsphere.tagger.network import head_of

    labels = LabelBatch.from_rows(tags.matrix, np.arange(len(features)), torch.device("cpu"))
    times = []
    for _ in range(5):
        started = time.perf_counter()
        tagger.objective(head_of(tagger.network)(features), labels).backward()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    """Measure both objectives in turn, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("benchmarks/results"))
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", choices=("cosine", "logistic"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.batch_size, given.steps)))
        return
    from labelsphere.comparison.machine import machine, versions

    rounds: dict[str, list[dict[str, Any]]] = {"cosine": [], "logistic": []}
    for number in range(given.rounds):
        for objective, done in rounds.items():
            sizes = ["--batch-size", str(given.batch_size), "--steps", str(given.steps)]
            command = [sys.executable, __file__, "--measure", objective, *sizes]
            answer = subprocess.run(command, check=True, capture_output=True, text=True)
            done.append(json.loads(answer.stdout.splitlines()[-1]))
            print(f"round {number + 1}, {objective}: {done[-1]}", file=sys.stderr)
    results = {
        "labels": LABELS,
        "dim": DIM,
        "batch_size": given.batch_size,
        "machine": machine(),
        "versions": versions(),
        "rounds": rounds,
    }
    (given.output / "paper_step.json").write_text(json.dumps(results, indent=1) + "\n")
    text = table(results)
    (given.output / "paper_step.md").write_text(text)
    print(text)


def table(results: dict[str, Any]) -> str:
    """The results as Markdown: medians over rounds, and the ratio of logistic to cosine."""
    rounds = results["rounds"]
    rows: dict[str, Callable[[dict[str, Any]], float]] = {
        "seconds a step": lambda r: statistics.median(r["seconds"]),
        "seconds of head and loss alone, forward and backward": lambda r: r["head_seconds"],
        "parameters of the network, millions": lambda r: r["parameters"] / 1e6,
        "parameters of the head, millions": lambda r: r["head_parameters"] / 1e6,
        "peak memory of the process, GiB": lambda r: r["peak_memory_gib"],
    }
    lines = [
        f"# A training step at the paper's size: {results['labels']:,} labels",
        "",
        f"Inception v3, 299 × 299 px, batches of {results['batch_size']}, RMSprop, float32; "
        f"medians of {len(rounds['cosine'])} rounds in turn; the last column is the median of the "
        "rounds' ratios, which holds where other work slows a round. Written by "
        f"`python benchmarks/paper_step.py --batch-size {results['batch_size']} "
        f"--steps {len(rounds['cosine'][0]['seconds'])}`; {_THREADS}.",
        "",
        f"| | cosine head, {results['dim']:,} outputs | logistic head, "
        f"{results['labels']:,} outputs | logistic / cosine |",
        "|---|---:|---:|---:|",
    ]
    for name, value in rows.items():
        cosine, logistic = ([value(r) for r in rounds[n]] for n in ("cosine", "logistic"))
        # The two of a round ran one after the other: their ratio outlives a machine whose speed
        # drifts between rounds.
        ratio = statistics.median(b / a for a, b in zip(cosine, logistic, strict=True))
        medians = statistics.median(cosine), statistics.median(logistic)
        lines.append(f"| {name} | {medians[0]:.3g} | {medians[1]:.3g} | {ratio:.2f} |")
    machine, versions = results["machine"], results["versions"]
    memory = results["labels"] * results["dim"] * 4 / 2**30
    lines += [
        "",
        f"The cosine head's labels stand in a fixed table beside the network "
        f"({memory:.2f} GiB, no gradient, no optimizer state), which the peak memory holds.",
        "",
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB; "
        f"torch {versions['torch']}, timm {versions['timm']}.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
