"""The training loop (§4.3): one for every objective, readable in one sitting."""

import hashlib
import json
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.graph import increment_version

from labelsphere.arrays import IntArray, SparseRows
from labelsphere.errors import DivergedError, UsageError
from labelsphere.tagger.checkpoint import (
    BestState,
    TrainingState,
    load_checkpoint,
    save_checkpoint,
)
from labelsphere.tagger.devices import accelerator, autocast, prepare
from labelsphere.tagger.inputs import EpochOrder, Inputs, load_batches
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.memory import keep_freed_memory
from labelsphere.tagger.objectives import Objective
from labelsphere.tagger.optimizers import build_optimizer
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.validation_point import ValidationPoint


@dataclass(frozen=True)
class TrainingData:
    """Data that a network is trained on.

    Attributes:
        inputs: Images or feature vectors.
        matrix: Their labels, CSR, images × labels.
        rows: Which of them to train on, int64. Each should have a target, unless the objective
            gives those without one no gradient.
        groups: Group of each row of ``inputs``, or None; one of each group is taken an epoch.
    """

    inputs: Inputs
    matrix: SparseRows
    rows: IntArray
    groups: IntArray | None = None

    def order(self, settings: TrainingSettings) -> EpochOrder:
        """The order of the images: the same for every method trained with these settings."""
        groups = None if self.groups is None else self.groups[self.rows]
        return EpochOrder(len(self.rows), settings.batch_size, settings.seed, groups)


@dataclass(frozen=True)
class Hooks:
    """Actions during a training.

    Attributes:
        on_step: Called after each step with steps done, steps in all, and the batch's loss.
        evaluate: Called with steps done and seconds of training, the network in evaluation mode;
            what it returns is added to the history.
        evaluate_at: Numbers of steps done after which to evaluate.
        checkpoint: Folder for checkpoints; a training found there is resumed.
        keep_best: Key of the evaluations' ``values``, such as ``"image_ap"``. The network ends with
            the weights whose value was highest, the earliest of equals; NaN counts as lowest. None
            for the last weights.
    """

    on_step: Callable[[int, int, float], None] | None = None
    evaluate: Callable[[int, float], ValidationPoint] | None = None
    evaluate_at: Collection[int] = ()
    checkpoint: Path | None = None
    keep_best: str | None = None


@dataclass
class TrainingRecord:
    """Record of a training.

    Attributes:
        steps: Steps in all.
        seconds: Time spent in them, evaluation and checkpoints left out.
        history: What evaluations returned, in order.
        losses: Mean loss of each step of this run.
        best_step: Steps done by the weights that were kept, where the best were.
    """

    steps: int
    seconds: float = 0.0
    history: list[ValidationPoint] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    best_step: int | None = None


class _Supervised(nn.Module):
    """Network and objective as one module, so that a wrapper for many devices sees the whole."""

    def __init__(self, network: nn.Module, objective: Objective, precision: str) -> None:
        super().__init__()
        self.network = network
        self.objective = objective
        self.precision = precision

    def forward(self, batch: Tensor, labels: LabelBatch) -> Tensor:
        with autocast(self.precision, batch.device):
            predicted = self.network(batch)
        loss: Tensor = self.objective(predicted, labels)
        return loss


def train_network(
    network: nn.Module,
    objective: Objective,
    data: TrainingData,
    settings: TrainingSettings,
    hooks: Hooks | None = None,
    *,
    device: str = "auto",
    workers: int = 0,
) -> TrainingRecord:
    """Train a network in place.

    The order of the images, their augmentation and the rate are pure functions of seed and step:
    a training that resumes from a checkpoint ends with the same weights as one that never stopped.

    Args:
        network: From `build_network`, its head as wide as the objective.
        objective: What to train for.
        data: What to train on.
        settings: How to train.
        hooks: What to do on the way.
        device: ``"auto"`` or ``"cpu"``.
        workers: Processes that decode images, where they do not fit into memory.

    Returns:
        Steps, seconds, history and losses.

    Raises:
        UsageError: If there are more processes than images in a batch, or the network normalises
            over a batch of one image.
        DivergedError: If the loss is no longer a finite number.
        ArtefactError: If the checkpoint found is damaged or of another training.
    """
    hooks = hooks or Hooks()
    devices = accelerator(device)
    if devices.device.type == "cpu":
        keep_freed_memory()
    # Every process drops out other values, the first the same as if it were alone.
    torch.manual_seed(settings.seed + (devices.process_index << 32))
    plain = _Supervised(network, objective, settings.precision)
    supervised, optimizer = prepare(
        devices,
        plain,
        build_optimizer(settings.optimizer, plain, settings.rate, settings.weight_decay),
    )
    order = data.order(settings)
    if order.batch_size < devices.num_processes:
        raise UsageError(
            f"a batch of {order.batch_size} cannot be shared by {devices.num_processes} processes; "
            "enlarge it or start fewer"
        )
    if order.batch_size < 2 * devices.num_processes and _normalises_batches(network):
        raise UsageError(
            f"this backbone normalises over a batch, which takes at least 2 images a process, but "
            f"got a batch of {order.batch_size} from {len(data.rows):,} training images; give more "
            "images or a larger batch"
        )
    record = TrainingRecord(steps=settings.total_steps(order.steps_per_epoch))
    identity = training_identity(network, objective, data, settings)
    done = TrainingState(0, 0.0, [])
    if hooks.checkpoint is not None:
        done = load_checkpoint(hooks.checkpoint, network, optimizer.optimizer, identity) or done
    record.seconds, record.history, best = done.seconds, list(done.history), done.best

    supervised.train()
    started = time.perf_counter()
    batches = load_batches(
        data.inputs,
        order,
        done.step,
        record.steps,
        seed=settings.seed,
        rows=data.rows,
        workers=workers,
        shard=(devices.process_index, devices.num_processes),
    )
    for step, rows, batch in batches:
        for group in optimizer.param_groups:
            group["lr"] = settings.rate_at(step, record.steps)
        labels = LabelBatch.from_rows(data.matrix, rows, devices.device)
        # Processes may have one image more or less; so weighed, their mean is that of all images.
        share = len(rows) * devices.num_processes / order.batch_size
        loss = share * supervised(batch.to(devices.device), labels)
        optimizer.zero_grad(set_to_none=True)
        devices.backward(loss)
        if settings.clip:
            devices.clip_grad_norm_(supervised.parameters(), settings.clip)
        optimizer.step()
        # Fused optimizers pass by the counters that tell caches that weights have changed.
        increment_version(list(network.parameters()))
        # The mean over processes, so that all of them go on, or none.
        record.losses.append(_finite(devices.reduce(loss.detach(), "mean"), step, settings))
        now = time.perf_counter()
        record.seconds += now - started
        if hooks.on_step is not None:
            hooks.on_step(step + 1, record.steps, record.losses[-1])
        if hooks.evaluate is not None and step + 1 in hooks.evaluate_at:
            network.eval()
            record.history.append(hooks.evaluate(step + 1, record.seconds))
            best = _better(best, network, step + 1, record.history[-1], hooks.keep_best)
            network.train()
        if hooks.checkpoint is not None and _due(step + 1, record.steps, settings):
            if devices.is_main_process:
                progress = TrainingState(step + 1, record.seconds, record.history, best)
                save_checkpoint(hooks.checkpoint, network, optimizer.optimizer, progress, identity)
            devices.wait_for_everyone()
        started = time.perf_counter()
    if best is not None:
        network.load_state_dict(best.weights)
        record.best_step = best.step
    network.eval()
    return record


def training_identity(
    network: nn.Module, objective: Objective, data: TrainingData, settings: TrainingSettings
) -> str:
    """Digest of all that decides how a training goes: a checkpoint of another one is refused.

    Of the network the shape counts, not the weights, which change as it is trained.
    """
    digest = hashlib.sha256()
    for name, parameter in network.named_parameters():
        digest.update(f"{name} {tuple(parameter.shape)}".encode())
    digest.update(type(objective).__name__.encode())
    values = {k: v for k, v in settings.to_json().items() if k != "checkpoint_every"}
    values |= data.inputs.settings()
    digest.update(json.dumps(values, sort_keys=True, default=str).encode())
    for array in (data.rows, data.groups, data.matrix.indices, data.matrix.indptr):
        digest.update(b"" if array is None else np.ascontiguousarray(array).tobytes())
    for tensor in objective.buffers():
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()[:16]


def _better(
    best: BestState | None, network: nn.Module, step: int, found: ValidationPoint, key: str | None
) -> BestState | None:
    """The best weights so far, those of this step included, where the best are kept."""
    if key is None:
        return best
    score = found.values[key]
    score = -1.0 if np.isnan(score) else score  # Metrics are 0 or more.
    return best if best is not None and score <= best.score else BestState.of(network, step, score)


def _normalises_batches(network: nn.Module) -> bool:
    return any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in network.modules())


def _due(step: int, steps: int, settings: TrainingSettings) -> bool:
    return step % settings.checkpoint_every == 0 or step == steps


def _finite(loss: Tensor, step: int, settings: TrainingSettings) -> float:
    value = float(loss)
    if not np.isfinite(value):
        raise DivergedError(
            f"the loss became {value} at step {step + 1} with rate {settings.rate:g}; "
            "expected a finite number: lower the rate, lengthen the warm-up or clip the gradient"
        )
    return value
