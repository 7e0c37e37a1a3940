"""Data, inputs and settings that all methods of a comparison share."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from labelsphere.arrays import IntArray
from labelsphere.comparison.protocols import Protocol
from labelsphere.comparison.settings import ComparisonSettings
from labelsphere.comparison.spaces import fit_space
from labelsphere.metrics import Evaluation, Scores, evaluate
from labelsphere.recipes import Recipe
from labelsphere.space import LabelSpace
from labelsphere.tagger.inputs import Inputs
from labelsphere.tagger.label_context import LabelContext

_SAMPLES = 16

_NOT_OF_ONE_TRAINING = (
    *("rates", "rate_share", "seeds", "budgets", "steps", "epochs"),
    *("resamples", "checkpoint_every"),
)
"""Settings that decide which trainings there are, or how they are reported, not how one goes."""

OnProgress = Callable[[str, int, int, str], None]
"""Called with what is being done, units done, units in all, and a remark such as the loss."""


@dataclass
class Experiment:
    """Data and settings that all methods share.

    Attributes:
        protocol: Which images, with which tags; all of them readable.
        inputs: Images or feature vectors, one a row of the protocol's tags.
        settings: Backbone, budget, seeds.
        folder: Where finished trainings are kept, so that an interrupted comparison continues.
        on_progress: Called with the progress of the work.
        preparation: How pictures were prepared for a frozen backbone, or None.
    """

    protocol: Protocol
    inputs: Inputs
    settings: ComparisonSettings
    folder: Path
    on_progress: OnProgress | None = None
    preparation: Mapping[str, Any] | None = None
    _spaces: dict[str, LabelSpace] = field(default_factory=dict)

    @property
    def images_per_epoch(self) -> int:
        """Training images, or groups of them where one of each is taken an epoch."""
        group, rows = self.settings.group, self.protocol.train
        return len(rows if group is None else np.unique(self.protocol.tags.groups(group)[rows]))

    @property
    def batch_size(self) -> int:
        """Images a step: all of them where there are fewer than were asked for."""
        return min(self.settings.training.batch_size, self.images_per_epoch)

    def steps(self, share: float = 1.0) -> int:
        """Steps of a training with a share of the budget, the same for every method."""
        whole = self.settings.training.total_steps(self.images_per_epoch // self.batch_size)
        return max(1, round(share * whole))

    def labels(self, method: Recipe) -> LabelContext:
        """The labels' counts, and their embeddings where the method has a label space."""
        return LabelContext.of(self.protocol.calibration, self.space(method))

    def space(self, method: Recipe) -> LabelSpace | None:
        """The method's label space, fitted at the first call."""
        recipe = method.space
        if recipe is None:
            return None
        key = json.dumps(method.to_json()["space"], sort_keys=True)
        if key not in self._spaces:
            self.progress(f"{method.name}: label space", 0, 1)
            self._spaces[key] = fit_space(recipe, self.protocol, self.inputs, self.settings.group)
            self.progress(f"{method.name}: label space", 1, 1)
        return self._spaces[key]

    def evaluate(self, scores: Scores, rows: IntArray, *, per_class: bool) -> Evaluation:
        """Evaluate the scores of some images against their tags.

        Args:
            scores: Scores of these images over all labels.
            rows: Which images, int64.
            per_class: Whether to compute what needs a second pass over the scores.
        """
        counted = self.protocol.counted
        return evaluate(
            scores,
            self.protocol.tags.matrix[rows],
            label_counts=counted.label_counts(),
            n_images=counted.n_images,
            per_class=per_class,
        )

    def progress(self, what: str, done: int, total: int, remark: str = "") -> None:
        """Report how far the work is."""
        if self.on_progress is not None:
            self.on_progress(what, done, total, remark)

    def identity(self, method: Recipe) -> str:
        """Digest of all that decides a training's outcome but rate, seed and steps."""
        protocol = self.protocol
        values = self.settings.to_json() | {"recipe": method.to_json()} | self.inputs.settings()
        values["group"] = self.settings.group
        for name in _NOT_OF_ONE_TRAINING:
            del values[name]
        digest = hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode())
        # Other pictures or features under the same settings show in any few of them.
        some = self.inputs.batch(protocol.test[:_SAMPLES], training=False)
        digest.update(some.contiguous().numpy().tobytes())
        digest.update(protocol.tags.vocabulary.fingerprint().encode())
        for rows in (protocol.train, protocol.val, protocol.test):
            digest.update(rows.tobytes())
        for matrix in (protocol.tags.matrix, protocol.learned, protocol.calibration.matrix):
            digest.update(matrix.indices.tobytes())
            digest.update(matrix.indptr.tobytes())
        options = {} if method.space is None else method.space.options
        space = self.space(method)
        # A file that an option names may hold something else the next time.
        if space is not None and any(isinstance(value, str) for value in options.values()):
            digest.update(space.vectors.tobytes())
        return digest.hexdigest()[:10]
