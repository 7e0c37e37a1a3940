"""One training of one method, kept when finished so that it is never done twice."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor

from labelsphere.artefact import new_file
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.kept import once, slug
from labelsphere.comparison.machine import peak_memory_gib, restart_peak_memory
from labelsphere.recipes import Recipe
from labelsphere.tagger import DivergedError, Hooks, Tagger
from labelsphere.tagger.decoders import DecoderWeights
from labelsphere.tagger.device_scores import rank_on_device
from labelsphere.tagger.devices import accelerator, is_main_process, wait_for_everyone
from labelsphere.tagger.features import join_backbone
from labelsphere.tagger.network import count_parameters, head_of
from labelsphere.tagger.pipeline import CRITERION
from labelsphere.tagger.training import TrainingData, train_network
from labelsphere.tagger.validation_point import ValidationPoint

CRITERION_DEFINITION = (
    "AP per image on the validation images, with the default decoder. It decides on the learning "
    "rate, the number of steps and the state of the network that is kept; nothing else is chosen."
)


@dataclass(frozen=True)
class Plan:
    """One training of a method.

    Attributes:
        rate: Learning rate at its highest.
        seed: Of first weights and order of images.
        steps: Number of steps, with a whole schedule of their own.
    """

    rate: float
    seed: int
    steps: int


@dataclass(frozen=True)
class Training:
    """Record of a training, without the weights.

    Attributes:
        diverged: Why it came to nothing, or None.
        score: `CRITERION` of the state kept, the decoder's weights fitted; 0 where it diverged.
        best_step: Step of the state kept.
        seconds: Time spent in steps.
        peak_memory_gib: The most memory held.
        parameters: Of the network.
        head_parameters: Those of the last layer.
        weights: Of the decoder, fitted on the validation images; None where it diverged.
        curve: Metrics on the validation images along the training.
    """

    diverged: str | None = None
    score: float = 0.0
    best_step: int = 0
    seconds: float = 0.0
    peak_memory_gib: float = 0.0
    parameters: int = 0
    head_parameters: int = 0
    weights: DecoderWeights | None = None
    curve: tuple[ValidationPoint, ...] = ()


def train(experiment: Experiment, method: Recipe, plan: Plan) -> Training:
    """Train a method as ``labelsphere train`` does, and keep the state that is best on validation.

    An interrupted training continues from its last checkpoint; a finished one is read.

    Returns:
        Score, time, memory and curve; or why the training diverged.
    """
    path = path_of(experiment, method, plan)
    training = once(path.with_suffix(".json"), Training, lambda: _train(experiment, method, plan))
    shutil.rmtree(path.with_suffix(".checkpoint"), ignore_errors=True)
    return training


def new_tagger(
    experiment: Experiment, method: Recipe, seed: int, *, pretrained: bool = False
) -> Tagger:
    """A method's tagger before training: from equal seeds all methods' backbones are equal.

    Args:
        experiment: Data and settings.
        method: The method.
        seed: Of the first weights.
        pretrained: Whether to begin with the weights that the settings name, if any.

    Raises:
        UsageError: If the backbone is unknown, or takes no inputs of this shape.
    """
    settings = experiment.settings
    tagger = Tagger(
        replace(settings.architecture, objective=method.objective, decoder=method.decoder),
        experiment.labels(method),
        experiment.inputs.settings(),
        experiment.inputs.sample_shape,
        pretrained=settings.pretrained if pretrained else False,
        seed=seed,
    )
    tagger.precision = settings.training.precision
    return tagger


def trained_tagger(experiment: Experiment, method: Recipe, plan: Plan) -> Tagger:
    """The tagger of a finished training, its decoder fitted, on the device it was trained on."""
    tagger = new_tagger(experiment, method, plan.seed)
    _load(tagger, load_file(path_of(experiment, method, plan).with_suffix(".safetensors")))
    tagger.network.to(accelerator(experiment.settings.device).device)
    tagger.network.eval()
    tagger.decoder_weights = train(experiment, method, plan).weights
    return tagger


def save_tagger(experiment: Experiment, method: Recipe, plan: Plan) -> None:
    """Write a finished training's tagger to the comparison's ``taggers``, unless it is there.

    One that was trained on features of a frozen backbone is joined to it, and takes pictures.
    """
    tagger, folder = trained_tagger(experiment, method, plan), tagger_folder(experiment, method)
    frozen = experiment.settings.frozen
    if frozen is not None and experiment.preparation is not None:
        tagger = join_backbone(tagger, frozen, experiment.preparation)
    if folder.is_dir():
        there, wanted = _state(Tagger.load(folder)), _state(tagger)
        if there.keys() == wanted.keys() and all(
            there[key].shape == value.shape and bool((there[key] == value).all())
            for key, value in wanted.items()
        ):
            return
    tagger.save(folder, overwrite=True)


def tagger_folder(experiment: Experiment, method: Recipe) -> Path:
    """Folder of the first seed's tagger of a method."""
    return experiment.folder / "taggers" / slug(method.name)


def _train(experiment: Experiment, method: Recipe, plan: Plan) -> Training:
    restart_peak_memory()
    path, count = path_of(experiment, method, plan), experiment.settings.evaluations
    tagger = new_tagger(experiment, method, plan.seed, pretrained=True)

    def evaluate(step: int, seconds: float) -> ValidationPoint:
        # As in `labelsphere train`: states are judged with the decoder they would be given.
        matrix, val = experiment.protocol.tags.matrix, experiment.protocol.val
        tagger.fit_decoder(experiment.inputs, matrix, val, ranking_only=True)
        return ValidationPoint(step, seconds, _validate(experiment, tagger))

    def on_step(step: int, steps: int, loss: float) -> None:
        share = plan.steps / experiment.steps()
        budget = "" if share == 1 else f", {share:.2g} of the steps"
        what = f"{method.name}: seed {plan.seed}, rate {plan.rate:g}{budget}"
        experiment.progress(what, step, steps, f"loss {loss:.3f}")

    protocol, settings = experiment.protocol, experiment.settings
    groups = None if settings.group is None else protocol.tags.groups(settings.group)
    try:
        record = train_network(
            tagger.network,
            tagger.objective,
            TrainingData(experiment.inputs, protocol.learned, protocol.train, groups),
            replace(settings.training, rate=plan.rate, seed=plan.seed, steps=plan.steps),
            Hooks(
                on_step,
                evaluate,
                {max(1, round(plan.steps * (i + 1) / count)) for i in range(count)},
                path.with_suffix(".checkpoint"),
                keep_best=CRITERION,
            ),
            device=settings.device,
            workers=settings.workers,
        )
    except DivergedError as error:
        return Training(diverged=str(error))
    weights = tagger.fit_decoder(experiment.inputs, protocol.tags.matrix, protocol.val)
    if is_main_process():
        with new_file(path.with_suffix(".safetensors")) as beside:
            save_file(_state(tagger), beside)
    wait_for_everyone()
    return Training(
        score=_validate(experiment, tagger)[CRITERION],
        best_step=record.best_step or plan.steps,
        seconds=record.seconds,
        peak_memory_gib=peak_memory_gib(),
        parameters=count_parameters(tagger.network),
        head_parameters=count_parameters(head_of(tagger.network)),
        weights=weights,
        curve=tuple(record.history),
    )


def _validate(experiment: Experiment, tagger: Tagger) -> dict[str, float]:
    rows = experiment.protocol.val
    points = tagger.points(experiment.inputs, rows)
    scores = rank_on_device(points, tagger.decoder())
    return experiment.evaluate(scores, rows, per_class=False).values


def _state(tagger: Tagger) -> dict[str, Tensor]:
    """Weights of the network and of the objective."""
    return {
        f"{prefix}.{key}": value.cpu().contiguous()
        for prefix, module in (("network", tagger.network), ("objective", tagger.objective))
        for key, value in module.state_dict().items()
    }


def _load(tagger: Tagger, state: dict[str, Tensor]) -> None:
    for prefix, module in (("network.", tagger.network), ("objective.", tagger.objective)):
        module.load_state_dict(
            {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
        )


def path_of(experiment: Experiment, method: Recipe, plan: Plan) -> Path:
    """The start of the names of a training's files."""
    name = f"{slug(method.name)}-rate-{plan.rate:g}-seed-{plan.seed}-steps-{plan.steps}"
    # No dots but the suffix's own: with_suffix would take them for one.
    unique = f"{name}-{experiment.identity(method)}".replace(".", "_")
    return experiment.folder / "runs" / unique
