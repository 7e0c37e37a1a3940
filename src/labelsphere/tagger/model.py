"""A network, the labels that it knows, and its decoder: inputs to scores (§3.2)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import IntArray
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.calibration import Calibration
from labelsphere.tagger.decoder_cache import DecoderCache, DecoderSource
from labelsphere.tagger.decoders import Decoder, DecoderWeights, resolve_decoder
from labelsphere.tagger.inputs import ImageInputs, Inputs, Progress, open_pictures
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.network import build_network, head_of
from labelsphere.tagger.objectives import build_objective
from labelsphere.tagger.report import TrainingReport
from labelsphere.tagger.scores import DecodedScores, predict_points
from labelsphere.tagger.trained_split import TrainedSplit


class TaggerModel:
    """A network, the labels that it knows, and a decoder.

    Args:
        architecture: Backbone and objective.
        labels: The labels, their counts and embeddings.
        preparation: How inputs are prepared, from `Inputs.settings`. New ones are prepared in
            the same way.
        sample_shape: Shape of one input.
        pretrained: See `labelsphere.tagger.network.build_network`.
        seed: Of the first weights.

    Attributes:
        precision: In which the network runs, see `TrainingSettings`: that of its training, and
            ``"auto"`` for a loaded tagger.
        decoder_weights: Weights of the decoder's terms and of the prior, see `fit_decoder`; None
            for the decoder's defaults.
        calibration: Probabilities and thresholds of its tags, see `calibrate`; None without.
        report: How it was trained and how good it is, see `train`; None where that is not known.
        split: The split that the training made; None where the table had one.

    Raises:
        UsageError: If backbone, objective or decoder are unknown, or a space is needed and missing.
    """

    def __init__(
        self,
        architecture: Architecture,
        labels: LabelContext,
        preparation: Mapping[str, Any],
        sample_shape: tuple[int, ...],
        *,
        pretrained: bool | str | Path = False,
        seed: int = 0,
    ) -> None:
        self.architecture = architecture
        self.labels = labels
        self.preparation = dict(preparation)
        self.sample_shape = tuple(sample_shape)
        self.precision = "auto"
        self.decoder_weights: DecoderWeights | None = None
        self.calibration: Calibration | None = None
        self.report: TrainingReport | None = None
        self.split: TrainedSplit | None = None
        self._decoders = DecoderCache()
        self.objective = build_objective(architecture.objective, labels)
        # The caller's own random numbers stay as they were.
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.network: nn.Module = build_network(
                architecture.backbone,
                self.objective.width,
                self.sample_shape,
                options=architecture.options,
                pretrained=pretrained,
                feature_network=architecture.feature_network,
            )
            self.objective.initialise(head_of(self.network))
        self.network.eval()
        if architecture.decoder is not None:
            self.decoder()  # One that cannot be had is refused before anything is trained.

    @property
    def vocabulary(self) -> Vocabulary:
        """The labels."""
        return self.labels.vocabulary

    @property
    def space(self) -> LabelSpace | None:
        """The label space, if the tagger has one."""
        return self.labels.space

    @property
    def takes_features(self) -> bool:
        """Whether inputs are feature vectors rather than pictures."""
        return len(self.sample_shape) == 1

    def decoder(self, *, specific: bool = False) -> Decoder:
        """The decoder of the tagger's architecture or objective, on the network's device.

        It is kept until the network's head, the labels or the weights change.

        Args:
            specific: Whether to rank first what tells an image apart from others rather than what
                is most likely true of it: the weight of the tags' prior differs.

        Raises:
            UsageError: If the architecture names one that is unknown, or that cannot read what
                this network puts out.
        """
        return self._decoders.get(self._decoder_source(), specific=specific)

    def _decoder_source(self) -> DecoderSource:
        chosen = self.architecture.decoder or self.objective.decoder
        kind = resolve_decoder(chosen, self.objective.outputs)
        return DecoderSource(kind, self.labels, head_of(self.network), self.decoder_weights)

    def prepare(self, pictures: Sequence[str | Path | bytes]) -> Inputs:
        """New pictures, prepared as the training images were.

        Raises:
            UsageError: If the tagger was trained on feature vectors.
        """
        if self.takes_features:
            raise UsageError(
                "this tagger was trained on feature vectors; give it vectors through "
                "tag_inputs, not pictures"
            )
        return ImageInputs.from_settings(open_pictures(pictures), self.preparation)

    def points(
        self, inputs: Inputs, rows: IntArray | None = None, *, progress: Progress | None = None
    ) -> Tensor:
        """Compute the points of inputs, which the decoder scores, (rows, width) float32.

        Args:
            inputs: Images or feature vectors.
            rows: Which of them; all if None.
            progress: Called with the number of them done and of all.

        Raises:
            UsageError: If the inputs are of another shape than in training.
        """
        self._check_shape(inputs)
        chosen = np.arange(len(inputs), dtype=np.int64) if rows is None else rows
        return predict_points(
            self.network,
            inputs,
            chosen,
            features=self.decoder().features,
            precision=self.precision,
            progress=progress,
        )

    def scores(
        self, inputs: Inputs, rows: IntArray | None = None, *, progress: Progress | None = None
    ) -> DecodedScores:
        """Scores over all labels, as `labelsphere.evaluate` takes them; see `points`."""
        return DecodedScores(self.points(inputs, rows, progress=progress), self.decoder())

    def _check_shape(self, inputs: Inputs) -> None:
        if tuple(inputs.sample_shape) != self.sample_shape:
            raise UsageError(
                f"the inputs are of shape {tuple(inputs.sample_shape)}, the tagger's network takes "
                f"{self.sample_shape}; prepare them as those it is trained on"
            )

    def __repr__(self) -> str:
        """Backbone, objective and number of labels."""
        return (
            f"{type(self).__name__}({self.architecture.backbone}, {self.architecture.objective}, "
            f"{len(self.vocabulary)} labels)"
        )
