"""Taggers: from images to points to tags (§3.2)."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path

from labelsphere.annotations import Annotations
from labelsphere.arrays import IntArray
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.calibration.check import CalibrationCheck
from labelsphere.tagger.calibration.transfer import calibration_for_space
from labelsphere.tagger.choosing import TagChoice, choose_tags
from labelsphere.tagger.decoder_cache import DecoderCache
from labelsphere.tagger.inputs import Inputs
from labelsphere.tagger.objectives import OBJECTIVES, build_objective
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.storage import (
    TaggerParts,
    damage_reported,
    read_tagger,
    write_calibration,
    write_tagger,
)
from labelsphere.tagger.tag import Tag
from labelsphere.tagger.trainable_tagger import TrainableTagger
from labelsphere.tagger.watch import Watch


class Tagger(TrainableTagger):
    """A network with its labels, decoder and calibration.

    Created by `Tagger.train` or `Tagger.load`; see `TaggerModel` for its arguments and attributes.
    """

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
        """Train a tagger as ``labelsphere train`` does, with automatic choices for missing options.

        Uses the table's split, or makes one. Fits the label space to the training images, keeps the
        weights that validate best, fits the decoder and calibrates the tagger on the validation
        images, and measures it on the test images: see ``report``.

        Args:
            tags: Annotations, with pictures unless ``inputs`` is given; or a file or folder to
                read them from.
            space: A label space over the same vocabulary; None for the method's own.
            method: A recipe, see `labelsphere.recipes.RECIPES`, with variations as in
                ``"sphere+dim=256"``; None for the recommended one.
            backbone: A timm model by name, ``"mlp"`` for feature vectors, or an `Architecture`,
                which includes objective and decoder, instead of a method.
            inputs: Images or feature vectors, one per row of ``tags``.
            settings: Settings of the training; None to choose them by the size of the table.
            group: Column whose equal values mark variants of one image.
            options: All other options.
            watch: Callbacks of the training.

        Returns:
            The trained tagger.

        Raises:
            UsageError: If an argument is out of range or contradicts another.
            DataError: If the table cannot be used, or no image has both a picture that can be
                read and a known tag.
        """
        # Imported here because these imports take seconds and tagging does not need them.
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

    def tag(
        self, pictures: str | Path | bytes | Sequence[str | Path | bytes], top: int | None = None
    ) -> list[Tag] | list[list[Tag]]:
        """Tag one picture or several pictures.

        Args:
            pictures: Path or encoded bytes of a picture, or a sequence of them.
            top: Number of tags; None for accepted and suggested tags, or the 10 best of a tagger
                without calibration.

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

    def tag_inputs(
        self,
        inputs: Inputs,
        top: int | None = None,
        *,
        rows: IntArray | None = None,
        choice: TagChoice | None = None,
    ) -> list[list[Tag]]:
        """Tag prepared inputs; accepted tags come first, then the best ones.

        Args:
            inputs: Images or feature vectors.
            top: As for `tag`. Fewer tags are returned if fewer labels can be predicted: labels
                without an embedding cannot.
            rows: Row numbers, int64; all rows if None.
            choice: Number and order of the tags, instead of ``top``.

        Raises:
            UsageError: If ``top`` is below 1, or the inputs have another shape than in training.
        """
        choice = choice or TagChoice(top)
        chosen = choose_tags(
            self.points(inputs, rows),
            self.decoder(),
            self.decoder(specific=True) if choice.specific else None,
            self.calibration,
            choice,
        )
        return chosen.tags(self.vocabulary)

    def with_space(self, space: LabelSpace) -> "Tagger":
        """Return a tagger with the same network and another label space, without training.

        For changed versions of the tagger's space: with labels added (§3.3.1), renamed, merged or
        removed, or refitted and aligned. The network is shared, not copied.

        Args:
            space: A space with the same axes and number of dimensions.

        Raises:
            UsageError: If the tagger has no space, or the number of dimensions differs.
        """
        if self.space is None or self.objective.outputs == "logits":
            pointing = [name for name, entry in OBJECTIVES.items() if entry.needs_space]
            raise UsageError(
                f"a tagger trained with {self.architecture.objective!r} has an output for each "
                "label, so its labels are fixed; train one with a label space: "
                f"objective {', '.join(pointing)}"
            )
        if space.dim != self.space.dim:
            raise UsageError(
                f"the space has {space.dim} dimensions and the tagger {self.space.dim}; give a "
                "changed version of the tagger's space, or a space aligned with it"
            )
        other = copy(self)
        other._decoders = DecoderCache()
        other.labels = self.labels.with_space(space)
        other.objective = build_objective(self.architecture.objective, other.labels)
        other.decoder()  # Raises an error for an unusable decoder before writing.
        if self.calibration is not None:
            other.calibration = calibration_for_space(self.calibration, space, other.labels.counts)
        return other

    def save(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Save the tagger to a folder, atomically; of several processes only the main one writes.

        Raises:
            ArtefactError: If the folder is in use and ``overwrite`` is off.
        """
        write_tagger(self._parts(), Path(folder), overwrite=overwrite)

    def save_calibration(
        self, folder: str | Path, check: CalibrationCheck, *, diagram: Path | None = None
    ) -> None:
        """Save a new calibration: thresholds, report, model card and diagram.

        Args:
            folder: The tagger's folder.
            check: Result of `calibrate`.
            diagram: A ``.png`` or ``.svg`` file for the reliability diagram, instead of the
                folder's ``reliability.png``.
        """
        write_calibration(self._parts(), check, Path(folder), diagram=diagram)

    def _parts(self) -> TaggerParts:
        labels = self.labels
        if not self._decoder_source().kind.uses_tag_sets:
            labels = replace(labels, tag_sets=None)
        return TaggerParts(
            self.architecture,
            labels,
            self.preparation,
            self.sample_shape,
            self.network.state_dict(),
            self.decoder_weights,
            self.report,
            self.calibration,
            self.split,
        )

    @classmethod
    def from_pretrained(cls, name: str | Path, *, revision: str | None = None) -> "Tagger":
        """Load a tagger from the Hugging Face Hub, or from a folder.

        Args:
            name: ``"user/name"`` on the Hub, or a saved tagger's folder.
            revision: Branch, tag or commit on the Hub; None for the newest.

        Raises:
            ArtefactError: If there is no tagger, or it is damaged or has a newer format.
            DataError: If the Hub cannot be reached and the tagger is not in the cache.
        """
        if Path(name).is_dir():
            return cls.load(name)
        from labelsphere.tagger.hub import fetch_tagger

        return cls.load(fetch_tagger(str(name), revision=revision))

    @classmethod
    def load(cls, folder: str | Path) -> "Tagger":
        """Load a saved tagger.

        Raises:
            ArtefactError: If the folder is missing or damaged, or has another kind or newer format.
        """
        parts = read_tagger(Path(folder))
        name = parts.architecture.objective
        if name not in OBJECTIVES:
            raise ArtefactError(
                f"the tagger in {folder} has the objective {name!r}, which is not one of "
                f"{', '.join(OBJECTIVES)}; register your own in OBJECTIVES before loading"
            )
        with damage_reported(Path(folder)):
            tagger = cls(parts.architecture, parts.labels, parts.preparation, parts.sample_shape)
            tagger.network.load_state_dict(parts.weights)
        tagger.network.eval()
        tagger.decoder_weights = parts.decoder_weights
        tagger.report = parts.report
        tagger.calibration = parts.calibration
        tagger.split = parts.split
        return tagger
