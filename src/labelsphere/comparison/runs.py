"""One training of one method, kept when finished so that it is never done twice."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from labelsphere.artefact import new_file
from labelsphere.comparison.bench import Bench
from labelsphere.comparison.decoding import CRITERION, decoded_results
from labelsphere.comparison.machine import peak_memory_gib, restart_peak_memory
from labelsphere.comparison.methods import Method
from labelsphere.tagger import DivergedError, Hooks, Tagger, TrainingRecord, TrainingSettings
from labelsphere.tagger.devices import is_main_process, wait_for_everyone
from labelsphere.tagger.network import count_parameters, head_of
from labelsphere.tagger.training import TrainingData, train_network


def try_rate(bench: Bench, method: Method, rate: float) -> float:
    """What a learning rate gives on the validation images after a shortened training.

    The first seed is used, and a share of the steps with a whole schedule of their own.

    Returns:
        MAP@100 as trained, on the validation images; 0 where the training diverged.
    """
    steps, seed = rate_steps(bench), bench.settings.seeds[0]
    # A trial as long as a whole training must not be taken for one.
    ending = ".json" if steps < total_steps(bench) else ".trial.json"

    def work() -> dict[str, Any]:
        tagger = new_tagger(bench, method, seed)
        hooks = Hooks(on_step=_on_step(bench, f"{method.name}: trying rate {rate:g}"))
        try:
            _fit(bench, tagger, _settings(bench, rate, seed, steps), hooks)
        except DivergedError:
            return {"score": 0.0}
        scores = tagger.scores(bench.inputs, bench.protocol.val)
        values = bench.evaluate(scores, bench.protocol.val, per_class=False).values
        return {"score": values[CRITERION]}

    return float(_once(_place(bench, method, rate, seed, steps).with_suffix(ending), work)["score"])


def run_method(bench: Bench, method: Method, rate: float, seed: int) -> dict[str, Any]:
    """Train a method for the whole budget and judge it on the test images.

    An interrupted training goes on from its last checkpoint; a finished one is read.

    Returns:
        The run as the results hold it: seed, rate, seconds, memory, curve and decoders.
    """
    steps = total_steps(bench)
    place = _place(bench, method, rate, seed, steps)
    checkpoint = place.with_suffix(".checkpoint")
    count = bench.settings.evaluations

    def work() -> dict[str, Any]:
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
        record = _fit(bench, tagger, _settings(bench, rate, seed, steps), hooks)
        if seed == bench.settings.seeds[0]:
            tagger.save(tagger_folder(bench, method), overwrite=True)
        return {
            "seed": seed,
            "rate": rate,
            "seconds": record.seconds,
            "peak_memory_gib": peak_memory_gib(),
            "curve": record.history,
            "parameters": count_parameters(tagger.network),
            "head_parameters": count_parameters(head_of(tagger.network)),
            "decoders": decoded_results(bench, tagger),
        }

    result = _once(place.with_suffix(".json"), work)
    shutil.rmtree(checkpoint, ignore_errors=True)
    return result


def new_tagger(bench: Bench, method: Method, seed: int) -> Tagger:
    """A method's tagger before training: from equal seeds all methods' backbones are equal.

    Raises:
        UsageError: If the backbone is unknown, or takes no inputs of this shape.
    """
    tagger = Tagger(
        replace(bench.settings.architecture, objective=method.objective, decoder=method.decoder),
        bench.labels(method),
        bench.inputs.settings(),
        bench.inputs.sample_shape,
        seed=seed,
    )
    tagger.precision = bench.settings.training.precision
    return tagger


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


def _once(path: Path, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What some work found: done and kept in a file, or read where it has been done.

    All processes do it, the first one writes, and all read what it wrote.
    """
    if not path.exists():
        found = work()
        if is_main_process():
            with new_file(path) as beside:
                beside.write_text(json.dumps(found, allow_nan=False), encoding="utf-8")
        wait_for_everyone()
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


def _settings(bench: Bench, rate: float, seed: int, steps: int) -> TrainingSettings:
    return replace(bench.settings.training, rate=rate, seed=seed, steps=steps)


def _fit(bench: Bench, tagger: Tagger, settings: TrainingSettings, hooks: Hooks) -> TrainingRecord:
    """Train on all rows of the protocol, those that the tagger has no target for included.

    `Tagger.fit` would leave them out, and methods would meet the others in another order.
    """
    tags, group = bench.protocol.tags, bench.settings.group
    groups = None if group is None else tags.groups(group)
    data = TrainingData(bench.inputs, bench.protocol.learned, bench.protocol.train, groups)
    return train_network(tagger.network, tagger.objective, data, settings, hooks)


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
    slug = re.sub(r"[^A-Za-z0-9]+", "-", name.replace("-", "minus")).strip("-")
    # File names have an end: the path of a file of vectors may be beyond it.
    return slug if len(slug) <= 80 else f"{slug[:80]}-{sha256(name.encode()).hexdigest()[:8]}"
