"""One training of one method, kept when finished so that it is never done twice."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file

from labelsphere.artefact import new_file
from labelsphere.comparison.bench import Bench
from labelsphere.comparison.budget import batch_size, total_steps
from labelsphere.comparison.decoder_names import AS_TRAINED, CRITERIA, READ_PER_CLASS
from labelsphere.comparison.decoding import (
    Choice,
    choose_decoders,
    choose_per_class,
    decoded_results,
    plain_values,
    validation_score,
)
from labelsphere.comparison.families import DECODERS, PriorFamily, Trained
from labelsphere.comparison.machine import peak_memory_gib, restart_peak_memory
from labelsphere.recipes import Recipe
from labelsphere.tagger import DivergedError, Hooks, Tagger, TrainingRecord, TrainingSettings
from labelsphere.tagger.devices import accelerator, is_main_process, wait_for_everyone
from labelsphere.tagger.network import count_parameters, head_of
from labelsphere.tagger.objectives import OBJECTIVES
from labelsphere.tagger.training import TrainingData, train_network

ALONG = PriorFamily((-2.3, -1.9, -1.3, -0.75, -0.22, -0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2, 0.5))
"""Decoders to choose from at each evaluation along a training, where many would take long."""


@dataclass(frozen=True)
class Plan:
    """One training of a method.

    Attributes:
        rate: Learning rate at its highest.
        seed: Of first weights and order of images.
        steps: Number of steps, with a whole schedule of their own.
        constant: Whether the rate stays where it is instead of following the schedule. Decoders
            are chosen at each evaluation then.
    """

    rate: float
    seed: int
    steps: int
    constant: bool = False


def train_run(bench: Bench, method: Recipe, plan: Plan) -> dict[str, Any]:
    """Train a method and keep its weights.

    An interrupted training goes on from its last checkpoint; a finished one is read. The test
    images are looked at on the way where the plan is for the whole budget.

    Returns:
        Seconds, memory, parameters and the curve; only ``diverged``, with the reason, where the
        loss was no longer a number.
    """
    place = _place(bench, method, plan)
    checkpoint = place.with_suffix(".checkpoint")

    def work() -> dict[str, Any]:
        restart_peak_memory()
        tagger = new_tagger(bench, method, plan.seed, pretrained=True)
        steps, count = plan.steps, bench.settings.evaluations
        whole = steps == total_steps(bench)

        def evaluate(step: int, seconds: float) -> dict[str, Any]:
            images = step * batch_size(bench)
            return {
                "step": step,
                "images": images,
                "seconds": seconds,
                **_along(Trained(bench, tagger), constant=plan.constant),
            }

        hooks = Hooks(
            on_step=_on_step(bench, f"{method.name}: {_what(bench, plan)}"),
            evaluate=evaluate,
            evaluate_at={round(steps * (i + 1) / count) for i in range(count)} if whole else (),
            checkpoint=checkpoint,
        )
        try:
            record = _fit(bench, tagger, _settings(bench, plan), hooks)
        except DivergedError as error:
            return {"diverged": str(error)}
        if is_main_process():
            with new_file(place.with_suffix(".safetensors")) as beside:
                save_file(_state(tagger), beside)
        wait_for_everyone()
        return {
            "seconds": record.seconds,
            "peak_memory_gib": peak_memory_gib(),
            "curve": record.history,
            "parameters": count_parameters(tagger.network),
            "head_parameters": count_parameters(head_of(tagger.network)),
        }

    result = _once(place.with_suffix(".json"), work)
    shutil.rmtree(checkpoint, ignore_errors=True)
    return result


def trained_tagger(bench: Bench, method: Recipe, plan: Plan, reading: str | None = None) -> Tagger:
    """The tagger of a finished training, on the device that it was trained on.

    Args:
        bench: The comparison.
        method: The method.
        plan: The training.
        reading: Name of the decoder chosen for it; the method's own if None.
    """
    tagger = new_tagger(bench, method, plan.seed)
    if reading is not None:
        tagger.architecture = replace(tagger.architecture, decoder=reading)
    state = load_file(_place(bench, method, plan).with_suffix(".safetensors"))
    for prefix, module in (("network.", tagger.network), ("objective.", tagger.objective)):
        module.load_state_dict(
            {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
        )
    tagger.network.to(accelerator(bench.settings.device).device)
    tagger.network.eval()
    return tagger


def validate_run(bench: Bench, method: Recipe, plan: Plan) -> dict[str, Any]:
    """Train, and choose decoders on the validation images.

    Where the objective has several readings and the method names none, each figure gets the
    reading that is best for it, as it gets the scale of the prior that is; AP per class too, for
    which there is no scale to choose.

    Returns:
        ``score``, see `validation_score`, 0 where the training diverged; and ``choices``, by
        decoder's name: its family, its place there, its figure and, where there are several, its
        reading. ``reading`` is the one with the highest score by itself.
    """
    if "diverged" in train_run(bench, method, plan):
        return {"score": 0.0, "choices": {}, "reading": None}

    several = _named(_readings(method))

    def work() -> dict[str, Any]:
        found = {}
        whole_run = Trained(bench, trained_tagger(bench, method, plan))
        for reading in _readings(method):
            trained = whole_run.read_by(reading)
            found[reading] = choose_decoders(trained, DECODERS)
            if several:
                found[reading][READ_PER_CLASS] = choose_per_class(trained, DECODERS[0])
        whole = max(found, key=lambda reading: validation_score(found[reading]))
        chosen = {
            name: max(found, key=lambda reading: (found[reading][name].value, reading == whole))
            for name in found[whole]
        }
        choices = {name: found[reading][name] for name, reading in chosen.items()}
        return {
            "score": validation_score(choices),
            "reading": whole,
            "choices": {
                name: {
                    "family": choice.family,
                    "place": choice.place,
                    "value": choice.value,
                    **_read(chosen[name]),
                }
                for name, choice in choices.items()
            },
        }

    families = [[family.name, list(family.grid())] for family in DECODERS]
    readings = [["by figure, AP per class too", *several]] if several else []
    digest = _digest(families, list(CRITERIA), *readings)
    return _once(_beside(bench, method, plan, f"validated-{digest}"), work)


def judge_run(bench: Bench, method: Recipe, plan: Plan) -> dict[str, Any] | None:
    """Train, choose decoders, and judge on the test images.

    Returns:
        The run as the results hold it: seed, rate, seconds, memory, curve and decoders; None where
        the training diverged.
    """
    record = train_run(bench, method, plan)
    if "diverged" in record:
        return None
    validated = validate_run(bench, method, plan)
    chosen, reading = validated["choices"], validated.get("reading")

    def work() -> dict[str, Any]:
        whole_run = Trained(bench, trained_tagger(bench, method, plan))
        read = {
            name: whole_run.read_by(name)
            for name in dict.fromkeys([reading, *(c.get("reading") for c in chosen.values())])
        }
        candidates = {
            (name, family.name): family.candidates(trained)
            for name, trained in read.items()
            for family in DECODERS
        }
        choices = {
            name: Choice(
                c["family"],
                c["place"],
                candidates[c.get("reading"), c["family"]][c["place"]],
                c["value"],
                c.get("reading"),
            )
            for name, c in chosen.items()
        }
        return decoded_results(read[reading], choices)

    digest = _digest(chosen, bench.settings.resamples, *_named([reading]))
    decoders = _once(_beside(bench, method, plan, f"judged-{digest}"), work)
    return {"seed": plan.seed, "rate": plan.rate, **record, **_read(reading), "decoders": decoders}


def new_tagger(bench: Bench, method: Recipe, seed: int, *, pretrained: bool = False) -> Tagger:
    """A method's tagger before training: from equal seeds all methods' backbones are equal.

    Args:
        bench: The comparison.
        method: The method.
        seed: Of the first weights.
        pretrained: Whether to begin with the weights that the settings name, if any.

    Raises:
        UsageError: If the backbone is unknown, or takes no inputs of this shape.
    """
    tagger = Tagger(
        replace(bench.settings.architecture, objective=method.objective, decoder=method.decoder),
        bench.labels(method),
        bench.inputs.settings(),
        bench.inputs.sample_shape,
        pretrained=bench.settings.pretrained if pretrained else False,
        seed=seed,
    )
    tagger.precision = bench.settings.training.precision
    return tagger


def keep_tagger(bench: Bench, method: Recipe, plan: Plan) -> Tagger:
    """Write a finished training's tagger to the comparison's ``taggers``, unless it is there."""
    reading = validate_run(bench, method, plan).get("reading")
    folder, tagger = tagger_folder(bench, method), trained_tagger(bench, method, plan, reading)
    if folder.is_dir():
        kept = Tagger.load(folder)
        same_reading = kept.architecture.decoder == tagger.architecture.decoder
        there, wanted = _state(kept), _state(tagger)
        if (
            same_reading
            and there.keys() == wanted.keys()
            and all(
                there[key].shape == value.shape and bool((there[key] == value).all())
                for key, value in wanted.items()
            )
        ):
            return tagger
    tagger.save(folder, overwrite=True)
    return tagger


def tagger_folder(bench: Bench, method: Recipe) -> Path:
    """Where the first seed's tagger of a method is saved."""
    return bench.folder / "taggers" / _slug(method.name)


def _readings(method: Recipe) -> Sequence[str | None]:
    """Decoders of a training to choose from, by name; only None where there is nothing to choose.

    They read one head, so that they are the method's own, and cost it no training.
    """
    objective = OBJECTIVES[method.objective]
    return objective.readings if objective.readings and method.decoder is None else (None,)


def _read(reading: str | None) -> dict[str, str]:
    return {} if reading is None else {"reading": reading}


def _named(readings: Sequence[str | None]) -> list[str]:
    return [reading for reading in readings if reading is not None]


def _along(trained: Trained, *, constant: bool) -> dict[str, Any]:
    """Figures on the test images at one moment of a training."""
    choices = choose_decoders(trained, [ALONG]) if constant else {}
    found = plain_values(trained, choices)
    plain = found.pop(AS_TRAINED)
    return {"values": plain, "decoders": found} if constant else {"values": plain}


def _state(tagger: Tagger) -> dict[str, Any]:
    """All weights, those that an objective learns included."""
    return {
        f"{prefix}.{key}": value.cpu().contiguous()
        for prefix, module in (("network", tagger.network), ("objective", tagger.objective))
        for key, value in module.state_dict().items()
    }


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


def _settings(bench: Bench, plan: Plan) -> TrainingSettings:
    training = bench.settings.training
    return replace(
        training,
        rate=plan.rate,
        seed=plan.seed,
        steps=plan.steps,
        schedule="constant" if plan.constant else training.schedule,
    )


def _fit(bench: Bench, tagger: Tagger, settings: TrainingSettings, hooks: Hooks) -> TrainingRecord:
    """Train on all rows of the protocol, those that the tagger has no target for included.

    `Tagger.fit` would leave them out, and methods would meet the others in another order.
    """
    tags, group = bench.protocol.tags, bench.settings.group
    groups = None if group is None else tags.groups(group)
    data = TrainingData(bench.inputs, bench.protocol.learned, bench.protocol.train, groups)
    return train_network(
        tagger.network,
        tagger.objective,
        data,
        settings,
        hooks,
        device=bench.settings.device,
        workers=bench.settings.workers,
    )


def _on_step(bench: Bench, what: str) -> Callable[[int, int, float], None]:
    def tell(step: int, steps: int, loss: float) -> None:
        bench.progress(what, step, steps, f"loss {loss:.3f}")

    return tell


def _what(bench: Bench, plan: Plan) -> str:
    share = plan.steps / total_steps(bench)
    budget = "" if share == 1 else f", {share:.2g} of the steps"
    return f"seed {plan.seed}, rate {plan.rate:g}{', constant' if plan.constant else ''}{budget}"


def _place(bench: Bench, method: Recipe, plan: Plan) -> Path:
    name = f"{_slug(method.name)}-rate-{plan.rate:g}-seed-{plan.seed}-steps-{plan.steps}"
    schedule = "-constant" if plan.constant else ""
    # No dots but the suffix's own: with_suffix would take them for one.
    unique = f"{name}{schedule}-{bench.identity(method)}".replace(".", "_")
    return bench.folder / "runs" / unique


def _beside(bench: Bench, method: Recipe, plan: Plan, ending: str) -> Path:
    return _place(bench, method, plan).with_suffix(f".{ending}.json")


def _digest(*values: Any) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]


def _slug(name: str) -> str:
    # A minus is part of a number: exponent=-0.5 must not fall together with exponent=0.5.
    slug = re.sub(r"[^A-Za-z0-9]+", "-", name.replace("-", "minus")).strip("-")
    # File names have an end: the path of a file of vectors may be beyond it.
    return slug if len(slug) <= 80 else f"{slug[:80]}-{sha256(name.encode()).hexdigest()[:8]}"
