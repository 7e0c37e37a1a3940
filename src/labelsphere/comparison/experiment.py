"""Data, inputs and settings that all methods of a comparison share."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from labelsphere.annotations import first_of_groups
from labelsphere.arrays import IntArray
from labelsphere.comparison.protocols import Protocol
from labelsphere.comparison.settings import ComparisonSettings
from labelsphere.json_types import Json
from labelsphere.metrics import Evaluation, Scores, evaluate
from labelsphere.recipes import Recipe
from labelsphere.space import LabelSpace
from labelsphere.tagger.inputs import EpochOrder, Inputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.space_fitting import fit_label_space, uses_features

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
    preparation: Mapping[str, Json] | None = None
    _spaces: dict[str, LabelSpace] = field(default_factory=dict)

    @property
    def groups(self) -> IntArray | None:
        """Group of each row of the table, int64; None where each image is its own."""
        group = self.settings.group
        return None if group is None else self.protocol.tags.groups(group)

    @cached_property
    def order(self) -> EpochOrder:
        """The images of an epoch and of a step."""
        train, groups = self.protocol.train, self.groups
        of_train = None if groups is None else groups[train]
        return EpochOrder(len(train), self.settings.training.batch_size, groups=of_train)

    def steps(self, share: float = 1.0) -> int:
        """Steps of a training with a share of the budget, the same for every method."""
        whole = self.settings.training.total_steps(self.order.steps_per_epoch)
        return max(1, round(share * whole))

    def labels(self, method: Recipe) -> LabelContext:
        """The labels' counts, and their embeddings where the method has a label space."""
        return LabelContext.of(self.protocol.calibration, self.space(method))

    def space(self, method: Recipe) -> LabelSpace | None:
        """The method's label space, fitted at the first call.

        An embedder that looks at tags alone gets the calibration annotations. One that looks at
        features gets those of the training images, one of each group, with the tags that methods
        are trained on: in some protocols calibration has tag sets whose pictures nobody is meant
        to have.

        Raises:
            UsageError: If an option is unknown or out of range, or features are needed and
                pictures given.
            DataError: If no label can be placed.
        """
        recipe = method.space
        if recipe is None:
            return None
        key = json.dumps(method.to_json()["space"], sort_keys=True)
        if key not in self._spaces:
            self.progress(f"{method.name}: label space", 0, 1)
            tags, rows = self.protocol.calibration, self.protocol.train
            if uses_features(recipe):
                rows = first_of_groups(rows, self.groups)
                tags = replace(self.protocol.tags, matrix=self.protocol.learned).select(rows)
            self._spaces[key] = fit_label_space(recipe, tags, self.inputs, rows)
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
