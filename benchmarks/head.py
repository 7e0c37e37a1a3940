"""The last layer at the paper's size (§4.3.3): 4,096 outputs that point, or 17,355 sigmoids.

Three heads on the 2,048 features of Inception v3, over 17,355 labels:

- **cosine**: 4,096 outputs, targets are sums of the labels' fixed vectors;
- **logistic, sparse**: 17,355 outputs, binary cross-entropy from the tags that are there;
- **logistic, dense**: the same outputs with a multi-hot row of 17,355 for each image and
  ``binary_cross_entropy_with_logits``, as most do it.

First the head alone on random features (forward, loss, backward, optimizer), then the whole
network on the bundled icons at 299 px. RMSprop as in the paper, in TensorFlow's form. Each
measurement runs in a process of its own and the heads take turns. Labels are simulated: 1.22 an
image, as in Calibration10M; only their number matters to the time of a step.

    python benchmarks/head.py
"""

import argparse
import os
import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from reporting import RESULTS, ROUNDS, Measured, apart, in_turn, table, write_results

LABELS, DIM, FEATURES, SEED = 17_355, 4_096, 2_048, 0

HEADS = {
    "cosine": f"cosine, {DIM:,} outputs",
    "logistic": f"logistic, sparse, {LABELS:,} outputs",
    "dense": f"logistic, dense, {LABELS:,} outputs",
}

Answers = dict[str, list[Measured[dict[str, Any]]]]


def measure_head(objective: str, batch_size: int, steps: int, precision: str) -> dict[str, Any]:
    """Train a head alone on random features.

    Returns:
        Seconds of each step but the first two, and of the optimizer in each; parameters, values
        that the optimizer keeps, and the most memory held beyond what the libraries take.
    """
    import time

    import numpy as np
    import torch
    from reporting import peak_resident_gib, resident_gib, restart_peak
    from torch import nn

    from labelsphere.tagger import preset
    from labelsphere.tagger.devices import autocast
    from labelsphere.tagger.label_batch import LabelBatch
    from labelsphere.tagger.label_context import LabelContext
    from labelsphere.tagger.memory import keep_freed_memory
    from labelsphere.tagger.network import count_parameters
    from labelsphere.tagger.objectives import OBJECTIVES
    from labelsphere.tagger.optimizers import build_optimizer

    keep_freed_memory()
    _add_dense()
    tags = _tags(batch_size)
    cpu = torch.device("cpu")
    labels = LabelBatch.from_rows(tags.matrix, np.arange(batch_size), cpu)
    settings = preset("paper").settings
    torch.manual_seed(SEED)
    features = torch.randn(batch_size, FEATURES)
    before = resident_gib()
    restart_peak()
    space = _space(tags) if objective == "cosine" else None
    loss_of = OBJECTIVES[objective].build(LabelContext.of(tags, space))
    head = nn.Linear(FEATURES, loss_of.width)
    loss_of.initialise(head)
    optimizer = build_optimizer(settings.optimizer, head, settings.rate, settings.weight_decay)
    seconds, of_optimizer = [], []
    for _ in range(steps + 2):
        # A network below wants the gradient of what it puts out.
        given = features.clone().requires_grad_()
        started = time.perf_counter()
        with autocast(precision, cpu):
            predicted = head(given)
        loss = loss_of(predicted, labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        backward_done = time.perf_counter()
        optimizer.step()
        ended = time.perf_counter()
        seconds.append(ended - started)
        of_optimizer.append(ended - backward_done)
    kept = [value for state in optimizer.state.values() for value in state.values()]
    return {
        "seconds": seconds[2:],
        "optimizer_seconds": of_optimizer[2:],
        "parameters": count_parameters(head),
        "optimizer_values": sum(t.numel() for t in kept if torch.is_tensor(t) and t.dim()),
        "memory_gib": round(peak_resident_gib() - before, 3),
    }


def measure_network(objective: str, batch_size: int, steps: int, precision: str) -> dict[str, Any]:
    """Train Inception v3 with a head for some steps.

    Returns:
        Seconds of each step but the first, and parameters.
    """
    import time
    from dataclasses import replace

    import numpy as np

    from labelsphere import datasets
    from labelsphere.tagger import Architecture, Hooks, Tagger, preset
    from labelsphere.tagger.inputs import ImageInputs
    from labelsphere.tagger.label_context import LabelContext
    from labelsphere.tagger.network import count_parameters

    _add_dense()
    recipe = preset("paper")
    images = batch_size * (steps + 1)
    tags = _tags(images)
    icons = datasets.read_icons().select(np.arange(images))
    assert icons.pictures is not None
    inputs = ImageInputs(icons.pictures, size=recipe.image_size)
    architecture = Architecture(
        recipe.architecture.backbone, recipe.architecture.options, objective
    )
    context = LabelContext.of(tags, _space(tags) if objective == "cosine" else None)
    tagger = Tagger(architecture, context, inputs.settings(), inputs.sample_shape)
    settings = replace(recipe.settings, batch_size=batch_size, steps=steps + 1, precision=precision)
    ends: list[float] = []
    hooks = Hooks(on_step=lambda *_: ends.append(time.perf_counter()))
    tagger.fit(tags, inputs, settings, hooks=hooks, device="cpu")
    return {
        "seconds": [later - earlier for earlier, later in pairwise(ends)],
        "parameters": count_parameters(tagger.network),
    }


def _tags(images: int) -> Any:
    """Tags of some images of a simulated Calibration10M, over all of its labels."""
    from simulation import Simulation

    from labelsphere.annotations import Annotations

    simulation = Simulation("calibration10m", seed=SEED, labels=LABELS)
    rows = simulation.chunk(0)[:images]
    return Annotations([str(number) for number in range(images)], simulation.vocabulary, rows)


def _space(tags: Any) -> Any:
    """A label space of random vectors: where the labels are does not matter to time or memory."""
    import numpy as np

    from labelsphere import LabelSpace

    vectors = np.random.default_rng(SEED).standard_normal((LABELS, DIM), dtype=np.float32)
    return LabelSpace(tags.vocabulary, vectors, tags.label_counts())


def _add_dense() -> None:
    """Add logistic regression with dense targets to the objectives of this process."""
    import torch
    from torch import Tensor
    from torch.nn.functional import binary_cross_entropy_with_logits

    from labelsphere.tagger.label_batch import LabelBatch
    from labelsphere.tagger.objectives import OBJECTIVES
    from labelsphere.tagger.objectives.logistic import Logistic

    class DenseLogistic(Logistic):
        """The same loss from a multi-hot row an image."""

        def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
            targets = torch.zeros(predicted.shape, device=predicted.device)
            targets[labels.image_of_tag(), labels.indices] = 1
            logits = predicted.float()
            return binary_cross_entropy_with_logits(logits, targets, reduction="sum") / len(logits)

    OBJECTIVES["dense"] = DenseLogistic


def main() -> None:
    """Measure the heads in turn, alone and in the network, and write the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[32, 128])
    parser.add_argument("--head-steps", type=int, default=10)
    parser.add_argument("--network-batch-size", type=int, default=8)
    parser.add_argument("--network-steps", type=int, default=3)
    parser.add_argument("--head-precisions", nargs="+", default=["float32", "bfloat16"])
    parser.add_argument("--network-precisions", nargs="+", default=["bfloat16"])
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count()))

    def turns(measure: Callable[..., dict[str, Any]], *arguments: Any) -> Answers:
        def turn_of(head: str) -> Callable[[], Measured[dict[str, Any]]]:
            return lambda: apart(measure, head, *arguments)

        return in_turn({head: turn_of(head) for head in HEADS}, given.rounds)

    alone = {
        (precision, size): turns(measure_head, size, given.head_steps, precision)
        for precision in given.head_precisions
        for size in given.batch_sizes
    }
    inside = {
        precision: turns(measure_network, given.network_batch_size, given.network_steps, precision)
        for precision in given.network_precisions
    }
    lines = [
        f"# Heads at the paper's size: {LABELS:,} labels, k = {DIM:,}",
        "",
        f"Medians of {given.rounds} rounds in turn, in brackets the medians of the rounds' ratios "
        "to the cosine head, which hold where other work slows a round. Each measurement ran in a "
        "process of its own. RMSprop. bfloat16 is in the network's products alone, as "
        "`TrainingSettings.precision` has it; parameters, losses and optimizer are float32.",
        "",
        f"## The head alone, on {FEATURES:,} features",
        "",
        *_alone_table(alone),
        "",
        "Seconds are of a step: forward, loss, backward, optimizer. Memory is the most held beyond "
        "the libraries: parameters, gradients, optimizer, batch, intermediate values, and for the "
        f"cosine head the labels' fixed vectors ({LABELS * DIM * 4 / 2**30:.2f} GiB), which have "
        "neither gradients nor optimizer state and would be there to decode with in any case.",
        "",
        f"## Inside Inception v3, 299 px, batches of {given.network_batch_size}",
        "",
        *_inside_table(inside),
    ]
    values = {
        "alone": [
            {"precision": precision, "batch_size": size, "rounds": _json(answers)}
            for (precision, size), answers in alone.items()
        ],
        "inside": [
            {"precision": precision, "rounds": _json(answers)}
            for precision, answers in inside.items()
        ],
    }
    write_results("head", lines, values, seed=SEED, folder=given.output)


def _alone_table(alone: dict[tuple[str, int], Answers]) -> list[str]:
    smallest = next(iter(alone.values()))
    rows = [
        [what, *(f"{smallest[head][0].value[key] / 1e6:.1f}" for head in HEADS)]
        for what, key in (
            ("parameters, millions", "parameters"),
            ("values that the optimizer keeps, millions", "optimizer_values"),
        )
    ]
    for (precision, size), answers in alone.items():
        case = f"{precision}, batch {size}"
        for what, figure, form in (
            ("seconds a step", _step_seconds, ".3f"),
            ("of these the optimizer's", _optimizer_seconds, ".3f"),
            ("memory, GiB", _beyond_libraries, ".2f"),
        ):
            cells = [_cell(answers, head, figure, form) for head in HEADS]
            rows.append([f"{case}: {what}", *cells])
    return table(["", *HEADS.values()], rows)


def _inside_table(inside: dict[str, Answers]) -> list[str]:
    first = next(iter(inside.values()))
    parameters = [f"{first[head][0].value['parameters'] / 1e6:.1f}" for head in HEADS]
    rows = [["parameters, millions", *parameters]]
    for precision, answers in inside.items():
        for what, figure in (
            ("seconds a step", _step_seconds),
            ("peak memory of the process, GiB", _whole_process),
        ):
            cells = [_cell(answers, head, figure, ".2f") for head in HEADS]
            rows.append([f"{precision}: {what}", *cells])
    return table(["", *HEADS.values()], rows)


def _step_seconds(answer: Measured[dict[str, Any]]) -> float:
    return float(statistics.median(answer.value["seconds"]))


def _optimizer_seconds(answer: Measured[dict[str, Any]]) -> float:
    return float(statistics.median(answer.value["optimizer_seconds"]))


def _beyond_libraries(answer: Measured[dict[str, Any]]) -> float:
    return float(answer.value["memory_gib"])


def _whole_process(answer: Measured[dict[str, Any]]) -> float:
    return float(answer.peak_memory_gib)


def _cell(
    answers: Answers, head: str, figure: Callable[[Measured[dict[str, Any]]], float], form: str
) -> str:
    """Median over rounds, and the median ratio to the cosine head of the same round."""
    values: Sequence[float] = [figure(answer) for answer in answers[head]]
    ours = [figure(answer) for answer in answers["cosine"]]
    text = f"{statistics.median(values):{form}}"
    if head == "cosine":
        return text
    ratio = statistics.median(value / own for value, own in zip(values, ours, strict=True))
    return f"{text} ({ratio:.2f})"


def _json(answers: Answers) -> dict[str, Any]:
    return {
        head: [answer.value | {"peak_memory_gib": answer.peak_memory_gib} for answer in of_head]
        for head, of_head in answers.items()
    }


if __name__ == "__main__":
    main()
