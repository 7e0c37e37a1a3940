"""Tagger: images to points to tags (§3.2)."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.errors import ArtefactError, DataError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.calibration import Calibration, Goal, fit_and_check
from labelsphere.tagger.calibration.check import CalibrationCheck
from labelsphere.tagger.calibration.transfer import calibration_for_space
from labelsphere.tagger.choosing import TagChoice, choose_tags
from labelsphere.tagger.decoder_cache import DecoderCache, DecoderSource
from labelsphere.tagger.decoders import (
    MOST_FITTED_IMAGES,
    Decoder,
    DecoderWeights,
    fit_weights,
    resolve_decoder,
)
from labelsphere.tagger.inputs import ImageInputs, Inputs, Progress, open_pictures
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.network import build_network, head_of
from labelsphere.tagger.objectives import OBJECTIVES, build_objective
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.report import TrainingReport
from labelsphere.tagger.scores import DecodedScores, predict_points
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.storage import TaggerParts, damage_reported, read_tagger, write_tagger
from labelsphere.tagger.tag import Tag
from labelsphere.tagger.training import Hooks, TrainingData, TrainingRecord, train_network
from labelsphere.tagger.watch import Watch


class Tagger:
    """A network, the labels it knows, and how its outputs become tags.

    Made by `Tagger.train` or `Tagger.load`.

    Args:
        architecture: Backbone and objective.
        labels: The labels, their counts and places.
        preparation: How inputs are prepared, from `Inputs.settings`; new ones are prepared alike.
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

    @classmethod
    def train(
        cls,
        tags: Annotations | str | Path,
        space: LabelSpace | None = None,
        *,
        method: str | None = None,
        backbone: str | Architecture | None = None,
        inputs: Inputs | None = None,
        settings: TrainingSettings | None = None,
        group: str | None = None,
        options: TrainingOptions | None = None,
        watch: Watch | None = None,
    ) -> "Tagger":
        """Train a tagger as ``labelsphere train`` does; what is not given is chosen.

        The table's split is used, or one is made. The label space is fitted to the training
        images, the weights that validate best are kept, the decoder is fitted and the tagger
        calibrated on the validation images and measured on the test images: see ``report``.

        Args:
            tags: Annotations, with pictures unless ``inputs`` is given; or a file or folder to
                read them from.
            space: A label space over the same vocabulary; None for the method's own.
            method: A recipe, see `labelsphere.recipes.RECIPES`, with variations as in
                ``"sphere+dim=256"``; None for the recommended one.
            backbone: A timm model by name, ``"mlp"`` for feature vectors, or an `Architecture`,
                which names objective and decoder too, in place of a method.
            inputs: Images or feature vectors, one a row of ``tags``.
            settings: How to train; None to choose by the size of the table.
            group: Column whose equal values mark variants of one image.
            options: Everything else that can be decided.
            watch: Who is told how it goes.

        Returns:
            The trained tagger.

        Raises:
            UsageError: If an argument is out of range or contradicts another.
            DataError: If the table cannot be used, or no image has both a picture that can be
                read and a known tag.
        """
        from labelsphere.tagger.features import feature_cache
        from labelsphere.tagger.pipeline import run_training
        from labelsphere.tagger.planning import plan_training

        source = None if isinstance(tags, Annotations) else Path(tags)
        annotations = tags if isinstance(tags, Annotations) else Annotations.read(tags)
        options = options or TrainingOptions()
        options = replace(
            options,
            method=method or options.method,
            group=group or options.group,
            backbone=backbone if isinstance(backbone, str) else options.backbone,
        )
        plan = plan_training(
            annotations,
            options,
            space=space,
            inputs=inputs,
            architecture=backbone if isinstance(backbone, Architecture) else None,
            settings=settings,
        )
        features = None if source is None else feature_cache(source)
        return run_training(plan, annotations, cls, features=features, watch=watch).tagger

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
        """Those of some rows that can be read and have a target, int64.

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

    def fit_decoder(
        self,
        inputs: Inputs,
        matrix: SparseRows,
        rows: IntArray,
        *,
        progress: Progress | None = None,
    ) -> DecoderWeights:
        """Fit the weights of the decoder's terms on validation images, and keep them.

        Done once after training; see `labelsphere.tagger.decoders.fit_weights`. At most 400
        images with tags are used, drawn always alike.

        Args:
            inputs: Images or feature vectors.
            matrix: Their tags, CSR, inputs × labels.
            rows: The validation images, int64. With none that has a tag, the defaults stay.
            progress: Called with the number of images done and of all.

        Returns:
            The weights, also kept as ``decoder_weights``.

        Raises:
            UsageError: If the inputs are of another shape than in training, or the matrix does
                not fit the labels.
            DataError: If a score is NaN.
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
            source.kind, source.labels, source.head, points, matrix[tagged]
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
        """Find probabilities and thresholds of the tags on held-back images, and keep them.

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
        return check

    def _decoder_source(self) -> DecoderSource:
        chosen = self.architecture.decoder or self.objective.decoder
        kind = resolve_decoder(chosen, self.objective.outputs)
        return DecoderSource(kind, self.labels, head_of(self.network), self.decoder_weights)

    def points(
        self, inputs: Inputs, rows: IntArray | None = None, *, progress: Progress | None = None
    ) -> Tensor:
        """What the decoder reads tags off, (rows, width) float32.

        Args:
            inputs: Images or feature vectors.
            rows: Which of them; all if None.
            progress: Told how many of them are done.

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

    def tag(
        self, pictures: str | Path | bytes | Sequence[str | Path | bytes], top: int | None = None
    ) -> list[Tag] | list[list[Tag]]:
        """The tags of one picture, or of each of several.

        Args:
            pictures: Path or encoded bytes of a picture, or a sequence of them.
            top: Number of tags; if None, those that are accepted or suggested, or the 10 best of
                a tagger without calibration.

        Returns:
            Tags, accepted ones first, then best first: one list for one picture, a list of lists
            for several.

        Raises:
            DataError: If a picture cannot be read.
            UsageError: If ``top`` is out of range, or the tagger was trained on feature vectors.
        """
        if isinstance(pictures, str | Path | bytes):
            return self.tag_inputs(self.prepare([pictures]), top)[0]
        return self.tag_inputs(self.prepare(pictures), top)

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

    def tag_inputs(
        self,
        inputs: Inputs,
        top: int | None = None,
        *,
        rows: IntArray | None = None,
        choice: TagChoice | None = None,
    ) -> list[list[Tag]]:
        """The tags of prepared inputs, accepted ones first, then best first.

        Args:
            inputs: Images or feature vectors.
            top: As for `tag`. Fewer come back where there are fewer labels, or fewer that can be
                predicted: a label without an embedding cannot.
            rows: Which inputs, int64; all if None.
            choice: Everything that can be chosen, in place of ``top``.

        Raises:
            UsageError: If ``top`` is below 1, or the inputs are of another shape than in training.
        """
        choice = choice or TagChoice(top)
        return choose_tags(
            self.points(inputs, rows),
            self.decoder(),
            self.decoder(specific=True) if choice.specific else None,
            self.vocabulary,
            self.calibration,
            choice,
        )

    def with_space(self, space: LabelSpace) -> "Tagger":
        """A tagger of the same network that reads its tags off another space, without training.

        For spaces that grew out of the one trained for: with labels placed (§3.3.1), renamed,
        merged or removed, or refitted and aligned. The network is shared, not copied.

        Args:
            space: A space with the same axes, of as many dimensions.

        Raises:
            UsageError: If the tagger has no space, or one of other dimensions.
        """
        if self.space is None or self.objective.outputs == "logits":
            pointing = [name for name, entry in OBJECTIVES.items() if entry.needs_space]
            raise UsageError(
                f"a tagger trained for {self.architecture.objective!r} has an output for each "
                "label and takes no other labels; train one that points into a label space: "
                f"objective {', '.join(pointing)}"
            )
        if space.dim != self.space.dim:
            raise UsageError(
                f"the space has {space.dim} dimensions and the tagger points into {self.space.dim};"
                " give a space that grew out of the tagger's own, or one aligned to it"
            )
        other = copy(self)
        other._decoders = DecoderCache()
        other.labels = self.labels.with_space(space)
        other.objective = build_objective(self.architecture.objective, other.labels)
        other.decoder()  # One that cannot be had is refused before anything is written.
        if self.calibration is not None:
            other.calibration = calibration_for_space(self.calibration, space, other.labels.counts)
        return other

    def save(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Write the tagger as a folder, whole or not at all; of several processes the first does.

        Raises:
            ArtefactError: If the folder is taken and ``overwrite`` is off.
        """
        labels = self.labels
        if not self._decoder_source().kind.uses_tag_sets:
            labels = replace(labels, tag_sets=None)
        parts = TaggerParts(
            self.architecture,
            labels,
            self.preparation,
            self.sample_shape,
            self.network.state_dict(),
            self.decoder_weights,
            self.report,
            self.calibration,
        )
        write_tagger(parts, Path(folder), overwrite=overwrite)

    @classmethod
    def from_pretrained(cls, name: str | Path, *, revision: str | None = None) -> "Tagger":
        """Read a tagger from the Hugging Face Hub, or from a folder.

        Args:
            name: ``"user/name"`` on the Hub, or a saved tagger's folder.
            revision: Branch, tag or commit on the Hub; None for the newest.

        Raises:
            ArtefactError: If there is no tagger, or it is damaged or of a newer format.
            DataError: If the Hub cannot be reached and the tagger is not in the cache.
        """
        if Path(name).is_dir():
            return cls.load(name)
        from labelsphere.tagger.hub import fetch_tagger

        return cls.load(fetch_tagger(str(name), revision=revision))

    @classmethod
    def load(cls, folder: str | Path) -> "Tagger":
        """Read a saved tagger.

        Raises:
            ArtefactError: If the folder is missing, damaged, of another kind or of a newer format.
        """
        parts = read_tagger(Path(folder))
        name = parts.architecture.objective
        if name not in OBJECTIVES:
            raise ArtefactError(
                f"the tagger in {folder} has the objective {name!r}, which is none of "
                f"{', '.join(OBJECTIVES)}; put one of your own into OBJECTIVES before loading"
            )
        with damage_reported(Path(folder)):
            tagger = cls(parts.architecture, parts.labels, parts.preparation, parts.sample_shape)
            tagger.network.load_state_dict(parts.weights)
        tagger.network.eval()
        tagger.decoder_weights = parts.decoder_weights
        tagger.report = parts.report
        tagger.calibration = parts.calibration
        return tagger

    def _check_shape(self, inputs: Inputs) -> None:
        if tuple(inputs.sample_shape) != self.sample_shape:
            raise UsageError(
                f"the inputs are of shape {tuple(inputs.sample_shape)}, the tagger's network takes "
                f"{self.sample_shape}; prepare them as those it is trained on"
            )

    def __repr__(self) -> str:
        """Backbone, objective and number of labels."""
        return (
            f"Tagger({self.architecture.backbone}, {self.architecture.objective}, "
            f"{len(self.vocabulary)} labels)"
        )
