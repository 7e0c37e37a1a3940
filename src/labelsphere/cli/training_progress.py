"""How a training is going: loss, learning rate, speed, and figures on the validation images."""

import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from labelsphere.cli.output import remark
from labelsphere.cli.phases import OnPhase

if TYPE_CHECKING:
    from labelsphere.tagger import Tagger, TrainingSettings
    from labelsphere.tagger.plan import Watch
    from labelsphere.tagger.training_rows import TrainingRows

STEPS_AVERAGED = 20
"""Loss and speed are those of this many last steps."""

SHOWN = ("map@100", "weighted_map@100", "precision@1", "recall@10")
"""The figures of a validation that are shown."""


class TrainingTeller:
    """Tells on stderr how a training goes.

    Args:
        tell: Moves the progress bars.
        settings: Of the training.
    """

    def __init__(self, tell: OnPhase, settings: "TrainingSettings") -> None:
        self._tell = tell
        self._settings = settings
        self._batch_size = settings.batch_size
        self._recent: deque[tuple[float, float]] = deque(maxlen=STEPS_AVERAGED)

    def watch(self) -> "Watch":
        """What the training calls."""
        from labelsphere.tagger.plan import Watch

        return Watch(
            partial(self._tell, "reading inputs"),
            self._start,
            self._step,
            partial(self._tell, "validating"),
            self._validate,
        )

    def _start(self, tagger: "Tagger", rows: "TrainingRows") -> None:
        from labelsphere.annotations.report import number_of
        from labelsphere.tagger.network import count_parameters

        self._batch_size = min(self._batch_size, len(rows.train))
        for count, why in left_out(rows):
            remark(f"{number_of(count, 'image')} left out: {why}")
        remark(
            f"{tagger.architecture.backbone}: {count_parameters(tagger.network):,} parameters, "
            f"{tagger.objective.width:,} outputs, {len(tagger.vocabulary):,} labels; "
            f"{len(rows.train):,} images to train on, {len(rows.val):,} to validate on"
        )

    def _step(self, step: int, steps: int, loss: float) -> None:
        self._recent.append((time.monotonic(), loss))
        mean = sum(loss for _, loss in self._recent) / len(self._recent)
        said = f"loss {mean:.4g}, rate {self._settings.rate_at(step - 1, steps):.2g}"
        seconds = self._recent[-1][0] - self._recent[0][0]
        if seconds > 0:
            speed = self._batch_size * (len(self._recent) - 1) / seconds
            said += f", {speed:,.0f} images/s"
        self._tell("training", step, steps, said)

    def _validate(self, epochs: float, found: dict[str, Any]) -> None:
        values = found["values"]
        figures = ", ".join(f"{key} {values[key]:.4f}" for key in SHOWN)
        remark(f"epoch {epochs:.4g}, step {found['step']:,}, validation: {figures}")
        # Time spent on measuring is no time of training.
        self._recent.clear()


def left_out(rows: "TrainingRows") -> list[tuple[int, str]]:
    """How many images are left out, and why; reasons that took none are not listed."""
    reasons = [
        (rows.without_known_tag, "no known tag"),
        (rows.unreadable, "cannot be read"),
        (rows.without_target, "no tag with a place in the label space"),
    ]
    return [(count, why) for count, why in reasons if count]
