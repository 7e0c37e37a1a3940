"""Fitting a tagger: its network, the weights of its decoder, its probabilities and thresholds."""

from dataclasses import replace

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.calibration import Goal, fit_and_check
from labelsphere.tagger.calibration.check import CalibrationCheck
from labelsphere.tagger.decoders import MOST_FITTED_IMAGES, DecoderWeights, fit_weights
from labelsphere.tagger.inputs import Inputs, Progress
from labelsphere.tagger.model import TaggerModel
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.training import Hooks, TrainingData, TrainingRecord, train_network


class TrainableTagger(TaggerModel):
    """A tagger that can be fitted; see `TaggerModel` for its arguments and attributes."""

    def fit(
        self,
        tags: Annotations,
        inputs: Inputs,
        settings: TrainingSettings,
        *,
        rows: IntArray | None = None,
        group: str | None = None,
        hooks: Hooks | None = None,
        device: str = "auto",
        workers: int = 0,
    ) -> TrainingRecord:
        """Train this tagger's network in place.

        Args:
            tags: Annotations over the tagger's labels.
            inputs: Images or feature vectors, one a row of ``tags``.
            settings: How to train.
            rows: Rows of ``tags`` to train on, int64; all if None.
            group: Column whose equal values mark variants of one image.
            hooks: Progress, evaluation, checkpoints.
            device: ``"auto"`` or ``"cpu"``.
            workers: Batches prepared ahead, where images do not fit into memory.

        Returns:
            Steps, seconds, history and losses.

        Raises:
            UsageError: If inputs and annotations differ in number, or in vocabulary or shape from
                the tagger.
            DataError: If there is nothing to train on.
        """
        if len(inputs) != tags.n_images:
            raise UsageError(
                f"there are {len(inputs)} inputs for {tags.n_images} annotated images; "
                "expected one a row of the tag table, in the same order"
            )
        if tags.vocabulary != self.labels.vocabulary:
            raise UsageError("the tags are over another vocabulary than the tagger's labels")
        self._check_shape(inputs)
        self.calibration = None  # That of other weights.
        self.precision = settings.precision
        groups = None if group is None else tags.groups(group)
        chosen = self.trainable_rows(tags, inputs, rows)
        data = TrainingData(inputs, tags.matrix, chosen, groups)
        return train_network(
            self.network,
            self.objective,
            data,
            settings,
            hooks,
            device=device,
            workers=workers,
        )

    def trainable_rows(
        self, tags: Annotations, inputs: Inputs, rows: IntArray | None = None
    ) -> IntArray:
        """Select the rows that can be read and have a target, int64.

        Raises:
            DataError: If there are none.
        """
        chosen = np.arange(tags.n_images, dtype=np.int64) if rows is None else rows
        chosen = chosen[self.objective.usable(tags.matrix[chosen])]
        with_target = len(chosen)
        chosen = chosen[inputs.usable(chosen)]
        if not len(chosen):
            raise DataError(
                f"none of the images can be trained on: {with_target} have a tag that the tagger "
                "knows, and none of those can be read"
            )
        return chosen

    def fit_decoder(
        self,
        inputs: Inputs,
        matrix: SparseRows,
        rows: IntArray,
        *,
        ranking_only: bool = False,
        progress: Progress | None = None,
    ) -> DecoderWeights:
        """Fit the weights of the decoder's terms on validation images, and keep them.

        Done once after training; see `labelsphere.tagger.decoders.fit_weights`. At most 400
        images with tags are used, drawn always alike.

        Args:
            inputs: Images or feature vectors.
            matrix: Their tags, CSR, inputs × labels.
            rows: The validation images, int64. With none that has a tag, the defaults stay.
            ranking_only: As in `labelsphere.tagger.decoders.fit_weights`: enough to measure how
                trained labels rank.
            progress: Called with the number of images done and of all.

        Returns:
            The weights, also kept as ``decoder_weights``.

        Raises:
            UsageError: If the inputs are of another shape than in training, or the matrix does
                not fit the labels.
            DivergedError: If a score is NaN or +∞.
        """
        if matrix.shape != (len(inputs), len(self.vocabulary)):
            raise UsageError(
                f"expected a matrix of {len(inputs)} inputs × {len(self.vocabulary)} labels, "
                f"but got {matrix.shape}"
            )
        source = self._decoder_source()
        tagged = rows[np.diff(matrix.indptr)[rows] > 0]
        if len(tagged) > MOST_FITTED_IMAGES:
            drawn = np.random.default_rng(0).choice(len(tagged), MOST_FITTED_IMAGES, replace=False)
            tagged = tagged[np.sort(drawn)]
        points = self.points(inputs, tagged, progress=progress)
        self.calibration = None  # That of other scores.
        self.decoder_weights = fit_weights(
            source.kind,
            source.labels,
            source.head,
            points,
            matrix[tagged],
            ranking_only=ranking_only,
        )
        return self.decoder_weights

    def calibrate(
        self,
        tags: Annotations,
        inputs: Inputs,
        rows: IntArray,
        goal: Goal | None = None,
        *,
        progress: Progress | None = None,
    ) -> CalibrationCheck:
        """Find probabilities and thresholds of the tags on held-out images, and keep them.

        Half of the images fit a calibration that the other half checks; the one that is kept is
        then fitted on all of them.

        Args:
            tags: Annotations over the tagger's labels. Where they hold known absences, a label
                with some is judged by the images alone that are known to have or to lack it.
            inputs: Images or feature vectors, one a row of ``tags``.
            rows: Images that the tagger was not trained on, int64.
            goal: What accepted tags shall meet; a precision of 0.9 if None.
            progress: Called with the number of images done and of all.

        Returns:
            How far the calibration holds on the half that it was not fitted on.

        Raises:
            UsageError: If the tags are over other labels, or the inputs of another shape.
            DataError: If fewer than two of the images have tags.
        """
        if tags.vocabulary != self.labels.vocabulary:
            raise UsageError("the tags are over another vocabulary than the tagger's labels")
        self.calibration, check = fit_and_check(
            self.scores(inputs, rows, progress=progress),
            tags.matrix[rows],
            None if tags.absent is None else tags.absent[rows],
            counts=self.labels.counts,
            names=tuple(self.vocabulary),
            goal=goal,
        )
        if self.report is not None:
            self.report = replace(self.report, calibration=check)
        return check
