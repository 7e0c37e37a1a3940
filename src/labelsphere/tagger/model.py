"""Network, labels and decoder of a tagger: inputs to scores (§3.2)."""

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
    """Network, labels and decoder.

    Args:
        architecture: Backbone and objective.
        labels: The labels, their counts and embeddings.
        preparation: Settings of the inputs, from `Inputs.settings`, with which new ones are
            prepared.
        sample_shape: Shape of one input.
        pretrained: See `labelsphere.tagger.network.build_network`.
        seed: Random seed of the initial weights.

    Attributes:
        precision: Precision of the network, see `TrainingSettings`: that of training, or ``"auto"``
            for a loaded tagger.
        decoder_weights: Weights of the decoder's terms and of the prior, see `fit_decoder`; None
            for the decoder's defaults.
        calibration: Probabilities and thresholds of its tags, see `calibrate`; None without.
        report: Report on training and quality, see `train`; None if unknown.
        split: The split made by training; None if the table had one.

    Raises:
        UsageError: If backbone, objective or decoder are unknown, or a required space is missing.
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
        # Keep the state of the caller's random generator.
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
            self.decoder()  # Raises an error for an unusable decoder before training.

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
        """Whether inputs are feature vectors, not pictures."""
        return len(self.sample_shape) == 1

    def decoder(self, *, specific: bool = False) -> Decoder:
        """Return the decoder of the tagger's architecture or objective, on the network's device.

        It is cached until the network's head, the labels or the weights change.

        Args:
            specific: Whether to rank tags by how well they distinguish an image from others,
                instead of by probability: the weight of the tags' prior differs.

        Raises:
            UsageError: If the decoder is unknown, or does not fit the network's outputs.
        """
        return self._decoders.get(self._decoder_source(), specific=specific)

    def _decoder_source(self) -> DecoderSource:
        chosen = self.architecture.decoder or self.objective.decoder
        kind = resolve_decoder(chosen, self.objective.outputs)
        return DecoderSource(kind, self.labels, head_of(self.network), self.decoder_weights)

    def prepare(self, pictures: Sequence[str | Path | bytes]) -> Inputs:
        """Prepare new pictures as in training.

        Raises:
            UsageError: If the tagger was trained on feature vectors.
        """
        if self.takes_features:
            raise UsageError(
                "this tagger was trained on feature vectors; give it vectors with tag_inputs, not "
                "pictures"
            )
        return ImageInputs.from_settings(open_pictures(pictures), self.preparation)

    def points(
        self, inputs: Inputs, rows: IntArray | None = None, *, progress: Progress | None = None
    ) -> Tensor:
        """Compute the points of inputs, (rows, width) float32, the inputs of the decoder.

        Args:
            inputs: Images or feature vectors.
            rows: Row numbers; all rows if None.
            progress: Called with the number of finished rows and of all.

        Raises:
            UsageError: If the inputs have another shape than in training.
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
        """Compute scores of all labels for `labelsphere.evaluate`; see `points`."""
        return DecodedScores(self.points(inputs, rows, progress=progress), self.decoder())

    def _check_shape(self, inputs: Inputs) -> None:
        if tuple(inputs.sample_shape) != self.sample_shape:
            raise UsageError(
                f"the inputs have shape {tuple(inputs.sample_shape)}, and the tagger needs "
                f"{self.sample_shape}; prepare them as in training"
            )

    def __repr__(self) -> str:
        """Return backbone, objective and number of labels."""
        return (
            f"{type(self).__name__}({self.architecture.backbone}, {self.architecture.objective}, "
            f"{len(self.vocabulary)} labels)"
        )
