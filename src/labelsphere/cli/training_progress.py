"""Progress of a training: loss, learning rate, speed, and metrics on the validation images."""

import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from labelsphere.cli.output import remark
from labelsphere.cli.phases import OnPhase

if TYPE_CHECKING:
    from labelsphere.tagger import TrainingSettings, Watch
    from labelsphere.tagger.model import TaggerModel
    from labelsphere.tagger.training_rows import TrainingRows
    from labelsphere.tagger.validation_point import ValidationPoint

STEPS_AVERAGED = 20
"""Number of last steps over which loss and speed are averaged."""

VALIDATION_METRICS = ("image_ap", "precision@1", "recall@10", "map@100")
"""Validation metrics that are shown; the first selects the weights that are kept."""


class TrainingProgress:
    """Print the progress of a training on stderr.

    Args:
        on_phase: Function that updates the progress bars.
    """

    def __init__(self, on_phase: OnPhase) -> None:
        self._on_phase = on_phase
        self._settings: TrainingSettings | None = None
        self._batch_size = 0
        self._recent: deque[tuple[float, float]] = deque(maxlen=STEPS_AVERAGED)

    def watch(self) -> "Watch":
        """Return the callbacks for the training."""
        from labelsphere.tagger import Watch

        return Watch(
            on_read=partial(self._on_phase, "reading inputs"),
            on_features=partial(self._on_phase, "computing features"),
            on_start=self._start,
            on_step=self._step,
            on_validating=partial(self._on_phase, "validating"),
            on_validation=self._validate,
            on_measuring=partial(self._on_phase, "measuring"),
        )

    def _start(
        self, tagger: "TaggerModel", rows: "TrainingRows", settings: "TrainingSettings"
    ) -> None:
        from labelsphere.annotations.file_names import printable
        from labelsphere.annotations.report import number_of
        from labelsphere.tagger.network import count_parameters

        self._settings = settings
        self._batch_size = min(settings.batch_size, len(rows.train))
        self._recent.clear()
        for count, why in rows.left_out():
            remark(f"{number_of(count, 'image')} left out: {why}")
        if rows.unreadable_examples:
            more = "…" if rows.unreadable > len(rows.unreadable_examples) else ""
            shown = ", ".join(printable(name) for name in rows.unreadable_examples)
            remark(f"cannot be read: {shown}{more}; labelsphere inspect shows why")
        remark(
            f"{tagger.architecture.backbone}: {count_parameters(tagger.network):,} parameters, "
            f"{tagger.objective.width:,} outputs, {len(tagger.vocabulary):,} labels; "
            f"{len(rows.train):,} images to train on, {len(rows.val):,} to validate on"
        )

    def _step(self, step: int, steps: int, loss: float) -> None:
        self._recent.append((time.monotonic(), loss))
        mean = sum(loss for _, loss in self._recent) / len(self._recent)
        text = f"loss {mean:.4g}"
        if self._settings is not None:
            text += f", rate {self._settings.rate_at(step - 1, steps):.2g}"
        seconds = self._recent[-1][0] - self._recent[0][0]
        if seconds > 0:
            speed = self._batch_size * (len(self._recent) - 1) / seconds
            text += f", {speed:,.0f} images/s"
        self._on_phase("training", step, steps, text)

    def _validate(self, epochs: float, found: "ValidationPoint") -> None:
        shown = ", ".join(f"{key} {found.values[key]:.4f}" for key in VALIDATION_METRICS)
        remark(f"epoch {epochs:.4g}, step {found.step:,}, validation: {shown}")
        # The time of the validation does not count as training time.
        self._recent.clear()
