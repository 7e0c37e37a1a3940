"""One training of one method, kept when finished so that it is never done twice."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from labelsphere.artefact import new_file
from labelsphere.comparison.bench import Bench
from labelsphere.comparison.decoding import CRITERION, decoded_results
from labelsphere.comparison.machine import peak_memory_gib, restart_peak_memory
from labelsphere.comparison.methods import Method
from labelsphere.tagger import DivergedError, Hooks, Tagger, TrainingRecord, TrainingSettings
from labelsphere.tagger.network import count_parameters, head_of


def try_rate(bench: Bench, method: Method, rate: float) -> float:
    """What a learning rate gives on the validation images after a shortened training.

    The first seed is used, and a share of the steps with a whole schedule of their own.

    Returns:
        MAP@100 as trained, on the validation images; 0 where the training diverged.
    """
    steps = rate_steps(bench)
    path = _place(bench, method, rate, bench.settings.seeds[0], steps).with_suffix(".json")
    if path.exists():
        return float(json.loads(path.read_text(encoding="utf-8"))["score"])
    settings = _settings(bench, rate, bench.settings.seeds[0], steps)
    what = f"{method.name}: trying rate {rate:g}"
    try:
        tagger = new_tagger(bench, method, settings.seed)
        _fit(bench, tagger, settings, Hooks(on_step=_on_step(bench, what)))
    except DivergedError:
        score = 0.0
    else:
        scores = tagger.scores(bench.inputs, bench.protocol.val)
        score = bench.evaluate(scores, bench.protocol.val, per_class=False).values[CRITERION]
    with new_file(path) as beside:
        beside.write_text(json.dumps({"score": score}), encoding="utf-8")
    return score


def run_method(bench: Bench, method: Method, rate: float, seed: int) -> dict[str, Any]:
    """Train a method for the whole budget and judge it on the test images.

    An interrupted training goes on from its last checkpoint; a finished one is read.

    Returns:
        The run as the results hold it: seed, rate, seconds, memory, curve and decoders.
    """
    steps = total_steps(bench)
    place = _place(bench, method, rate, seed, steps)
    path = place.with_suffix(".json")
    if path.exists():
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return result
    checkpoint = place.with_suffix(".checkpoint")
    settings = _settings(bench, rate, seed, steps)
    count = bench.settings.evaluations
    restart_peak_memory()
    tagger = new_tagger(bench, method, seed)

    def evaluate(step: int, seconds: float) -> dict[str, Any]:
        scores = tagger.scores(bench.inputs, bench.protocol.test)
        values = bench.evaluate(scores, bench.protocol.test, per_class=False).values
        images = step * batch_size(bench)
        return {"step": step, "images": images, "seconds": seconds, "values": values}

    hooks = Hooks(
        on_step=_on_step(bench, f"{method.name}: seed {seed}, rate {rate:g}"),
        evaluate=evaluate,
        evaluate_at={round(steps * (i + 1) / count) for i in range(count)},
        checkpoint=checkpoint,
    )
    record = _fit(bench, tagger, settings, hooks)
    result = {
        "seed": seed,
        "rate": rate,
        "seconds": record.seconds,
        "peak_memory_gib": peak_memory_gib(),
        "curve": record.history,
        "parameters": count_parameters(tagger.network),
        "head_parameters": count_parameters(head_of(tagger.network)),
        "decoders": decoded_results(bench, tagger),
    }
    if seed == bench.settings.seeds[0]:
        tagger.save(tagger_folder(bench, method), overwrite=True)
    with new_file(path) as beside:
        beside.write_text(json.dumps(result, allow_nan=False), encoding="utf-8")
    shutil.rmtree(checkpoint, ignore_errors=True)
    return result


def new_tagger(bench: Bench, method: Method, seed: int) -> Tagger:
    """A method's tagger before training: from equal seeds all methods' backbones are equal.

    Raises:
        UsageError: If the backbone is unknown, or takes no inputs of this shape.
    """
    return Tagger(
        replace(bench.settings.architecture, objective=method.objective),
        bench.labels(method),
        bench.inputs.settings(),
        bench.inputs.sample_shape,
        seed=seed,
    )


def total_steps(bench: Bench) -> int:
    """Steps of a whole training, the same for every method."""
    steps_per_epoch = images_per_epoch(bench) // batch_size(bench)
    return bench.settings.training.total_steps(steps_per_epoch)


def rate_steps(bench: Bench) -> int:
    """Steps of the training that tries a rate."""
    return max(1, round(bench.settings.rate_share * total_steps(bench)))


def batch_size(bench: Bench) -> int:
    """Images a step: all of them where there are fewer than were asked for."""
    return min(bench.settings.training.batch_size, images_per_epoch(bench))


def images_per_epoch(bench: Bench) -> int:
    """Training images, or groups of them where one of each is taken an epoch."""
    group, rows = bench.settings.group, bench.protocol.train
    return len(rows if group is None else np.unique(bench.protocol.tags.groups(group)[rows]))


def tagger_folder(bench: Bench, method: Method) -> Path:
    """Where the first seed's tagger of a method is saved."""
    return bench.folder / "taggers" / _slug(method.name)


def _settings(bench: Bench, rate: float, seed: int, steps: int) -> TrainingSettings:
    return replace(bench.settings.training, rate=rate, seed=seed, steps=steps)


def _fit(bench: Bench, tagger: Tagger, settings: TrainingSettings, hooks: Hooks) -> TrainingRecord:
    return tagger.fit(
        bench.protocol.tags,
        bench.inputs,
        settings,
        rows=bench.protocol.train,
        group=bench.settings.group,
        hooks=hooks,
    )


def _on_step(bench: Bench, what: str) -> Callable[[int, int, float], None]:
    def tell(step: int, steps: int, loss: float) -> None:
        bench.progress(what, step, steps, f"loss {loss:.3f}")

    return tell


def _place(bench: Bench, method: Method, rate: float, seed: int, steps: int) -> Path:
    name = f"{_slug(method.name)}-rate-{rate:g}-seed-{seed}-steps-{steps}"
    # No dots but the suffix's own: with_suffix would take them for one.
    return bench.folder / "runs" / f"{name}-{bench.identity(method)}".replace(".", "_")


def _slug(name: str) -> str:
    # A minus is part of a number: exponent=-0.5 must not fall together with exponent=0.5.
    return re.sub(r"[^A-Za-z0-9]+", "-", name.replace("-", "minus")).strip("-")
